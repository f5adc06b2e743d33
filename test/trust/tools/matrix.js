import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drivers } from '../drivers/index.js';
import { houseRoutes, scenesOf } from '../drivers/scenes.js';
import { tokenOf } from '../drivers/social.js';
import { Budget } from '../support/budget.js';
import { Seeded } from '../support/seeded.js';
import { withSite } from '../support/site.js';
import { brief, inParallel, Pool } from '../support/wire.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'MERGE'];
const AT_ONCE = 12;
/** Tables that change with every request of anybody. */
const RESTLESS = new Set(['credentials', 'users', 'migrations', 'mailboxes']);

export const promise = 'P4: nobody reads, changes or deletes what is of others';
export const options = { combinations: 5_000, budgetSeconds: 0 };

/** Ways to write an id; each is compared with a missing id written in the same way. */
const SPELLINGS = {
  plain: (id) => id,
  upper: (id) => String(id).toUpperCase(),
  lower: (id) => String(id).toLowerCase(),
  encoded: (id) => [...String(id)].map((c) => `%${c.charCodeAt(0).toString(16)}`).join(''),
  zeros: (id) => `00${id}`,
  dot: (id) => `${id}.0`,
  blank: (id) => `${id}%20`,
  nul: (id) => `${id}%00`,
  suffix: (id) => `${id}abc`,
  dots: (id) => `x/../${id}`,
  list: (id) => `${id},${id}`,
};

/** Principals x routes x ids x verbs, from the server's own list of routes. */
export function run({ seed, program, combinations, budgetSeconds }) {
  return withSite({ program, env: Object.assign({}, ...drivers.map(({ env }) => env)) }, async (site) => {
    const chance = new Seeded(seed, 'matrix');
    const pool = new Pool(site.url, AT_ONCE, { isPatient: true });
    const world = { site, pool };
    const violations = uncovered(program);
    const borrowed = [tokenOf(site, 1), site.secrets.OSSN_SITE_KEY, site.secrets.POLYPOST_ADMIN_TOKEN, 'null', ''];
    const plays = [];
    for (const { name, scene, routes } of scenesOf()) {
      const right = { pm: borrowed[0], ossn: borrowed[1], cell: borrowed[2] }[name];
      plays.push({ name, routes, scene: await scene(world, borrowed.filter((secret) => secret !== right)) });
    }
    const all = chance.shuffled(plays.flatMap((play) => combinationsOf(play)));
    const chosen = all.slice(0, combinations);
    const looks = plays.flatMap((play) => looksOf(play));
    const before = await stateOf(site);
    const nothing = new Map();
    let differing = 0;
    const budget = new Budget(budgetSeconds);
    const tried = await inParallel(chosen, AT_ONCE, async (one) => {
      const found = await tryOne(pool, one, nothing);
      if (found) violations.push(found);
      if (found) differing += 1;
    }, (done) => budget.isUp(done, chosen.length));
    const after = await stateOf(site);
    for (const [table, sum] of before) if (after.get(table) !== sum) violations.push(`${table} changed while strangers tried`);
    await inParallel(looks, AT_ONCE, async (one) => {
      const outcome = await pool.ask(one.ask());
      if (outcome.kind !== 'answered' || outcome.status >= 500) violations.push(`${one.name}: ${brief(outcome)}`);
      else if (one.isRefused && outcome.status < 400) violations.push(`${one.name}: not refused (${brief(outcome)})`);
      else if (one.canary.test(outcome.text)) violations.push(`${one.name}: shows ${one.canary.exec(outcome.text)[0]}`);
    });
    const controls = await control(plays, pool, violations);
    violations.push(...site.troubles.slice(0, 5).map((line) => `logged: ${line.slice(0, 300)}`));
    pool.close();
    return { promise, tried: `${plays.reduce((sum, { routes }) => sum + Object.keys(routes).length, 0)} routes, of ${all.length} combinations`, count: tried + looks.length, violations, skipped: budget.told(tried, chosen.length, 'combinations'), figures: { differing, looks: looks.length, controls } };
  });
}

/** @returns {string[]} routes of the description without an entry, and entries without a route */
export function uncovered(program) {
  const { paths } = JSON.parse(readFileSync(join(program, 'docs', 'openapi.json'), 'utf8'));
  const described = new Set(Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)));
  const entries = new Set(Object.keys(Object.assign({}, houseRoutes, ...scenesOf().map(({ routes }) => routes))));
  return [
    ...[...described].filter((route) => !entries.has(route)).map((route) => `${route} has no entry in the matrix`),
    ...[...entries].filter((route) => !described.has(route)).map((route) => `${route} is no route of the description`),
  ];
}

function* entriesOf(routes) {
  for (const [name, entry] of Object.entries(routes)) for (const each of [entry].flat()) yield [name, each];
}

/** Everything strangers can do to things that are not theirs. */
function combinationsOf({ name: dialect, scene, routes }) {
  const list = [];
  for (const [route, entry] of entriesOf(routes)) {
    if (!entry.takes || entry.visible || entry.refused) continue;
    const [method, path] = route.split(' ');
    // another verb of an address without an id is a route of its own, and speaks of the caller
    const isFree = (verb) => verb !== method && (path.includes('{') || !(`${verb} ${path}` in routes));
    const verbs = [null, ...METHODS.filter(isFree), 'override'];
    for (const thing of scene.things.filter(({ kind }) => kind === entry.takes)) {
      for (const who of [...thing.outsiders, ...scene.strangers]) {
        for (const spelling of Object.keys(SPELLINGS)) {
          for (const verb of verbs) list.push({ dialect, route, entry, scene, thing, who, spelling, verb, canary: scene.canary });
        }
      }
    }
  }
  return list;
}

/** What shows to everybody, or speaks of the caller: nothing of others may be in it. */
function looksOf({ scene, routes }) {
  const list = [];
  for (const [name, entry] of entriesOf(routes)) {
    if (entry.takes && !entry.visible && !entry.refused) continue;
    for (const who of [...scene.people, ...scene.strangers]) {
      const things = entry.takes ? scene.things.filter(({ kind }) => kind === entry.takes) : [undefined];
      for (const thing of things) list.push({ name: `${name} by ${who.n}`, ask: () => entry.ask(who, thing, scene), canary: scene.canary, isRefused: entry.refused !== undefined });
    }
  }
  return list;
}

async function tryOne(pool, one, nothing) {
  const { route, thing, who, spelling, verb, canary } = one;
  const title = `${route}${verb ? ` as ${verb}` : ''} on the ${thing.kind} of ${thing.from.n} and ${thing.to.n} by ${who.n} (${spelling})`;
  const key = `${route}|${verb}|${spelling}|${who.n}|${thing.kind}|${thing.from.n}`;
  const missing = nothing.get(key) ?? asked(pool, one, one.scene.missing[thing.kind][0]);
  nothing.set(key, missing);
  const [expected, got] = [await missing, await asked(pool, one, thing.id)];
  if (got.outcome.kind !== 'answered') return `${title}: ${brief(got.outcome)}`;
  if (got.outcome.status >= 500) return `${title}: ${brief(got.outcome)}`;
  if (canary.test(got.outcome.text)) return `${title}: shows ${canary.exec(got.outcome.text)[0]}`;
  if (got.said !== expected.said && got.bare() !== expected.bare()) return `${title}: says ${got.said.slice(0, 200)} where for nothing it says ${expected.said.slice(0, 200)}`;
  return null;
}

async function asked(pool, { entry, scene, thing, who, spelling, verb }, id) {
  const written = SPELLINGS[spelling](id);
  const request = { ...entry.ask(who, { ...thing, id: written, query: undefined }, scene) };
  if (verb === 'override') {
    request.headers = { ...request.headers, 'X-HTTP-Method-Override': request.method, 'X-Method-Override': request.method };
    request.method = 'POST';
  } else if (verb !== null) request.method = verb;
  const outcome = await pool.ask(request);
  const told = outcome.kind === 'answered' ? said(outcome) : brief(outcome);
  return { outcome, said: told, bare: () => without(told, [written, id]) };
}

/** An answer without what differs from request to request anyway. */
function said({ status, headers, text }) {
  const body = text.replace(/"time_token":\d+/g, '').replace(/"request_id":"[^"]*"/g, '');
  return `${status} ${headers['content-type'] ?? ''} ${headers.allow ?? ''} ${body}`;
}

/** An answer may say the id it was asked for: without it. */
function without(text, ids) {
  return ids.reduce((left, id) => left.replaceAll(new RegExp(`(?<![\\w.])${String(id).replace(/[^\w]/g, '\\$&')}(?![\\w.])`, 'g'), 'ID'), text);
}

/** @returns {Promise<Map<string, string>>} a digest of every table that strangers must not change */
async function stateOf(site) {
  const tables = await site.sql(`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`);
  const sums = new Map();
  for (const { name } of tables) {
    if (RESTLESS.has(name)) continue;
    const rows = await site.sql(`SELECT md5(t::text) AS sum FROM "${name}" t ORDER BY 1`);
    sums.set(name, createHash('md5').update(rows.map(({ sum }) => sum).join()).digest('hex'));
  }
  return sums;
}

/** The same requests by those who may: if these fail, the refusals above prove nothing. */
async function control(plays, pool, violations) {
  let count = 0;
  for (const { scene, routes } of plays) {
    for (const [route, entry] of entriesOf(routes)) {
      if (!entry.takes || entry.visible || entry.refused || entry.by === null) continue;
      const thing = await scene.fresh(entry.takes);
      const request = entry.controlBy ? entry.controlBy(thing) : entry.ask(thing[entry.by ?? 'to'], thing, scene);
      const outcome = await pool.answer(request);
      const missing = await pool.answer(entry.ask(thing[entry.by ?? 'to'], { ...thing, id: scene.missing[entry.takes][1], query: '' }, scene));
      count += 1;
      if (without(said(outcome), [thing.id]) === without(said(missing), [scene.missing[entry.takes][1]])) violations.push(`${route}: ${brief(outcome)} for those who may as well`);
    }
  }
  return count;
}
