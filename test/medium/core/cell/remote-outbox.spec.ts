import { type Carry, type RemoteDelivery, type RemoteOutcome } from '../../../../src/core/cell/remote/fan-out.js';
import { RemoteOutbox } from '../../../../src/core/cell/remote/remote-outbox.js';
import { openCells, type TestCell, type TestCells } from '../../../support/cells.js';

const FIRST = 'https://peer.example/first/';
const SECOND = 'https://peer.example/second/';
const DELIVERED: RemoteOutcome = { kind: 'delivered' };
const LATER: RemoteOutcome = { kind: 'later', silent: false };
const GONE: RemoteOutcome = { kind: 'answered', code: 404, reason: 'Cell not found.' };

let t: TestCells;
let outbox: RemoteOutbox;
let ada: TestCell;
beforeAll(async () => {
  t = await openCells();
  outbox = new RemoteOutbox(t.store, t.clock);
  ada = await t.cell();
});
afterAll(() => t.close());
beforeEach(() => t.db.sql('UPDATE deliveries SET due_at = NULL'));

/** Carries by a plan, and notes what it was given. */
class Carrier {
  readonly carried: RemoteDelivery[] = [];
  constructor(public plan: (delivery: RemoteDelivery) => RemoteOutcome | Promise<RemoteOutcome>) {}
  carry: Carry = async (delivery) => {
    this.carried.push(delivery);
    return this.plan(delivery);
  };
  get urls(): string[] {
    return this.carried.map(({ to }) => to).sort();
  }
}

const results = async (wireId: string): Promise<object> => {
  const message = await t.lists.one(ada.boxId, 'sent', wireId);
  return Object.fromEntries(message.results.map(({ to, ...rest }) => [to, rest]));
};
const MINUTE = 60_000;

describe('CELL-44 the outbox', () => {
  it('first tries are told to the sender and written down', async () => {
    const message = await t.sent(ada, [FIRST, SECOND]);
    expect(await results(message.wireId)).toEqual({ [FIRST]: { outcome: 'unreachable' }, [SECOND]: { outcome: 'unreachable' } });
    const carrier = new Carrier(({ to }) => (to === FIRST ? DELIVERED : GONE));
    const told = await outbox.firstTries(ada.boxId, message, [FIRST, SECOND], carrier.carry);
    expect([...told.values()]).toEqual([
      { to: FIRST, outcome: 'delivered' },
      { to: SECOND, outcome: 'answered', code: 404, reason: 'Cell not found.' },
    ]);
    expect(await results(message.wireId)).toEqual({ [FIRST]: { outcome: 'delivered' }, [SECOND]: { outcome: 'answered', code: 404, reason: 'Cell not found.' } });
    t.clock.advance(MINUTE);
    expect(await outbox.round(carrier.carry)).toEqual({ due: 0, mayBeMore: false });
    expect(carrier.urls).toEqual([FIRST, SECOND]);
  });

  it('a delivery nobody tried, because its server died, is taken up after a while', async () => {
    const message = await t.sent(ada, [FIRST], { title: 'ti\0t\u0001le', body: 'bo\0dy', inReplyTo: 'x'.repeat(32), priority: 2 });
    const carrier = new Carrier(() => DELIVERED);
    expect(await outbox.round(carrier.carry)).toMatchObject({ due: 0 });
    t.clock.advance(16_000);
    expect(await outbox.round(carrier.carry)).toMatchObject({ due: 1 });
    expect(carrier.carried[0]!.message).toMatchObject({ wireId: message.wireId, from: ada.url, title: 'ti\0t\u0001le', body: 'bo\0dy', inReplyTo: 'x'.repeat(32), priority: 2, type: 'message', results: [{ to: FIRST }] });
    expect(await results(message.wireId)).toEqual({ [FIRST]: { outcome: 'delivered' } });
    t.clock.advance(MINUTE);
    expect(await outbox.round(carrier.carry)).toMatchObject({ due: 0 });
  });

  it('repeats with growing pauses for a day, and then no more', async () => {
    const message = await t.sent(ada, [FIRST]);
    const begun = t.clock.now();
    const carrier = new Carrier(() => LATER);
    await outbox.firstTries(ada.boxId, message, [FIRST], carrier.carry);
    const at: number[] = [];
    while (t.clock.now() - begun < 26 * 60 * MINUTE) {
      t.clock.advance(t.clock.now() - begun < 10 * MINUTE ? MINUTE / 4 : 5 * MINUTE);
      const before = carrier.carried.length;
      await outbox.round(carrier.carry);
      if (carrier.carried.length > before) at.push(Math.round((t.clock.now() - begun) / 1000));
    }
    expect(at.slice(0, 5)).toEqual([15, 30, 60, 120, 240]);
    expect(Math.max(...at.map((second, index) => second - (at[index - 1] ?? 0)))).toBeLessThanOrEqual(3600 + 300);
    expect(at.at(-1)).toBeGreaterThan(22.9 * 3600);
    expect(at.at(-1)).toBeLessThanOrEqual(24 * 3600);
    const [row] = await t.db.sql<{ due_at: Date | null }>('SELECT due_at FROM deliveries WHERE home_box = $1 ORDER BY message_id DESC LIMIT 1', [ada.boxId]);
    expect(row?.due_at).toBeNull();
    expect(await results(message.wireId)).toEqual({ [FIRST]: { outcome: 'unreachable' } });
  });

  it('two servers share what is due, and none of it is taken twice', async () => {
    const urls = Array.from({ length: 150 }, (_, index) => `https://peer.example/c${index}/`);
    await t.sent(ada, urls);
    t.clock.advance(16_000);
    const carrier = new Carrier(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return DELIVERED;
    });
    const other = new RemoteOutbox(t.store, t.clock);
    const work = async (one: RemoteOutbox): Promise<void> => {
      while ((await one.round(carrier.carry)).mayBeMore);
    };
    await Promise.all([work(outbox), work(other), work(outbox), work(other)]);
    expect(carrier.urls).toEqual([...urls].sort());
  });

  it('what a server took and did not settle, because it died, is due again after its lease', async () => {
    const message = await t.sent(ada, [FIRST]);
    t.clock.advance(16_000);
    const taken = await t.store.run((tx) => tx.own.cell.outbox.take(new Date(t.clock.now()), new Date(t.clock.now() + MINUTE), 10));
    expect(taken).toMatchObject([{ home_box: ada.boxId, wire_id: message.wireId, url: FIRST }]);
    const carrier = new Carrier(() => DELIVERED);
    t.clock.advance(59_000);
    expect(await outbox.round(carrier.carry)).toMatchObject({ due: 0 });
    t.clock.advance(1_000);
    expect(await outbox.round(carrier.carry)).toMatchObject({ due: 1 });
    expect(await results(message.wireId)).toEqual({ [FIRST]: { outcome: 'delivered' } });
  });

  it('an attempt that ends in a fault of ours is one more that did not arrive', async () => {
    const message = await t.sent(ada, [FIRST, SECOND]);
    const carrier = new Carrier(({ to }) => {
      if (to === FIRST) throw new Error('a fault');
      return DELIVERED;
    });
    expect([...(await outbox.firstTries(ada.boxId, message, [FIRST, SECOND], carrier.carry)).values()]).toEqual([{ to: FIRST, outcome: 'unreachable' }, { to: SECOND, outcome: 'delivered' }]);
    t.clock.advance(16_000);
    expect(await outbox.round(new Carrier(() => DELIVERED).carry)).toMatchObject({ due: 1 });
  });

  it('what waits behind a server that does not answer is asked for again soon, and each run finds out once', async () => {
    const urls = Array.from({ length: 30 }, (_, index) => `https://peer.example/q${index}/`);
    const message = await t.sent(ada, urls);
    const dead = new Carrier(() => ({ kind: 'later', silent: true }));
    t.clock.advance(3_600_000);
    const silent = new Set<string>();
    await outbox.round(dead.carry, silent);
    expect(dead.carried.length).toBeLessThanOrEqual(8);
    expect([...silent]).toEqual(['https://peer.example']);
    t.clock.advance(60_000);
    const alive = new Carrier(() => DELIVERED);
    await outbox.round(alive.carry);
    expect(alive.carried).toHaveLength(30 - dead.carried.length);
    t.clock.advance(3_600_000);
    await outbox.round(alive.carry);
    expect(Object.values(await results(message.wireId))).toEqual(urls.map(() => ({ outcome: 'delivered' })));
  });

  it('a late failure does not undo a success', async () => {
    const message = await t.sent(ada, [FIRST]);
    const slow = new Carrier(async () => {
      t.clock.advance(16_000);
      await outbox.round(new Carrier(() => DELIVERED).carry);
      return GONE;
    });
    await outbox.firstTries(ada.boxId, message, [FIRST], slow.carry);
    expect(await results(message.wireId)).toEqual({ [FIRST]: { outcome: 'delivered' } });
  });

  it('what its sender removes meanwhile still goes, and then leaves nothing behind', async () => {
    const message = await t.sent(ada, [FIRST, SECOND], { title: 'Garden' });
    await t.remove.execute({ boxId: ada.boxId, side: 'sent', wireId: message.wireId });
    t.clock.advance(16_000);
    const carrier = new Carrier(({ to }) => (to === FIRST ? DELIVERED : LATER));
    expect(await outbox.round(carrier.carry)).toMatchObject({ due: 2 });
    expect(carrier.carried[0]!.message.title).toBe('Garden');
    expect(await t.db.sql('SELECT FROM messages WHERE wire_id = $1', [message.wireId])).toHaveLength(1);
    t.clock.advance(MINUTE);
    await outbox.round(new Carrier(() => GONE).carry);
    expect(await t.db.sql('SELECT FROM messages WHERE wire_id = $1', [message.wireId])).toHaveLength(0);
    expect(await t.db.sql('SELECT FROM deliveries d JOIN mailboxes m ON m.id = d.recipient_id WHERE m.url = $1 AND due_at IS NOT NULL', [SECOND])).toHaveLength(0);
  });

  it('a message that is gone for good is forgotten', async () => {
    const message = await t.sent(ada, [FIRST]);
    await t.db.sql('DELETE FROM messages WHERE wire_id = $1', [message.wireId]);
    t.clock.advance(16_000);
    expect(await outbox.round(new Carrier(() => DELIVERED).carry)).toMatchObject({ due: 0 });
  });

  it('a database that is away while first tries are written down does not fail the send', async () => {
    const away = await openCells();
    const cell = await away.cell();
    const message = await away.sent(cell, [FIRST]);
    await away.db.drop();
    const told = await new RemoteOutbox(away.store, away.clock).firstTries(cell.boxId, message, [FIRST], async () => DELIVERED);
    expect([...told.values()]).toEqual([{ to: FIRST, outcome: 'delivered' }]);
    await away.database.close();
  });
});
