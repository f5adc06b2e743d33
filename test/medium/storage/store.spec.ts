import { DomainError } from '../../../src/kernel/domain-error.js';
import { findDrift } from '../../../src/storage/drift.js';
import { Database } from '../../../src/storage/database.js';
import { Store } from '../../../src/storage/store.js';
import { createEmptyDatabase } from '../../support/database.js';
import { eventually, openStore, type TestStore } from '../../support/store.js';

let t: TestStore;
beforeAll(async () => {
  t = await openStore();
});
afterAll(() => t.close());

const stand = { kind: 'follow', toId: '2' };

describe('Store.run', () => {
  it('keeps nothing when the work throws', async () => {
    const work = t.store.run(async (tx) => {
      await tx.relations.put({ ...stand, fromId: '100' }, new Date(0));
      throw new RangeError('changed my mind');
    });
    await expect(work).rejects.toThrow(RangeError);
    expect(await t.store.read((tx) => tx.relations.stands({ ...stand, fromId: '100' }))).toBe(false);
  });

  it('runs again after a deadlock, and both works succeed', async () => {
    let attempts = 0;
    const crossing = (first: string, second: string) =>
      t.store.run(async (tx) => {
        attempts += 1;
        await tx.counts.move(first, 'test', 'x', 1);
        await new Promise((resolve) => setTimeout(resolve, 100));
        await tx.counts.move(second, 'test', 'x', 1);
      });
    await Promise.all([crossing('201', '202'), crossing('202', '201')]);
    expect(attempts).toBeGreaterThan(2);
    expect(await t.store.read((tx) => tx.counts.total('201', 'test', 'x'))).toBe(2);
    expect(await t.store.read((tx) => tx.counts.total('202', 'test', 'x'))).toBe(2);
  });

  it('answers overloaded with a time to wait when the database is away', async () => {
    const away = await openStore();
    await away.db.drop();
    const refusal = { code: 'overloaded', facts: { retryAfterSeconds: 1 } };
    await expect(away.store.run((tx) => tx.counts.total('1', 's', 'l'))).rejects.toMatchObject(refusal);
    await expect(away.store.read((tx) => tx.counts.total('1', 's', 'l'))).rejects.toMatchObject(refusal);
    await expect(away.store.ensureMailbox({ kind: 'key', hash: Buffer.alloc(32) })).rejects.toMatchObject(refusal);
    await expect(away.store.append(away.message())).rejects.toMatchObject(refusal);
    await away.database.close();
  });

  it('does not call a fault of ours overloaded', async () => {
    const work = t.store.run((tx) => tx.counts.move('1', null as unknown as string, 'x', 1));
    await expect(work).rejects.not.toBeInstanceOf(DomainError);
  });
});

describe('mailboxes', () => {
  it('twenty askers at once get one mailbox, in two processes', async () => {
    const other = new Store(t.database, t.clock, t.ids);
    const ref = { kind: 'remote', url: 'https://elsewhere.example/cell/' } as const;
    const ids = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? other : t.store).ensureMailbox(ref)));
    expect(new Set(ids).size).toBe(1);
    expect(await t.store.findMailbox({ kind: 'key', hash: Buffer.alloc(32, 9) })).toBeNull();
  });
});

describe('events', () => {
  it('a reader skips no event when transactions commit out of order', async () => {
    const box = await t.box();
    const event = (id: string) => ({ boxId: box, id, space: 'test', kind: id, homeBox: '1', messageId: '1', at: new Date(0) });
    const slow = await t.database.pool.connect();
    await slow.query('BEGIN');
    await slow.query(
      `INSERT INTO events (box_id, xid, id, space, kind, home_box, message_id, created_at)
       VALUES ($1, pg_current_xact_id()::text::bigint, 1, 'test', 'slow', 1, 1, now())`,
      [box],
    );
    await t.store.run((tx) => tx.events.add(event('2')));
    const early = await t.store.read((tx) => tx.events.after(box, null, 10));
    expect(early).toEqual([]);
    await slow.query('COMMIT');
    slow.release();
    const first = await eventually(() => t.store.read((tx) => tx.events.after(box, null, 1)));
    expect(first.map((e) => e.kind)).toEqual(['slow']);
    const rest = await eventually(() => t.store.read((tx) => tx.events.after(box, { xid: first[0]!.xid, id: first[0]!.id }, 10)));
    expect(rest.map((e) => e.kind)).toEqual(['2']);
  });
});

describe('schema', () => {
  it('entities and migrations agree', async () => {
    const empty = await createEmptyDatabase();
    try {
      expect(await findDrift(empty.url)).toEqual([]);
    } finally {
      await empty.drop();
    }
  });

  it('three processes that migrate at once leave one schema', async () => {
    const empty = await createEmptyDatabase();
    const databases = await Promise.all([1, 2, 3].map(() => Database.connect({ url: empty.url, poolMax: 2 })));
    try {
      await Promise.all(databases.map((database) => database.migrate()));
      expect(await databases[0]!.isMigrated()).toBe(true);
    } finally {
      await Promise.all(databases.map((database) => database.close()));
      await empty.drop();
    }
  });
});
