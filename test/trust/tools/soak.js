import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { drivers } from '../drivers/index.js';
import { Clients } from '../support/clients.js';
import { judge } from '../support/judge.js';
import { LedgerBook } from '../support/ledger-book.js';
import { Seeded } from '../support/seeded.js';
import { withSite } from '../support/site.js';
import { brief, Pool } from '../support/wire.js';

const HEAP_MB_MAX = 40;
const FILES_MAX = 20;

export const promise = 'P23: hours of work leave nothing behind';
export const options = { seconds: 20, clients: 12, paceMs: 20 };

/** Steady work of all dialects: no error, no memory and no open file that stays, and everything there in the end. */
export function run({ seed, program, seconds, clients: count, paceMs }) {
  return withSite({ program, env: Object.assign({}, ...drivers.map(({ env }) => env)) }, async (site) => {
    const chance = new Seeded(seed, 'soak');
    const pool = new Pool(site.url, 8);
    const world = { site, pool };
    const casts = new Map();
    for (const driver of drivers) casts.set(driver.name, await driver.people(world, 8));
    const book = await LedgerBook.open(join(site.folder, 'ledger.jsonl'));
    const clients = new Clients({ world, casts, urls: [site.url], book, chance, drivers, paceMs }).start(count);
    const metrics = new Pool(site.metricsUrl, 1);
    const samples = [];
    const violations = [];
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) {
      await sleep(Math.max(500, (seconds * 1000) / 200));
      const outcome = await metrics.ask({ method: 'GET', path: '/metrics' });
      if (outcome.kind !== 'answered') violations.push(`metrics: ${brief(outcome)}`);
      else samples.push({ heapMb: numberIn(outcome.text, 'nodejs_heap_size_used_bytes') / 1e6, rssMb: numberIn(outcome.text, 'process_resident_memory_bytes') / 1e6, files: readdirSync(`/proc/${site.run.pid}/fd`).length });
    }
    await clients.stop();
    metrics.close();
    const notes = await book.notes();
    for (const driver of drivers) {
      const found = [];
      await driver.stored(world, casts.get(driver.name), (thing) => found.push(thing));
      const spaces = new Map(notes.filter(({ kind }) => kind === 'intent').map(({ n, space }) => [n, space]));
      violations.push(...judge(notes.filter(({ n }) => spaces.get(n) === driver.space), found).violations.map((violation) => `as ${driver.name} shows it: ${violation}`));
    }
    await book.close();
    pool.close();
    // the least of a while is what is left after collecting
    const part = (from, to, key) => Math.round(Math.min(...samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to)).map((sample) => sample[key])));
    const figures = {
      acked: clients.acks, slowestMs: Math.round(clients.slowestMs), heapMb: [part(0.25, 0.5, 'heapMb'), part(0.75, 1, 'heapMb')], rssMb: [part(0.25, 0.5, 'rssMb'), part(0.75, 1, 'rssMb')], files: [part(0.25, 0.5, 'files'), part(0.75, 1, 'files')],
    };
    if (figures.heapMb[1] - figures.heapMb[0] > HEAP_MB_MAX) violations.push(`the heap grew from ${figures.heapMb.join(' to ')} MB`);
    if (figures.files[1] - figures.files[0] > FILES_MAX) violations.push(`open files grew from ${figures.files.join(' to ')}`);
    violations.push(...clients.strange, ...site.troubles.slice(0, 5).map((line) => `logged: ${line.slice(0, 300)}`));
    if (clients.counts.busy + clients.counts.cut + clients.counts.silent > 0) violations.push(`${JSON.stringify(clients.counts)} on a calm day`);
    return { promise, tried: `seconds of steady work, ${clients.acks} messages`, count: seconds, violations, figures };
  });
}

const numberIn = (text, name) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN);
