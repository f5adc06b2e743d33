import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { boundLog } from './cluster.js';
import { answersFor } from './database-ping.js';
import { EmbeddedUnavailable } from './embedded-unavailable.js';
import { messageOf } from './errors.js';
import { type Layout, socketPath } from './layout.js';
import { livePostmaster, saysReady, startOnce, stopPostmaster } from './postmaster.js';
import { stateOf } from './processes.js';
import { type Programs } from './run-as.js';

const RETRY_MS = 250;
/** Failed starts before quick retries are over: more than 10 seconds. */
const QUICK_ATTEMPTS = 40;
/** What PostgreSQL says while leftovers of a killed server are about to go. Anything else seldom heals: fewer retries. */
const LEFTOVERS = /shared memory|lock file/;
const WEIGHT_OF_OTHERS = 5;
/** A living server that does not answer for so long is stopped and started anew (2 seconds). */
const SILENT_ROUNDS_MAX = 8;
const WATCH_MS = 250;
/** The log's size is looked at once a minute. */
const LOG_CHECK_ROUNDS = 240;
const PAUSE_MS_MIN = 1000;
const PAUSE_MS_MAX = 30_000;

/** Keeps one cluster's server running. */
export class Supervisor {
  /** process number of the postmaster that served last */
  pid = 0;
  private readonly ending = new AbortController();
  private watching: Promise<void> | null = null;

  /**
   * @param layout where everything lies
   * @param programs found when first needed: adopting a running server needs none
   * @param log one line for the console; must not throw
   */
  constructor(
    private readonly layout: Layout,
    private readonly programs: () => Promise<Programs>,
    private readonly log: (line: string) => void,
  ) {}

  /** @returns true when a server of this cluster runs already and answers */
  async adopt(): Promise<boolean> {
    const pid = await livePostmaster(this.layout);
    if (pid === null || !(await answersFor(this.layout.socketFolder, this.layout.cluster))) return false;
    this.pid = pid;
    return true;
  }

  /**
   * Brings the server up: waits for one that is just starting, starts one otherwise. Leftovers of
   * a killed server may hold its memory for a moment, so a failed start is tried again.
   *
   * @throws EmbeddedUnavailable when retries did not help
   */
  async bringUp(): Promise<void> {
    let silentRounds = 0;
    let reason = '';
    for (let failures = 0; failures < QUICK_ATTEMPTS; ) {
      if (this.ending.signal.aborted) throw new Error('stopped while starting');
      const living = await livePostmaster(this.layout);
      if (living === null) {
        silentRounds = 0;
        const why = await startOnce(this.layout, await this.programs());
        if (why !== null) {
          reason = why;
          failures += LEFTOVERS.test(why) ? 1 : WEIGHT_OF_OTHERS;
        }
      } else if (await this.isSilent(++silentRounds)) {
        this.log(`The embedded database (process ${living}) does not answer; starting it anew.`);
        await stopPostmaster(this.layout);
        failures += 1;
        reason = 'it runs but does not answer';
      }
      if (await this.adopt()) return;
      await this.pause(RETRY_MS);
    }
    throw new EmbeddedUnavailable(`PostgreSQL does not start (${reason}; see ${this.layout.log})`);
  }

  /** Watches the server from now on and starts it again whenever it is gone. */
  watch(): void {
    this.watching ??= this.keepRunning();
  }

  /** Ends the watch, then the server. Safe at any moment, also in the middle of a restart. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.watching;
    if (await stopPostmaster(this.layout)) return;
    this.log('The embedded database is still writing; it ends by itself.');
  }

  private async keepRunning(): Promise<void> {
    for (let round = 1; !this.ending.signal.aborted; round += 1) {
      await this.pause(WATCH_MS, false);
      if (this.ending.signal.aborted) return;
      try {
        if (round % LOG_CHECK_ROUNDS === 0) await boundLog(this.layout);
        if (await this.isServing()) continue;
        this.log('The embedded database is gone; starting it again.');
      } catch {
        continue;
      }
      await this.revive();
    }
  }

  private async revive(): Promise<void> {
    for (let pauseMs = PAUSE_MS_MIN; !this.ending.signal.aborted; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
      try {
        await this.bringUp();
        this.log('The embedded database is back.');
        return;
      } catch (error) {
        if (this.ending.signal.aborted) return;
        const why = messageOf(error);
        this.log(`${why} Trying again in ${pauseMs / 1000} s.`);
        await this.pause(pauseMs, false);
      }
    }
  }

  /** Cheap enough for four times a second: no connection is made. */
  private async isServing(): Promise<boolean> {
    if ((await stateOf(this.pid)) !== 'alive') return false;
    return (await stat(socketPath(this.layout.socketFolder)).catch(() => null)) !== null;
  }

  /** A server that recovers from a crash is silent too, for as long as that takes: not meant here. */
  private async isSilent(rounds: number): Promise<boolean> {
    return rounds > SILENT_ROUNDS_MAX && (await saysReady(this.layout));
  }

  private async pause(ms: number, keepsProcess = true): Promise<void> {
    await sleep(ms, undefined, { signal: this.ending.signal, ref: keepsProcess }).catch(() => undefined);
  }
}
