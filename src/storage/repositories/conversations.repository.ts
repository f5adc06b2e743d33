import { type Id } from '../../kernel/id-source.js';
import { type Sql, statement } from '../sql.js';

/** A message of a conversation as one side sees it. `number` is text: it came as bigint. */
export interface TalkRow {
  readonly number: string;
  readonly id: Id;
  readonly home_box: Id;
  readonly sender_id: Id;
  readonly body: Buffer;
  readonly details: unknown;
  readonly created_at: Date;
  readonly withdrawn_at: Date | null;
  readonly sender_deleted_at: Date | null;
  readonly read_at: Date | null;
  readonly recipient_deleted_at: Date | null;
  readonly attachment: AttachmentJson | null;
}

/** An attachment as json_build_object gives it; the digest in hex. */
export interface AttachmentJson {
  readonly wire_id: string;
  readonly name: string;
  readonly media_type: string;
  readonly byte_size: number;
  readonly sha256: string;
  readonly storage_key: string;
  readonly details: unknown;
}

export interface RecentRow extends TalkRow {
  readonly partner: Id;
  readonly answered: boolean;
}

export interface TalkPage {
  /** only messages below this number */
  readonly before?: number | undefined;
  readonly skip: number;
  readonly take: number;
}

/** A message of a conversation, held until the end of the transaction. */
export interface HeldTalk {
  readonly home_box: Id;
  readonly id: Id;
  readonly sender_id: Id;
  readonly peer_id: Id;
  readonly number: string;
  readonly withdrawn_at: Date | null;
  readonly sender_deleted_at: Date | null;
  readonly read_at: Date | null;
  readonly recipient_deleted_at: Date | null;
}

const NO_END = '9007199254740992';

const SHOWN = `m.number, m.id, m.home_box, m.sender_id, m.body, m.details, m.created_at, m.withdrawn_at, m.sender_deleted_at,
  d.read_at, d.deleted_at AS recipient_deleted_at,
  (SELECT json_build_object('wire_id', a.wire_id, 'name', a.name, 'media_type', a.media_type, 'byte_size', a.byte_size,
     'sha256', encode(a.sha256, 'hex'), 'storage_key', a.storage_key, 'details', a.details)
   FROM attachments a WHERE a.home_box = m.home_box AND a.message_id = m.id ORDER BY a.id LIMIT 1) AS attachment`;
const OF_DELIVERY = 'deliveries d ON d.recipient_id = m.peer_id AND d.message_id = m.id';

// Two index ranges, what I wrote and what I got, each read only as far as the page reaches.
const PAGE = statement<TalkRow>(
  'conversation-page',
  `SELECT ${SHOWN} FROM (
     SELECT * FROM (
       (SELECT number, home_box, id AS message_id FROM messages
        WHERE home_box = $1 AND peer_id = $2 AND sender_deleted_at IS NULL AND number < $3
        ORDER BY number DESC LIMIT $4::bigint + $5::bigint)
       UNION ALL
       (SELECT number, home_box, message_id FROM deliveries
        WHERE recipient_id = $1 AND home_box = $2 AND number IS NOT NULL AND deleted_at IS NULL AND number < $3
        ORDER BY number DESC LIMIT $4::bigint + $5::bigint)) both_sides
     ORDER BY number DESC OFFSET $4 LIMIT $5) page
   JOIN messages m ON m.home_box = page.home_box AND m.id = page.message_id JOIN ${OF_DELIVERY}
   ORDER BY m.number DESC`,
);
const UNREAD = statement<TalkRow>(
  'conversation-unread',
  `SELECT ${SHOWN} FROM deliveries d JOIN messages m ON m.home_box = d.home_box AND m.id = d.message_id
   WHERE d.recipient_id = $1 AND d.home_box = $2 AND d.number IS NOT NULL AND d.read_at IS NULL AND d.deleted_at IS NULL
     AND m.withdrawn_at IS NULL
   ORDER BY d.number DESC LIMIT $3`,
);
const RECENT = statement<RecentRow>(
  'conversation-recent',
  `SELECT ${SHOWN}, p.user_id AS partner,
     m.sender_id <> $1 AND EXISTS (
       SELECT FROM messages later WHERE later.home_box = $1 AND later.peer_id = c.peer_id AND later.number > c.last_number
         AND octet_length(later.body) > 0) AS answered
   FROM (SELECT peer_id, last_number FROM conversations WHERE box_id = $1 AND space = $2 AND last_number > 0
         ORDER BY last_number DESC OFFSET $3 LIMIT $4) c
   JOIN mailboxes p ON p.id = c.peer_id
   JOIN messages m ON m.home_box IN ($1, c.peer_id) AND m.number = c.last_number JOIN ${OF_DELIVERY}
   ORDER BY c.last_number DESC`,
);
const RECENT_COUNT = statement<{ total: string }>(
  'conversation-recent-count',
  'SELECT count(*) AS total FROM conversations WHERE box_id = $1 AND space = $2 AND last_number > 0',
);
const TOTAL = statement<{ total_count: string }>(
  'conversation-total',
  'SELECT total_count FROM conversations WHERE box_id = $1 AND space = $2 AND peer_id = $3',
);
const UNREAD_TOTALS = statement<{ partner: Id; count: string }>(
  'conversation-unread-totals',
  `SELECT p.user_id AS partner, c.unread_count AS count FROM conversations c JOIN mailboxes p ON p.id = c.peer_id
   WHERE c.box_id = $1 AND c.space = $2 AND c.unread_count > 0 ORDER BY c.last_number DESC`,
);
const HOLD_SIDE = statement('conversation-hold', 'SELECT 1 FROM conversations WHERE box_id = $1 AND space = $2 AND peer_id = $3 FOR UPDATE');
const HELD = `m.home_box, m.id, m.sender_id, m.peer_id, m.number, m.withdrawn_at, m.sender_deleted_at, d.read_at,
  d.deleted_at AS recipient_deleted_at`;
const FIND_OWN = statement<HeldTalk>(
  'conversation-find-own',
  `SELECT ${HELD} FROM messages m JOIN ${OF_DELIVERY} WHERE m.home_box = $1 AND m.number = $2`,
);
const FIND_RECEIVED = statement<HeldTalk>(
  'conversation-find-received',
  `SELECT ${HELD} FROM deliveries d JOIN messages m ON m.home_box = d.home_box AND m.id = d.message_id
   WHERE d.recipient_id = $1 AND d.number = $2`,
);
const HOLD_OWN = statement<HeldTalk>('conversation-hold-own', `${FIND_OWN.text} FOR UPDATE OF m, d`);
const HOLD_RECEIVED = statement<HeldTalk>('conversation-hold-received', `${FIND_RECEIVED.text} FOR UPDATE OF m, d`);
const BY_ID = statement<TalkRow>('conversation-by-id', `SELECT ${SHOWN} FROM messages m JOIN ${OF_DELIVERY} WHERE m.home_box = $1 AND m.id = $2`);
const CLEAR_UNREAD = statement<{ box_id: Id }>(
  'conversation-clear-unread',
  'UPDATE conversations SET unread_count = 0 WHERE box_id = $1 AND space = $2 AND peer_id = $3 RETURNING box_id',
);
const MARK_READ = statement<{ message_id: Id }>(
  'conversation-mark-read',
  `UPDATE deliveries SET read_at = $3 WHERE recipient_id = $1 AND home_box = $2 AND number IS NOT NULL
     AND read_at IS NULL AND deleted_at IS NULL RETURNING message_id`,
);
const WITHDRAW = statement(
  'conversation-withdraw',
  `UPDATE messages SET body = '', withdrawn_at = $3 WHERE home_box = $1 AND id = $2`,
);
const DROP_FILES = statement('conversation-drop-files', 'DELETE FROM attachments WHERE home_box = $1 AND message_id = $2');
const LESS_UNREAD = statement(
  'conversation-less-unread',
  'UPDATE conversations SET unread_count = unread_count - 1 WHERE box_id = $1 AND space = $2 AND peer_id = $3',
);
const HIDE_SENT = statement('conversation-hide-sent', 'UPDATE messages SET sender_deleted_at = $3 WHERE home_box = $1 AND id = $2');
const HIDE_RECEIVED = statement(
  'conversation-hide-received',
  'UPDATE deliveries SET deleted_at = $3 WHERE recipient_id = $1 AND message_id = $2',
);
const LESS_SHOWN = statement(
  'conversation-less-shown',
  `UPDATE conversations SET total_count = total_count - 1, last_number = $4
   WHERE box_id = $1 AND space = $2 AND peer_id = $3`,
);
const REMOVE_SIDES = statement('conversation-remove-sides', 'DELETE FROM conversations WHERE (box_id = $1 OR peer_id = $1) AND space = $2');

/** Messages between two mailboxes, each side with its own view, totals and latest message. */
export class ConversationsRepository {
  constructor(private readonly sql: Sql) {}

  /** Newest first. Cost grows with skip + take, not with the conversation. */
  page(boxId: Id, peerId: Id, page: TalkPage): Promise<TalkRow[]> {
    return this.sql.all(PAGE, [boxId, peerId, page.before ?? NO_END, page.skip, page.take]);
  }

  /** Received, not read, not removed, not withdrawn; newest first. */
  unread(boxId: Id, peerId: Id, take: number): Promise<TalkRow[]> {
    return this.sql.all(UNREAD, [boxId, peerId, take]);
  }

  /** The latest visible message of each conversation, newest first. */
  recent(boxId: Id, space: string, page: { skip: number; take: number }): Promise<RecentRow[]> {
    return this.sql.all(RECENT, [boxId, space, page.skip, page.take]);
  }

  async recentCount(boxId: Id, space: string): Promise<number> {
    return Number((await this.sql.one(RECENT_COUNT, [boxId, space]))?.total ?? 0);
  }

  /** Messages this side sees. */
  async total(boxId: Id, space: string, peerId: Id): Promise<number> {
    return Number((await this.sql.one(TOTAL, [boxId, space, peerId]))?.total_count ?? 0);
  }

  async unreadTotals(boxId: Id, space: string): Promise<{ partner: Id; count: number }[]> {
    const rows = await this.sql.all(UNREAD_TOTALS, [boxId, space]);
    return rows.map((row) => ({ partner: row.partner, count: Number(row.count) }));
  }

  byId(homeBox: Id, id: Id): Promise<TalkRow | null> {
    return this.sql.one(BY_ID, [homeBox, id]);
  }

  /** The message with this number that this mailbox sent. */
  findOwn(boxId: Id, number: number): Promise<HeldTalk | null> {
    return this.sql.one(FIND_OWN, [boxId, number]);
  }

  /** The message with this number that this mailbox received. */
  findReceived(boxId: Id, number: number): Promise<HeldTalk | null> {
    return this.sql.one(FIND_RECEIVED, [boxId, number]);
  }

  /** As findOwn, held until the end of the transaction. Hold the sides first. */
  holdOwn(boxId: Id, number: number): Promise<HeldTalk | null> {
    return this.sql.one(HOLD_OWN, [boxId, number]);
  }

  /** As findReceived, held until the end of the transaction. Hold the sides first. */
  holdReceived(boxId: Id, number: number): Promise<HeldTalk | null> {
    return this.sql.one(HOLD_RECEIVED, [boxId, number]);
  }

  /** Holds one side's row: whoever changes its totals does this before anything else. */
  async holdSide(boxId: Id, space: string, peerId: Id): Promise<void> {
    await this.sql.all(HOLD_SIDE, [boxId, space, peerId]);
  }

  /**
   * Marks everything received from a peer as read. The side's row is taken first, so that a
   * message stored at the same moment is either read and not counted, or counted and not read.
   * @returns ids of the messages that were unread
   */
  async markRead(boxId: Id, space: string, peerId: Id, at: Date): Promise<Id[]> {
    if (!(await this.sql.one(CLEAR_UNREAD, [boxId, space, peerId]))) return [];
    return (await this.sql.all(MARK_READ, [boxId, peerId, at])).map((row) => row.message_id);
  }

  /** Empties a held message for good, files included. */
  async withdraw(talk: HeldTalk, at: Date): Promise<void> {
    await this.sql.all(WITHDRAW, [talk.home_box, talk.id, at]);
    await this.sql.all(DROP_FILES, [talk.home_box, talk.id]);
  }

  async lessUnread(boxId: Id, space: string, peerId: Id): Promise<void> {
    await this.sql.all(LESS_UNREAD, [boxId, space, peerId]);
  }

  async hideSent(talk: HeldTalk, at: Date): Promise<void> {
    await this.sql.all(HIDE_SENT, [talk.home_box, talk.id, at]);
  }

  async hideReceived(talk: HeldTalk, at: Date): Promise<void> {
    await this.sql.all(HIDE_RECEIVED, [talk.peer_id, talk.id, at]);
  }

  /** One message less in a side's view; the latest one left becomes the one shown in lists. */
  async lessShown(boxId: Id, space: string, peerId: Id): Promise<void> {
    const [latest] = await this.page(boxId, peerId, { skip: 0, take: 1 });
    await this.sql.all(LESS_SHOWN, [boxId, space, peerId, latest?.number ?? 0]);
  }

  /** Both sides of every conversation of a mailbox that goes away. */
  async removeAllOf(boxId: Id, space: string): Promise<void> {
    await this.sql.all(REMOVE_SIDES, [boxId, space]);
  }
}
