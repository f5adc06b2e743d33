import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type BlobKey, BlobStore } from '../../kernel/blob-store.js';
import { type Clock } from '../../kernel/clock.js';
import { CLOCK } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';

const PAUSE_MS = 10 * 60_000;
/** A round that took long is followed by a longer pause, so that sweeping stays below this share of the time. */
const SHARE_MAX = 0.05;
const GRACE_MS = 60 * 60_000;

/** What one round removed. */
export interface Swept {
  /** uploads that were never finished */
  readonly unfinished: number;
  /** stored files that nothing refers to */
  readonly unreferenced: number;
}

/**
 * Removes the bytes of files that nobody refers to any more, and what broken uploads left behind.
 *
 * Why it takes no bytes that a row refers to, or is about to: a file goes only if
 *   1. it was neither accepted nor renewed within the grace time, and
 *   2. after that was seen, no row referred to it, and
 *   3. when it is moved out of its place, (1) still holds.
 * A row is committed seconds after its bytes were accepted or renewed, never as late as the grace
 * time. So a row that (2) did not see was preceded by an acceptance within the grace time: either
 * before the move, and (3) sees its time and puts the file back, or after it, and then the bytes
 * are stored anew. Nothing is locked, so it holds for several processes on one folder, too.
 */
@Injectable()
export class AttachmentSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    @Inject(BlobStore) private readonly blobs: BlobStore,
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Files that a process was about to remove when it died get their place again before the first request. */
  async onApplicationBootstrap(): Promise<void> {
    await this.blobs.removeLeftovers(this.graceBegan()).catch(() => undefined);
    this.schedule(PAUSE_MS);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearTimeout(this.timer);
    await this.round;
  }

  /**
   * One round over everything.
   * @throws DomainError overloaded when the database is away
   */
  async sweep(): Promise<Swept> {
    const before = this.graceBegan();
    const unfinished = await this.blobs.removeLeftovers(before);
    let unreferenced = 0;
    for await (const keys of this.blobs.renewedBefore(before)) {
      if (this.stopping) break;
      unreferenced += await this.removeUnreferenced(keys, before);
    }
    return { unfinished, unreferenced };
  }

  private async removeUnreferenced(keys: readonly BlobKey[], before: Date): Promise<number> {
    const referenced = await this.store.read((tx) => tx.attachments.referenced(keys));
    let removed = 0;
    for (const key of keys) if (!referenced.has(key) && (await this.blobs.removeStale(key, before))) removed += 1;
    return removed;
  }

  private graceBegan(): Date {
    return new Date(this.clock.now() - GRACE_MS);
  }

  private schedule(pauseMs: number): void {
    this.timer = setTimeout(() => {
      const startedMs = performance.now();
      this.round = this.sweep()
        // a round that fails is followed by the next one
        .then(() => undefined, () => undefined)
        .then(() => {
          if (!this.stopping) this.schedule(Math.max(PAUSE_MS, (performance.now() - startedMs) / SHARE_MAX));
        });
    }, pauseMs);
    this.timer.unref();
  }
}
