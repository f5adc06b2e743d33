import { chmodSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { EmbeddedPostgres, type EmbeddedOptions } from '../../../../src/embedded/embedded-postgres.js';

/**
 * A temporary folder whose databases are ended and whose files are removed at the end. Made when
 * first needed, because a suite left out by a filter runs no afterAll.
 */
export class Playground {
  readonly lines: string[] = [];
  private readonly started: EmbeddedPostgres[] = [];
  private made: string | null = null;

  constructor(private readonly mode = 0o700) {}

  get folder(): string {
    if (this.made === null) {
      this.made = realpathSync(mkdtempSync(join(tmpdir(), 'polypost-embedded-test-')));
      chmodSync(this.made, this.mode);
    }
    return this.made;
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  async start(dataDir: string, options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedPostgres> {
    const database = await EmbeddedPostgres.start({ dataDir, log: (line) => this.lines.push(line), ...options });
    this.started.push(database);
    return database;
  }

  /** Ends what this playground started and removes it all. */
  async close(): Promise<void> {
    if (this.made === null) return;
    await Promise.all(this.started.map((database) => database.stop()));
    for (const pid of processesBelow(this.folder)) killNow(pid);
    await waitUntil(() => processesBelow(this.folder).length === 0);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** @returns living processes that work in a folder or below it */
export function processesBelow(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`);
      } catch {
        return false;
      }
    });
}

export function killNow(...pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended by itself
    }
  }
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(text, values)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Waits until something holds; fails the test after a while. */
export async function waitUntil(holds: () => boolean | Promise<boolean>, msMax = 10_000): Promise<void> {
  for (const end = Date.now() + msMax; Date.now() < end; await sleep(20)) {
    if (await holds()) return;
  }
  throw new Error(`did not come about within ${msMax} ms`);
}

/** @returns whether the database answers a query */
export async function answers(url: string): Promise<boolean> {
  return query(url, 'SELECT 1').then(
    () => true,
    () => false,
  );
}
