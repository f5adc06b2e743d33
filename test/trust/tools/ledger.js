import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { drivers } from '../drivers/index.js';
import { Budget } from '../support/budget.js';
import { Clients } from '../support/clients.js';
import { judge } from '../support/judge.js';
import { LedgerBook } from '../support/ledger-book.js';
import { mountSmallDisk, Nemesis, unmount } from '../support/nemesis.js';
import { Proxy } from '../support/proxy.js';
import { spread } from '../support/report.js';
import { Seeded } from '../support/seeded.js';
import { Site } from '../support/site.js';
import { checkStore } from '../support/store-check.js';
import { Pool } from '../support/wire.js';

const PEOPLE = 8;
const READERS = 8;
/** a server that comes back from no fault is not worth the time of all the others */
const BROKEN_MAX = 5;
const SMALL_DISK_MB = 420;

export const promise = 'P1 P3 P11: acknowledged is stored, exactly once';
export const options = { kills: 20, acks: 5_000, clients: 16, stopSeconds: 1, dialects: '', faults: '', disk: 1, budgetSeconds: 0 };

/**
 * The ledger: clients write down what they were promised while a nemesis kills, stops, cuts and
 * fills; afterwards everything is read back, through every dialect and from SQL.
 */
export async function run({ seed, program, kills, acks, clients: count, stopSeconds, dialects, faults, disk, budgetSeconds, onSite, onEnd }) {
  const chance = new Seeded(seed, 'ledger');
  const chosen = dialects === '' ? drivers : drivers.filter(({ name }) => dialects.split(',').includes(name));
  const skipped = [];
  const site = await Site.open({ program, env: Object.assign({}, ...chosen.map(({ env }) => env)) });
  const setClock = site.withClock();
  mkdirSync(site.dataDir, { mode: 0o700 });
  const noDisk = disk ? mountSmallDisk(site.dataDir, SMALL_DISK_MB + Math.ceil(acks / 100)) : 'not asked for';
  if (noDisk) skipped.push(`full disk: ${noDisk}`);
  const proxy = await Proxy.start(site.port, chance.fork('proxy'));
  try {
    await onSite?.(site);
    await site.start();
    await onSite?.(site, 'started');
    const pool = new Pool(site.url, READERS);
    const world = { site, pool };
    const casts = new Map();
    for (const driver of chosen) casts.set(driver.name, await driver.people(world, PEOPLE));
    const book = await LedgerBook.open(join(site.folder, 'ledger.jsonl'));
    const clients = new Clients({ world, casts, urls: [site.url, proxy.url], book, chance, drivers: chosen }).start(count);
    const nemesis = new Nemesis({ site, clients, book, proxy, chance: chance.fork('nemesis'), stopSeconds, setClock });
    const plan = planOf(chance.fork('plan'), kills, faults === '' ? null : faults.split(','), noDisk === null);
    const budget = new Budget(budgetSeconds);
    const struck = [];
    for (const [at, fault] of plan.entries()) {
      if (nemesis.violations.length > BROKEN_MAX || budget.isUp(at, plan.length)) break;
      await clients.untilServed();
      await clients.untilAcks(Math.round((acks * at) / plan.length), (acked) => budget.isUp(acked, acks));
      await new Promise((resolve) => setTimeout(resolve, chance.below(300)));
      await nemesis.strike(fault);
      struck.push(fault);
    }
    await clients.untilAcks(acks, (acked) => budget.isUp(acked, acks));
    await clients.stop();
    await onEnd?.(site);
    await site.stop('SIGTERM');
    await site.start();
    const found = await readBack(world, chosen, casts);
    const notes = await book.notes();
    const verdict = verdictOf(notes, chosen, found);
    const store = await checkStore(site);
    await book.close();
    pool.close();
    const kill = (name) => /^kill/.test(name);
    skipped.push(...budget.told(struck.length, plan.length, 'faults'), ...budget.told(verdict.acked, acks, 'acknowledged messages'));
    return {
      promise,
      tried: `${struck.filter(kill).length} kills, ${struck.filter((name) => !kill(name)).length} other faults, ${chosen.length} dialects`,
      count: verdict.acked,
      violations: [...clients.strange, ...nemesis.violations, ...found.violations, ...verdict.violations, ...store.violations, ...unexpected(site, plan)],
      skipped,
      figures: {
        kills: struck.filter(kill).length,
        faults: Object.fromEntries(Object.entries(Object.groupBy(struck, (name) => name)).map(([name, list]) => [name, list.length])),
        acked: verdict.acked,
        ledger: verdict.figures,
        store: store.figures,
        attempts: clients.counts,
        lostReplies: proxy.lost,
        slowestMs: Math.round(clients.slowestMs),
        startMs: spread(nemesis.startsMs),
        recoveryMs: Object.fromEntries([...nemesis.recoveries].map(([name, list]) => [name, spread(list)])),
      },
    };
  } finally {
    await proxy.close();
    unmountAfter(site, noDisk);
    await site.close();
  }
}

function unmountAfter(site, noDisk) {
  if (noDisk === null) unmount(site.dataDir);
}

/** Kills, and for ten of them one of each other fault, in an order that the seed decides. */
function planOf(chance, kills, only, hasDisk) {
  const others = ['term', 'stop', 'databaseStop', 'databaseKill', 'cut', 'drop', 'clock', ...(hasDisk ? ['disk'] : [])];
  const plan = Array.from({ length: kills }, (_, i) => (i % 6 === 5 ? 'killEarly' : 'kill'));
  for (let i = 0; i < Math.max(kills / 10, 1); i += 1) plan.push(...others);
  const wanted = only === null ? plan : plan.filter((name) => only.includes(name));
  return chance.shuffled(wanted);
}

/** Everything that is there, by each dialect that shows it. */
async function readBack(world, chosen, casts) {
  const byDialect = new Map();
  const violations = [];
  for (const driver of chosen) {
    const found = [];
    try {
      await driver.stored(world, casts.get(driver.name), (thing) => found.push(thing));
    } catch (error) {
      violations.push(`${driver.name} cannot be read back: ${error.message}`);
    }
    byDialect.set(driver.name, found);
  }
  return { byDialect, violations };
}

function verdictOf(notes, chosen, { byDialect }) {
  const violations = [];
  const figures = {};
  const spaces = new Map(notes.filter(({ kind }) => kind === 'intent').map(({ n, space }) => [n, space]));
  let acked = 0;
  const counted = new Set();
  for (const { name, space } of chosen) {
    const mine = notes.filter(({ n }) => n !== undefined && spaces.get(n) === space);
    const verdict = judge(mine, byDialect.get(name));
    violations.push(...verdict.violations.map((violation) => `as ${name} shows it: ${violation}`));
    if (counted.has(space)) continue;
    counted.add(space);
    figures[space] = verdict.figures;
    acked += verdict.figures.acked;
  }
  return { violations, figures, acked };
}

/** Errors in the log that no fault explains. */
function unexpected(site, plan) {
  if (plan.includes('disk')) return [];
  return site.troubles.slice(0, 5).map((line) => `logged: ${line.slice(0, 300)}`);
}
