import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';

/** A delivery to another server whose time has come. */
export interface DueDelivery {
  readonly home_box: Id;
  /** of the message, as its sender's cell knows it */
  readonly wire_id: string;
  /** address of the cell it goes to */
  readonly url: string;
  readonly created_at: Date;
}

/** A message as it was stored, for whoever takes it elsewhere. */
export interface CarriedMessage {
  readonly wire_id: string;
  readonly subject: string;
  readonly body: Buffer;
  readonly in_reply_to: string | null;
  readonly details: unknown;
  readonly created_at: Date;
}

/** How a delivery ended. */
export interface SettledDelivery {
  readonly url: string;
  /** status of HTTP; null: given up without an answer */
  readonly code: number | null;
  readonly reason: string | null;
}

// Whoever takes a delivery moves its time on: for so long nobody else takes it, and if he dies, it is due again.
const TAKE = statement<DueDelivery>(
  'cell-outbox-take',
  `WITH due AS (
     SELECT recipient_id, message_id FROM deliveries WHERE due_at <= $1 AND space = 'cell'
     ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
   ), taken AS (
     UPDATE deliveries d SET due_at = $2, attempted_at = $1 FROM due
     WHERE d.recipient_id = due.recipient_id AND d.message_id = due.message_id
     RETURNING d.recipient_id, d.home_box, d.message_id
   )
   SELECT t.home_box, m.wire_id, x.url, m.created_at
   FROM taken t JOIN messages m ON m.home_box = t.home_box AND m.id = t.message_id JOIN mailboxes x ON x.id = t.recipient_id`,
);
const CARRIED = statement<CarriedMessage>(
  'cell-outbox-message',
  `SELECT wire_id, subject, body, in_reply_to, details, created_at FROM messages WHERE home_box = $1 AND space = 'cell' AND wire_id = $2`,
);
// Those are left alone that somebody else has settled: a late failure must not undo a success.
const OPEN = `FROM messages m
     JOIN deliveries d ON d.home_box = m.home_box AND d.message_id = m.id AND d.due_at IS NOT NULL
     JOIN mailboxes x ON x.id = d.recipient_id AND x.kind = 'remote'`;
const SETTLE = statement<{ message_id: Id }>(
  'cell-outbox-settle',
  `UPDATE deliveries u SET due_at = NULL, outcome_code = o.code, outcome_reason = o.reason, attempted_at = $6
   FROM (SELECT d.recipient_id, d.message_id, s.code, s.reason ${OPEN}
     JOIN unnest($3::text[], $4::smallint[], $5::text[]) AS s(url, code, reason) ON s.url = x.url
     WHERE m.home_box = $1 AND m.space = 'cell' AND m.wire_id = $2 ORDER BY d.recipient_id FOR UPDATE OF d) o
   WHERE u.recipient_id = o.recipient_id AND u.message_id = o.message_id
   RETURNING u.message_id`,
);
const POSTPONE = statement(
  'cell-outbox-postpone',
  `UPDATE deliveries u SET due_at = $4, attempted_at = $5
   FROM (SELECT d.recipient_id, d.message_id ${OPEN}
     WHERE m.home_box = $1 AND m.space = 'cell' AND m.wire_id = $2 AND x.url = ANY($3::text[]) ORDER BY d.recipient_id FOR UPDATE OF d) o
   WHERE u.recipient_id = o.recipient_id AND u.message_id = o.message_id`,
);

/** Deliveries to other servers that are not settled yet. */
export class CellOutboxRepository {
  constructor(private readonly sql: Sql) {}

  /**
   * Takes deliveries that are due, the longest overdue first; two takers never get the same one.
   * @param until when they are due again unless they are settled or put off before
   */
  take(now: Date, until: Date, limit: number): Promise<DueDelivery[]> {
    return this.sql.all(TAKE, [now, until, limit]);
  }

  /** @returns a message, also one that its sender has removed; null when it is gone for good */
  message(homeBox: Id, wireId: string): Promise<CarriedMessage | null> {
    return this.sql.one(CARRIED, [homeBox, wireId]);
  }

  /**
   * Ends deliveries of one message. Ones that are settled already stay as they are.
   * @returns the id of the message, null when nothing was left to settle
   */
  async settle(homeBox: Id, wireId: string, outcomes: readonly SettledDelivery[], at: Date): Promise<Id | null> {
    const columns = [outcomes.map(({ url }) => url), outcomes.map(({ code }) => code), outcomes.map(({ reason }) => reason)];
    const row = await this.sql.one(SETTLE, [homeBox, wireId, ...columns, at]);
    return row?.message_id ?? null;
  }

  /** Puts off deliveries of one message. */
  async postpone(homeBox: Id, wireId: string, urls: readonly string[], until: Date, at: Date): Promise<void> {
    await this.sql.all(POSTPONE, [homeBox, wireId, urls, until, at]);
  }
}
