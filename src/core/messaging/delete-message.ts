import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { type IdSource } from '../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { type PlaceRow } from '../../storage/repositories/messages.repository.js';
import { Store } from '../../storage/store.js';
import { type Tx } from '../../storage/tx.js';
import { announce } from './announce.js';
import { boxOrNotFound, lockAsSender, notFound, type ReceivedName, senderBoxes, type SentName } from './message-place.js';

/** Removes a message for both sides, for good. Either side may. */
@Injectable()
export class DeleteMessage {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /** @throws DomainError message_not_found */
  async asReceiver(name: ReceivedName): Promise<void> {
    const box = await boxOrNotFound(this.store, name.mailbox);
    await this.remove(name.space, async (tx) => (await tx.messages.lockReceived(box, name.space, name.wireId)) ?? notFound());
  }

  /** @throws DomainError message_not_found; forbidden when the recipient has it from somebody else */
  async asSender(name: SentName): Promise<void> {
    const boxes = await senderBoxes(this.store, name);
    await this.remove(name.space, (tx) => lockAsSender(tx, name, boxes));
  }

  /** @throws DomainError message_not_found unless this mailbox received or sent it */
  async asEither(name: ReceivedName): Promise<void> {
    const box = await boxOrNotFound(this.store, name.mailbox);
    await this.remove(
      name.space,
      async (tx) =>
        (await tx.messages.lockReceived(box, name.space, name.wireId)) ??
        (await tx.messages.lockSent(box, name.space, name.wireId)) ??
        notFound(),
    );
  }

  private remove(space: string, find: (tx: Tx) => Promise<PlaceRow>): Promise<void> {
    const at = new Date(this.clock.now());
    return this.store.run(async (tx) => {
      const place = await find(tx);
      const recipients = await tx.messages.recipientsOf(place);
      await tx.messages.remove(place);
      // Totals are moved in the order of their keys, as append does, so that the two never deadlock.
      const totals = recipients.map((boxId) => ({ boxId, label: 'inbox' }));
      if (place.sender_id !== null) totals.push({ boxId: place.sender_id, label: 'sent' });
      totals.sort((a, b) => Number(BigInt(a.boxId) - BigInt(b.boxId)) || a.label.localeCompare(b.label));
      for (const { boxId, label } of totals) await tx.counts.move(boxId, space, label, -1);
      await announce(tx, this.ids, { place, boxes: recipients, space, kind: 'message.deleted', at });
    });
  }
}
