import { type Id } from '../../../kernel/id-source.js';

/** What a message shows in the lists of cells, and in whose. */
export interface NewCopies {
  readonly wireId: string;
  readonly type: string;
  /** UTF-8 */
  readonly title: Buffer;
  /** address of the cell that sent it */
  readonly fromUrl: string;
  /** UTF-8 */
  readonly inReplyTo: Buffer | null;
  readonly priority: number;
  readonly rows: readonly NewCopy[];
}

/** One side that sees it. */
export interface NewCopy {
  readonly boxId: Id;
  readonly side: 'sent' | 'received';
  /** empty for a sent one */
  readonly status: string;
  /** the Box it belongs to */
  readonly boundTo: Id | null;
  /** where the cell stands in the list of destinations, from 0 */
  readonly place: number | null;
}

/** A message as far as this part of the statement knows it. */
interface WithCopies {
  readonly id: Id;
  readonly copies?: NewCopies | undefined;
}

/**
 * A part of the statement that stores messages: writes the copies of those that were accepted.
 * What all copies of a message share travels once.
 *
 * @param before number of parameters the statement has already
 */
export function appendCopies(before: number): string {
  const at = (n: number): string => `$${before + n}`;
  return `,
stored_copy AS (
  INSERT INTO cell_copies (box_id, side, wire_id, home_box, message_id, type, title, status, from_url, in_reply_to, priority,
    bound_to, place, published_at, updated_at)
  SELECT r.box_id, r.side, c.wire_id, m.home_box, m.id, c.type, c.title, r.status, c.from_url, c.in_reply_to, c.priority,
    r.bound_to, r.place, m.created_at, m.created_at
  FROM unnest(${at(1)}::bigint[], ${at(2)}::text[], ${at(3)}::text[], ${at(4)}::bytea[], ${at(5)}::text[], ${at(6)}::bytea[], ${at(7)}::smallint[])
    AS c(message_id, wire_id, type, title, from_url, in_reply_to, priority)
  JOIN unnest(${at(8)}::bigint[], ${at(9)}::bigint[], ${at(10)}::text[], ${at(11)}::text[], ${at(12)}::bigint[], ${at(13)}::integer[])
    AS r(message_id, box_id, side, status, bound_to, place) ON r.message_id = c.message_id
  JOIN new_message m ON m.id = c.message_id
  WHERE c.message_id IN (SELECT id FROM accepted)
)`;
}

/** @returns the parameters of appendCopies, column by column */
export function copyValues(batch: readonly WithCopies[]): unknown[] {
  const heads = batch.flatMap(({ id, copies }) => (copies ? [{ id, copies }] : []));
  const rows = heads.flatMap(({ id, copies }) => copies.rows.map((row) => ({ id, row })));
  return [
    heads.map(({ id }) => id), heads.map(({ copies }) => copies.wireId), heads.map(({ copies }) => copies.type),
    heads.map(({ copies }) => copies.title), heads.map(({ copies }) => copies.fromUrl), heads.map(({ copies }) => copies.inReplyTo),
    heads.map(({ copies }) => copies.priority),
    rows.map(({ id }) => id), rows.map(({ row }) => row.boxId), rows.map(({ row }) => row.side), rows.map(({ row }) => row.status),
    rows.map(({ row }) => row.boundTo), rows.map(({ row }) => row.place),
  ];
}
