import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedFamily, kill, processesIn } from './embedded-family.js';

const root = join(import.meta.dirname, '..', '..');
const START_MS_MAX = 30_000;

/** Secrets a server with DATABASE_URL must be given; the embedded one makes its own. */
export const SECRETS: Readonly<Record<string, string>> = Object.fromEntries(
  [...readFileSync(join(root, '.env.example'), 'utf8').matchAll(/^#(\w+_(?:SECRET|PEPPER|TOKEN|KEY))=$/gm)].map(
    ([, name]) => [name!, randomBytes(32).toString('base64url')],
  ),
);

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
}

/** One run of the built server, leader of a process group of its own. */
export class ServerProcess {
  out = '';
  err = '';
  readonly ended: Promise<Ended>;
  private end: Ended | null = null;

  constructor(readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    child.stdin?.on('error', () => undefined).end();
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve((this.end = { code: null, signal: error.message })));
      child.once('close', (code, signal) => resolve((this.end = { code, signal })));
    });
  }

  get isRunning(): boolean {
    return this.end === null;
  }

  /** http://127.0.0.1:port, once it listens */
  get url(): string {
    return /listens on (http:\S+)/.exec(this.err)?.[1] ?? '';
  }

  /** Waits until the server says so. */
  async said(text: string | RegExp, withinMs = START_MS_MAX): Promise<void> {
    const hasSaid = (): boolean => (typeof text === 'string' ? this.err.includes(text) : text.test(this.err));
    const deadline = performance.now() + withinMs;
    while (!hasSaid()) {
      if (!this.isRunning) throw new Error(`the server ended (${JSON.stringify(this.end)}) and never said ${text}:\n${this.err}`);
      if (performance.now() > deadline) throw new Error(`the server did not say ${text} within ${withinMs} ms:\n${this.err}`);
      await sleep(5);
    }
  }

  /** @returns this, once it accepts requests */
  async listening(): Promise<this> {
    await this.said('listens on');
    return this;
  }

  /** Sends a signal to the server alone, as `kill` does. */
  signal(name: NodeJS.Signals): Promise<Ended> {
    this.child.kill(name);
    return this.ended;
  }

  /** Sends a signal to the whole group, as Ctrl-C in a terminal does. */
  signalGroup(name: NodeJS.Signals): Promise<Ended> {
    try {
      process.kill(-this.child.pid!, name);
    } catch {
      // all of them are gone
    }
    return this.ended;
  }
}

/** What a site differs in from the usual one. */
export interface SiteOptions {
  /** an existing database; without it each site has an embedded one */
  readonly databaseUrl?: string;
  readonly env?: Record<string, string>;
  /** folder of the program to run; by default this repository */
  readonly program?: string;
}

/** A data folder and an address at which servers come and go. Nothing of it outlives close(). */
export class Site {
  readonly folder = mkdtempSync(join(realpathSync(tmpdir()), 'pp-site-'));
  readonly dataDir = join(this.folder, 'data');
  private readonly runs: ServerProcess[] = [];

  private constructor(
    readonly port: number,
    private readonly options: SiteOptions,
  ) {}

  /** Picks a free port that stays the same over restarts. */
  static async open(options: SiteOptions = {}): Promise<Site> {
    return new Site(await freePort(), options);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Straight SQL goes here; the embedded database must be running. */
  get databaseUrl(): string {
    return this.options.databaseUrl ?? new EmbeddedFamily(this.dataDir).url;
  }

  /** Starts a server, without waiting for anything. */
  launch(env: Record<string, string> = {}, command?: readonly string[]): ServerProcess {
    const [file, ...args] = command ?? [process.execPath, join(this.options.program ?? root, 'bin', 'polypost.js'), 'serve'];
    const child = spawn(file!, args, {
      cwd: command ? root : this.folder,
      detached: true,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: this.folder,
        TMPDIR: tmpdir(),
        PORT: String(this.port),
        DATA_DIR: this.dataDir,
        METRICS_ADDRESS: 'off',
        RATE_LIMITS: 'off',
        LOG_LEVEL: 'warn',
        // commands may go through npm
        NPM_CONFIG_UPDATE_NOTIFIER: 'false',
        ...(this.options.databaseUrl !== undefined && { DATABASE_URL: this.options.databaseUrl, ...SECRETS }),
        ...this.options.env,
        ...env,
      },
    });
    const run = new ServerProcess(child);
    this.runs.push(run);
    return run;
  }

  /** Starts a server and waits until it accepts requests. */
  start(env: Record<string, string> = {}): Promise<ServerProcess> {
    return this.launch(env).listening();
  }

  /** Lines of level error and above that any server of this site logged. */
  get troubles(): string[] {
    const lines = this.runs.flatMap((run) => run.out.split('\n'));
    return lines.filter((line) => /"level":(?:"(?:error|fatal)"|[56]0)/.test(line) || /^\s+at /.test(line));
  }

  /** Ends every server, the embedded database and the folder, whatever state they are in. */
  async close(): Promise<void> {
    await Promise.all(this.runs.filter((run) => run.isRunning).map((run) => run.signalGroup('SIGKILL')));
    // twice in a row nobody: a start under way makes processes after the first look
    for (let quiet = 0; quiet < 2; await sleep(20)) {
      const left = processesIn(this.folder);
      left.forEach(kill);
      quiet = left.length === 0 ? quiet + 1 : 0;
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** Below the range that outgoing connections take theirs from, so that nobody takes it between two starts. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 30_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const probe = createServer().once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
