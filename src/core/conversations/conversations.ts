import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { type Id, type IdSource } from '../../kernel/id-source.js';
import { limits } from '../../kernel/limits.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';
import { type Tx } from '../../storage/tx.js';
import { userBox } from '../accounts/user.js';
import { directMessage, type DirectMessage, SOCIAL } from './direct-message.js';

export interface PageCommand {
  readonly reader: Id;
  readonly partner: Id;
  /** messages to leave out from the newest on; the cost grows with it */
  readonly skip: number;
  readonly take: number;
  /** only messages below this number */
  readonly before?: number;
  /** only messages from this number on */
  readonly from?: number;
}

export interface RecentEntry {
  readonly partner: Id;
  readonly message: DirectMessage;
  /** the reader replied to it, and no longer sees the reply */
  readonly answered: boolean;
  /** the same for both sides */
  readonly conversationId: number;
  readonly begunAt: Date;
  readonly unreadCount: number;
}

/**
 * What a user sees of his conversations. A sender sees a message until he removes it from his own
 * view, a recipient likewise; withdrawn ones stay as empty places.
 */
@Injectable()
export class Conversations {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /** Newest first, with the number of all messages the reader sees, whatever the page. */
  async page(command: PageCommand): Promise<{ total: number; messages: DirectMessage[] }> {
    const pair = await this.pair(command.reader, command.partner);
    if (!pair) return { total: 0, messages: [] };
    return this.store.read(async (tx) => {
      const [total, rows] = await Promise.all([
        tx.conversations.total(pair.readerBox, SOCIAL, pair.partnerBox),
        tx.conversations.page(pair.readerBox, SOCIAL, pair.partnerBox, command),
      ]);
      return { total, messages: rows.map((row) => directMessage(row, pair)) };
    });
  }

  /** Messages the reader sees in a range of numbers. Counting costs what the range holds. */
  async countRange(command: Pick<PageCommand, 'reader' | 'partner' | 'before' | 'from'>): Promise<number> {
    const pair = await this.pair(command.reader, command.partner);
    if (!pair) return 0;
    return this.store.read((tx) => tx.conversations.countRange(pair.readerBox, SOCIAL, pair.partnerBox, command));
  }

  /** Received and not read yet, newest first. */
  async unread(command: { reader: Id; partner: Id; take: number }): Promise<DirectMessage[]> {
    const pair = await this.pair(command.reader, command.partner);
    if (!pair) return [];
    const rows = await this.store.read((tx) => tx.conversations.unread(pair.readerBox, SOCIAL, pair.partnerBox, command.take));
    return rows.map((row) => directMessage(row, pair));
  }

  /** The latest message of each conversation, newest first. */
  async recent(command: { reader: Id; skip: number; take: number }): Promise<{ total: number; entries: RecentEntry[] }> {
    const readerBox = await this.store.findMailbox(userBox(command.reader));
    if (readerBox === null) return { total: 0, entries: [] };
    return this.store.read(async (tx) => {
      const [total, rows] = await Promise.all([
        tx.conversations.recentCount(readerBox, SOCIAL),
        tx.conversations.recent(readerBox, SOCIAL, command),
      ]);
      const entries = rows.map((row) => ({
        partner: row.partner,
        message: directMessage(row, { reader: command.reader, readerBox, partner: row.partner }),
        answered: row.answered,
        conversationId: Number(row.conversation_id),
        begunAt: row.begun_at,
        unreadCount: Number(row.unread_count),
      }));
      return { total, entries };
    });
  }

  /**
   * Marks what was received from the partner as read; nothing is written where there is nothing new.
   * @param command `upTo`: only up to this message number; absent: everything so far
   */
  async markRead(command: { reader: Id; partner: Id; upTo?: number }): Promise<void> {
    const pair = await this.pair(command.reader, command.partner);
    if (!pair || !(await this.store.read((tx) => tx.conversations.hasUnread(pair.readerBox, pair.partnerBox, command.upTo)))) return;
    const at = new Date(this.clock.now());
    await this.store.run(async (tx) => {
      const read = await tx.conversations.markRead(pair.readerBox, SOCIAL, pair.partnerBox, at, command.upTo);
      const newest = read.reduce<Id | null>((max, id) => (max === null || BigInt(id) > BigInt(max) ? id : max), null);
      if (newest === null) return;
      // One event for the whole of it: readers look up what is read now.
      for (const boxId of [pair.readerBox, pair.partnerBox]) {
        await tx.events.add({ boxId, id: this.ids.next(), space: SOCIAL, kind: 'message.read', homeBox: pair.partnerBox, messageId: newest, at });
      }
    });
  }

  /** @returns null for a conversation the reader is not part of */
  async byId(reader: Id, conversationId: number): Promise<{ partner: Id; begunAt: Date; unreadCount: number } | null> {
    const box = await this.store.findMailbox(userBox(reader));
    const row = box === null ? null : await this.store.read((tx) => tx.conversations.peerById(box, SOCIAL, conversationId));
    return row && { partner: row.partner, begunAt: row.begun_at, unreadCount: Number(row.unread_count) };
  }

  /** @returns the id of the conversation of two, or null when they never wrote to each other */
  async idOf(reader: Id, partner: Id): Promise<number | null> {
    const pair = await this.pair(reader, partner);
    return pair && this.store.read((tx) => tx.conversations.idByPeer(pair.readerBox, SOCIAL, pair.partnerBox));
  }

  /** @returns the message with this number, or null when the reader does not see one */
  async message(reader: Id, number: number): Promise<DirectMessage | null> {
    const readerBox = await this.store.findMailbox(userBox(reader));
    if (readerBox === null) return null;
    return this.store.read(async (tx) => {
      const sent = await tx.conversations.findOwn(readerBox, number);
      const talk = sent ?? (await tx.conversations.findReceived(readerBox, number));
      if (!talk || (sent ? talk.sender_deleted_at : talk.recipient_deleted_at)) return null;
      const [row, partner] = await Promise.all([
        tx.conversations.byId(talk.home_box, talk.id),
        tx.users.idOfBox(sent ? talk.peer_id : talk.home_box),
      ]);
      return row && partner !== null ? directMessage(row, { reader, readerBox, partner }) : null;
    });
  }

  /**
   * Empties the reader's view of a conversation up to now; the partner keeps everything. What
   * neither can see any more is removed for good.
   * @returns false when there was nothing to see
   */
  async clear(command: { reader: Id; partner: Id }): Promise<boolean> {
    const pair = await this.pair(command.reader, command.partner);
    if (!pair) return false;
    const at = new Date(this.clock.now());
    const step = limits.housekeeping_rows_max;
    const removeUnseen = (tx: Tx): Promise<number> => tx.conversations.removeUnseen(pair.readerBox, SOCIAL, pair.partnerBox, step);
    const removed = await this.store.run(async (tx) =>
      (await tx.conversations.clear(pair.readerBox, SOCIAL, pair.partnerBox, at)) ? removeUnseen(tx) : null,
    );
    for (let gone = removed; gone === step; ) gone = await this.store.run(removeUnseen);
    return removed !== null;
  }

  /** Partners with unread messages. */
  async unreadTotals(reader: Id): Promise<{ partner: Id; count: number }[]> {
    const box = await this.store.findMailbox(userBox(reader));
    return box === null ? [] : this.store.read((tx) => tx.conversations.unreadTotals(box, SOCIAL));
  }

  /** @returns null when one of the two has never written or been written to */
  private async pair(reader: Id, partner: Id): Promise<{ reader: Id; readerBox: Id; partner: Id; partnerBox: Id } | null> {
    const [readerBox, partnerBox] = await Promise.all([
      this.store.findMailbox(userBox(reader)),
      this.store.findMailbox(userBox(partner)),
    ]);
    return readerBox === null || partnerBox === null ? null : { reader, readerBox, partner, partnerBox };
  }
}
