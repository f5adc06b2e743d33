import { afterAll, describe, expect, it } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedFamily } from '../../support/embedded-family.js';
import { report, Sites, spread } from './support/trial.js';
import { Visitors } from './support/visitors.js';

const KILLS = 6;
const BACK_MS_MAX = 5_000;
const BACK = /The embedded database is back\./g;

const sites = new Sites();
afterAll(() => sites.close(), 30_000);

describe('P3 an embedded PostgreSQL that is killed under load', () => {
  it('P1 KEY-13 is back within 5 s each time; until then everybody is told to come back, and nothing acknowledged is lost', async () => {
    const trial = await sites.beginTrial();
    const { site, writers, first: server } = trial;
    const family = new EmbeddedFamily(site.dataDir);
    const visitors = new Visitors(site.url).start();
    writers.start();
    const backMs: number[] = [];
    for (let kills = 1; kills <= KILLS; kills += 1) {
      await writers.untilServed();
      await sleep(randomInt(300));
      const begunMs = performance.now();
      const isWhole = kills % 3 === 0;
      await trial.fault(isWhole ? 'PostgreSQL killed' : 'postmaster killed', () => (isWhole ? family.killAll() : family.killPostmaster()));
      // children of a killed postmaster may serve for a moment: it is back when the new one is
      while ((server.err.match(BACK) ?? []).length < kills) {
        if (!server.isRunning || performance.now() - begunMs > 2 * BACK_MS_MAX) throw new Error(`it does not come back:\n${server.err}`);
        await sleep(10);
      }
      await writers.untilServed();
      backMs.push(performance.now() - begunMs);
    }
    await visitors.stop();
    await trial.end();
    const { violations, ...figures } = await trial.verdict();
    const slowestMs = Math.round(Math.max(writers.slowestMs, visitors.slowestMs));
    report('database killed', {
      kills: KILLS, ...figures, backMs: spread(backMs), slowestMs, told: writers.counts.comeBackLater + visitors.comeBackLater, visits: visitors.answers,
    });
    expect(violations).toEqual([]);
    expect(visitors.strange).toEqual([]);
    expect(writers.counts).toMatchObject({ cut: 0, refused: 0 });
    expect(writers.counts.comeBackLater).toBeGreaterThan(0);
    expect(visitors.comeBackLater).toBeGreaterThan(0);
    expect(Math.max(...backMs)).toBeLessThan(BACK_MS_MAX);
    expect(site.troubles).toEqual([]);
    expect(server.isRunning).toBe(true);
    expect(await server.signal('SIGTERM')).toEqual({ code: 0, signal: null });
  }, 90_000);
});
