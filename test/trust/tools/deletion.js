import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { drivers } from '../drivers/index.js';
import { call } from '../drivers/ossn.js';
import { bearer, newUser } from '../drivers/social.js';
import { formsOf, findIn } from '../support/needles.js';
import { Seeded } from '../support/seeded.js';
import { Site } from '../support/site.js';
import { brief, Pool } from '../support/wire.js';

const ROUNDS_MS_MAX = 120_000;

export const promise = 'P21: deleted is gone';
export const options = { each: 20 };

/**
 * Messages and files with a marker, deleted in every way there is: taken back at once and late, removed by
 * both sides, cleared, with the whole account. Afterwards no row, no file, no list and no address has anything of them.
 */
export async function run({ seed, program, each }) {
  const chance = new Seeded(seed, 'deletion');
  const site = await Site.open({ program, env: Object.assign({}, ...drivers.map(({ env }) => env)) });
  const setClock = site.withClock({ shortRounds: true });
  const violations = [];
  let deleted = 0;
  try {
    await site.start();
    const pool = new Pool(site.url, 8, { isPatient: true });
    const world = { site, pool };
    const marker = `Del${chance.word(13)}`;
    const addresses = [];
    let n = 0;
    const write = async (driver, from, to) => {
      const file = driver.takesFiles ? { name: `${marker}${n}.pdf`, type: 'application/pdf', bytes: Buffer.from(`%PDF-1.4\n%${marker} ${(n += 1)}\n`) } : null;
      const outcome = await driver.mail((request) => pool.ask(request), { from, to, text: `${marker} ${n}`, key: n % 2 ? `d${n}` : null, file }, world);
      const sent = outcome.kind === 'answered' ? driver.sentOf(outcome) : null;
      if (!sent) throw new Error(`${driver.name}: ${brief(outcome)}`);
      if (sent.file) addresses.push(sent.file);
      return { ...sent, from, to };
    };
    const must = async (what, request, isRight) => {
      const outcome = await pool.ask(request);
      if (outcome.kind !== 'answered' || !isRight(outcome)) violations.push(`${what}: ${brief(outcome)}`);
      else deleted += 1;
    };
    const rowsBefore = await counts(site);
    for (const driver of drivers.filter(({ removeAsk }) => removeAsk)) {
      const [from, to] = await driver.people(world, 2);
      const mails = [];
      for (let i = 0; i < each; i += 1) mails.push(await write(driver, from, to));
      for (const mail of mails) for (const ask of driver.removeAsks?.(mail) ?? [driver.removeAsk(mail, world)]) await must(`${driver.name} removal`, ask, driver.isDone);
    }
    await lateAndBothSides({ world, write, must, each, setClock, violations, forms: formsOf(marker) });
    await accounts({ world, write, must, each });
    for (const path of addresses) {
      const outcome = await pool.ask({ method: 'GET', path });
      if (outcome.kind !== 'answered' || outcome.status !== 404) violations.push(`the address of a deleted file: ${brief(outcome).slice(0, 100)}`);
    }
    // bytes without a row stay an hour
    await setClock(2);
    await settled(site, marker, violations);
    const rowsAfter = await counts(site);
    if (rowsAfter.keyinbox !== (rowsBefore.keyinbox ?? 0) && rowsAfter.keyinbox) violations.push(`${rowsAfter.keyinbox} rows of KeyInbox messages are left`);
    violations.push(...site.troubles.slice(0, 5).map((line) => `logged: ${line.slice(0, 300)}`));
    pool.close();
    return { promise, tried: 'messages, files and accounts deleted in every way', count: deleted, violations, figures: { addresses: addresses.length } };
  } finally {
    await site.close();
  }
}

const pmOf = () => drivers.find(({ name }) => name === 'pm');
const ossnOf = () => drivers.find(({ name }) => name === 'ossn');

async function lateAndBothSides({ world, write, must, each, setClock, violations, forms }) {
  const [pm, ossn] = [pmOf(), ossnOf()];
  const [from, to] = await pm.people(world, 2);
  const mails = [];
  for (let i = 0; i < each; i += 1) mails.push(await write(pm, from, to));
  const others = [];
  for (let i = 0; i < each; i += 1) others.push(await write(ossn, from, to));
  await setClock(0.05);
  for (const mail of mails) await must('PM removal after a minute', pm.removeAsk(mail, world), pm.isDone);
  for (const { id } of others) {
    for (const person of [from, to]) await must('OSSN removal from one\'s own view', call(world.site, '/api/v1.0/message_delete', { id, guid: person.guid, type: 'me' }), ossn.isDone);
  }
  // places that stay must be empty: clearing, which takes them away, comes after this look
  const left = (await inTables(world.site, forms)).filter((place) => /^table (?:messages|attachments|deliveries|events),/.test(place));
  violations.push(...left.map((place) => `left after the deletion: ${place}`));
  for (let i = 0; i < each; i += 1) await write(i % 2 ? pm : ossn, from, to);
  for (const [me, other] of [[from, to], [to, from]]) await must('PM clearing of a thread', { method: 'DELETE', path: `/api/v2/pm/?user=${other.guid}`, headers: bearer(me) }, pm.isDone);
}

async function accounts({ world, write, must, each }) {
  const { site, pool } = world;
  const [pm, ossn] = [pmOf(), ossnOf()];
  const pair = [await newUser(pool, site, `del1x${site.port}`), await newUser(pool, site, `del2x${site.port}`)];
  for (const [one, other] of [pair, [...pair].reverse()]) await pool.answer({ method: 'POST', path: `/api/v2/user/${other.guid}/follow/`, headers: bearer(one) });
  for (let i = 0; i < each; i += 1) await write(i % 2 ? pm : ossn, pair[i % 2], pair[(i + 1) % 2]);
  await must('account deletion', call(site, '/api/v2.0/user/delete', { guid: pair[0].guid }), ossn.isDone);
}

/** Waits for housekeeping, then looks everywhere. */
async function settled(site, marker, violations) {
  const forms = formsOf(marker);
  const deadline = performance.now() + ROUNDS_MS_MAX;
  for (;;) {
    const found = [...(await inTables(site, forms)), ...inFiles(site, forms)];
    if (found.length === 0) return;
    if (performance.now() > deadline) {
      violations.push(...found.slice(0, 20).map((place) => `left after the deletion: ${place}`));
      return;
    }
    await sleep(500);
  }
}

async function inTables(site, forms) {
  const tables = await site.sql(`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`);
  const found = [];
  for (const { name } of tables) {
    const rows = await site.sql(`SELECT t::text AS row FROM "${name}" t`);
    found.push(...findIn(Buffer.from(rows.map(({ row }) => row).join('\n')), forms).map((place) => `table ${name}, ${place}`));
  }
  return found;
}

function inFiles(site, forms) {
  const folder = join(site.dataDir, 'files');
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      try {
        return findIn(readFileSync(join(entry.parentPath, entry.name)), forms).map((place) => `file ${entry.name.slice(0, 12)}, ${place}`);
      } catch {
        return [];
      }
    });
}

async function counts(site) {
  const rows = await site.sql('SELECT space, count(*)::int AS count FROM messages GROUP BY space');
  return Object.fromEntries(rows.map(({ space, count }) => [space, count]));
}
