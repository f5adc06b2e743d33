import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { type Id } from '../../kernel/id-source.js';
import { CLOCK } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';

const ROUND_MS = 10 * 60_000;
const DAY_MS = 86_400_000;
const PEOPLE = 200;
const MESSAGES = 500;

/** Removes mail of those who want it kept for so many days only. A round that fails is followed by the next. */
@Injectable()
export class MailRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
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

  /** One round over everybody. */
  async sweep(): Promise<void> {
    let above: Id = '0';
    while (!this.stopping) {
      const people = await this.store.read((tx) => tx.own.envelope.people.withRetention(above, PEOPLE));
      for (const { box_id: boxId, envelope_keys: keys } of people) {
        if (keys.retentionDays !== null) await this.removeOlder(boxId, new Date(this.clock.now() - keys.retentionDays * DAY_MS));
      }
      const last = people.at(-1);
      if (!last || people.length < PEOPLE) return;
      above = last.id;
    }
  }

  private async removeOlder(boxId: Id, than: Date): Promise<void> {
    while (!this.stopping) {
      const old = await this.store.read((tx) => tx.own.envelope.mailbox.older(boxId, than, MESSAGES));
      if (old.length > 0) await this.store.run((tx) => tx.own.envelope.mailbox.remove(boxId, old));
      if (old.length < MESSAGES) return;
    }
  }
}
