import { type Id } from '../../kernel/id-source.js';
import { type OwnTables } from '../own/own-tables.js';
import { type Sql, statement } from '../sql.js';

const EXPIRED_KEYS = statement<{ gone: string }>(
  'housekeeping-keys',
  `WITH gone AS (
     DELETE FROM idempotency_keys WHERE (box_id, scope, key) IN (
       SELECT box_id, scope, key FROM idempotency_keys WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING 1)
   SELECT count(*) AS gone FROM gone`,
);
const OLD_EVENTS = statement<{ gone: string }>(
  'housekeeping-events',
  `WITH gone AS (
     DELETE FROM events WHERE (box_id, xid, id) IN (
       SELECT box_id, xid, id FROM events WHERE created_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING 1)
   SELECT count(*) AS gone FROM gone`,
);

const MESSAGES_OF = statement<{ gone: string }>(
  'housekeeping-messages-of',
  `WITH doomed AS (
     (SELECT home_box, id FROM messages WHERE home_box = $1 AND ($2::text IS NULL OR space = $2) LIMIT $3)
     UNION
     (SELECT home_box, message_id FROM deliveries WHERE recipient_id = $1 AND ($2::text IS NULL OR space = $2) LIMIT $3)),
   gone AS (
     DELETE FROM messages m USING (SELECT * FROM doomed ORDER BY home_box, id LIMIT $3) d
     WHERE m.home_box = d.home_box AND m.id = d.id RETURNING 1)
   SELECT count(*) AS gone FROM gone`,
);

/** What may be forgotten after its time, in bounded steps. */
export class HousekeepingRepository {
  /** @param own tables of dialects whose rows serve their time, too */
  constructor(
    private readonly sql: Sql,
    private readonly own: readonly OwnTables[] = [],
  ) {}

  /** @returns how many keys were removed, at most `limit` */
  async removeExpiredKeys(now: Date, limit: number): Promise<number> {
    return Number((await this.sql.one(EXPIRED_KEYS, [now, limit]))?.gone ?? 0);
  }

  /** @returns how many events were removed, at most `limit` */
  async removeEventsBefore(time: Date, limit: number): Promise<number> {
    return Number((await this.sql.one(OLD_EVENTS, [time, limit]))?.gone ?? 0);
  }

  /** @returns how many rows that dialects keep for themselves were removed, at most `limit` for each of their tables */
  async removeExpiredOwn(now: Date, limit: number): Promise<number[]> {
    const removed: number[] = [];
    for (const tables of this.own) removed.push((await tables.removeExpired?.(now, limit)) ?? 0);
    return removed;
  }

  /** Removes what dialects keep for a mailbox that goes away. */
  async removeOwnOf(boxId: Id, at: Date): Promise<void> {
    for (const tables of this.own) await tables.removeAllOf?.(boxId, at);
  }

  /** Removes what dialects made of the password of a mailbox's user. */
  async removeSignInsOf(boxId: Id): Promise<void> {
    for (const tables of this.own) await tables.removeSignInsOf?.(boxId);
  }

  /**
   * Removes messages that a mailbox sent or received, on both sides.
   * @param space null: of all spaces
   * @returns how many, at most `limit`
   */
  async removeMessagesOf(boxId: Id, space: string | null, limit: number): Promise<number> {
    return Number((await this.sql.one(MESSAGES_OF, [boxId, space, limit]))?.gone ?? 0);
  }
}
