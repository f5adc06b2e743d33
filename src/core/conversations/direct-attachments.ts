import { Inject, Injectable } from '@nestjs/common';
import { type Id } from '../../kernel/id-source.js';
import { Store } from '../../storage/store.js';
import { type MessageAttachment, SOCIAL } from './direct-message.js';

export interface FoundAttachment {
  readonly attachment: MessageAttachment;
  readonly from: Id;
  readonly to: Id;
  readonly removedBySender: boolean;
  readonly removedByRecipient: boolean;
}

/** Finds the file behind a wire id, with what decides who may fetch it. */
@Injectable()
export class DirectAttachments {
  constructor(@Inject(Store) private readonly store: Store) {}

  /** @returns null when unknown, or gone with its message */
  async find(wireId: string): Promise<FoundAttachment | null> {
    const row = await this.store.read((tx) => tx.attachments.find(wireId, SOCIAL));
    return (
      row && {
        attachment: {
          wireId: row.wire_id,
          name: row.name,
          mediaType: row.media_type,
          byteSize: Number(row.byte_size),
          sha256: row.sha256,
          storageKey: row.storage_key,
          details: row.details,
        },
        from: row.from_user,
        to: row.to_user,
        removedBySender: row.removed_by_sender,
        removedByRecipient: row.removed_by_recipient,
      }
    );
  }
}
