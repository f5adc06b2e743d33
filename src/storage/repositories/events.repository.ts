import { type Id } from '../../kernel/id-source.js';
import { type Sql, statement } from '../sql.js';

/** The place of a reader in a mailbox's feed. */
export interface EventCursor {
  readonly xid: string;
  readonly id: Id;
}

export interface EventRow {
  readonly xid: string;
  readonly id: Id;
  readonly space: string;
  readonly kind: string;
  readonly home_box: Id;
  readonly message_id: Id;
  readonly created_at: Date;
}

const ADD = statement(
  'event-add',
  `INSERT INTO events (box_id, xid, id, space, kind, home_box, message_id, created_at)
   VALUES ($1, pg_current_xact_id()::text::bigint, $2, $3, $4, $5, $6, $7)`,
);
// Transactions commit out of order. A reader that only takes rows below the oldest running
// transaction sees a range that can no longer change, so that no row is ever skipped.
const AFTER = statement<EventRow>(
  'event-after',
  `SELECT xid, id, space, kind, home_box, message_id, created_at FROM events
   WHERE box_id = $1 AND (xid, id) > ($2, $3)
     AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
   ORDER BY xid, id LIMIT $4`,
);

/** What happened to a mailbox, in commit-safe order. */
export class EventsRepository {
  constructor(private readonly sql: Sql) {}

  async add(event: { boxId: Id; id: Id; space: string; kind: string; homeBox: Id; messageId: Id; at: Date }): Promise<void> {
    await this.sql.all(ADD, [event.boxId, event.id, event.space, event.kind, event.homeBox, event.messageId, event.at]);
  }

  /** @returns at most `take` events after the cursor, oldest first */
  after(boxId: Id, cursor: EventCursor | null, take: number): Promise<EventRow[]> {
    return this.sql.all(AFTER, [boxId, cursor?.xid ?? '0', cursor?.id ?? '0', take]);
  }
}
