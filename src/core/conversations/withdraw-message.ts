import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Id, type IdSource } from '../../kernel/id-source.js';
import { limits } from '../../kernel/limits.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { type HeldTalk } from '../../storage/repositories/conversations.repository.js';
import { Store } from '../../storage/store.js';
import { type Tx } from '../../storage/tx.js';
import { userBox } from '../accounts/user.js';
import { SOCIAL } from './direct-message.js';

interface NamedMessage {
  readonly by: Id;
  readonly number: number;
}

/**
 * Takes a message back: for both, or out of one's own view. Rows are held in one order
 * everywhere (a side's totals, then the message), so that those who meet here do not deadlock.
 */
@Injectable()
export class WithdrawMessage {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /**
   * Empties a message for both, for good; its place stays. Repeating changes nothing.
   * @throws DomainError message_not_found unless `by` sent it
   */
  async forBoth(command: NamedMessage): Promise<void> {
    const box = await this.boxOf(command.by);
    const at = new Date(this.clock.now());
    await this.store.run(async (tx) => {
      const found = (await tx.conversations.findOwn(box, command.number)) ?? notFound();
      await tx.conversations.holdSide(found.peer_id, SOCIAL, box);
      const talk = (await tx.conversations.holdOwn(box, command.number)) ?? notFound();
      if (talk.withdrawn_at) return;
      await tx.conversations.withdraw(talk, at);
      if (isUnread(talk) && (await tx.conversations.findReceived(talk.peer_id, command.number))) {
        await tx.conversations.lessUnread(talk.peer_id, SOCIAL, box);
      }
      for (const boxId of [talk.peer_id, box]) await this.note(tx, talk, boxId, 'message.withdrawn', at);
    });
  }

  /**
   * Removes a message for both without a trace, place included.
   * @throws DomainError message_not_found unless `by` sent it and still sees it
   */
  async erase(command: NamedMessage): Promise<void> {
    const box = await this.boxOf(command.by);
    const at = new Date(this.clock.now());
    await this.store.run(async (tx) => {
      const found = (await tx.conversations.findOwn(box, command.number)) ?? notFound();
      const peer = found.peer_id;
      for (const [side, other] of BigInt(box) < BigInt(peer) ? [[box, peer], [peer, box]] as const : [[peer, box], [box, peer]] as const) {
        await tx.conversations.holdSide(side, SOCIAL, other);
      }
      const talk = (await tx.conversations.holdOwn(box, command.number)) ?? notFound();
      const seenByPeer = talk.recipient_deleted_at === null && (await tx.conversations.findReceived(peer, command.number)) !== null;
      await tx.messages.remove({ ...talk, revision: 0 });
      if (seenByPeer && isUnread(talk) && !talk.withdrawn_at) await tx.conversations.lessUnread(peer, SOCIAL, box);
      if (seenByPeer) await tx.conversations.lessShown(peer, SOCIAL, box);
      if (talk.sender_deleted_at === null) await tx.conversations.lessShown(box, SOCIAL, peer);
      for (const boxId of [peer, box]) await this.note(tx, talk, boxId, 'message.erased', at);
    });
  }

  /**
   * Removes a message from the view of one of its two sides. Repeating changes nothing. What
   * both have removed is gone.
   * @throws DomainError message_not_found unless `by` sent or received it
   */
  async fromOwnView(command: NamedMessage): Promise<void> {
    const box = await this.boxOf(command.by);
    const at = new Date(this.clock.now());
    await this.store.run(async (tx) => {
      const { number } = command;
      const sent = await tx.conversations.findOwn(box, number);
      const found = sent ?? (await tx.conversations.findReceived(box, number)) ?? notFound();
      const other = sent ? found.peer_id : found.home_box;
      await tx.conversations.holdSide(box, SOCIAL, other);
      const talk = (await (sent ? tx.conversations.holdOwn(box, number) : tx.conversations.holdReceived(box, number))) ?? notFound();
      if (sent ? talk.sender_deleted_at : talk.recipient_deleted_at) return;
      if (sent) await tx.conversations.hideSent(talk, at);
      else await this.hideReceived(tx, talk, at);
      await tx.conversations.lessShown(box, SOCIAL, other);
      await this.note(tx, talk, box, 'message.removed', at);
      await tx.conversations.removeUnseen(box, SOCIAL, other, limits.housekeeping_rows_max);
    });
  }

  private async hideReceived(tx: Tx, talk: HeldTalk, at: Date): Promise<void> {
    await tx.conversations.hideReceived(talk, at);
    if (isUnread(talk) && !talk.withdrawn_at) await tx.conversations.lessUnread(talk.peer_id, SOCIAL, talk.home_box);
  }

  private async note(tx: Tx, talk: HeldTalk, boxId: Id, kind: string, at: Date): Promise<void> {
    await tx.events.add({ boxId, id: this.ids.next(), space: SOCIAL, kind, homeBox: talk.home_box, messageId: talk.id, at });
  }

  private async boxOf(user: Id): Promise<Id> {
    return (await this.store.findMailbox(userBox(user))) ?? notFound();
  }
}

/** Counted as unread by its recipient. */
function isUnread(talk: HeldTalk): boolean {
  return talk.read_at === null && talk.recipient_deleted_at === null;
}

function notFound(): never {
  throw new DomainError('message_not_found');
}
