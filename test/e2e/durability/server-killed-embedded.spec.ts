import { afterAll, describe, expect, it } from '@jest/globals';
import { EmbeddedFamily, processesIn } from '../../support/embedded-family.js';
import { type ServerProcess } from '../../support/process.js';
import { killServer } from './support/server-kills.js';
import { report, Sites, spread } from './support/trial.js';

const sites = new Sites();
afterAll(() => sites.close(), 30_000);

describe('P1 P2 a server that is killed under load, on the embedded database', () => {
  it('KEY-31 takes the running database over and has every acknowledged message exactly once, after twenty kills', async () => {
    const trial = await sites.beginTrial();
    const family = new EmbeddedFamily(trial.site.dataDir);
    const { postmaster } = family;
    const adopted: ServerProcess[] = [];
    trial.writers.start();
    const { last, kills, startsMs } = await killServer(trial, 20, (run) => adopted.push(run));
    await trial.end();
    const { violations, ...figures } = await trial.verdict();
    report('server killed, embedded database', { kills, ...figures, startsMs: spread(startsMs) });
    expect(violations).toEqual([]);
    expect(figures.acked).toBeGreaterThan(200);
    expect(figures.unknownStored).toBeGreaterThan(0);
    expect(trial.site.troubles).toEqual([]);
    expect(adopted.filter((run) => !run.err.includes('The embedded database runs already; using it.'))).toEqual([]);
    expect(family.postmaster).toBe(postmaster);
    expect(await last.signal('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(processesIn(trial.site.dataDir)).toEqual([]);
  }, 120_000);
});
