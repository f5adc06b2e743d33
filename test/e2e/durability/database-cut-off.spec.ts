import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { report, Sites, spread, type Trial } from './support/trial.js';
import { Visitors } from './support/visitors.js';
import { isComeBackLater, Wire } from './support/wire.js';

const CUTS = 25;
const REFUSED_MS_MAX = 3_500;

const sites = new Sites();
let db: TestDatabase;
let trial: Trial;

beforeAll(async () => {
  db = await createDatabase();
  trial = await sites.beginTrial({ databaseUrl: db.url });
}, 30_000);

afterAll(async () => {
  await sites.close();
  await db.drop();
}, 30_000);

describe('P3 a PostgreSQL server of somebody else', () => {
  it('P1 KEY-13 ends all connections again and again: everybody is told to come back, and nothing acknowledged is lost', async () => {
    const { site, writers } = trial;
    const visitors = new Visitors(site.url).start();
    writers.start();
    let ended = 0;
    for (let cuts = 0; cuts < CUTS; cuts += 1) {
      await sleep(randomInt(40, 200));
      await trial.fault('connections ended', async () => {
        const sql = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1';
        ended += (await db.sql(sql, ['polypost'])).length;
      });
    }
    await writers.untilServed();
    await visitors.stop();
    await writers.stop();
    const { violations, ...figures } = await trial.verdict();
    const slowestMs = Math.round(Math.max(writers.slowestMs, visitors.slowestMs));
    report('connections ended', { ended, ...figures, slowestMs, told: writers.counts.comeBackLater + visitors.comeBackLater, visits: visitors.answers });
    expect(violations).toEqual([]);
    expect(visitors.strange).toEqual([]);
    expect(writers.counts).toMatchObject({ cut: 0, refused: 0 });
    expect(writers.counts.comeBackLater).toBeGreaterThan(0);
    expect(ended).toBeGreaterThan(CUTS);
    expect(site.troubles).toEqual([]);
    expect(trial.first.isRunning).toBe(true);
  }, 60_000);

  it('P1 KEY-11 KEY-13 holds a table: a burst is told within 3 s to come back, and service goes on when it lets go', async () => {
    const { site, writers } = trial;
    const holder = new pg.Client({ connectionString: db.url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE messages IN ACCESS EXCLUSIVE MODE');
    // these fill both batches in flight, so that the burst has to wait
    const first = writers.burst(1);
    await sleep(200);
    const second = writers.burst(1);
    await sleep(200);
    const burst = writers.burst(300);
    await sleep(500);
    const wire = new Wire(site.url);
    const begunMs = performance.now();
    expect(await wire.ask('GET', '/generate-keypair', {})).toMatchObject({ status: 200 });
    expect(performance.now() - begunMs).toBeLessThan(2_500);
    wire.close();
    const told = await burst;
    await holder.query('COMMIT');
    await holder.end();
    const waited = [...(await first), ...(await second)];
    const toldMs = told.map(({ ms }) => ms);
    report('table held', { told: told.length, toldMs: spread(toldMs), held: waited.map(({ outcome, ms }) => [outcome.kind === 'answered' ? outcome.status : outcome.kind, Math.round(ms)]) });
    expect(told.filter(({ outcome }) => !isComeBackLater(outcome))).toEqual([]);
    expect(Math.max(...toldMs)).toBeLessThan(REFUSED_MS_MAX);
    expect(waited.map(({ outcome }) => outcome.kind === 'answered' && outcome.status)).toEqual([200, 200]);
    expect((await writers.burst(20)).map(({ outcome }) => outcome.kind === 'answered' && outcome.status)).toEqual(Array(20).fill(200));
    expect((await trial.verdict()).violations).toEqual([]);
  }, 60_000);
});
