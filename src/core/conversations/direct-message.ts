import { type Id } from '../../kernel/id-source.js';
import { type TalkRow } from '../../storage/repositories/conversations.repository.js';

/** The space of all conversations between users, whichever dialect they are held in. */
export const SOCIAL = 'social';

/** A message between two users, with the state of both sides. */
export interface DirectMessage {
  /** what the dialects show; rises in the order of storing */
  readonly number: number;
  readonly from: Id;
  readonly to: Id;
  /** as typed; empty when withdrawn */
  readonly text: string;
  readonly createdAt: Date;
  readonly readAt: Date | null;
  readonly removedBySender: boolean;
  readonly removedByRecipient: boolean;
  /** deleted for both by its sender; the place stays */
  readonly withdrawn: boolean;
  /** the dialect it was sent through */
  readonly origin: string;
  readonly attachment: MessageAttachment | null;
}

export interface MessageAttachment {
  readonly wireId: string;
  readonly name: string;
  readonly mediaType: string;
  readonly byteSize: number;
  readonly sha256: Buffer;
  readonly storageKey: string;
  readonly details: unknown;
}

/** The two users of a conversation with their mailboxes; says who wrote a row. */
export interface Pair {
  readonly reader: Id;
  readonly readerBox: Id;
  readonly partner: Id;
}

export function directMessage(row: TalkRow, pair: Pair): DirectMessage {
  const mine = row.sender_id === pair.readerBox;
  const file = row.attachment;
  return {
    number: Number(row.number),
    from: mine ? pair.reader : pair.partner,
    to: mine ? pair.partner : pair.reader,
    text: row.body.toString('utf8'),
    createdAt: row.created_at,
    readAt: row.read_at,
    removedBySender: row.sender_deleted_at !== null || row.sender_cleared === true,
    removedByRecipient: row.recipient_deleted_at !== null || row.recipient_cleared === true,
    withdrawn: row.withdrawn_at !== null,
    origin: (row.details as { origin?: string }).origin ?? '',
    attachment: file && {
      wireId: file.wire_id,
      name: file.name,
      mediaType: file.media_type,
      byteSize: file.byte_size,
      sha256: Buffer.from(file.sha256, 'hex'),
      storageKey: file.storage_key,
      details: file.details,
    },
  };
}
