import { transformFileSync } from '@swc/core';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('../../../../src/embedded/', import.meta.url));
const require = createRequire(import.meta.url);

/** One line of the staged program. */
export interface Said {
  readonly line?: string;
  readonly started?: { readonly pid: number; readonly url: string; readonly uid: number };
  readonly answer?: unknown;
  readonly locked?: boolean;
  readonly error?: string;
  readonly name?: string;
}

const PROGRAM = `
import { EmbeddedPostgres } from './embedded/embedded-postgres.js';
import { DataFolderLock } from './embedded/data-folder-lock.js';
import pg from 'pg';
const say = (what) => console.log(JSON.stringify(what));
const { lock, ...options } = JSON.parse(process.argv[2]);
process.on('SIGINT', () => say({ line: 'SIGINT' }));
try {
  if (lock) {
    await DataFolderLock.acquire(options.dataDir);
    say({ locked: true });
    setInterval(() => undefined, 1000);
  } else {
    const database = await EmbeddedPostgres.start({ ...options, log: (line) => say({ line }) });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const answer = (await client.query('SELECT current_user AS who, current_database() AS place')).rows[0];
    await client.end();
    say({ answer });
    say({ started: { pid: database.pid, url: database.url, uid: process.getuid() } });
    process.stdin.on('data', async () => { await database.stop(); process.exit(0); });
  }
} catch (error) {
  say({ error: error.message, name: error.name });
  process.exit(3);
}
`;

/** The compiled sources with all they need in one folder that any user can read. */
export class Stage {
  private readonly children: ChildProcess[] = [];

  constructor(private readonly folder: string) {
    mkdirSync(join(folder, 'app', 'embedded'), { recursive: true });
    for (const name of readdirSync(SOURCES)) {
      const { code } = transformFileSync(join(SOURCES, name), {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'es6' },
        swcrc: false,
      });
      writeFileSync(join(folder, 'app', 'embedded', name.replace(/\.ts$/, '.js')), code);
    }
    writeFileSync(join(folder, 'app', 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'app', 'program.mjs'), PROGRAM);
    copyWithDependencies('pg', join(folder, 'app', 'node_modules'));
    copyPackage(platformPackage(), join(folder, 'app', 'node_modules', platformName()));
    // as npm leaves the package when install scripts are off
    for (const name of readdirSync(this.libraries)) {
      if (statSync(join(this.libraries, name)).isFile() && isLinked(name)) rmSync(join(this.libraries, name));
    }
    copyNode(join(folder, 'node'));
  }

  /** folder of the shared libraries of the staged platform package */
  get libraries(): string {
    return join(this.folder, 'app', 'node_modules', platformName(), 'native', 'lib');
  }

  /** @returns whether the links an install script would have made are there */
  get isHydrated(): boolean {
    return existsSync(join(this.libraries, 'libpq.so.5'));
  }

  /** Runs the program; `said` fills up as it speaks. */
  run(options: object, how: { uid?: number; gid?: number; env?: NodeJS.ProcessEnv } = {}): StagedRun {
    const child = spawn(join(this.folder, 'node'), [join(this.folder, 'app', 'program.mjs'), JSON.stringify(options)], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...how,
    });
    this.children.push(child);
    return new StagedRun(child);
  }

  close(): void {
    for (const child of this.children) child.kill('SIGKILL');
  }
}

/** A run of the staged program. */
export class StagedRun {
  readonly said: Said[] = [];
  private readonly ended: Promise<void>;
  private troubles = '';

  constructor(readonly child: ChildProcess) {
    if (!child.stdout || !child.stderr) throw new Error('the program has no output');
    createInterface(child.stdout).on('line', (line) => this.said.push(JSON.parse(line) as Said));
    child.stderr.on('data', (text: Buffer) => (this.troubles += text.toString()));
    this.ended = new Promise((resolve) => child.once('close', () => resolve()));
  }

  /** Waits until the program says something of this kind. */
  async until<K extends keyof Said>(key: K): Promise<Exclude<Said[K], undefined>> {
    for (let round = 0; round < 750; round += 1) {
      const value = this.said.find((said) => said[key] !== undefined)?.[key];
      if (value !== undefined) return value as Exclude<Said[K], undefined>;
      const hasEnded = this.child.exitCode !== null || this.child.signalCode !== null;
      if (hasEnded) await this.ended;
      if (hasEnded && !this.said.some((said) => said[key] !== undefined)) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`never said "${key}": ${JSON.stringify(this.said)} ${this.troubles}`);
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Has the program stop its database and end. */
  async stop(): Promise<void> {
    this.child.stdin?.write('stop\n');
    await this.ended;
  }
}

export function platformName(): string {
  return `@embedded-postgres/${process.platform}-${process.arch}`;
}

/** @returns folder of the installed platform package */
export function platformPackage(): string {
  return dirname(dirname(require.resolve(platformName())));
}

function isLinked(name: string): boolean {
  const links = JSON.parse(readFileSync(join(platformPackage(), 'native', 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  return links.some(({ target }) => target.endsWith(`/${name}`));
}

export function copyPackage(from: string, to: string): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
  openToAll(to);
}

function copyWithDependencies(name: string, to: string, done = new Set<string>(), from: NodeJS.Require = require): void {
  if (done.has(name)) return;
  done.add(name);
  const root = packageRoot(name, from);
  copyPackage(root, join(to, name));
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies?: Record<string, string> };
  for (const needed of Object.keys(dependencies)) copyWithDependencies(needed, to, done, createRequire(join(root, 'package.json')));
}

function packageRoot(name: string, from: NodeJS.Require): string {
  const found = (from.resolve.paths(name) ?? []).map((folder) => join(folder, name)).find((folder) => existsSync(folder));
  if (found === undefined) throw new Error(`${name} is not installed`);
  return found;
}

function copyNode(to: string): void {
  const anyoneMayRun = (statSync(process.execPath).mode & 0o005) === 0o005;
  try {
    if (!anyoneMayRun) throw new Error('needs another mode');
    linkSync(process.execPath, to);
  } catch {
    cpSync(process.execPath, to);
    chmodSync(to, 0o755);
  }
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const runs = entry.isDirectory() || (statSync(path).mode & 0o100) !== 0;
    chmodSync(path, runs ? 0o755 : 0o644);
  }
}
