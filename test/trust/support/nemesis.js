import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** ten seconds are promised; a machine that is at work on other things adds to them */
const DRAIN_MS_MAX = 25_000;
const STEP_BYTES = 1 << 20;

/** Does harm to a site, one fault after the other, and sees that it serves again after each. */
export class Nemesis {
  /** milliseconds from each fault to the first message begun and acknowledged after it, by fault */
  recoveries = new Map();
  /** milliseconds of each start, to the first connection accepted */
  startsMs = [];
  violations = [];

  constructor({ site, clients, book, proxy, chance, stopSeconds = 1, setClock = null }) {
    Object.assign(this, { site, clients, book, proxy, chance, stopSeconds, setClock });
  }

  /** @param {string} name one of the methods below */
  async strike(name) {
    const before = this.site.run;
    await this.book.note({ kind: 'fault', what: name, atMs: Math.round(performance.now()) });
    const begun = performance.now();
    await this[name]();
    const isSameProcess = !['kill', 'killEarly', 'term'].includes(name);
    if (!(await this.clients.untilServed())) {
      this.violations.push(`${name}: nothing was acknowledged any more afterwards; the server was started anew`);
      await this.kill();
      return;
    }
    this.recoveries.set(name, [...(this.recoveries.get(name) ?? []), performance.now() - begun]);
    if (isSameProcess && before.ended) this.violations.push(`${name}: the server ended (${JSON.stringify(before.ended)})`);
  }

  async kill() {
    await this.site.stop('SIGKILL');
    await this.#start();
  }

  /** Kills the new server too, while it starts. */
  async killEarly() {
    await this.site.stop('SIGKILL');
    const early = this.site.launch();
    await sleep(this.chance.between(30, 600));
    early.child.kill('SIGKILL');
    await early.whenEnded;
    await this.#start();
  }

  async term() {
    const begun = performance.now();
    const { code, signal } = await this.site.stop('SIGTERM');
    const ms = performance.now() - begun;
    if (code !== 0) this.violations.push(`term: the server ended with ${code ?? signal}`);
    if (ms > DRAIN_MS_MAX) this.violations.push(`term: the server took ${Math.round(ms)} ms to end`);
    await this.#start();
  }

  async stop() {
    this.site.run.child.kill('SIGSTOP');
    await sleep(this.stopSeconds * 1000);
    this.site.run.child.kill('SIGCONT');
  }

  async databaseStop() {
    this.site.crashDatabase('SIGQUIT');
    await sleep(50);
  }

  async databaseKill() {
    this.site.crashDatabase('SIGKILL');
    await sleep(50);
  }

  async cut() {
    this.proxy.cut();
  }

  async drop() {
    this.proxy.lossShare = 0.3;
    await sleep(600);
    this.proxy.lossShare = 0;
  }

  /** The clock of the server jumps, and some time later back. */
  async clock() {
    const hours = this.chance.pick([-6, -1, 1, 6]);
    await this.setClock(hours);
    await sleep(400);
    await this.setClock(0);
  }

  /** The disk that holds database and files is full for a while. */
  async disk() {
    const ballast = join(this.site.dataDir, 'ballast');
    fill(ballast);
    await sleep(1_500);
    rmSync(ballast);
  }

  async #start() {
    const begun = performance.now();
    await this.site.start();
    this.startsMs.push(performance.now() - begun);
  }
}

/** Takes all the room there is. */
function fill(path) {
  const file = openSync(path, 'w');
  for (let step = STEP_BYTES; step >= 4096; step /= 2) {
    try {
      for (;;) writeSync(file, Buffer.alloc(step));
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error;
    }
  }
  closeSync(file);
}

/** Puts a small disk of its own under a folder. @returns {string | null} why that cannot be done here */
export function mountSmallDisk(folder, megabytes) {
  if (process.getuid?.() !== 0) return 'a small disk needs root';
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=711`, 'tmpfs', folder], { encoding: 'utf8' });
  return status === 0 ? null : `a small disk cannot be mounted here (${(stderr ?? 'no mount').trim()})`;
}

export function unmount(folder) {
  if (existsSync(folder)) spawnSync('umount', ['-l', folder]);
}
