import { setTimeout as sleep } from 'node:timers/promises';
import { drivers } from '../drivers/index.js';
import { tokenOf } from '../drivers/social.js';
import { Seeded } from '../support/seeded.js';
import { Site } from '../support/site.js';
import { brief, Pool } from '../support/wire.js';

export const promise = 'P20: time jumps do no harm';
export const options = { jumps: 12, each: 12 };

const HOURS = [24, -24, 1, -1, 0.5, -0.001, 25, -25, 23, 8_760, -8_760, 0.0003];

/**
 * The clock of the server jumps to and fro, with and without a restart in between. Nothing may be refused, lost,
 * doubled, or listed in another order than it was accepted in; nothing may be swept or expire before its time.
 */
export async function run({ seed, program, jumps, each }) {
  const chance = new Seeded(seed, 'clocks');
  const site = await Site.open({ program, env: Object.assign({}, ...drivers.map(({ env }) => env)) });
  const setClock = site.withClock({ shortRounds: true });
  const violations = [];
  try {
    await site.start();
    const pool = new Pool(site.url, 8, { isPatient: true });
    const world = { site, pool };
    const cases = drivers.filter(({ mailAsk }) => mailAsk).map((driver) => ({ driver, sent: [], files: [] }));
    for (const one of cases) one.people = await one.driver.people(world, 2);
    const hours = Array.from({ length: jumps }, (_, i) => HOURS[i % HOURS.length]);
    let n = 0;
    for (const [at, jump] of hours.entries()) {
      await setClock(jump);
      if (at % 4 === 3) {
        await site.stop('SIGTERM');
        await site.start();
      }
      for (const one of cases) {
        freshTokens(site, one.people, jump);
        for (let i = 0; i < each; i += 1) await sendOne(world, one, (n += 1), chance, violations);
        await repeatOne(world, one, violations);
      }
      await setClock(0);
    }
    for (const one of cases) freshTokens(site, one.people, 0);
    await sleep(3_000);
    for (const one of cases) await compare(world, one, violations);
    violations.push(...(await expiries(world, setClock)));
    violations.push(...site.troubles.slice(0, 5).map((line) => `logged: ${line.slice(0, 300)}`));
    pool.close();
    return { promise, tried: `jumps of the clock, ${cases.reduce((sum, { sent }) => sum + sent.length, 0)} messages around them`, count: jumps, violations };
  } finally {
    await site.close();
  }
}

/** Tokens that others signed are good by the server's clock. */
function freshTokens(site, people, hours) {
  const now = Math.floor(Date.now() / 1000 + hours * 3600);
  for (const person of people) if (person.guid !== undefined) person.token = tokenOf(site, person.guid, { iat: now, exp: now + 20 * 3600 });
}

async function sendOne(world, one, n, chance, violations) {
  const { driver, people: [from, to], sent } = one;
  const mail = { from, to, text: `${n};${chance.word(10)}`, key: `clock-${n}`, file: null };
  const outcome = await driver.mail((request) => world.pool.ask(request), mail, world);
  const done = outcome.kind === 'answered' ? driver.sentOf(outcome) : null;
  if (done) sent.push({ ...mail, id: done.id });
  else violations.push(`${driver.name}: ${brief(outcome)}`);
}

/** The last send once more, under its key, while the clock stands where it stands. */
async function repeatOne(world, { driver, sent }, violations) {
  const last = sent.at(-1);
  if (!last) return;
  const outcome = await world.pool.ask(driver.mailAsk(last, world));
  const again = outcome.kind === 'answered' ? driver.sentOf(outcome) : null;
  if (String(again?.id) !== String(last.id)) violations.push(`${driver.name}: a repeated send gives ${again?.id ?? brief(outcome)} where it was ${last.id}`);
}

async function compare(world, { driver, people, sent }, violations) {
  const found = [];
  await driver.stored(world, people, (thing) => found.push(thing));
  const mine = found.filter(({ text }) => sent.some((mail) => mail.text === text));
  if (mine.length !== sent.length) violations.push(`${driver.name}: ${mine.length} messages are there where ${sent.length} were sent`);
  if (driver.space !== 'social') return;
  const byId = [...mine].sort((a, b) => Number(a.id) - Number(b.id)).map(({ text }) => text);
  if (byId.join() !== sent.map(({ text }) => text).join()) violations.push(`${driver.name}: the numbers do not follow the order of acceptance`);
}

/** What ends at some time ends then, and not before; nothing comes back. */
async function expiries(world, setClock) {
  const { site, pool } = world;
  const violations = [];
  const pm = drivers.find(({ name }) => name === 'pm');
  const [from, to] = await pm.people(world, 2);
  const file = { name: 'clock.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1.4\n%clock\n') };
  const sent = pm.sentOf(await pm.mail((request) => pool.ask(request), { from, to, text: 'with a file', key: null, file }, world));
  const status = async (request) => (await pool.answer(request)).status;
  const open = () => status({ method: 'GET', path: sent.file });
  const me = { method: 'GET', path: '/api/v2/user/me/', headers: { Authorization: `Bearer ${tokenOf(site, from.guid, { exp: Math.floor(Date.now() / 1000) + 20 * 3600 })}` } };
  const expected = [
    [0, 'the address of a file', open, 200], [23, 'the address of a file after 23 hours', open, 200], [26, 'the address of a file after 26 hours', open, 404], [0, 'the address of a file, the clock set back', open, 200],
    [19, 'a token of 20 hours after 19', () => status(me), 200], [21, 'a token of 20 hours after 21', () => status(me), 401],
    // files that messages carry are not swept, however old they look
    [24 * 400, 'a file after a year, with a new address', async () => {
      await sleep(11_500);
      freshTokens(site, [to], 24 * 400);
      const message = await pool.answer({ method: 'GET', path: `/api/v2/pm/${sent.id}/`, headers: { Authorization: `Bearer ${to.token}` } });
      const { pathname, search } = new URL(message.json.file.url);
      return status({ method: 'GET', path: `${pathname}${search}` });
    }, 200],
  ];
  for (const [hours, what, ask, wanted] of expected) {
    await setClock(hours);
    const got = await ask();
    if (got !== wanted) violations.push(`${what}: ${got} where ${wanted} is right`);
  }
  await setClock(0);
  return violations;
}
