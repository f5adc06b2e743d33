import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { type IdSource } from '../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';
import { announce } from './announce.js';
import { lockAsSender, senderBoxes, type SentName } from './message-place.js';
import { type MessageContent } from './message.js';

/** The new content of a message. */
export interface RewrittenMessage {
  readonly content: MessageContent;
  /** the content key wrapped for the recipient */
  readonly recipientKey: Buffer | null;
}

export interface EditMessageCommand extends SentName {
  /**
   * Makes the new content. Called once per attempt while the message is held, so it must not wait
   * for anything but its own work; what it throws leaves the message as it was.
   */
  readonly rewrite: (current: { readonly revision: number }) => RewrittenMessage | Promise<RewrittenMessage>;
}

/** Replaces the content of a message. Only its sender may. The old text is not kept. */
@Injectable()
export class EditMessage {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /** @throws DomainError message_not_found, forbidden, and whatever `rewrite` throws */
  async execute(command: EditMessageCommand): Promise<{ revision: number; editedAt: Date }> {
    const boxes = await senderBoxes(this.store, command);
    const editedAt = new Date(this.clock.now());
    return this.store.run(async (tx) => {
      const place = await lockAsSender(tx, command, boxes);
      const revision = place.revision + 1;
      const { content, recipientKey } = await command.rewrite({ revision });
      await tx.messages.rewrite(place, {
        subject: content.subject ?? '',
        body: content.body,
        preview: content.preview ?? null,
        algorithm: content.algorithm ?? null,
        senderKey: content.senderKey ?? null,
        editedAt,
      });
      const recipients = await tx.messages.recipientsOf(place);
      for (const recipient of recipients) await tx.messages.rewrap(place, recipient, recipientKey);
      await announce(tx, this.ids, { place, boxes: recipients, space: command.space, kind: 'message.edited', at: editedAt });
      return { revision, editedAt };
    });
  }
}
