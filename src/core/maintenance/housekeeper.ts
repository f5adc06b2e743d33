import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { limits } from '../../kernel/limits.js';
import { CLOCK } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';
import { DeleteUser } from '../accounts/delete-user.js';
import { DeleteCell } from '../cell/control/delete-cell.js';

const ROUND_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * Forgets what has served its time: expired idempotency keys and credentials, old events, what
 * deleted accounts and cells left behind. In small steps, one transaction each; several servers
 * on one database share the work. A round that fails is
 * followed by the next one, so nothing of it needs an answer.
 */
@Injectable()
export class Housekeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly deleteUser: DeleteUser,
    private readonly deleteCell: DeleteCell,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.round = this.round.then(() => this.sweep()).catch(() => undefined);
    }, ROUND_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearInterval(this.timer);
    await this.round;
  }

  /** One round, until nothing is left that has served its time. */
  async sweep(): Promise<void> {
    const now = this.clock.now();
    await this.deleteUser.finish();
    await this.deleteCell.finish();
    const eventsBefore = new Date(now - limits.event_retention_days * DAY_MS);
    await this.repeat((step) => this.store.run((tx) => tx.housekeeping.removeExpiredKeys(new Date(now), step)));
    await this.repeat((step) => this.store.run((tx) => tx.credentials.removeExpired(new Date(now), step)));
    await this.repeat((step) => this.store.run((tx) => tx.housekeeping.removeEventsBefore(eventsBefore, step)));
    await this.repeat(async (step) => Math.max(0, ...(await this.store.run((tx) => tx.housekeeping.removeExpiredOwn(new Date(now), step)))));
  }

  private async repeat(remove: (step: number) => Promise<number>): Promise<void> {
    const step = limits.housekeeping_rows_max;
    while (!this.stopping && (await remove(step)) === step);
  }
}
