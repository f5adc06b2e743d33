import { afterAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { killServer } from './support/server-kills.js';
import { report, Sites, spread } from './support/trial.js';

const sites = new Sites();
let db: TestDatabase | undefined;

afterAll(async () => {
  await sites.close();
  await db?.drop();
}, 30_000);

describe('P1 P2 a server that is killed under load, on a PostgreSQL server', () => {
  it('KEY-31 has every acknowledged message exactly once after twenty kills', async () => {
    db = await createDatabase();
    const trial = await sites.beginTrial({ databaseUrl: db.url });
    trial.writers.start();
    const { last, kills, startsMs } = await killServer(trial, 20);
    await trial.end();
    const { violations, ...figures } = await trial.verdict();
    report('server killed', { kills, ...figures, startsMs: spread(startsMs) });
    expect(violations).toEqual([]);
    expect(figures.acked).toBeGreaterThan(200);
    expect(figures.unknownStored).toBeGreaterThan(0);
    expect(trial.site.troubles).toEqual([]);
    expect(await last.signal('SIGTERM')).toEqual({ code: 0, signal: null });
  }, 120_000);
});
