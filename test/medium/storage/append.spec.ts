import { type DomainError } from '../../../src/kernel/domain-error.js';
import { type NewMessage } from '../../../src/storage/append/new-message.js';
import { openStore, type TestStore } from '../../support/store.js';

let t: TestStore;
beforeAll(async () => {
  t = await openStore();
});
afterAll(() => t.close());

const count = async (table: string, where = 'true'): Promise<number> =>
  Number((await t.db.sql<{ n: string }>(`SELECT count(*) AS n FROM ${table} WHERE ${where}`))[0]!.n);

/** A message from one box to another with everything that hangs on it. */
async function letter(over: Partial<NewMessage> = {}): Promise<{ message: NewMessage; from: string; to: string }> {
  const [from, to] = [over.senderId ?? (await t.box()), over.deliveries?.[0]?.recipientId ?? (await t.box())];
  const wireId = t.ids.bytes(8).toString('hex');
  const message = t.message({
    homeBox: from,
    senderId: from,
    wireId,
    deliveries: [{ recipientId: to, wireId, clientId: null, wrappedKey: null, outcomeCode: 201, dueAt: null }],
    counts: [
      { boxId: to, label: 'inbox', delta: 1 },
      { boxId: from, label: 'sent', delta: 1 },
    ],
    events: [{ boxId: to, id: t.ids.next(), kind: 'message.received' }],
    ...over,
  });
  return { message, from, to };
}

describe('append', () => {
  it('stores message, delivery, totals and event together, byte for byte', async () => {
    const body = Buffer.from([0, 255, 1, 92, 34, 39, 123, 125, 44]);
    const { message, from, to } = await letter({ body, subject: 'quotes " \' \\ {a,b} NULL', details: { a: ['"', null] } });
    await expect(t.store.append(message)).resolves.toMatchObject({ kind: 'stored' });
    const [row] = await t.db.sql('SELECT * FROM messages WHERE id = $1', [message.id]);
    expect(row).toMatchObject({ home_box: from, sender_id: from, subject: 'quotes " \' \\ {a,b} NULL', details: { a: ['"', null] } });
    expect(row!.body).toEqual(body);
    expect(await count('deliveries', `recipient_id = ${to} AND message_id = ${message.id}`)).toBe(1);
    expect(await count('events', `box_id = ${to} AND message_id = ${message.id} AND xid > 0`)).toBe(1);
    expect(await count('box_counts', `box_id = ${to} AND label = 'inbox' AND total = 1`)).toBe(1);
    expect(await count('box_counts', `box_id = ${from} AND label = 'sent' AND total = 1`)).toBe(1);
  });

  it('keeps totals and conversations exact for 300 sends in shared commits', async () => {
    const [a, b] = [await t.box(), await t.box()];
    const sends = Array.from({ length: 300 }, async (_, i) => {
      const [from, to] = i % 3 === 0 ? [b, a] : [a, b];
      const { message } = await letter({
        homeBox: from,
        senderId: from,
        deliveries: [{ recipientId: to, wireId: null, clientId: null, wrappedKey: null, outcomeCode: 201, dueAt: null }],
        counts: [{ boxId: to, label: 'inbox', delta: 1 }],
        peerId: to,
      });
      return { message, outcome: await t.store.append(message) };
    });
    const done = await Promise.all(sends);
    const talks = done.map(({ outcome }) => (outcome.kind === 'stored' ? outcome.talks[0]! : null)!);
    const ids = new Set(talks.map((talk) => String(talk.conversationId)));
    expect(ids.size).toBe(1);
    expect(new Set(talks.map((talk) => talk.number)).size).toBe(300);
    const sides = await t.db.sql('SELECT * FROM conversations WHERE box_id IN ($1, $2) ORDER BY box_id', [a, b]);
    expect(sides.map((s) => ({ box: s.box_id, total: s.total_count, unread: s.unread_count }))).toEqual(
      [
        { box: a, total: '300', unread: '100' },
        { box: b, total: '300', unread: '200' },
      ].sort((x, y) => Number(BigInt(x.box) - BigInt(y.box))),
    );
    const newest = Math.max(...talks.map((talk) => talk.number));
    expect(sides.every((s) => s.last_number === String(newest) && s.id === [...ids][0])).toBe(true);
    expect(await count('box_counts', `box_id = ${b} AND label = 'inbox' AND total = 200`)).toBe(1);
  });

  it('isolates one poisoned row in 64: only the culprit fails', async () => {
    const taken = await letter();
    await t.store.append(taken.message);
    const good = await Promise.all(Array.from({ length: 63 }, () => letter()));
    const poisoned = await letter({ homeBox: taken.from, senderId: taken.from, wireId: taken.message.wireId });
    const all = [...good.slice(0, 30), poisoned, ...good.slice(30)];
    const results = await Promise.allSettled(all.map(({ message }) => t.store.append(message)));
    const failed = results.flatMap((r, i) => (r.status === 'rejected' ? [{ i, reason: r.reason as DomainError }] : []));
    expect(failed).toHaveLength(1);
    expect(failed[0]).toMatchObject({ i: 30, reason: { code: 'conflict' } });
    for (const { message, to } of good) {
      expect(await count('deliveries', `recipient_id = ${to} AND message_id = ${message.id}`)).toBe(1);
    }
    expect(await count('messages', `id = ${poisoned.message.id}`)).toBe(0);
    expect(await count('box_counts', `box_id = ${poisoned.to}`)).toBe(0);
  });

  it('refuses by a relation that must stand or must not, and leaves nothing', async () => {
    const first = await letter();
    const { from, to } = first;
    const follows = { fromId: to, kind: 'follow', toId: from };
    const needs = { relations: [{ ...follows, stands: true }] };
    const send = async (over: Partial<NewMessage>) => {
      const { message } = await letter({ senderId: from, homeBox: from, deliveries: first.message.deliveries.map((d) => ({ ...d, wireId: null })), ...over });
      return { outcome: await t.store.append(message), message };
    };
    const before = await send(needs);
    expect(before.outcome).toEqual({ kind: 'refused' });
    expect(await count('messages', `id = ${before.message.id}`)).toBe(0);
    expect(await count('events', `message_id = ${before.message.id}`)).toBe(0);
    await t.store.run((tx) => tx.relations.put(follows, new Date(t.clock.now())));
    expect((await send(needs)).outcome.kind).toBe('stored');
    const blocked = { relations: [...needs.relations, { fromId: to, kind: 'block', toId: from, stands: false }] };
    expect((await send(blocked)).outcome.kind).toBe('stored');
    await t.store.run((tx) => tx.relations.put({ fromId: to, kind: 'block', toId: from }, new Date(t.clock.now())));
    expect((await send(blocked)).outcome).toEqual({ kind: 'refused' });
    await t.store.run((tx) => tx.relations.remove(follows));
    expect((await send(needs)).outcome).toEqual({ kind: 'refused' });
  });

  it('stores once per key: 40 copies at once give one row and one answer', async () => {
    const { message, from } = await letter();
    const once = { boxId: from, scope: 's', key: 'k', digest: Buffer.from('d'), result: Buffer.from('first'), expiresAt: null };
    const copies = await Promise.all(
      Array.from({ length: 40 }, () => t.store.append({ ...message, id: t.ids.next(), wireId: null, deliveries: message.deliveries.map((d) => ({ ...d, wireId: null })), once })),
    );
    expect(copies.filter((c) => c.kind === 'stored')).toHaveLength(1);
    expect(copies.filter((c) => c.kind === 'replayed' && c.result?.toString() === 'first')).toHaveLength(39);
    expect(await count('messages', `home_box = ${from}`)).toBe(1);
    const other = await t.store.append({ ...message, id: t.ids.next(), once: { ...once, digest: Buffer.from('x') } });
    expect(other).toEqual({ kind: 'mismatch' });
  });

  it('stores once per key across two processes', async () => {
    const { Store } = await import('../../../src/storage/store.js');
    const second = new Store(t.database, t.clock, t.ids);
    const { message, from } = await letter();
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, i) => {
        const once = { boxId: from, scope: 's', key: `race-${i % 10}`, digest: Buffer.from('d'), result: null, expiresAt: null };
        const store = i % 2 ? second : t.store;
        return store.append({ ...message, id: t.ids.next(), wireId: null, deliveries: [], events: [], counts: [], once });
      }),
    );
    expect(results.filter((r) => r.kind === 'stored')).toHaveLength(10);
    expect(results.filter((r) => r.kind === 'replayed')).toHaveLength(20);
  });

  it('frees a key after its time, and the sweeper removes it', async () => {
    const { message, from } = await letter();
    const plain = { ...message, wireId: null, deliveries: [], events: [], counts: [] };
    const send = () =>
      t.store.append({
        ...plain,
        id: t.ids.next(),
        once: { boxId: from, scope: 's', key: 'short', digest: Buffer.from('d'), result: null, expiresAt: new Date(t.clock.now() + 1000) },
      });
    expect((await send()).kind).toBe('stored');
    t.clock.advance(999);
    expect((await send()).kind).toBe('replayed');
    t.clock.advance(2);
    expect((await send()).kind).toBe('stored');
    t.clock.advance(1001);
    const removed = await t.store.run((tx) => tx.housekeeping.removeExpiredKeys(new Date(t.clock.now()), 100));
    expect(removed).toBe(1);
  });

  it('takes no more uses of a credential than it has, in one batch and across batches', async () => {
    const { message, from } = await letter();
    const credential = t.ids.next();
    await t.db.sql(
      `INSERT INTO credentials (id, dialect, kind, secret_hash, uses_max, created_at) VALUES ($1, 'test', 'token', $2, 5, now())`,
      [credential, t.ids.bytes(32)],
    );
    const send = () => t.store.append({ ...message, id: t.ids.next(), wireId: null, deliveries: [], events: [], counts: [], spends: [{ credentialId: credential, bytes: 0 }] });
    const results = await Promise.all(Array.from({ length: 40 }, send));
    expect(results.filter((r) => r.kind === 'stored')).toHaveLength(5);
    expect(results.filter((r) => r.kind === 'exhausted')).toHaveLength(35);
    expect(await count('credentials', `id = ${credential} AND uses = 5`)).toBe(1);
    expect(await count('messages', `home_box = ${from}`)).toBe(5);
  });

  it('stores a parcel together or not at all, beside others in the same batch', async () => {
    const from = await t.box();
    const to = [await t.box(), await t.box(), await t.box()];
    await t.store.run((tx) => tx.relations.put({ fromId: to[1]!, kind: 'block', toId: from }, new Date(t.clock.now())));
    const parcelTo = async (boxes: string[]) => {
      const messages = await Promise.all(
        boxes.map(async (recipientId) => {
          const relations = [{ fromId: recipientId, kind: 'block', toId: from, stands: false }];
          const deliveries = [{ recipientId, wireId: null, clientId: null, wrappedKey: null, outcomeCode: 201, dueAt: null }];
          return (await letter({ homeBox: from, senderId: from, wireId: null, deliveries, relations, peerId: recipientId })).message;
        }),
      );
      return t.store.appendTogether([messages[0]!, ...messages.slice(1)]);
    };
    const single = await letter();
    const [refused, stored, other] = await Promise.all([parcelTo(to), parcelTo([to[0]!, to[2]!]), t.store.append(single.message)]);
    expect(refused).toEqual({ kind: 'refused' });
    expect(stored).toMatchObject({ kind: 'stored', talks: [{}, {}] });
    expect(other).toMatchObject({ kind: 'stored', talks: [] });
    expect(await count('messages', `home_box = ${from}`)).toBe(2);
    expect(await count('conversations', `box_id = ${from}`)).toBe(2);
  });

  it('answers no sender before the commit', async () => {
    const { message } = await letter();
    let answered = false;
    const blocker = await t.database.pool.connect();
    try {
      await blocker.query('BEGIN');
      await blocker.query('LOCK TABLE messages IN ACCESS EXCLUSIVE MODE');
      const sent = t.store.append(message).then(() => (answered = true));
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(answered).toBe(false);
      await blocker.query('COMMIT');
      await sent;
    } finally {
      blocker.release();
    }
    expect(await count('messages', `id = ${message.id}`)).toBe(1);
  });

  it('refuses as overloaded when the queue is full, and serves again afterwards', async () => {
    const blocker = await t.database.pool.connect();
    const sends: Promise<unknown>[] = [];
    try {
      await blocker.query('BEGIN');
      await blocker.query('LOCK TABLE messages IN ACCESS EXCLUSIVE MODE');
      for (let i = 0; i < 5_000; i += 1) {
        sends.push(t.store.append(t.message({ homeBox: '7' })).then(() => 'stored', (e: DomainError) => e.code));
        if (i % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await blocker.query('COMMIT');
    } finally {
      blocker.release();
    }
    const results = await Promise.all(sends);
    const stored = results.filter((r) => r === 'stored').length;
    expect(results.filter((r) => r === 'overloaded').length).toBe(5_000 - stored);
    expect(stored).toBeGreaterThan(4_000);
    expect(stored).toBeLessThan(5_000);
    expect(await count('messages', 'home_box = 7')).toBe(stored);
    await expect(t.store.append(t.message({ homeBox: '7' }))).resolves.toMatchObject({ kind: 'stored' });
  });
});
