import { Inject, Injectable } from '@nestjs/common';
import { type MessageRow } from '../../storage/repositories/messages.repository.js';
import { Store } from '../../storage/store.js';
import { boxOrNotFound, notFound, type ReceivedName, requireSender, senderBoxes, type SentName } from './message-place.js';
import { type ReadableMessage } from './message.js';

/** Reads one message. Reading changes nothing. */
@Injectable()
export class ReadMessage {
  constructor(@Inject(Store) private readonly store: Store) {}

  /** @throws DomainError message_not_found, also for a message in somebody else's inbox */
  async asReceiver(name: ReceivedName): Promise<ReadableMessage> {
    const box = await boxOrNotFound(this.store, name.mailbox);
    return readable(await this.store.read((tx) => tx.messages.received(box, name.space, name.wireId)));
  }

  /** @throws DomainError message_not_found; forbidden when the recipient has it from somebody else */
  async asSender(name: SentName): Promise<ReadableMessage> {
    const boxes = await senderBoxes(this.store, name);
    const { senderId, recipientId } = boxes;
    const row = await this.store.read((tx) => {
      if (recipientId !== null) return tx.messages.sentTo(recipientId, name.space, name.wireId);
      return senderId === null ? Promise.resolve(null) : tx.messages.sent(senderId, name.space, name.wireId);
    });
    if (row) requireSender(row.sender_id, senderId);
    return readable(row);
  }

  /** @throws DomainError message_not_found unless this mailbox received or sent it */
  async asEither(name: ReceivedName): Promise<ReadableMessage> {
    const box = await boxOrNotFound(this.store, name.mailbox);
    return readable(
      await this.store.read(
        async (tx) =>
          (await tx.messages.received(box, name.space, name.wireId)) ?? tx.messages.sent(box, name.space, name.wireId),
      ),
    );
  }
}

function readable(row: MessageRow | null): ReadableMessage {
  if (!row) return notFound();
  return {
    id: row.id,
    wireId: row.wire_id,
    preview: row.preview,
    key: row.key,
    revision: row.revision,
    createdAt: row.created_at,
    editedAt: row.edited_at,
    subject: row.subject,
    body: row.body,
    algorithm: row.algorithm,
    details: row.details,
  };
}
