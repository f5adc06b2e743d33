import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';
import { type OwnTables } from '../own-tables.js';

/** What is kept beside a packet; only whoever stored it reads it. */
export interface PacketDetails {
  readonly packetId: string;
  readonly kid?: string;
  /** the wire id of the token it came with */
  readonly tokenId: string;
}

export interface MailRow {
  readonly id: Id;
  readonly wire_id: string;
  readonly arrival: string;
  readonly created_at: Date;
  readonly read_at: Date | null;
  readonly algorithm: string;
  readonly details: PacketDetails;
  /** of the sealed message and its wrapped key */
  readonly size: string;
  /** the sealed message; null where it was not asked for */
  readonly body: Buffer | null;
  readonly wrapped_key: Buffer | null;
}

const HEAD = `m.id, d.wire_id, d.arrival, m.created_at, d.read_at, m.algorithm, m.details, octet_length(m.body) + octet_length(d.wrapped_key) AS size`;
const FROM = `FROM deliveries d JOIN messages m ON m.home_box = d.home_box AND m.id = d.message_id`;
// Of a place in the order of arrival nothing can come to stand before what was read: the count that
// it is drawn from is held until the commit.
const pageOf = (columns: string): string =>
  `SELECT ${HEAD}, ${columns} ${FROM} WHERE d.recipient_id = $1 AND d.space = $2 AND d.arrival > $3 ORDER BY d.arrival LIMIT $4`;
const PAGE = statement<MailRow>('envelope-mail-page', pageOf('m.body, d.wrapped_key'));
const PAGE_META = statement<MailRow>('envelope-mail-page-meta', pageOf('NULL::bytea AS body, NULL::bytea AS wrapped_key'));
const ONE = statement<MailRow>('envelope-mail-one', `SELECT ${HEAD}, m.body, d.wrapped_key ${FROM} WHERE d.recipient_id = $1 AND d.space = $2 AND d.wire_id = $3`);
const ACK = statement<{ wire_id: string }>(
  'envelope-mail-ack',
  `UPDATE deliveries SET read_at = coalesce(read_at, $4) WHERE recipient_id = $1 AND space = $2 AND wire_id = ANY ($3::text[]) RETURNING wire_id`,
);
const HEADS = statement<{ box_id: Id; total: string }>(
  'envelope-mail-heads',
  `SELECT box_id, total FROM box_counts WHERE box_id = ANY ($1::bigint[]) AND space = $2 AND label = 'arrived'`,
);
const HOLD_COUNTS = statement('envelope-mail-hold', `SELECT 1 FROM box_counts WHERE box_id = $1 AND space = $2 ORDER BY label FOR UPDATE`);
// The counts are held already, so that both numbers are those of what goes.
const REMOVE = statement<{ wire_id: string }>(
  'envelope-mail-remove',
  `WITH doomed AS (
     SELECT d.home_box, d.message_id, d.wire_id, octet_length(m.body) + octet_length(d.wrapped_key) AS size ${FROM}
     WHERE d.recipient_id = $1 AND d.space = $2 AND d.wire_id = ANY ($3::text[]) FOR UPDATE OF m, d),
   gone AS (DELETE FROM messages m USING doomed x WHERE m.home_box = x.home_box AND m.id = x.message_id RETURNING x.wire_id, x.size),
   less AS (
     UPDATE box_counts c SET total = c.total - CASE c.label WHEN 'kept' THEN g.count ELSE g.bytes END
     FROM (SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM gone) g
     WHERE c.box_id = $1 AND c.space = $2 AND c.label IN ('kept', 'bytes'))
   SELECT wire_id FROM gone`,
);
const OLDER = statement<{ wire_id: string }>(
  'envelope-mail-older',
  `SELECT d.wire_id ${FROM} WHERE d.recipient_id = $1 AND d.space = $2 AND d.arrival IS NOT NULL AND m.created_at < $3 ORDER BY d.arrival LIMIT $4`,
);
const OPEN_COUNTS = statement(
  'envelope-mail-open',
  `INSERT INTO box_counts (box_id, space, label, total) SELECT $1, $2, label, 0 FROM unnest(ARRAY['arrived', 'bytes', 'kept']) AS label
   ON CONFLICT (box_id, space, label) DO NOTHING`,
);
const CLOSE_COUNTS = statement('envelope-mail-close', `DELETE FROM box_counts WHERE box_id = $1 AND space = $2 AND label IN ('bytes', 'kept')`);
const TOTALS = statement<{ label: string; total: string }>('envelope-mail-totals', 'SELECT label, total FROM box_counts WHERE box_id = $1 AND space = $2');
const ADD_BYTES = statement<{ total: string }>(
  'envelope-mail-add-bytes',
  `UPDATE box_counts SET total = total + $3 WHERE box_id = $1 AND space = $2 AND label = 'bytes' AND total + $3 <= $4 RETURNING total`,
);

const SPACE = 'envelope';

/** Sealed mail by its recipient: in the order of arrival, with what it comes to. */
export class EnvelopeMailboxRepository implements OwnTables {
  constructor(private readonly sql: Sql) {}

  /** Makes the counts of a mailbox: without them nothing is taken in. What arrived once is counted on. */
  async open(boxId: Id): Promise<void> {
    await this.sql.all(OPEN_COUNTS, [boxId, SPACE]);
  }

  /** From now on nothing is taken in; a message that is being stored at this moment is stored before, or refused. */
  async close(boxId: Id): Promise<void> {
    await this.sql.all(CLOSE_COUNTS, [boxId, SPACE]);
  }

  /** @returns by label: `arrived` ever, `kept` now, `bytes` of these and of files */
  async totals(boxId: Id): Promise<Readonly<Record<string, number>>> {
    return Object.fromEntries((await this.sql.all(TOTALS, [boxId, SPACE])).map(({ label, total }) => [label, Number(total)]));
  }

  /** @returns false when the bytes would pass the bound, or the mailbox is closed */
  async addBytes(boxId: Id, bytes: number, max: number): Promise<boolean> {
    return (await this.sql.one(ADD_BYTES, [boxId, SPACE, bytes, max])) !== null;
  }

  /** @returns what arrived after a place, at most `limit`, oldest first */
  page(boxId: Id, after: number, limit: number, withPackets: boolean): Promise<MailRow[]> {
    return this.sql.all(withPackets ? PAGE : PAGE_META, [boxId, SPACE, after, limit]);
  }

  one(boxId: Id, wireId: string): Promise<MailRow | null> {
    return this.sql.one(ONE, [boxId, SPACE, wireId]);
  }

  /** @returns the wire ids of those that are there */
  async acknowledge(boxId: Id, wireIds: readonly string[], at: Date): Promise<string[]> {
    return (await this.sql.all(ACK, [boxId, SPACE, wireIds, at])).map((row) => row.wire_id);
  }

  /** Removes messages for good; tombstones stay. @returns the wire ids of those that were there */
  async remove(boxId: Id, wireIds: readonly string[]): Promise<string[]> {
    await this.sql.all(HOLD_COUNTS, [boxId, SPACE]);
    return (await this.sql.all(REMOVE, [boxId, SPACE, wireIds])).map((row) => row.wire_id);
  }

  /** @returns wire ids of what came before a time, oldest first */
  async older(boxId: Id, than: Date, limit: number): Promise<string[]> {
    return (await this.sql.all(OLDER, [boxId, SPACE, than, limit])).map((row) => row.wire_id);
  }

  /** @returns by mailbox the latest place in the order of arrival */
  async heads(boxIds: readonly Id[]): Promise<Map<Id, number>> {
    return new Map((await this.sql.all(HEADS, [boxIds, SPACE])).map((row) => [row.box_id, Number(row.total)]));
  }

  async removeAllOf(boxId: Id): Promise<void> {
    await this.close(boxId);
  }
}
