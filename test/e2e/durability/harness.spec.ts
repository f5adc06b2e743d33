import { afterAll, describe, expect, it } from '@jest/globals';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { EmbeddedFamily } from '../../support/embedded-family.js';
import { Sites, type Trial } from './support/trial.js';

const root = join(import.meta.dirname, '..', '..', '..');
const programs: string[] = [];
const sites = new Sites();

afterAll(async () => {
  await sites.close();
  for (const program of programs) rmSync(program, { recursive: true, force: true });
}, 30_000);

/** A copy of the built program with a fault planted in one of its files. */
function programWithFault(file: string, sound: string, faulty: string): string {
  const program = mkdtempSync(join(tmpdir(), 'pp-faulty-'));
  programs.push(program);
  for (const name of ['bin', 'dist', 'package.json']) cpSync(join(root, name), join(program, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(program, 'node_modules'));
  const path = join(program, 'dist', 'src', file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(sound)) throw new Error(`the place for the fault is not in ${file} any more`);
  writeFileSync(path, text.replace(sound, faulty));
  return program;
}

/** Kills PostgreSQL and then the server under load, once. @returns the kinds of violation the ledger finds */
async function verdictAfterKills(trial: Trial): Promise<string[]> {
  const { site, writers, first } = trial;
  writers.start();
  await writers.untilServed(100);
  await trial.fault('PostgreSQL killed', () => new EmbeddedFamily(site.dataDir).killAll());
  await sleep(100);
  await trial.fault('server killed', () => first.signal('SIGKILL'));
  await site.start();
  await writers.untilServed();
  await trial.end();
  const { violations } = await trial.verdict();
  return [...new Set(violations.map((violation) => violation.replace(/^.*?: /, '')))];
}

describe('the ledger finds a server out that', () => {
  it('acknowledges before the commit', async () => {
    const early = "for (const item of batch) item.resolve({ kind: 'stored', talks: [] });";
    const program = programWithFault('storage/append/append-queue.js', 'async write(batch) {', `async write(batch) {\n${early}`);
    expect(await verdictAfterKills(await sites.beginTrial({ program }))).toContain('acknowledged and lost');
  }, 60_000);

  it('has a database that does not flush', async () => {
    const trial = await sites.beginTrial();
    const client = new pg.Client({ connectionString: trial.site.databaseUrl });
    await client.connect();
    await client.query('ALTER SYSTEM SET synchronous_commit = off');
    await client.query("ALTER SYSTEM SET wal_writer_delay = '10s'");
    await client.query('SELECT pg_reload_conf()');
    await client.end();
    expect(await verdictAfterKills(trial)).toContain('acknowledged and lost');
  }, 60_000);

  it('forgets its idempotency keys', async () => {
    const program = programWithFault('core/messaging/send-message.js', 'command.once ?', 'false ?');
    expect(await verdictAfterKills(await sites.beginTrial({ program }))).toContain('stored 2 times');
  }, 60_000);
});
