import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { type Id } from '../../kernel/id-source.js';
import { CLOCK } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';
import { userBox } from '../accounts/user.js';
import { directMessage, type DirectMessage, SOCIAL } from './direct-message.js';

export interface Notice {
  readonly message: DirectMessage;
  readonly conversationId: number;
  /** the recipient has not been told of it yet */
  readonly isNew: boolean;
}

/**
 * What a user has been told of. Every message received is one notice; it is noticed when it was
 * listed, acknowledged, or its conversation read.
 */
@Injectable()
export class Notices {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Newest first.
   * @param command `before`: below this message number; `after`: instead, the oldest of those above it
   */
  async list(command: { reader: Id; before?: number; after?: number; take: number }): Promise<Notice[]> {
    const { after } = command;
    const readerBox = await this.store.findMailbox(userBox(command.reader));
    if (readerBox === null) return [];
    const rows = await this.store.read((tx) =>
      after === undefined
        ? tx.conversations.notices(readerBox, SOCIAL, command)
        : tx.conversations.laterNotices(readerBox, SOCIAL, { after, take: command.take }),
    );
    return rows.map((row) => ({
      message: directMessage(row, { reader: command.reader, readerBox, partner: row.partner }),
      conversationId: Number(row.conversation_id),
      isNew: row.noticed_at === null,
    }));
  }

  async countNew(reader: Id): Promise<number> {
    const box = await this.store.findMailbox(userBox(reader));
    return box === null ? 0 : this.store.read((tx) => tx.conversations.unnoticedCount(box));
  }

  /** Numbers of others' messages, and unknown ones, are ignored. */
  async markNoticed(reader: Id, numbers: readonly number[]): Promise<void> {
    const box = await this.store.findMailbox(userBox(reader));
    if (box === null || numbers.length === 0) return;
    await this.store.run((tx) => tx.conversations.notice(box, numbers, new Date(this.clock.now())));
  }
}
