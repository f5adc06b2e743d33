import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';

interface RemovedCopy {
  readonly home_box: Id;
  readonly message_id: Id;
  readonly side: 'sent' | 'received';
}

const PLACES = 'unnest($1::bigint[], $2::bigint[]) AS k(home_box, id)';
const COPIES = statement<RemovedCopy>(
  'cell-removal-copies',
  `DELETE FROM cell_copies WHERE (box_id, side, wire_id) IN (
     SELECT box_id, side, wire_id FROM cell_copies WHERE box_id = $1 LIMIT $2 FOR UPDATE)
   RETURNING home_box, message_id, side`,
);
// In one order, as everybody does who holds several.
const HOLD = statement(
  'cell-removal-hold',
  `SELECT FROM messages m WHERE (m.home_box, m.id) IN (SELECT k.home_box, k.id FROM ${PLACES}) ORDER BY m.home_box, m.id FOR UPDATE`,
);
const HIDE_SENT = statement(
  'cell-removal-hide-sent',
  `UPDATE messages m SET sender_deleted_at = $3 FROM ${PLACES} WHERE m.home_box = k.home_box AND m.id = k.id AND m.sender_id = $4`,
);
/** What has not reached another server by now never will: its sender is gone. */
const STOP = statement(
  'cell-removal-stop',
  `UPDATE deliveries d SET due_at = NULL FROM ${PLACES} WHERE d.home_box = k.home_box AND d.message_id = k.id AND d.home_box = $3 AND d.due_at IS NOT NULL`,
);
const HIDE_RECEIVED = statement(
  'cell-removal-hide-received',
  `UPDATE deliveries d SET deleted_at = $3 FROM ${PLACES} WHERE d.home_box = k.home_box AND d.message_id = k.id AND d.recipient_id = $4`,
);
const PURGE = statement(
  'cell-removal-purge',
  `DELETE FROM messages m USING ${PLACES} WHERE m.home_box = k.home_box AND m.id = k.id
     AND (m.sender_id IS NULL OR m.sender_deleted_at IS NOT NULL)
     AND NOT EXISTS (SELECT FROM deliveries d WHERE d.home_box = m.home_box AND d.message_id = m.id
       AND ((d.wire_id IS NOT NULL AND d.deleted_at IS NULL) OR d.due_at IS NOT NULL))`,
);
const COUNTS = statement('cell-removal-counts', 'DELETE FROM box_counts WHERE box_id = $1');
const KEYS = statement<{ gone: string }>(
  'cell-removal-keys',
  `WITH gone AS (
     DELETE FROM idempotency_keys WHERE (box_id, scope, key) IN (SELECT box_id, scope, key FROM idempotency_keys WHERE box_id = $1 LIMIT $2)
     RETURNING 1)
   SELECT count(*) AS gone FROM gone`,
);
const EVENTS = statement<{ gone: string }>(
  'cell-removal-events',
  `WITH gone AS (
     DELETE FROM events WHERE (box_id, xid, id) IN (SELECT box_id, xid, id FROM events WHERE box_id = $1 LIMIT $2)
     RETURNING 1)
   SELECT count(*) AS gone FROM gone`,
);

/** Removes what the mailbox of a cell that goes away has seen. What other cells see stays. */
export class CellRemovalsRepository {
  constructor(private readonly sql: Sql) {}

  /** Removes messages from the mailbox's own view, for good where nobody else sees them. @returns how many, at most `limit` */
  async messages(boxId: Id, limit: number, at: Date): Promise<number> {
    const copies = await this.sql.all(COPIES, [boxId, limit]);
    if (copies.length === 0) return 0;
    const places = placesOf(copies);
    await this.sql.all(HOLD, places);
    const sent = placesOf(copies.filter(({ side }) => side === 'sent'));
    await this.sql.all(HIDE_SENT, [...sent, at, boxId]);
    await this.sql.all(STOP, [...sent, boxId]);
    await this.sql.all(HIDE_RECEIVED, [...placesOf(copies.filter(({ side }) => side === 'received')), at, boxId]);
    await this.sql.all(PURGE, places);
    return copies.length;
  }

  /** Removes totals, keys of repeated requests and the feed. @returns how many rows of the longest of them, at most `limit` */
  async traces(boxId: Id, limit: number): Promise<number> {
    await this.sql.all(COUNTS, [boxId]);
    const keys = Number((await this.sql.one(KEYS, [boxId, limit]))?.gone ?? 0);
    return Math.max(keys, Number((await this.sql.one(EVENTS, [boxId, limit]))?.gone ?? 0));
  }
}

function placesOf(copies: readonly RemovedCopy[]): [Id[], Id[]] {
  return [copies.map((copy) => copy.home_box), copies.map((copy) => copy.message_id)];
}
