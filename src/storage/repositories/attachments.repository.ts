import { type Id } from '../../kernel/id-source.js';
import { type OwnTables } from '../own/own-tables.js';
import { type Sql, statement } from '../sql.js';
import { clearedBy } from './conversations.repository.js';

/** A file of a message in a conversation, with what decides who may fetch it. */
export interface TalkAttachmentRow {
  readonly wire_id: string;
  readonly name: string;
  readonly media_type: string;
  readonly byte_size: string;
  readonly sha256: Buffer;
  readonly storage_key: string;
  readonly details: unknown;
  readonly from_user: Id;
  readonly to_user: Id;
  readonly removed_by_sender: boolean;
  readonly removed_by_recipient: boolean;
}

const FIND = statement<TalkAttachmentRow>(
  'attachment-find',
  `SELECT a.wire_id, a.name, a.media_type, a.byte_size, a.sha256, a.storage_key, a.details,
     s.user_id AS from_user, r.user_id AS to_user,
     m.sender_deleted_at IS NOT NULL OR coalesce(${clearedBy('m.home_box', 'm.peer_id')}, false) AS removed_by_sender,
     d.deleted_at IS NOT NULL OR coalesce(${clearedBy('m.peer_id', 'm.home_box')}, false) AS removed_by_recipient
   FROM attachments a
   JOIN messages m ON m.home_box = a.home_box AND m.id = a.message_id
   JOIN deliveries d ON d.recipient_id = m.peer_id AND d.message_id = m.id
   JOIN mailboxes s ON s.id = m.sender_id JOIN mailboxes r ON r.id = m.peer_id
   WHERE a.wire_id = $1 AND m.space = $2 AND m.withdrawn_at IS NULL`,
);
const REFERENCED = statement<{ storage_key: string }>(
  'attachment-referenced',
  // one look into the index per key, however many messages share it
  `SELECT storage_key FROM unnest($1::text[]) AS asked (storage_key)
   WHERE EXISTS (SELECT 1 FROM attachments a WHERE a.storage_key = asked.storage_key)`,
);

/** Files of messages. The bytes lie in the blob store. */
export class AttachmentsRepository {
  /** @param own tables of dialects that may refer to stored bytes, too */
  constructor(
    private readonly sql: Sql,
    private readonly own: readonly OwnTables[] = [],
  ) {}

  /** @returns null when unknown or withdrawn with its message */
  find(wireId: string, space: string): Promise<TalkAttachmentRow | null> {
    return this.sql.one(FIND, [wireId, space]);
  }

  /**
   * The messages are asked last: a file that moves from elsewhere into a message in between is
   * found in one place or the other.
   * @returns those of the given storage keys that a message or anything else still refers to
   */
  async referenced(storageKeys: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (const tables of this.own) for (const key of (await tables.referenced?.(storageKeys)) ?? []) found.add(key);
    for (const row of await this.sql.all(REFERENCED, [storageKeys])) found.add(row.storage_key);
    return found;
  }
}
