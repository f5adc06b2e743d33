import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { type Id } from '../../kernel/id-source.js';
import { limits } from '../../kernel/limits.js';
import { CLOCK } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';
import { SOCIAL } from '../conversations/direct-message.js';
import { CLOSED } from '../relations/kinds.js';
import { userBox } from './user.js';

/** A send that was under way when the account went may still land for this long. */
const LATE_SENDS_MS = 60_000;
const USERS_PER_ROUND = 100;

/**
 * Deletes an account: at once it is nameless, unreachable and without credentials, relations and
 * conversations; its messages then go on both sides, in bounded steps. What a killed process
 * leaves behind, and what was being sent at that very moment, the housekeeper removes.
 */
@Injectable()
export class DeleteUser {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns false when there is no such user */
  async execute(id: Id): Promise<boolean> {
    const box = await this.store.ensureMailbox(userBox(id));
    const at = new Date(this.clock.now());
    const buried = await this.store.run(async (tx) => {
      // while the account still has what its rows are found by
      await tx.housekeeping.removeOwnOf(box, at);
      if (!(await tx.users.bury(id, at))) return false;
      await tx.relations.removeAllOf(box);
      await tx.relations.put({ fromId: box, kind: CLOSED, toId: box }, at);
      await tx.credentials.removeOf(box);
      await tx.conversations.removeAllOf(box, SOCIAL);
      return true;
    });
    if (buried) await this.removeMessages(box);
    return buried;
  }

  /** Finishes deletions that were cut short or overtaken by a late send. */
  async finish(): Promise<void> {
    const now = this.clock.now();
    const unpurged = await this.store.read((tx) => tx.users.unpurged(USERS_PER_ROUND));
    for (const user of unpurged) {
      const box = await this.store.ensureMailbox(userBox(user.id));
      await this.removeMessages(box);
      if (now - user.deletedAt.getTime() < LATE_SENDS_MS) continue;
      await this.store.run(async (tx) => {
        await tx.conversations.removeAllOf(box, SOCIAL);
        await tx.users.markPurged(user.id, new Date(now));
      });
    }
  }

  private async removeMessages(box: Id): Promise<void> {
    const step = limits.housekeeping_rows_max;
    while ((await this.store.run((tx) => tx.housekeeping.removeMessagesOf(box, null, step))) === step);
  }
}
