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
  /** the whole view was cleared after it */
  readonly sender_cleared: boolean | null;
  readonly recipient_cleared: boolean | null;
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
  readonly conversation_id: string;
  readonly begun_at: Date;
  readonly unread_count: string;
}

/** A received message in the list of what a user was told. */
export interface NoticeRow extends TalkRow {
  readonly partner: Id;
  readonly conversation_id: string;
  readonly noticed_at: Date | null;
}

export interface TalkPage {
  /** only messages below this number */
  readonly before?: number | undefined;
  /** only messages from this number on */
  readonly from?: number | undefined;
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
  readonly created_at: Date;
}

const NO_END = '9007199254740992';

/** Whether a side cleared its view after a message `m`. */
export const clearedBy = (side: string, other: string) =>
  `(SELECT m.number <= v.cleared_to FROM conversations v WHERE v.box_id = ${side} AND v.space = m.space AND v.peer_id = ${other})`;
const SHOWN = `m.number, m.id, m.home_box, m.sender_id, m.body, m.details, m.created_at, m.withdrawn_at, m.sender_deleted_at,
  d.read_at, d.deleted_at AS recipient_deleted_at,
  ${clearedBy('m.home_box', 'm.peer_id')} AS sender_cleared, ${clearedBy('m.peer_id', 'm.home_box')} AS recipient_cleared,
  (SELECT json_build_object('wire_id', a.wire_id, 'name', a.name, 'media_type', a.media_type, 'byte_size', a.byte_size,
     'sha256', encode(a.sha256, 'hex'), 'storage_key', a.storage_key, 'details', a.details)
   FROM attachments a WHERE a.home_box = m.home_box AND a.message_id = m.id ORDER BY a.id LIMIT 1) AS attachment`;
const OF_DELIVERY = 'deliveries d ON d.recipient_id = m.peer_id AND d.message_id = m.id';

const CLEARED = `(SELECT coalesce(max(cleared_to), 0) FROM conversations WHERE box_id = $1 AND peer_id = $2 AND space = $3)`;
// As pairs of partner and number: only the index of conversations has them in this order. With the partner by itself,
// the index of all numbers of the mailbox looks as good, which holds everything written to others as well.
const between = (partner: string) =>
  `(${partner}, number) < ($2, $4) AND (${partner}, number) >= ($2, $5) AND (${partner}, number) > ($2, ${CLEARED})`;
const I_SENT = `FROM messages WHERE home_box = $1 AND peer_id IS NOT NULL AND sender_deleted_at IS NULL AND ${between('peer_id')}`;
const I_GOT = `FROM deliveries WHERE recipient_id = $1 AND number IS NOT NULL AND deleted_at IS NULL AND ${between('home_box')}`;
// Two index ranges, what I wrote and what I got, each read only as far as the page reaches.
const PAGE = statement<TalkRow>(
  'conversation-page',
  `SELECT ${SHOWN} FROM (
     SELECT * FROM (
       (SELECT number, home_box, id AS message_id ${I_SENT} ORDER BY peer_id DESC, number DESC LIMIT $6::bigint + $7::bigint)
       UNION ALL
       (SELECT number, home_box, message_id ${I_GOT} ORDER BY home_box DESC, number DESC LIMIT $6::bigint + $7::bigint)) both_sides
     ORDER BY number DESC OFFSET $6 LIMIT $7) page
   JOIN messages m ON m.home_box = page.home_box AND m.id = page.message_id JOIN ${OF_DELIVERY}
   ORDER BY m.number DESC`,
);
const COUNT_RANGE = statement<{ total: string }>(
  'conversation-count-range',
  `SELECT (SELECT count(*) ${I_SENT}) + (SELECT count(*) ${I_GOT}) AS total`,
);
const UNREAD = statement<TalkRow>(
  'conversation-unread',
  `SELECT ${SHOWN} FROM deliveries d JOIN messages m ON m.home_box = d.home_box AND m.id = d.message_id
   WHERE d.recipient_id = $1 AND d.home_box = $2 AND d.number IS NOT NULL AND d.read_at IS NULL AND d.deleted_at IS NULL
     AND m.withdrawn_at IS NULL AND d.number > ${CLEARED}
   ORDER BY d.number DESC LIMIT $4`,
);
const RECENT = statement<RecentRow>(
  'conversation-recent',
  `SELECT ${SHOWN}, p.user_id AS partner, c.id AS conversation_id, c.created_at AS begun_at, c.unread_count,
     m.sender_id <> $1 AND EXISTS (
       SELECT FROM messages later WHERE later.home_box = $1 AND later.peer_id = c.peer_id AND later.number > c.last_number
         AND octet_length(later.body) > 0) AS answered
   FROM (SELECT peer_id, last_number, id, created_at, unread_count FROM conversations WHERE box_id = $1 AND space = $2 AND last_number > 0
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
  d.deleted_at AS recipient_deleted_at, m.created_at`;
const NOT_CLEARED = 'c.box_id = $1 AND c.space = m.space AND m.number > c.cleared_to';
const FIND_OWN = statement<HeldTalk>(
  'conversation-find-own',
  `SELECT ${HELD} FROM messages m JOIN ${OF_DELIVERY}
   JOIN conversations c ON ${NOT_CLEARED} AND c.peer_id = m.peer_id WHERE m.home_box = $1 AND m.number = $2`,
);
const FIND_RECEIVED = statement<HeldTalk>(
  'conversation-find-received',
  `SELECT ${HELD} FROM deliveries d JOIN messages m ON m.home_box = d.home_box AND m.id = d.message_id
   JOIN conversations c ON ${NOT_CLEARED} AND c.peer_id = m.home_box WHERE d.recipient_id = $1 AND d.number = $2`,
);
const HOLD_OWN = statement<HeldTalk>('conversation-hold-own', `${FIND_OWN.text} FOR UPDATE OF m, d`);
const HOLD_RECEIVED = statement<HeldTalk>('conversation-hold-received', `${FIND_RECEIVED.text} FOR UPDATE OF m, d`);
const BY_ID = statement<TalkRow>('conversation-by-id', `SELECT ${SHOWN} FROM messages m JOIN ${OF_DELIVERY} WHERE m.home_box = $1 AND m.id = $2`);
const SENT_BY_IDS = statement<TalkRow & { partner: Id; conversation_id: string }>(
  'conversation-sent-by-ids',
  `SELECT ${SHOWN}, p.user_id AS partner, c.id AS conversation_id FROM messages m JOIN ${OF_DELIVERY}
   JOIN mailboxes p ON p.id = m.peer_id
   JOIN conversations c ON c.box_id = m.home_box AND c.space = m.space AND c.peer_id = m.peer_id
   WHERE m.home_box = $1 AND m.id = ANY ($2::bigint[]) ORDER BY m.id`,
);
const HAS_UNREAD = statement<{ unread: boolean }>(
  'conversation-has-unread',
  `SELECT EXISTS (SELECT FROM deliveries WHERE recipient_id = $1 AND home_box = $2 AND number IS NOT NULL
     AND read_at IS NULL AND deleted_at IS NULL AND number <= $3) AS unread`,
);
const MARK_READ = statement<{ message_id: Id }>(
  'conversation-mark-read',
  `UPDATE deliveries SET read_at = $3, noticed_at = coalesce(noticed_at, $3) WHERE recipient_id = $1 AND home_box = $2 AND number IS NOT NULL
     AND read_at IS NULL AND deleted_at IS NULL AND number <= $4 RETURNING message_id`,
);
// Withdrawn ones do not count, so the rest is counted anew: it is what came in meanwhile.
const RECOUNT_UNREAD = statement(
  'conversation-recount-unread',
  `UPDATE conversations c SET unread_count = (
     SELECT count(*) FROM deliveries d JOIN messages m ON m.home_box = d.home_box AND m.id = d.message_id
     WHERE d.recipient_id = $1 AND d.home_box = $3 AND d.number IS NOT NULL AND d.read_at IS NULL AND d.deleted_at IS NULL
       AND m.withdrawn_at IS NULL AND d.number > c.cleared_to)
   WHERE box_id = $1 AND space = $2 AND peer_id = $3`,
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

const CLEAR = statement<{ cleared_to: string }>(
  'conversation-clear',
  `UPDATE conversations SET cleared_to = greatest(cleared_to, last_number), last_number = 0, total_count = 0, unread_count = 0
   WHERE box_id = $1 AND space = $2 AND peer_id = $3 AND last_number > 0 RETURNING cleared_to`,
);
const NOTICE_ALL_FROM = statement(
  'conversation-notice-all-from',
  `UPDATE deliveries SET noticed_at = $3 WHERE recipient_id = $1 AND home_box = $2 AND number IS NOT NULL
     AND noticed_at IS NULL AND deleted_at IS NULL`,
);
// What neither side can see any more: each has cleared past it or removed it.
const REMOVE_UNSEEN = statement<{ gone: string }>(
  'conversation-remove-unseen',
  `WITH doomed AS (
     SELECT m.home_box, m.id FROM messages m JOIN ${OF_DELIVERY}
     JOIN conversations s ON s.box_id = m.home_box AND s.peer_id = m.peer_id AND s.space = m.space
     JOIN conversations r ON r.box_id = m.peer_id AND r.peer_id = m.home_box AND r.space = m.space
     WHERE ((m.home_box = $1 AND m.peer_id = $2) OR (m.home_box = $2 AND m.peer_id = $1)) AND m.space = $3
       AND (m.sender_deleted_at IS NOT NULL OR m.number <= s.cleared_to)
       AND (d.deleted_at IS NOT NULL OR m.number <= r.cleared_to)
     LIMIT $4),
   gone AS (DELETE FROM messages m USING doomed d WHERE m.home_box = d.home_box AND m.id = d.id RETURNING 1)
   SELECT count(*) AS gone FROM gone`,
);
const PEER_BY_ID = statement<{ partner: Id; begun_at: Date; unread_count: string }>(
  'conversation-peer-by-id',
  `SELECT p.user_id AS partner, c.created_at AS begun_at, c.unread_count FROM conversations c JOIN mailboxes p ON p.id = c.peer_id
   WHERE c.box_id = $1 AND c.id = $2 AND c.space = $3`,
);
const ID_BY_PEER = statement<{ id: string }>(
  'conversation-id-by-peer',
  'SELECT id FROM conversations WHERE box_id = $1 AND space = $2 AND peer_id = $3',
);
const noticesBy = (order: 'DESC' | 'ASC') => `SELECT ${SHOWN}, d.noticed_at, p.user_id AS partner, c.id AS conversation_id
   FROM deliveries d JOIN messages m ON m.home_box = d.home_box AND m.id = d.message_id
   JOIN mailboxes p ON p.id = m.home_box
   JOIN conversations c ON ${NOT_CLEARED} AND c.peer_id = m.home_box
   WHERE d.recipient_id = $1 AND d.number IS NOT NULL AND d.deleted_at IS NULL AND m.space = $2 AND d.number < $3 AND d.number > $4
   ORDER BY d.number ${order} LIMIT $5`;
const NOTICES = statement<NoticeRow>('conversation-notices', noticesBy('DESC'));
const LATER_NOTICES = statement<NoticeRow>('conversation-later-notices', noticesBy('ASC'));
const RECEIVED_BY_IDS = statement<NoticeRow & { begun_at: Date; unread_count: string }>(
  'conversation-received-by-ids',
  `SELECT ${SHOWN}, d.noticed_at, p.user_id AS partner, c.id AS conversation_id, c.created_at AS begun_at, c.unread_count
   FROM unnest($3::bigint[], $4::bigint[]) AS wanted(home_box, id)
   JOIN messages m ON m.home_box = wanted.home_box AND m.id = wanted.id AND m.space = $2
   JOIN deliveries d ON d.recipient_id = $1 AND d.message_id = m.id AND d.deleted_at IS NULL
   JOIN conversations c ON ${NOT_CLEARED} AND c.peer_id = m.home_box
   JOIN mailboxes p ON p.id = m.home_box`,
);
const UNNOTICED_COUNT = statement<{ total: string }>(
  'conversation-unnoticed-count',
  'SELECT count(*) AS total FROM deliveries WHERE recipient_id = $1 AND number IS NOT NULL AND noticed_at IS NULL AND deleted_at IS NULL',
);
const NOTICE = statement(
  'conversation-notice',
  `UPDATE deliveries SET noticed_at = $3 WHERE recipient_id = $1 AND number = ANY ($2::bigint[]) AND noticed_at IS NULL`,
);

/** Messages between two mailboxes, each side with its own view, totals and latest message. */
export class ConversationsRepository {
  constructor(private readonly sql: Sql) {}

  /** Newest first. Cost grows with skip + take, not with the conversation. */
  page(boxId: Id, space: string, peerId: Id, page: TalkPage): Promise<TalkRow[]> {
    return this.sql.all(PAGE, [boxId, peerId, space, page.before ?? NO_END, page.from ?? 0, page.skip, page.take]);
  }

  /** Messages a side sees in a range of numbers. Cost grows with the range. */
  async countRange(boxId: Id, space: string, peerId: Id, range: Pick<TalkPage, 'before' | 'from'>): Promise<number> {
    return Number((await this.sql.one(COUNT_RANGE, [boxId, peerId, space, range.before ?? NO_END, range.from ?? 0]))?.total ?? 0);
  }

  /** Received, not read, not removed, not withdrawn; newest first. */
  unread(boxId: Id, space: string, peerId: Id, take: number): Promise<TalkRow[]> {
    return this.sql.all(UNREAD, [boxId, peerId, space, take]);
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

  /** Messages this mailbox sent, in the order of their ids. */
  sentByIds(homeBox: Id, ids: readonly Id[]): Promise<(TalkRow & { partner: Id; conversation_id: string })[]> {
    return this.sql.all(SENT_BY_IDS, [homeBox, ids]);
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

  /** Whether anything received from a peer, up to a message number, is not marked as read. */
  async hasUnread(boxId: Id, peerId: Id, upTo?: number): Promise<boolean> {
    return (await this.sql.one(HAS_UNREAD, [boxId, peerId, upTo ?? NO_END]))?.unread ?? false;
  }

  /**
   * Marks what was received from a peer, up to a message number, as read. The side's row is taken
   * first, so that a message stored at the same moment is either read and not counted, or counted
   * and not read.
   * @returns ids of the messages that were unread
   */
  async markRead(boxId: Id, space: string, peerId: Id, at: Date, upTo?: number): Promise<Id[]> {
    await this.holdSide(boxId, space, peerId);
    const read = await this.sql.all(MARK_READ, [boxId, peerId, at, upTo ?? NO_END]);
    await this.sql.all(RECOUNT_UNREAD, [boxId, space, peerId]);
    return read.map((row) => row.message_id);
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
    const [latest] = await this.page(boxId, space, peerId, { skip: 0, take: 1 });
    await this.sql.all(LESS_SHOWN, [boxId, space, peerId, latest?.number ?? 0]);
  }

  /**
   * Empties a side's view up to now. @returns false when nothing was visible
   */
  async clear(boxId: Id, space: string, peerId: Id, at: Date): Promise<boolean> {
    if (!(await this.sql.one(CLEAR, [boxId, space, peerId]))) return false;
    await this.sql.all(NOTICE_ALL_FROM, [boxId, peerId, at]);
    return true;
  }

  /** Removes what neither of two can see any more. @returns how many, at most `limit` */
  async removeUnseen(boxId: Id, space: string, peerId: Id, limit: number): Promise<number> {
    return Number((await this.sql.one(REMOVE_UNSEEN, [boxId, peerId, space, limit]))?.gone ?? 0);
  }

  /** The partner in the conversation with this id, where this mailbox is part of it. */
  peerById(boxId: Id, space: string, conversationId: number): Promise<{ partner: Id; begun_at: Date; unread_count: string } | null> {
    return this.sql.one(PEER_BY_ID, [boxId, conversationId, space]);
  }

  async idByPeer(boxId: Id, space: string, peerId: Id): Promise<number | null> {
    const row = await this.sql.one(ID_BY_PEER, [boxId, space, peerId]);
    return row && Number(row.id);
  }

  /** Received messages below a number, newest first, with whether their recipient was told. */
  notices(boxId: Id, space: string, page: { before?: number | undefined; take: number }): Promise<NoticeRow[]> {
    return this.sql.all(NOTICES, [boxId, space, page.before ?? NO_END, 0, page.take]);
  }

  /** The same for those above a number: the oldest of them, newest first. */
  async laterNotices(boxId: Id, space: string, page: { after: number; take: number }): Promise<NoticeRow[]> {
    return (await this.sql.all(LATER_NOTICES, [boxId, space, NO_END, page.after, page.take])).reverse();
  }

  /** Those of the named messages that a mailbox received and still sees, in no order. */
  receivedByIds(
    boxId: Id,
    space: string,
    places: readonly { readonly homeBox: Id; readonly id: Id }[],
  ): Promise<(NoticeRow & { readonly begun_at: Date; readonly unread_count: string })[]> {
    return this.sql.all(RECEIVED_BY_IDS, [boxId, space, places.map((place) => place.homeBox), places.map((place) => place.id)]);
  }

  async unnoticedCount(boxId: Id): Promise<number> {
    return Number((await this.sql.one(UNNOTICED_COUNT, [boxId]))?.total ?? 0);
  }

  /** Numbers that are not this mailbox's, or not known, are ignored. */
  async notice(boxId: Id, numbers: readonly number[], at: Date): Promise<void> {
    await this.sql.all(NOTICE, [boxId, numbers, at]);
  }

  /** Both sides of every conversation of a mailbox that goes away. */
  async removeAllOf(boxId: Id, space: string): Promise<void> {
    await this.sql.all(REMOVE_SIDES, [boxId, space]);
  }
}
