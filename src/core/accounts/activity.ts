import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type Clock } from '../../kernel/clock.js';
import { type Id } from '../../kernel/id-source.js';
import { limits } from '../../kernel/limits.js';
import { CLOCK } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';

/** A user's activity is written at most this often. */
const USER_EVERY_MS = 5_000;
/** A credential's last use is written at most this often. */
const CREDENTIAL_EVERY_MS = 60_000;
const WRITE_AFTER_MS = 250;

/**
 * Notes who was here and which credential was used, in the background and for many at once. It
 * never delays or fails a request; what cannot be written is noted again with the next one.
 */
@Injectable()
export class Activity implements OnModuleDestroy {
  private readonly seen = new LRUCache<string, number>({ max: limits.mailbox_cache_entries_max });
  private users = new Set<Id>();
  private credentials = new Set<Id>();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  user(id: Id): void {
    if (this.isDue(`u${id}`, USER_EVERY_MS)) this.users.add(id);
    this.schedule();
  }

  credential(id: Id): void {
    if (this.isDue(`c${id}`, CREDENTIAL_EVERY_MS)) this.credentials.add(id);
    this.schedule();
  }

  async onModuleDestroy(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.flush();
    await this.writing;
  }

  private isDue(key: string, everyMs: number): boolean {
    const now = this.clock.now();
    const last = this.seen.get(key);
    if (last !== undefined && now - last < everyMs) return false;
    this.seen.set(key, now);
    return true;
  }

  private schedule(): void {
    if (this.timer || (this.users.size === 0 && this.credentials.size === 0)) return;
    this.timer = setTimeout(() => this.flush(), WRITE_AFTER_MS);
    this.timer.unref();
  }

  private flush(): void {
    this.timer = null;
    const [users, credentials] = [[...this.users].sort(), [...this.credentials].sort()];
    this.users = new Set();
    this.credentials = new Set();
    const at = new Date(this.clock.now());
    this.writing = this.writing
      .then(async () => {
        if (users.length > 0) await this.store.run((tx) => tx.users.touch(users, at));
        if (credentials.length > 0) await this.store.run((tx) => tx.credentials.noteUse(credentials, at));
      })
      .catch(() => undefined);
  }
}
