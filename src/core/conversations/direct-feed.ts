import { Inject, Injectable } from '@nestjs/common';
import { type Id } from '../../kernel/id-source.js';
import { type EventCursor, type EventRow } from '../../storage/repositories/events.repository.js';
import { Store } from '../../storage/store.js';
import { userBox } from '../accounts/user.js';
import { type RecentEntry } from './conversations.js';
import { directMessage, SOCIAL } from './direct-message.js';

export type { EventCursor } from '../../storage/repositories/events.repository.js';

const RECEIVED = 'message.received';
const TAKEN_BACK: readonly string[] = ['message.withdrawn', 'message.erased'];
/** Ids are below it. */
const LAST_ID = '9223372036854775807';

/** A user's mailbox with a place in its feed. */
export interface FeedPlace {
  readonly boxId: Id;
  readonly cursor: EventCursor;
}

/** Something a user is to be told of. */
export type FeedNews =
  | { readonly kind: 'received'; readonly entry: RecentEntry; readonly isNew: boolean }
  | { readonly kind: 'taken_back'; readonly conversationId: number };

/** A user's mailbox at the place of now. */
export interface FeedNow extends FeedPlace {
  /**
   * Whether a step was committed before now, though it lies behind the place: steps wait for
   * transactions that are older than they are.
   */
  readonly isKnown: (cursor: EventCursor) => boolean;
}

/** One step in a feed; `news` is null where it is nothing to be told of, or no more. */
export interface FeedStep {
  readonly cursor: EventCursor;
  readonly news: FeedNews | null;
}

/**
 * What happens in the conversations of users, in the order of the commits, for those who look on.
 * A reader keeps his place himself; every step behind it is told once, whichever process wrote it.
 */
@Injectable()
export class DirectFeed {
  constructor(@Inject(Store) private readonly store: Store) {}

  /** Tells after each commit of this process whose mailboxes it concerns. @returns ends it */
  onChange(listener: (boxIds: readonly Id[]) => void): () => void {
    return this.store.onChange(listener);
  }

  /**
   * @returns what changes whenever there may be something new in any feed, and never otherwise
   */
  horizon(): Promise<string> {
    return this.store.read((tx) => tx.events.horizon());
  }

  /** @returns a user's mailbox at the place of now: everything that is committed later comes behind it */
  async here(userId: Id): Promise<FeedNow> {
    const boxId = await this.store.ensureMailbox(userBox(userId));
    const [xmin, xmax, running] = (await this.store.read((tx) => tx.events.snapshot())).split(':') as [string, string, string];
    const open = new Set(running.split(','));
    const cursor = { xid: (BigInt(xmin) - 1n).toString(), id: LAST_ID };
    return { boxId, cursor, isKnown: ({ xid }) => BigInt(xid) < BigInt(xmax) && !open.has(xid) };
  }

  /**
   * The place right behind a message that a user received.
   * @returns `above`: set where the message is gone; messages up to this number are to be passed over
   */
  async behind(boxId: Id, number: number): Promise<{ readonly cursor: EventCursor; readonly above: number } | null> {
    const place = await this.store.read((tx) => tx.events.ofNumber(boxId, number, RECEIVED));
    if (place) return { cursor: place, above: 0 };
    const next = await this.store.read((tx) => tx.events.firstAbove(boxId, number, RECEIVED));
    return next && { cursor: { xid: next.xid, id: (BigInt(next.id) - 1n).toString() }, above: number };
  }

  /**
   * @param places each mailbox once
   * @returns by mailbox what lies behind the place, oldest first, at most `take` steps; mailboxes without any are left out
   */
  async after(places: readonly FeedPlace[], take: number): Promise<Map<Id, FeedStep[]>> {
    const events = await this.store.read((tx) => tx.events.afterEach(places, take));
    const steps = await Promise.all([...events].map(async ([boxId, rows]) => [boxId, await this.steps(boxId, rows)] as const));
    return new Map(steps);
  }

  private async steps(boxId: Id, events: readonly EventRow[]): Promise<FeedStep[]> {
    const ours = events.filter((event) => event.space === SOCIAL);
    const received = await this.received(boxId, ours.filter((event) => event.kind === RECEIVED));
    const steps: FeedStep[] = [];
    for (const event of events) {
      const cursor = { xid: event.xid, id: event.id };
      if (event.space !== SOCIAL) steps.push({ cursor, news: null });
      else if (event.kind === RECEIVED) steps.push({ cursor, news: received.get(placeOf(event)) ?? null });
      else if (TAKEN_BACK.includes(event.kind)) steps.push({ cursor, news: await this.takenBack(boxId, event) });
      else steps.push({ cursor, news: null });
    }
    return steps;
  }

  private async received(boxId: Id, events: readonly EventRow[]): Promise<Map<string, FeedNews>> {
    if (events.length === 0) return new Map();
    const places = events.map((event) => ({ homeBox: event.home_box, id: event.message_id }));
    const [rows, reader] = await Promise.all([
      this.store.read((tx) => tx.conversations.receivedByIds(boxId, SOCIAL, places)),
      this.store.read((tx) => tx.users.idOfBox(boxId)),
    ]);
    const news = new Map<string, FeedNews>();
    for (const row of rows) {
      const message = directMessage(row, { reader: reader ?? '', readerBox: boxId, partner: row.partner });
      news.set(placeOf({ home_box: row.home_box, message_id: row.id }), {
        kind: 'received',
        isNew: row.noticed_at === null,
        entry: {
          partner: row.partner,
          message,
          answered: false,
          conversationId: Number(row.conversation_id),
          begunAt: row.begun_at,
          unreadCount: Number(row.unread_count),
        },
      });
    }
    return news;
  }

  /** Only its recipient is told: the event of the sender's own mailbox lies in that mailbox. */
  private async takenBack(boxId: Id, event: EventRow): Promise<FeedNews | null> {
    if (event.home_box === boxId) return null;
    const conversationId = await this.store.read((tx) => tx.conversations.idByPeer(boxId, SOCIAL, event.home_box));
    return conversationId === null ? null : { kind: 'taken_back', conversationId };
  }
}

function placeOf(event: { readonly home_box: Id; readonly message_id: Id }): string {
  return `${event.home_box} ${event.message_id}`;
}
