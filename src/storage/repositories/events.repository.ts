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

const SNAPSHOT = statement<{ snapshot: string }>('event-snapshot', 'SELECT pg_current_snapshot()::text AS snapshot');
const HORIZON = statement<{ xid: string }>('event-horizon', 'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xid');
const AFTER_EACH = statement<EventRow & { readonly box_id: Id }>(
  'event-after-each',
  `SELECT place.box_id, e.* FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS place(box_id, xid, id)
   CROSS JOIN LATERAL (
     SELECT xid, id, space, kind, home_box, message_id, created_at FROM events
     WHERE box_id = place.box_id AND (xid, id) > (place.xid, place.id)
       AND xid < (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint)
     ORDER BY xid, id LIMIT $4) e
   ORDER BY place.box_id, e.xid, e.id`,
);
const OF_NUMBER = statement<{ xid: string; id: Id }>(
  'event-of-number',
  `SELECT e.xid, e.id FROM deliveries d
   JOIN events e ON e.box_id = d.recipient_id AND e.home_box = d.home_box AND e.message_id = d.message_id
   WHERE d.recipient_id = $1 AND d.number = $2 AND e.kind = $3 ORDER BY e.xid, e.id LIMIT 1`,
);
const FIRST_ABOVE = statement<{ xid: string; id: Id }>(
  'event-first-above',
  `SELECT e.xid, e.id FROM events e
   JOIN deliveries d ON d.recipient_id = e.box_id AND d.home_box = e.home_box AND d.message_id = e.message_id
   WHERE e.box_id = $1 AND e.kind = $3 AND d.number > $2 ORDER BY e.xid, e.id LIMIT 1`,
);

/** What happened to a mailbox, in commit-safe order. */
export class EventsRepository {
  /** @param note is told of each mailbox that an event is added to */
  constructor(
    private readonly sql: Sql,
    private readonly note: (boxId: Id) => void = () => undefined,
  ) {}

  async add(event: { boxId: Id; id: Id; space: string; kind: string; homeBox: Id; messageId: Id; at: Date }): Promise<void> {
    this.note(event.boxId);
    await this.sql.all(ADD, [event.boxId, event.id, event.space, event.kind, event.homeBox, event.messageId, event.at]);
  }

  /** @returns at most `take` events after the cursor, oldest first */
  after(boxId: Id, cursor: EventCursor | null, take: number): Promise<EventRow[]> {
    return this.sql.all(AFTER, [boxId, cursor?.xid ?? '0', cursor?.id ?? '0', take]);
  }

  /** @returns which transactions are visible now, as `xmin:xmax:xip,xip,...` */
  async snapshot(): Promise<string> {
    return (await this.sql.one(SNAPSHOT, []))!.snapshot;
  }

  /** @returns the oldest transaction that may still add events; everything of older ones is there to be read */
  async horizon(): Promise<string> {
    return (await this.sql.one(HORIZON, []))?.xid ?? '0';
  }

  /** As `after` for many mailboxes at once. @returns at most `take` events of each, oldest first */
  async afterEach(places: readonly { readonly boxId: Id; readonly cursor: EventCursor }[], take: number): Promise<Map<Id, EventRow[]>> {
    const rows = await this.sql.all(AFTER_EACH, [
      places.map((place) => place.boxId), places.map((place) => place.cursor.xid), places.map((place) => place.cursor.id), take,
    ]);
    const events = new Map<Id, EventRow[]>();
    for (const { box_id: boxId, ...event } of rows) {
      const known = events.get(boxId);
      if (known) known.push(event);
      else events.set(boxId, [event]);
    }
    return events;
  }

  /** @returns the place of the event by which a mailbox got the message with a number; null when either is gone */
  ofNumber(boxId: Id, number: number, kind: string): Promise<EventCursor | null> {
    return this.sql.one(OF_NUMBER, [boxId, number, kind]);
  }

  /** @returns the place of the first event by which a mailbox got a message above a number */
  firstAbove(boxId: Id, number: number, kind: string): Promise<EventCursor | null> {
    return this.sql.one(FIRST_ABOVE, [boxId, number, kind]);
  }
}
