import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { driverOf, drivers } from '../drivers/index.js';
import { problemFault } from '../drivers/common.js';
import { houseRoutes, scenesOf } from '../drivers/scenes.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { anyValue, arbitraryOf, sampled } from '../support/arbitraries.js';
import { Budget } from '../support/budget.js';
import { mangled, mutated } from '../support/mutate.js';
import { Seeded } from '../support/seeded.js';
import { root, withSite } from '../support/site.js';
import { brief, bytesOf, inParallel, isBusy, Pool } from '../support/wire.js';

const AT_ONCE = 24;
const SLOW_MS = 5_000;
/** Slowness, and being busy, count when they come every time: once may be the machine's. */
const TIMES = 4;
const PAUSE_MS = 500;
/** the server waits for the rest of what is half a request, and may */
const MANGLED_MS = 700;
/** of all inputs, those that are hardly HTTP any more */
const MANGLED_SHARE = 0.15;
const SAMPLES = 48;
const SEEDS = join(root, 'test', 'trust', 'seeds');
/** Checking a password costs the server so much that it may say it is busy. */
const MAY_BE_BUSY = /user_add|user_authenticate|user_edit|oauth|__token|\/login|\/password/;

export const promise = 'P5: malformed input gets the dialect\'s own refusal';
export const options = { inputs: 5_000, dialect: '', keepFailures: 1, budgetSeconds: 0 };

/** Requests that are nearly right, wrong and no requests at all; every answer is held against its dialect's own form. */
export function run({ seed, program, inputs, dialect, keepFailures, budgetSeconds }) {
  return withSite({ program, env: Object.assign({}, ...drivers.map(({ env }) => env)) }, async (site) => {
    const chance = new Seeded(seed, 'fuzz');
    const pool = new Pool(site.url, AT_ONCE, { silenceMs: SLOW_MS });
    const world = { site, pool };
    const document = JSON.parse(readFileSync(join(program, 'docs', 'openapi.json'), 'utf8'));
    const bases = [];
    for (const each of scenesOf()) {
      if (dialect === '' || dialect === each.name) bases.push(...basesOf(each, await each.scene(world, []), document, Number(seed)));
    }
    if (dialect === '') for (const [route, entry] of Object.entries(houseRoutes)) bases.push({ route, make: () => entry.ask(), value: () => null });
    const trial = { world, pool, chance, bases, host: `127.0.0.1:${site.port}`, violations: [], statuses: {}, kept: keepFailures ? new Set() : null, secrets: secretsOf(site, bases) };
    const replayed = await replay(trial);
    const numbers = Array.from({ length: inputs }, (_, i) => i);
    const budget = new Budget(budgetSeconds);
    const tried = await inParallel(numbers, AT_ONCE, async () => {
      const input = nextInput(trial);
      await judge(trial, input, await sent(pool, input));
    }, (done) => budget.isUp(done, inputs));
    await stillServes(trial);
    const { json } = await pool.answer({ method: 'GET', path: '/livez' });
    if (json === undefined) trial.violations.push('the process no longer answers /livez');
    if (site.run.ended) trial.violations.push(`the server ended: ${JSON.stringify(site.run.ended)}`);
    trial.violations.push(...loggedTroubles(site));
    pool.close();
    return [
      { promise, tried: `inputs on ${bases.length} routes`, count: tried, violations: trial.violations, skipped: budget.told(tried, inputs, 'inputs'), figures: { statuses: trial.statuses } },
      { promise, tried: 'kept inputs of earlier failures', count: replayed, violations: [] },
    ];
  });
}

/** For each route a request that would be right, and values in the form of its description. */
function basesOf({ routes }, scene, document, seed) {
  const list = [];
  for (const [route, entry] of Object.entries(routes)) {
    const [method, path] = route.split(' ');
    const schemas = Object.values(document.paths[path]?.[method.toLowerCase()]?.requestBody?.content ?? {}).map(({ schema }) => schema);
    const values = sampled(schemas[0] ? arbitraryOf(schemas[0], document) : anyValue, seed + list.length, SAMPLES);
    const others = sampled(anyValue, seed + list.length + 7_919, SAMPLES);
    for (const each of [entry].flat()) {
      const things = scene.things.filter(({ kind }) => kind === each.takes);
      let at = 0;
      list.push({
        route,
        make: (chance) => {
          const thing = things.length > 0 ? chance.pick(things) : undefined;
          return each.ask(thing ? (thing[each.by ?? each.usualBy ?? 'from'] ?? thing.to) : chance.pick(scene.people), thing, scene);
        },
        value: () => (at++ % 3 === 0 ? values[at % SAMPLES] : memberOf(at % 2 ? values[at % SAMPLES] : others[at % SAMPLES], at)),
        secrets: [...scene.people, ...scene.things.flatMap(({ from, to }) => [from, to])],
      });
    }
  }
  return list;
}

/** A member of a generated object is a value of its own. */
function memberOf(value, at) {
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.values(value);
  return members.length === 0 ? value : members[at % members.length];
}

function nextInput({ chance, bases, host }) {
  const base = chance.pick(bases);
  const right = base.make(chance);
  if (chance.chance(MANGLED_SHARE)) {
    return { route: base.route, how: 'mangled', method: right.method, path: right.path, isSamePath: false, isMangled: true, bytes: mangled(right, host, chance) };
  }
  let change = mutated(right, chance, base.value);
  for (let times = chance.below(3); times > 0; times -= 1) {
    const more = mutated(change.request, chance, base.value);
    change = { ...more, how: `${change.how}+${more.how}`, isSamePath: change.isSamePath && more.isSamePath };
  }
  const { request } = change;
  // these never become a request of anybody: HTTP itself refuses them
  const isOpenEnded = change.how.includes('header') && (/Content-Length|Transfer-Encoding|Expect|Upgrade/.test(Object.keys(request.headers).join()) || /[\0-\x08\x0a-\x1f\x7f]/.test(Object.values(request.headers).join('')));
  return { route: base.route, how: change.how, method: request.method, path: request.path, isSamePath: change.isSamePath, isMangled: isOpenEnded, bytes: bytesOf(request, host) };
}

/** What is hardly HTTP has a connection of its own: its rest must not be taken for the next request. */
async function sent(pool, input) {
  for (let times = 1; ; times += 1) {
    const outcome = await sentOnce(pool, input);
    const isSlow = outcome.kind === 'silent' || outcome.ms > SLOW_MS || isBusy(outcome);
    if (!isSlow || input.isMangled || times === TIMES) return outcome;
    await sleep(PAUSE_MS);
  }
}

function sentOnce(pool, { bytes, method, isMangled }) {
  return pool.with(async (wire) => {
    if (isMangled) wire.close();
    const outcome = await wire.raw(bytes, method, isMangled ? MANGLED_MS : SLOW_MS);
    if (isMangled) wire.close();
    return outcome;
  });
}

async function judge(trial, input, outcome) {
  const status = outcome.kind === 'answered' ? outcome.status : outcome.kind;
  trial.statuses[status] = (trial.statuses[status] ?? 0) + 1;
  const fault = faultOf(input, outcome);
  if (fault === null) return;
  trial.violations.push(`${input.route} (${input.how}): ${fault}`);
  keep(trial, input, fault);
}

/** @returns {string | null} what is wrong about the outcome */
function faultOf(input, outcome) {
  // a client that promises more than it sends waits for itself; what is no HTTP may be hung up on
  if (outcome.kind === 'silent') return input.isMangled ? null : `no answer within ${SLOW_MS} ms`;
  if (outcome.kind !== 'answered') return input.isMangled ? null : brief(outcome);
  if (outcome.ms > SLOW_MS) return `answered after ${Math.round(outcome.ms)} ms`;
  if (outcome.status === 503 && MAY_BE_BUSY.test(input.route) && drivers.some((driver) => driver.isBusy(outcome))) return null;
  const isUsual = drivers.some(({ usualStatuses = [] }) => usualStatuses.includes(outcome.status)) || (input.isMangled && outcome.status === 505);
  if (outcome.status >= 500 && !isUsual) return brief(outcome);
  if (isSuccess(outcome)) return successFault(outcome);
  if (input.method === 'HEAD') return null;
  const path = input.path.split('?')[0];
  const owner = input.isSamePath && !input.isMangled ? driverOf(path) : null;
  if (owner) return owner.fault(outcome, { path });
  const faults = [problemFault(outcome), ...drivers.map((driver) => driver.fault(outcome, { path }))];
  if (faults.includes(null) || (input.isMangled && outcome.bytes.length === 0)) return null;
  return `nobody's refusal: ${brief(outcome)}`;
}

function isSuccess({ status, json, headers }) {
  if (status >= 400) return false;
  // OSSN tells its refusals with status 200
  return !(status === 200 && json?.payload === false && headers['content-type']?.startsWith('application/json'));
}

function successFault({ status, headers, json, bytes }) {
  if (status === 204 || status === 304) return bytes.length === 0 ? null : `${status} with a body`;
  if (/^application\/json/.test(headers['content-type'] ?? '') && bytes.length > 0 && json === undefined) return 'success with broken JSON';
  return null;
}

/** After all that, each dialect takes a message as ever. */
async function stillServes({ world, violations }) {
  for (const driver of drivers) {
    const [from, to] = await driver.people(world, 2);
    const outcome = await driver.mail((request) => world.pool.ask(request), { from, to, text: `0;still here`, file: null, key: null }, world);
    if (outcome.kind !== 'answered' || !driver.sentOf(outcome)) violations.push(`${driver.name} takes no message any more: ${brief(outcome)}`);
  }
}

/** Errors, and values that only the database refused: a check is missing there. */
function loggedTroubles(site) {
  const refused = site.log.split('\n').filter((line) => /request failed/.test(line) && !/"code":"overloaded"/.test(line));
  return [...new Set([...site.troubles, ...refused].map((line) => `logged: ${line.replace(/"(?:time|request_id)":("[^"]*"|\d+),?/g, '').slice(0, 400)}`))].slice(0, 20);
}

// ---- kept inputs

/** @returns {[string, string][]} what differs from site to site, so that a kept input fits the next */
function secretsOf(site, bases) {
  const values = new Map(Object.entries(site.secrets));
  const people = new Set(bases.flatMap(({ secrets = [] }) => secrets));
  let n = 0;
  for (const person of people) {
    n += 1;
    for (const [name, value] of Object.entries(person)) if (typeof value === 'string' && value.length >= 16) values.set(`person${n}.${name}`, value);
  }
  return [...values];
}

function keep({ kept, secrets, host }, input, fault) {
  const name = createHash('sha256').update(`${input.route} ${fault.slice(0, 60)}`).digest('hex').slice(0, 12);
  if (kept === null || kept.has(name)) return;
  kept.add(name);
  let text = input.bytes.toString('latin1').replaceAll(host, '{{host}}');
  for (const [label, value] of secrets) text = text.replaceAll(value, `{{${label}}}`);
  mkdirSync(SEEDS, { recursive: true });
  writeFileSync(join(SEEDS, `fuzz-${name}.json`), `${JSON.stringify({ route: input.route, how: input.how, fault, method: input.method, path: input.path, isSamePath: input.isSamePath, isMangled: input.isMangled, bytes: Buffer.from(text, 'latin1').toString('base64') }, null, 1)}\n`);
}

async function replay(trial) {
  const files = existsSync(SEEDS) ? readdirSync(SEEDS).filter((name) => /^fuzz-.*\.json$/.test(name)) : [];
  for (const file of files) {
    const input = JSON.parse(readFileSync(join(SEEDS, file), 'utf8'));
    let text = Buffer.from(input.bytes, 'base64').toString('latin1').replaceAll('{{host}}', trial.host);
    for (const [label, value] of trial.secrets) text = text.replaceAll(`{{${label}}}`, value);
    const outcome = await sent(trial.pool, { ...input, bytes: Buffer.from(text, 'latin1') });
    await judge(trial, { ...input, how: `${input.how}, kept as ${file}` }, outcome);
  }
  return files.length;
}
