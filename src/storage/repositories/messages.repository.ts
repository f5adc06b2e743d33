import { type Id } from '../../kernel/id-source.js';
import { type Sql, statement } from '../sql.js';

/** What a list needs of a message: never its body. */
export interface HeadRow {
  readonly id: Id;
  readonly wire_id: string;
  readonly preview: Buffer | null;
  /** the content key wrapped for the side that reads */
  readonly key: Buffer | null;
  readonly revision: number;
  readonly created_at: Date;
  readonly edited_at: Date | null;
}

export interface MessageRow extends HeadRow {
  readonly home_box: Id;
  readonly sender_id: Id | null;
  readonly subject: string;
  readonly body: Buffer;
  readonly algorithm: string | null;
  readonly details: unknown;
}

/** Where a message stands and who holds it, without its content. */
export interface PlaceRow {
  readonly home_box: Id;
  readonly id: Id;
  readonly sender_id: Id | null;
  readonly revision: number;
}

/** What an edit writes. */
export interface Rewrite {
  readonly subject: string;
  readonly body: Buffer;
  readonly preview: Buffer | null;
  readonly algorithm: string | null;
  readonly senderKey: Buffer | null;
  readonly editedAt: Date;
}

const HEAD = 'm.id, m.preview, m.revision, m.created_at, m.edited_at';
const WHOLE = `${HEAD}, m.home_box, m.sender_id, m.subject, m.body, m.algorithm, m.details`;
const AT_RECIPIENT = `FROM deliveries d JOIN messages m ON m.home_box = d.home_box AND m.id = d.message_id
  WHERE d.recipient_id = $1 AND d.space = $2 AND d.wire_id = $3 AND d.deleted_at IS NULL`;
const OF_SENDER = `FROM messages m
  WHERE m.home_box = $1 AND m.space = $2 AND m.wire_id = $3 AND m.sender_id = $1 AND m.sender_deleted_at IS NULL`;
const PLACE = 'm.home_box, m.id, m.sender_id, m.revision';

const READ_RECEIVED = statement<MessageRow>('message-received', `SELECT ${WHOLE}, d.wire_id, d.wrapped_key AS key ${AT_RECIPIENT}`);
const READ_SENT_TO = statement<MessageRow>('message-sent-to', `SELECT ${WHOLE}, d.wire_id, m.sender_key AS key ${AT_RECIPIENT}`);
const READ_SENT = statement<MessageRow>('message-sent', `SELECT ${WHOLE}, m.wire_id, m.sender_key AS key ${OF_SENDER}`);
const LOCK_AT_RECIPIENT = statement<PlaceRow>('message-lock-received', `SELECT ${PLACE} ${AT_RECIPIENT} FOR UPDATE OF m`);
const LOCK_OF_SENDER = statement<PlaceRow>('message-lock-sent', `SELECT ${PLACE} ${OF_SENDER} FOR UPDATE OF m`);

const INBOX = statement<HeadRow>(
  'message-inbox-page',
  `SELECT ${HEAD}, d.wire_id, d.wrapped_key AS key FROM (
     SELECT message_id, home_box, wire_id, wrapped_key FROM deliveries
     WHERE recipient_id = $1 AND space = $2 AND number IS NULL AND deleted_at IS NULL AND message_id < $3
     ORDER BY message_id DESC OFFSET $4 LIMIT $5) d
   JOIN messages m ON m.home_box = d.home_box AND m.id = d.message_id ORDER BY m.id DESC`,
);
const SENT = statement<HeadRow>(
  'message-sent-page',
  `SELECT ${HEAD}, m.wire_id, m.sender_key AS key FROM messages m
   WHERE sender_id = $1 AND space = $2 AND peer_id IS NULL AND sender_deleted_at IS NULL AND id < $3
   ORDER BY id DESC OFFSET $4 LIMIT $5`,
);
const RECIPIENTS = statement<{ recipient_id: Id }>(
  'message-recipients',
  'SELECT recipient_id FROM deliveries WHERE home_box = $1 AND message_id = $2 ORDER BY recipient_id',
);
const REWRITE = statement(
  'message-rewrite',
  `UPDATE messages SET subject = $3, body = $4, preview = $5, algorithm = $6, sender_key = $7, edited_at = $8,
     revision = revision + 1 WHERE home_box = $1 AND id = $2`,
);
const REWRAP = statement(
  'message-rewrap',
  'UPDATE deliveries SET wrapped_key = $4 WHERE recipient_id = $1 AND home_box = $2 AND message_id = $3',
);
const REMOVE = statement('message-remove', 'DELETE FROM messages WHERE home_box = $1 AND id = $2');

/** Above every id: the first page has no upper end. */
const NO_END = '9223372036854775807';

/** Messages and their deliveries. Every question names the mailbox that asks. */
export class MessagesRepository {
  constructor(private readonly sql: Sql) {}

  /** The message with this wire id in the inbox of a mailbox, with that mailbox's key. */
  received(recipientId: Id, space: string, wireId: string): Promise<MessageRow | null> {
    return this.sql.one(READ_RECEIVED, [recipientId, space, wireId]);
  }

  /** The same message with the sender's key; the caller checks sender_id. */
  sentTo(recipientId: Id, space: string, wireId: string): Promise<MessageRow | null> {
    return this.sql.one(READ_SENT_TO, [recipientId, space, wireId]);
  }

  /** A message that this mailbox sent, whoever received it. */
  sent(senderId: Id, space: string, wireId: string): Promise<MessageRow | null> {
    return this.sql.one(READ_SENT, [senderId, space, wireId]);
  }

  /** Finds a message in an inbox and holds it until the end of the transaction. */
  lockReceived(recipientId: Id, space: string, wireId: string): Promise<PlaceRow | null> {
    return this.sql.one(LOCK_AT_RECIPIENT, [recipientId, space, wireId]);
  }

  /** Finds a message by its sender and holds it until the end of the transaction. */
  lockSent(senderId: Id, space: string, wireId: string): Promise<PlaceRow | null> {
    return this.sql.one(LOCK_OF_SENDER, [senderId, space, wireId]);
  }

  /** Newest first; `before` excludes this id and everything newer. */
  inbox(recipientId: Id, space: string, page: { before?: Id; skip: number; take: number }): Promise<HeadRow[]> {
    return this.sql.all(INBOX, [recipientId, space, page.before ?? NO_END, page.skip, page.take]);
  }

  /** Newest first; `before` excludes this id and everything newer. */
  sentBy(senderId: Id, space: string, page: { before?: Id; skip: number; take: number }): Promise<HeadRow[]> {
    return this.sql.all(SENT, [senderId, space, page.before ?? NO_END, page.skip, page.take]);
  }

  async recipientsOf(place: PlaceRow): Promise<Id[]> {
    return (await this.sql.all(RECIPIENTS, [place.home_box, place.id])).map((row) => row.recipient_id);
  }

  /** Replaces the content of a held message; its revision goes up by one. */
  async rewrite(place: PlaceRow, to: Rewrite): Promise<void> {
    await this.sql.all(REWRITE, [place.home_box, place.id, to.subject, to.body, to.preview, to.algorithm, to.senderKey, to.editedAt]);
  }

  async rewrap(place: PlaceRow, recipientId: Id, key: Buffer | null): Promise<void> {
    await this.sql.all(REWRAP, [recipientId, place.home_box, place.id, key]);
  }

  /** Removes a message and its deliveries for good. */
  async remove(place: PlaceRow): Promise<void> {
    await this.sql.all(REMOVE, [place.home_box, place.id]);
  }
}
