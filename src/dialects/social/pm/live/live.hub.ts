import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DirectFeed, type EventCursor, type FeedNow, type FeedStep } from '../../../../core/conversations/direct-feed.js';
import { Drain } from '../../../../http/drain.js';
import { type Id } from '../../../../kernel/id-source.js';
import { Metrics } from '../../../../kernel/metrics.js';
import { CatchUp } from './catch-up.js';
import { type LiveFrame, LiveFrames } from './live.frames.js';
import { CLOSE, type LiveSocket } from './live.socket.js';

/** How often it is looked for what other processes have written. */
const SWEEP_MS = 250;
/** How soon it is looked again where a commit waits for an older transaction to end. */
const AGAIN_MS = 15;
const AGAIN_MAX = 6;
/** Steps of one feed, and feeds, that are read at a time. */
const STEPS = 50;
const FEEDS = 500;

/** A user's feed that somebody looks on at. */
interface Watched {
  readonly userId: Id;
  readonly sockets: Set<LiveSocket>;
  /** how far it has been read; replaced, never changed */
  cursor: EventCursor;
}

/**
 * Brings what is committed to the sockets of those it concerns, in the order of their feeds and
 * once. Commits of this process are looked at right away, those of others within SWEEP_MS. What
 * decides is the place in the feed that is kept here, so a hint too many or too few does no harm.
 */
@Injectable()
export class LiveHub implements OnModuleDestroy {
  private readonly watched = new Map<Id, Watched>();
  private readonly catchUp: CatchUp;
  private readonly pending = new Set<Id>();
  private readonly tries = new Map<Id, number>();
  private readonly endListening: () => void;
  private readonly countFrames: (by?: number) => void;
  private timer: NodeJS.Timeout | null = null;
  private horizon = '';
  private isSweeping = false;
  private isPumping = false;
  private isStopped = false;
  private count = 0;

  constructor(
    @Inject(DirectFeed) private readonly feed: DirectFeed,
    @Inject(LiveFrames) private readonly frames: LiveFrames,
    @Inject(Drain) drain: Drain,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.catchUp = new CatchUp(feed, frames);
    this.endListening = feed.onChange((boxIds) => this.wake(boxIds));
    drain.signal.addEventListener('abort', () => this.stop(), { once: true });
    metrics.gauge('live_sockets', 'Clients that look on', () => this.count);
    this.countFrames = metrics.counter('live_frames_total', 'Frames handed to clients that look on');
  }

  /** sockets in this process */
  get size(): number {
    return this.count;
  }

  /** @returns how many sockets a user has in this process */
  sizeOf(boxId: Id): number {
    return this.watched.get(boxId)?.sockets.size ?? 0;
  }

  /** every socket there is */
  *sockets(): Iterable<LiveSocket> {
    for (const { sockets } of this.watched.values()) yield* sockets;
  }

  /**
   * Begins to tell a socket what happens.
   * @param here where its user's feed was when it came
   * @param replay true: it is somewhere further back, and is told what lies between first
   */
  add(socket: LiveSocket, here: FeedNow, replay: boolean): void {
    if (this.isStopped || !socket.isOpen) {
      socket.close(CLOSE.goingAway, 'the server is shutting down');
      return;
    }
    const known = this.watched.get(here.boxId);
    const watched = known ?? { userId: socket.pass.userId, sockets: new Set<LiveSocket>(), cursor: here.cursor };
    if (!known) this.watched.set(here.boxId, watched);
    watched.sockets.add(socket);
    this.count += 1;
    if (replay) void this.catchUp.run(socket, () => watched.cursor);
    else {
      socket.isKnown = here.isKnown;
      socket.isLive = true;
    }
    this.timer ??= setInterval(() => void this.sweep(), SWEEP_MS).unref();
    // what was committed before anybody was registered was a hint to nobody
    this.pending.add(here.boxId);
    void this.pump();
  }

  /** Forgets a socket that has closed. */
  remove(socket: LiveSocket): void {
    const watched = this.watched.get(socket.boxId);
    if (!watched?.sockets.delete(socket)) return;
    this.count -= 1;
    if (watched.sockets.size === 0) {
      this.watched.delete(socket.boxId);
      this.tries.delete(socket.boxId);
    }
    if (this.count > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }

  onModuleDestroy(): void {
    this.stop();
  }

  private stop(): void {
    this.isStopped = true;
    this.endListening();
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    for (const socket of this.sockets()) socket.close(CLOSE.goingAway, 'the server is shutting down');
  }

  private wake(boxIds: readonly Id[]): void {
    let any = false;
    for (const boxId of boxIds) {
      if (!this.watched.has(boxId)) continue;
      this.pending.add(boxId);
      this.tries.set(boxId, 0);
      any = true;
    }
    if (any) void this.pump();
  }

  /** Looks whether anything was committed anywhere; if so, at every feed that is watched. */
  private async sweep(): Promise<void> {
    if (this.isSweeping || this.isStopped) return;
    this.isSweeping = true;
    try {
      const horizon = await this.feed.horizon();
      if (horizon === this.horizon) return;
      for (const boxId of this.watched.keys()) this.pending.add(boxId);
      if (await this.pump()) this.horizon = horizon;
    } catch {
      // the database is away: the next round looks again
    } finally {
      this.isSweeping = false;
    }
  }

  /** Reads the feeds that are waited for, until there are none. @returns false when that failed */
  private async pump(): Promise<boolean> {
    if (this.isPumping) return false;
    this.isPumping = true;
    try {
      let isComplete = true;
      while (this.pending.size > 0 && !this.isStopped) {
        if (!(await this.readOn([...this.pending].slice(0, FEEDS)))) isComplete = false;
      }
      return isComplete;
    } catch {
      // the database is away: every feed still has its place
      return false;
    } finally {
      this.isPumping = false;
    }
  }

  /** @returns false where a feed could not be worded; it keeps its place, and the others go on */
  private async readOn(boxIds: readonly Id[]): Promise<boolean> {
    for (const boxId of boxIds) this.pending.delete(boxId);
    const places = boxIds.flatMap((boxId) => {
      const watched = this.watched.get(boxId);
      return watched ? [{ boxId, cursor: watched.cursor }] : [];
    });
    if (places.length === 0) return true;
    const steps = await this.feed.after(places, STEPS);
    const outcomes = await Promise.allSettled(
      places.map(async ({ boxId }) => {
        const found = steps.get(boxId);
        if (found) await this.hand(boxId, found);
        else this.lookAgain(boxId);
      }),
    );
    return outcomes.every(({ status }) => status === 'fulfilled');
  }

  private async hand(boxId: Id, steps: readonly FeedStep[]): Promise<void> {
    this.tries.delete(boxId);
    const watched = this.watched.get(boxId);
    const last = steps.at(-1);
    if (!watched || !last) return;
    const frames = await this.frames.of(watched.userId, steps);
    watched.cursor = last.cursor;
    for (const socket of watched.sockets) if (socket.isLive) this.tell(socket, steps, frames);
    if (steps.length === STEPS) this.pending.add(boxId);
  }

  private tell(socket: LiveSocket, steps: readonly FeedStep[], frames: readonly (LiveFrame | null)[]): void {
    steps.forEach(({ cursor }, index) => {
      const frame = frames[index];
      if (!isBehind(cursor, socket.cursor)) return;
      socket.cursor = cursor;
      if (!frame || socket.isKnown(cursor)) return;
      socket.send(frame.text);
      this.countFrames();
    });
  }

  /** A commit of ours that cannot be read yet becomes readable as soon as an older transaction ends. */
  private lookAgain(boxId: Id): void {
    const tries = this.tries.get(boxId);
    if (tries === undefined) return;
    if (tries >= AGAIN_MAX) {
      this.tries.delete(boxId);
      return;
    }
    this.tries.set(boxId, tries + 1);
    setTimeout(() => {
      if (!this.watched.has(boxId)) return;
      this.pending.add(boxId);
      void this.pump();
    }, AGAIN_MS).unref();
  }
}

/** @returns whether the first place lies behind the second */
function isBehind(a: EventCursor, b: EventCursor): boolean {
  const [x, y] = [BigInt(a.xid), BigInt(b.xid)];
  return x === y ? BigInt(a.id) > BigInt(b.id) : x > y;
}
