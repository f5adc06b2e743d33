import { setTimeout as sleep } from 'node:timers/promises';
import { drivers } from '../drivers/index.js';
import { spread } from '../support/report.js';
import { Seeded } from '../support/seeded.js';
import { withSite } from '../support/site.js';
import { brief, Pool, Wire } from '../support/wire.js';

/** slower than three times a calm answer and than this is too slow */
const FLOOR_MS = 400;
/** what is too slow must be so each time: once may be the machine's */
const TIMES = 3;

export const promise = 'P22: one dialect\'s fault stays in its dialect';
export const options = { seconds: 4, floods: 12 };

/**
 * One dialect is flooded with what costs it most, and loses a table of its own; meanwhile the others are used as ever: no
 * refusal, and no answer that takes more than three times as long as on a calm day.
 */
export function run({ seed, program, seconds, floods }) {
  return withSite({ program, env: Object.assign({}, ...drivers.map(({ env }) => env)) }, async (site) => {
    const chance = new Seeded(seed, 'apart');
    const pool = new Pool(site.url, 4);
    const world = { site, pool };
    const casts = new Map();
    for (const driver of drivers) casts.set(driver.name, await driver.people(world, 4));
    pool.close();
    const violations = [];
    const figures = {};
    const trial = { world, casts, chance, violations };
    await Promise.all(drivers.map((driver) => visit(trial, driver, 1)));
    const calm = new Map();
    for (const [name, ms] of await together(trial, drivers, seconds)) calm.set(name, spread(ms).p95);
    let count = 0;
    for (const victim of drivers) {
      const others = drivers.filter((driver) => driver !== victim);
      const stop = { now: false };
      const flood = Array.from({ length: floods }, () => harm(trial, victim, stop));
      const hidden = victim.ownTable ?? null;
      if (hidden) await site.sql(`ALTER TABLE ${hidden} RENAME TO ${hidden}_hidden`);
      try {
        let slow = [];
        for (let times = 0; times < TIMES; times += 1) {
          slow = [];
          for (const [name, ms] of await together(trial, others, seconds)) {
            const seen = spread(ms);
            count += ms.length;
            figures[`${name} while ${victim.name} is flooded`] = { calm95: calm.get(name), ...seen };
            if (seen.p95 > Math.max(3 * calm.get(name), FLOOR_MS)) slow.push(`${name} takes ${seen.p95} ms while ${victim.name} is flooded, ${calm.get(name)} ms on a calm day`);
          }
          if (slow.length === 0) break;
        }
        violations.push(...slow);
      } finally {
        stop.now = true;
        await Promise.all(flood);
        if (hidden) await site.sql(`ALTER TABLE ${hidden}_hidden RENAME TO ${hidden}`);
      }
    }
    await Promise.all(drivers.map((driver) => visit(trial, driver, 1)));
    if (site.run.ended) violations.push(`the server ended: ${JSON.stringify(site.run.ended)}`);
    return { promise, tried: `messages of the others while one of ${drivers.length} dialects is flooded and broken`, count, violations, figures };
  });
}

/** @returns {Promise<[string, number[]][]>} milliseconds of each answer, by dialect */
function together(trial, list, seconds) {
  return Promise.all(list.map(async (driver) => [driver.name, await visit(trial, driver, seconds)]));
}

/** Somebody who sends and reads, as ever. */
async function visit({ world, casts, chance, violations }, driver, seconds) {
  const wire = new Wire(world.site.url);
  const [from, to] = casts.get(driver.name);
  const times = [];
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    const outcome = await driver.mail((request) => wire.ask(request), { from, to, text: chance.word(20), key: null, file: null }, world);
    const sent = outcome.kind === 'answered' ? driver.sentOf(outcome) : null;
    if (!sent) {
      violations.push(`${driver.name}: ${brief(outcome)}`);
      break;
    }
    times.push(outcome.ms);
    const seen = driver.readAsk ? await wire.ask(driver.readAsk({ from, to, id: sent.id }, world)) : outcome;
    if (seen.kind !== 'answered' || seen.status >= 400) violations.push(`${driver.name} read: ${brief(seen)}`);
    else times.push(seen.ms);
    await sleep(10);
  }
  wire.close();
  return times;
}

/** Large texts, broken ones, files, lists of everything: one after the other. */
async function harm({ world, casts, chance }, driver, stop) {
  const wire = new Wire(world.site.url);
  const people = casts.get(driver.name).slice(2);
  const [from, to] = people;
  const large = chance.bytes(Math.floor((driver.largeBytes ?? 60_000) / 2)).toString('base64');
  const file = driver.takesFiles ? { name: 'flood.pdf', type: 'application/pdf', bytes: Buffer.concat([Buffer.from('%PDF-1.4\n'), chance.bytes(200_000)]) } : null;
  while (!stop.now) {
    const what = chance.below(4);
    const mail = { from, to, text: what === 0 ? large : chance.word(30), key: null, file: what === 1 ? file : null };
    if (what === 3) {
      const request = driver.mailAsk(mail, world);
      await wire.ask({ ...request, body: `{"a":`.repeat(3_000) });
    } else await driver.mail((request) => wire.ask(request), mail, world);
  }
  wire.close();
}
