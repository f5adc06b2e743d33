import { type Id } from '../../../kernel/id-source.js';
import { type Query } from '../../../kernel/query.js';
import { compileQuery } from '../../query/compile-query.js';
import { type Sql, statement } from '../../sql.js';
import { receivedColumns, sentColumns } from './copy-columns.js';

export type CopySide = 'sent' | 'received';

/** A message as one side lists it, without its text. */
export interface CopyRow {
  readonly wire_id: string;
  readonly home_box: Id;
  readonly message_id: Id;
  readonly type: string;
  readonly title: Buffer;
  readonly status: string;
  readonly from_url: string;
  readonly in_reply_to: Buffer | null;
  readonly priority: number;
  /** set although the Box may be gone */
  readonly bound_to: Id | null;
  readonly box_name: string | null;
  readonly place: number | null;
  readonly published_at: Date;
  readonly updated_at: Date;
  readonly revision: number;
}

/** What both sides share. */
export interface CopyContentRow {
  readonly home_box: Id;
  readonly message_id: Id;
  readonly body: Buffer;
  readonly details: unknown;
}

type Place = Pick<CopyRow, 'home_box' | 'message_id'>;

const COLUMNS = `c.wire_id, c.home_box, c.message_id, c.type, c.title, c.status, c.from_url, c.in_reply_to, c.priority,
  c.bound_to, b.name AS box_name, c.place, c.published_at, c.updated_at, c.revision`;
// The planner leaves out joins from which nothing is asked.
const SOURCE = `FROM cell_copies c
  LEFT JOIN messages m ON m.home_box = c.home_box AND m.id = c.message_id
  LEFT JOIN cell_boxes b ON b.id = c.bound_to
  WHERE c.box_id = $1 AND c.side = $2`;
const FIND = statement<CopyRow>('cell-copy', `SELECT ${COLUMNS} ${SOURCE} AND c.wire_id = $3`);
const HOLD = statement<CopyRow>('cell-copy-hold', `${FIND.text} FOR NO KEY UPDATE OF c`);
const CONTENTS = statement<CopyContentRow>(
  'cell-copy-contents',
  `SELECT m.home_box, m.id AS message_id, m.body, m.details
   FROM unnest($1::bigint[], $2::bigint[]) AS k(home_box, id) JOIN messages m ON m.home_box = k.home_box AND m.id = k.id`,
);
const REMOTE_OUTCOMES = statement<Place & { url: string; code: number | null; reason: string | null }>(
  'cell-copy-remote-outcomes',
  `SELECT d.home_box, d.message_id, x.url, d.outcome_code AS code, d.outcome_reason AS reason
   FROM unnest($1::bigint[], $2::bigint[]) AS k(home_box, id)
   JOIN deliveries d ON d.home_box = k.home_box AND d.message_id = k.id
   JOIN mailboxes x ON x.id = d.recipient_id AND x.kind = 'remote'`,
);
const LIMIT_TIME = statement('cell-copies-limit-time', `SELECT set_config('statement_timeout', $1, true)`);
const SET_STATUS = statement(
  'cell-copy-status',
  `UPDATE cell_copies SET status = $4, updated_at = $5, revision = revision + 1 WHERE box_id = $1 AND side = $2 AND wire_id = $3`,
);
const SET_DELIVERY = statement(
  'cell-copy-delivery',
  `UPDATE deliveries SET read_at = $3, decision = $4, decided_at = $5 WHERE recipient_id = $1 AND message_id = $2`,
);
const REMOVE = statement('cell-copy-remove', 'DELETE FROM cell_copies WHERE box_id = $1 AND side = $2 AND wire_id = $3');
const HOLD_MESSAGE = statement('cell-copy-hold-message', 'SELECT FROM messages WHERE home_box = $1 AND id = $2 FOR NO KEY UPDATE');
const HIDE_DELIVERY = statement('cell-copy-hide-delivery', 'UPDATE deliveries SET deleted_at = $3 WHERE recipient_id = $1 AND message_id = $2');
const HIDE_MESSAGE = statement('cell-copy-hide-message', 'UPDATE messages SET sender_deleted_at = $3 WHERE home_box = $1 AND id = $2');
// A delivery to another server has no wire id: nobody here sees it, but it has to stay until it is settled.
const PURGE = statement(
  'cell-copy-purge',
  `DELETE FROM messages m WHERE m.home_box = $1 AND m.id = $2 AND (m.sender_id IS NULL OR m.sender_deleted_at IS NOT NULL)
     AND NOT EXISTS (SELECT FROM deliveries d WHERE d.home_box = m.home_box AND d.message_id = m.id
       AND ((d.wire_id IS NOT NULL AND d.deleted_at IS NULL) OR d.due_at IS NOT NULL))`,
);

/** What the lists of cells show, and the state each side keeps of a message. Every question names the mailbox that asks. */
export class CellCopiesRepository {
  constructor(private readonly sql: Sql) {}

  find(boxId: Id, side: CopySide, wireId: string): Promise<CopyRow | null> {
    return this.sql.one(FIND, [boxId, side, wireId]);
  }

  /** Finds a copy and holds it until the end of the transaction. */
  hold(boxId: Id, side: CopySide, wireId: string): Promise<CopyRow | null> {
    return this.sql.one(HOLD, [boxId, side, wireId]);
  }

  /** Ends every later statement of this transaction that takes longer. */
  async limitTime(ms: number): Promise<void> {
    await this.sql.all(LIMIT_TIME, [String(ms)]);
  }

  /** @param query in the words of receivedColumns or sentColumns */
  page(boxId: Id, side: CopySide, query: Query): Promise<CopyRow[]> {
    const { where, order, page, values, pageValues } = compileQuery(query, columnsOf(side), 2);
    return this.sql.allOnce(`SELECT ${COLUMNS} ${SOURCE} AND ${where} ORDER BY ${order} ${page}`, [boxId, side, ...values, ...pageValues]);
  }

  /** @returns how many fit, whatever the page; costs what it passes over */
  async count(boxId: Id, side: CopySide, query: Query): Promise<number> {
    const { where, values } = compileQuery(query, columnsOf(side), 2);
    const [row] = await this.sql.allOnce<{ total: string }>(`SELECT count(*) AS total ${SOURCE} AND ${where}`, [boxId, side, ...values]);
    return Number(row?.total ?? 0);
  }

  /** @returns texts and destinations in no order; what is gone by now is left out */
  contents(places: readonly Place[]): Promise<CopyContentRow[]> {
    return this.sql.all(CONTENTS, [places.map((place) => place.home_box), places.map((place) => place.message_id)]);
  }

  /** @returns how deliveries to other servers stand; no code as long as nobody answered */
  remoteOutcomes(places: readonly Place[]): Promise<(Place & { url: string; code: number | null; reason: string | null })[]> {
    return this.sql.all(REMOTE_OUTCOMES, [places.map((place) => place.home_box), places.map((place) => place.message_id)]);
  }

  /** Gives a held received copy another status; its revision goes up by one. */
  async setStatus(boxId: Id, held: CopyRow, status: string, at: Date): Promise<void> {
    const decided = status === 'approved' || status === 'rejected';
    await this.sql.all(SET_STATUS, [boxId, 'received', held.wire_id, status, at]);
    await this.sql.all(SET_DELIVERY, [boxId, held.message_id, status === 'read' ? at : null, decided ? status : null, decided ? at : null]);
  }

  /** Removes a held copy of one side. The message goes with the last of them. */
  async remove(boxId: Id, side: CopySide, held: CopyRow, at: Date): Promise<void> {
    await this.sql.all(REMOVE, [boxId, side, held.wire_id]);
    await this.sql.all(HOLD_MESSAGE, [held.home_box, held.message_id]);
    await this.sql.all(side === 'sent' ? HIDE_MESSAGE : HIDE_DELIVERY, [side === 'sent' ? held.home_box : boxId, held.message_id, at]);
    await this.purge(held);
  }

  /** Removes a message for good when nobody sees it any more and nothing of it is on its way. */
  async purge(place: Place): Promise<void> {
    await this.sql.all(PURGE, [place.home_box, place.message_id]);
  }
}

function columnsOf(side: CopySide) {
  return side === 'received' ? receivedColumns : sentColumns;
}
