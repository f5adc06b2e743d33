import { type Id } from '../../../src/kernel/id-source.js';
import { DirectFeed, type EventCursor, type FeedStep } from '../../../src/core/conversations/direct-feed.js';
import { SendDirectMessage } from '../../../src/core/conversations/send-direct-message.js';
import { WithdrawMessage } from '../../../src/core/conversations/withdraw-message.js';
import { openStore, type TestStore } from '../../support/store.js';

let t: TestStore;
let feed: DirectFeed;
let send: SendDirectMessage;
let withdraw: WithdrawMessage;
let people: { a: Id; b: Id; c: Id };

beforeAll(async () => {
  t = await openStore();
  feed = new DirectFeed(t.store);
  send = new SendDirectMessage(t.store, t.clock, t.ids);
  withdraw = new WithdrawMessage(t.store, t.clock, t.ids);
});
beforeEach(async () => {
  const made = await t.db.sql(`INSERT INTO users (username, created_at) SELECT 'feed-' || gen_random_uuid(), now() FROM generate_series(1, 3) RETURNING id`);
  const [a, b, c] = made.map((row) => String(row.id)) as [Id, Id, Id];
  people = { a, b, c };
});
afterAll(() => t.close());

const write = async (from: Id, to: Id, text = 'x'): Promise<number> => (await send.execute({ from, to, text, origin: 'pm' })).message.number;
const numbers = (steps: readonly FeedStep[]): number[] => steps.flatMap(({ news }) => (news?.kind === 'received' ? [news.entry.message.number] : []));

/** The horizon is that of all databases of the server: tests beside this one hold it back for a moment. */
async function settled(): Promise<void> {
  const [row] = await t.db.sql('SELECT pg_current_xact_id()::text AS xid');
  while (BigInt(await feed.horizon()) <= BigInt(String(row?.xid))) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Everything behind a place, in small steps. */
async function drainFrom(boxId: Id, cursor: EventCursor, take = 3, wait = true): Promise<FeedStep[]> {
  if (wait) await settled();
  const all: FeedStep[] = [];
  for (let at = cursor; ; ) {
    const steps = (await feed.after([{ boxId, cursor: at }], take)).get(boxId) ?? [];
    all.push(...steps);
    const last = steps.at(-1);
    if (!last) return all;
    at = last.cursor;
  }
}

describe('the feed of conversations', () => {
  test('PM-104 here is behind everything committed, and before everything to come', async () => {
    await write(people.a, people.b, 'before');
    await settled();
    const here = await feed.here(people.b);
    expect(numbers(await drainFrom(here.boxId, here.cursor))).toEqual([]);
    const one = await write(people.a, people.b);
    const two = await write(people.c, people.b);
    await write(people.b, people.a);
    expect(numbers(await drainFrom(here.boxId, here.cursor, 1))).toEqual([one, two]);
  });

  test('PM-104 here knows what was committed before, though older transactions hold it back', async () => {
    let here = await feed.here(people.b);
    await t.store.run(async (tx) => {
      await tx.users.touch([people.c], new Date(t.clock.now()));
      await write(people.a, people.b, 'before');
      here = await feed.here(people.b);
    });
    await write(people.a, people.b, 'after');
    const steps = await drainFrom(here.boxId, here.cursor);
    expect(steps.map(({ cursor }) => here.isKnown(cursor))).toEqual([true, false]);
  });

  test('PM-104 what commits late is not skipped by who has read what committed early', async () => {
    const here = await feed.here(people.b);
    const early: number[] = [];
    let cursor = here.cursor;
    let late = 0;
    await t.store.run(async (tx) => {
      // takes its place in the order of transactions now, and commits after the other one
      await tx.users.touch([people.c], new Date(t.clock.now()));
      late = await write(people.a, people.b, 'meanwhile');
      for (const step of await drainFrom(here.boxId, cursor, 3, false)) {
        early.push(...numbers([step]));
        cursor = step.cursor;
      }
    });
    expect(early).toEqual([]);
    expect(numbers(await drainFrom(here.boxId, cursor))).toEqual([late]);
  });

  test('PM-104 the horizon moves whenever something was committed', async () => {
    const before = BigInt(await feed.horizon());
    await write(people.a, people.b);
    await settled();
    expect(BigInt(await feed.horizon())).toBeGreaterThan(before);
  });

  test('PM-104 commits of this process are told with the mailboxes they concern, failed ones are not', async () => {
    const [a, b] = [(await feed.here(people.a)).boxId, (await feed.here(people.b)).boxId];
    const told: Id[][] = [];
    const end = feed.onChange((boxIds) => told.push([...boxIds]));
    const number = await write(people.a, people.b);
    await withdraw.erase({ by: people.a, number });
    await expect(t.store.run(async (tx) => {
      await tx.events.add({ boxId: b, id: t.ids.next(), space: 'social', kind: 'message.read', homeBox: a, messageId: '1', at: new Date(0) });
      throw new Error('rolled back');
    })).rejects.toThrow('rolled back');
    expect(told.map((boxIds) => boxIds.sort())).toEqual([[a, b].sort(), [a, b].sort()]);
    end();
    await write(people.a, people.b);
    expect(told).toHaveLength(2);
  });

  test('PM-103 a step tells what the recipient sees of the conversation', async () => {
    const here = await feed.here(people.b);
    await write(people.a, people.b, 'one');
    const two = await write(people.a, people.b, 'two');
    const steps = await drainFrom(here.boxId, here.cursor);
    expect(steps[1]?.news).toMatchObject({ kind: 'received', isNew: true, entry: { partner: people.a, unreadCount: 2, message: { number: two, text: 'two', from: people.a, to: people.b } } });
  });

  test('PM-103 what was taken back is told to its recipient, and not told as a message any more', async () => {
    const [here, there] = [await feed.here(people.b), await feed.here(people.a)];
    const gone = await write(people.a, people.b);
    const hidden = await write(people.a, people.b);
    await withdraw.erase({ by: people.a, number: gone });
    await withdraw.forBoth({ by: people.a, number: hidden });
    const kinds = (steps: FeedStep[]) => steps.map(({ news }) => news?.kind ?? null);
    expect(kinds(await drainFrom(here.boxId, here.cursor))).toEqual([null, 'received', 'taken_back', 'taken_back']);
    expect(kinds(await drainFrom(there.boxId, there.cursor))).toEqual([null, null, null, null]);
  });

  test('PM-103 behind a message lies what came after it, whether the message is there or not', async () => {
    const { boxId } = await feed.here(people.b);
    const [one, two, three] = [await write(people.a, people.b), await write(people.c, people.b), await write(people.a, people.b)] as const;
    const behind = async (number: number) => {
      const place = await feed.behind(boxId, number);
      return place && [numbers(await drainFrom(boxId, place.cursor)), place.above];
    };
    expect(await behind(one)).toEqual([[two, three], 0]);
    expect(await behind(three)).toEqual([[], 0]);
    await withdraw.erase({ by: people.c, number: two });
    expect(await behind(two)).toEqual([[three], two]);
    expect(await behind(0)).toEqual([[one, three], 0]);
    expect(await behind(three + 1_000)).toBeNull();
    expect(await feed.behind((await feed.here(people.a)).boxId, one)).toBeNull();
  });

  test('PM-104 many mailboxes are read at once, each from its own place', async () => {
    const [b, c] = [await feed.here(people.b), await feed.here(people.c)];
    const one = await write(people.a, people.b);
    await settled();
    const later = await feed.here(people.b);
    const two = await write(people.a, people.b);
    const three = await write(people.a, people.c);
    await settled();
    const steps = await feed.after([{ boxId: b.boxId, cursor: b.cursor }, { boxId: c.boxId, cursor: c.cursor }], 10);
    expect([numbers(steps.get(b.boxId) ?? []), numbers(steps.get(c.boxId) ?? [])]).toEqual([[one, two], [three]]);
    const narrow = await feed.after([later, { boxId: c.boxId, cursor: c.cursor }], 1);
    expect([numbers(narrow.get(b.boxId) ?? []), numbers(narrow.get(c.boxId) ?? [])]).toEqual([[two], [three]]);
    expect((await feed.after([{ boxId: 'x'.length.toString(), cursor: { xid: '0', id: '0' } }], 1)).size).toBe(0);
  });
});
