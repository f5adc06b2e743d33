import { spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** the folder of this project */
export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const SHIM = fileURLToPath(new URL('./clock-shim.mjs', import.meta.url));
const START_MS_MAX = 120_000;
const DATABASE_MS_MAX = 60_000;
const CLOCK_MS_MAX = 10_000;

/**
 * A data folder and an address at which built servers come and go, each a process of its own, with
 * the embedded database. Nothing of it outlives close().
 */
export class Site {
  #runs = [];

  /** @param {{program?: string, env?: Record<string, string>}} options program: folder of the server to run */
  static async open(options = {}) {
    return new Site(await freePort(), await freePort(), options);
  }

  constructor(port, metricsPort, { program = root, env = {} }) {
    this.port = port;
    this.metricsPort = metricsPort;
    this.program = program;
    this.env = env;
    this.folder = mkdtempSync(join(realpathSync(tmpdir()), 'pp-trust-'));
    // the database may run as another user
    chmodSync(this.folder, 0o711);
    this.dataDir = join(this.folder, 'data');
    const files = [join(program, '.env.example')];
    const names = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^#(\w+_(?:SECRET|PEPPER|TOKEN|KEY))=$/gm)].map(([, name]) => name));
    /** every secret of the settings, so that nobody has to look for those the server would make */
    this.secrets = Object.fromEntries(names.map((name) => [name, randomBytes(32).toString('base64url')]));
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  get metricsUrl() {
    return `http://127.0.0.1:${this.metricsPort}`;
  }

  get logPath() {
    return join(this.folder, 'server.log');
  }

  get consolePath() {
    return join(this.folder, 'console.log');
  }

  /** the process that runs now, or ran last */
  get run() {
    return this.#runs.at(-1) ?? null;
  }

  get variables() {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.folder,
      TMPDIR: tmpdir(),
      PORT: String(this.port),
      PUBLIC_URL: this.url,
      DATA_DIR: this.dataDir,
      METRICS_ADDRESS: `127.0.0.1:${this.metricsPort}`,
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
      ...this.secrets,
      ...this.env,
    };
  }

  /** Lets the server's clock be set: call before the start. @returns {(hours: number) => Promise<void>} sets it, that far ahead, and waits until it is */
  withClock({ shortRounds = false } = {}) {
    const path = join(this.folder, 'clock');
    writeFileSync(path, '0');
    Object.assign(this.env, { NODE_OPTIONS: `--import=${SHIM}`, TRUST_CLOCK_FILE: path, ...(shortRounds && { TRUST_SHORT_ROUNDS: '1' }) });
    return async (hours) => {
      const wanted = String(Math.round(hours * 3_600_000));
      writeFileSync(path, wanted);
      const deadline = performance.now() + CLOCK_MS_MAX;
      while (textOf(`${path}.seen`) !== wanted && performance.now() < deadline) await sleep(10);
    };
  }

  /** Starts a server, without waiting for anything. */
  launch(env = {}) {
    const out = openSync(this.logPath, 'a');
    const err = openSync(this.consolePath, 'a');
    const child = spawn(process.execPath, [join(this.program, 'bin', 'polypost.js'), 'serve'], {
      cwd: this.folder,
      detached: true,
      stdio: ['ignore', out, err],
      env: { ...this.variables, ...env },
    });
    closeSync(out);
    closeSync(err);
    const run = { child, pid: child.pid, ended: null, whenEnded: null };
    run.whenEnded = new Promise((resolve) => {
      child.once('error', (error) => resolve((run.ended = { code: null, signal: error.message })));
      child.once('exit', (code, signal) => resolve((run.ended = { code, signal })));
    });
    this.#runs.push(run);
    return run;
  }

  /** Starts a server and waits until it accepts requests. */
  async start(env = {}) {
    const run = this.launch(env);
    const deadline = performance.now() + START_MS_MAX;
    while (!(await this.accepts())) {
      if (run.ended) throw new Error(`the server ended (${JSON.stringify(run.ended)}):\n${this.console.slice(-4000)}`);
      if (performance.now() > deadline) throw new Error(`the server does not listen:\n${this.console.slice(-4000)}`);
      await sleep(10);
    }
    return run;
  }

  accepts() {
    return new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: this.port });
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  }

  /** Sends the running server a signal and waits until it is gone. */
  async stop(signal = 'SIGTERM') {
    const { run } = this;
    if (run === null || run.ended) return run?.ended ?? null;
    run.child.kill(signal);
    return run.whenEnded;
  }

  /** Runs the polypost command beside the server. @returns {string} what it printed */
  command(...args) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(this.program, 'bin', 'polypost.js'), ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      env: this.variables,
    });
    if (status !== 0) throw new Error(`polypost ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  get log() {
    return existsSync(this.logPath) ? readFileSync(this.logPath, 'utf8') : '';
  }

  get console() {
    return existsSync(this.consolePath) ? readFileSync(this.consolePath, 'utf8') : '';
  }

  /** @returns {string[]} log lines of level error and above, and traces of crashes */
  get troubles() {
    const lines = `${this.log}\n${this.console}`.split('\n');
    return lines.filter((line) => /"level":(?:"(?:error|fatal)"|[56]0)/.test(line) || /^\s+at /.test(line));
  }

  /** Straight SQL. @returns {Promise<any[]>} rows */
  async sql(text, values = []) {
    const client = await this.#connected();
    try {
      return (await client.query(text, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** A connection to the embedded database, which may just be starting. */
  async #connected() {
    const deadline = performance.now() + DATABASE_MS_MAX;
    for (;;) {
      // without its folder the driver would go to whatever else listens on this machine
      const host = this.#postmasterNotes[4];
      try {
        if (!host) throw new Error('the database does not run');
        const client = new pg.Client({ host, port: 5432, user: 'polypost', database: 'polypost' });
        client.on('error', () => undefined);
        await client.connect();
        return client;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(50);
      }
    }
  }

  /** process number of the database's postmaster, null where there is none */
  get postmaster() {
    const pid = Number(this.#postmasterNotes[0]);
    return pid > 0 && isAlive(pid) ? pid : null;
  }

  /** Ends the database as a crash does: SIGQUIT is its immediate shutdown, SIGKILL takes every process of it. */
  crashDatabase(how) {
    if (how === 'SIGKILL') {
      for (const pid of processesIn(join(this.dataDir, 'postgres'))) kill(pid);
      return;
    }
    const pid = this.postmaster;
    if (pid !== null) process.kill(pid, how);
  }

  /** Ends whatever still runs, in whatever state, and removes the folder. */
  async close() {
    for (const run of this.#runs) if (!run.ended) signalGroup(run.pid);
    for (let quiet = 0; quiet < 2; await sleep(20)) {
      const left = processesIn(this.folder);
      left.forEach(kill);
      quiet = left.length === 0 ? quiet + 1 : 0;
    }
    if (process.env.TRUST_KEEP === undefined) rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  get #postmasterNotes() {
    return textOf(join(this.dataDir, 'postgres', 'postmaster.pid')).split('\n');
  }
}

/** A site with a running server for the time of some work; closed whatever happens. */
export async function withSite(options, work) {
  const site = await Site.open(options);
  const stop = () => {
    for (const pid of processesIn(site.folder)) kill(pid);
    process.exit(130);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await site.start();
    return await work(site);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await site.close();
  }
}

/** Below the range that outgoing connections take theirs from, so that nobody takes it between two starts. */
export async function freePort() {
  for (;;) {
    const port = randomInt(12_000, 30_000);
    const isFree = await new Promise((resolve) => {
      const probe = createServer().once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}

/** @returns {number[]} living processes that work in a folder of ours, or name it in their arguments */
export function processesIn(folder) {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
    .filter((pid) => {
      const works = linkOf(`/proc/${pid}/cwd`);
      return (works === folder || works.startsWith(`${folder}/`) || textOf(`/proc/${pid}/cmdline`).includes(folder)) && isAlive(pid);
    });
}

export function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}

function signalGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    kill(pid);
  }
}

/** A zombie is dead, whether its parent has taken note or not. */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !/^State:\s+[ZX]/m.test(textOf(`/proc/${pid}/status`));
}

function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
