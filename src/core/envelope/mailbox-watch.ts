import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type Id } from '../../kernel/id-source.js';
import { Store } from '../../storage/store.js';

/** How often it is looked for what other processes have stored. */
const SWEEP_MS = 250;

/** Somebody who waits for mail. */
export interface Watcher {
  /** the place in the order of arrival up to which he knows everything; moved by himself */
  after: number;
  /** called when something arrived behind it; once for each look that finds it so */
  wake(head: number): void;
}

/**
 * Wakes those who wait for mail. Commits of this process wake at once, those of others within
 * SWEEP_MS, by one query for everybody who waits; nobody holds a connection meanwhile. It only says
 * that there is something behind a place: what it is, whoever wakes reads by that place.
 */
@Injectable()
export class MailboxWatch implements OnModuleDestroy {
  private readonly watchers = new Map<Id, Set<Watcher>>();
  private readonly pending = new Set<Id>();
  private readonly endListening: () => void;
  private timer: NodeJS.Timeout | null = null;
  private snapshot = '';
  private isLooking = false;
  private count = 0;

  constructor(@Inject(Store) private readonly store: Store) {
    this.endListening = store.onChange((boxIds) => this.hint(boxIds));
  }

  /** how many wait in this process */
  get size(): number {
    return this.count;
  }

  /** @returns how many wait for one mailbox in this process */
  sizeOf(boxId: Id): number {
    return this.watchers.get(boxId)?.size ?? 0;
  }

  /** Begins to wait; what is there already wakes, too. @returns ends it */
  add(boxId: Id, watcher: Watcher): () => void {
    const others = this.watchers.get(boxId);
    if (others) others.add(watcher);
    else this.watchers.set(boxId, new Set([watcher]));
    this.count += 1;
    this.timer ??= setInterval(() => void this.sweep(), SWEEP_MS).unref();
    this.hint([boxId]);
    return () => this.remove(boxId, watcher);
  }

  /**
   * Waits until something arrives behind a place.
   * @param ms at most
   * @param signal ends the waiting early
   * @returns the latest place; null when nothing came
   */
  wait(boxId: Id, after: number, ms: number, signal: AbortSignal): Promise<number | null> {
    if (signal.aborted || ms <= 0) return Promise.resolve(null);
    return new Promise((resolve) => {
      const done = (head: number | null): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        end();
        resolve(head);
      };
      const onAbort = (): void => done(null);
      const timer = setTimeout(() => done(null), ms);
      signal.addEventListener('abort', onAbort, { once: true });
      const end = this.add(boxId, { after, wake: done });
    });
  }

  onModuleDestroy(): void {
    this.endListening();
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private remove(boxId: Id, watcher: Watcher): void {
    const others = this.watchers.get(boxId);
    if (!others?.delete(watcher)) return;
    this.count -= 1;
    if (others.size === 0) this.watchers.delete(boxId);
    if (this.count > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }

  private hint(boxIds: readonly Id[]): void {
    for (const boxId of boxIds) if (this.watchers.has(boxId)) this.pending.add(boxId);
    if (this.pending.size > 0) void this.look();
  }

  /** Everybody is looked for where anything at all was committed since the last time. */
  private async sweep(): Promise<void> {
    try {
      const snapshot = await this.store.read((tx) => tx.events.snapshot());
      if (snapshot === this.snapshot && this.pending.size === 0) return;
      for (const boxId of this.watchers.keys()) this.pending.add(boxId);
      if (await this.look()) this.snapshot = snapshot;
    } catch {
      // the database is away: the next round looks again
    }
  }

  /** @returns false when somebody else is at it, or the database is away */
  private async look(): Promise<boolean> {
    if (this.isLooking) return false;
    this.isLooking = true;
    try {
      while (this.pending.size > 0) {
        const boxIds = [...this.pending];
        this.pending.clear();
        const heads = await this.heads(boxIds);
        for (const [boxId, head] of heads) for (const watcher of [...(this.watchers.get(boxId) ?? [])]) if (head > watcher.after) watcher.wake(head);
      }
      return true;
    } catch {
      return false;
    } finally {
      this.isLooking = false;
    }
  }

  private async heads(boxIds: readonly Id[]): Promise<Map<Id, number>> {
    try {
      return await this.store.read((tx) => tx.own.envelope.mailbox.heads(boxIds));
    } catch (error) {
      for (const boxId of boxIds) this.pending.add(boxId);
      throw error;
    }
  }
}
