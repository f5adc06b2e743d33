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

/** What may be forgotten after its time, in bounded steps. */
export class HousekeepingRepository {
  constructor(private readonly sql: Sql) {}

  /** @returns how many keys were removed, at most `limit` */
  async removeExpiredKeys(now: Date, limit: number): Promise<number> {
    return Number((await this.sql.one(EXPIRED_KEYS, [now, limit]))?.gone ?? 0);
  }

  /** @returns how many events were removed, at most `limit` */
  async removeEventsBefore(time: Date, limit: number): Promise<number> {
    return Number((await this.sql.one(OLD_EVENTS, [time, limit]))?.gone ?? 0);
  }
}
