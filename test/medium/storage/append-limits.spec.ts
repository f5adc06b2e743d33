import { type Id } from '../../../src/kernel/id-source.js';
import { type NewMessage } from '../../../src/storage/append/new-message.js';
import { Store } from '../../../src/storage/store.js';
import { openStore, type TestStore } from '../../support/store.js';

let t: TestStore;
beforeAll(async () => {
  t = await openStore(10);
});
afterAll(() => t.close());

interface Limits {
  readonly uses?: number;
  readonly minute?: number;
  readonly day?: number;
  readonly bytes?: number;
}

async function credential(limits: Limits = {}): Promise<Id> {
  const id = t.ids.next();
  await t.db.sql(
    `INSERT INTO credentials (id, dialect, kind, secret_hash, created_at, uses_max, per_minute_max, per_day_max, bytes_per_day_max)
     VALUES ($1, 'test', 'token', $2, now(), $3, $4, $5, $6)`,
    [id, t.ids.bytes(32), limits.uses ?? null, limits.minute ?? null, limits.day ?? null, limits.bytes ?? null],
  );
  return id;
}

async function countedBox(): Promise<Id> {
  const box = await t.box();
  await t.db.sql(`INSERT INTO box_counts (box_id, space, label, total) SELECT $1, 'test', label, 0 FROM unnest(ARRAY['arrived', 'kept', 'bytes']) AS label`, [box]);
  return box;
}

interface MailOver extends Partial<NewMessage> {
  readonly max?: { readonly kept?: number; readonly bytes?: number };
  readonly bytes?: number;
}

/** A message to a mailbox that counts what it gets. */
function mail(box: Id, { max = {}, bytes = 10, ...over }: MailOver = {}): NewMessage {
  return t.message({
    homeBox: box,
    deliveries: [{ recipientId: box, wireId: null, clientId: null, wrappedKey: null, outcomeCode: null, dueAt: null, arrivalCount: 'arrived' }],
    counts: [
      { boxId: box, label: 'arrived', delta: 1, max: Number.MAX_SAFE_INTEGER },
      { boxId: box, label: 'kept', delta: 1, max: max.kept ?? 1_000_000 },
      { boxId: box, label: 'bytes', delta: bytes, max: max.bytes ?? 1_000_000_000 },
    ],
    ...over,
  });
}

const places = async (box: Id): Promise<number[]> =>
  (await t.db.sql<{ arrival: string }>('SELECT arrival FROM deliveries WHERE recipient_id = $1 ORDER BY arrival', [box])).map((row) => Number(row.arrival));
const kinds = async (sends: Promise<{ kind: string }>[]): Promise<Record<string, number>> => {
  const counted: Record<string, number> = {};
  for (const { kind } of await Promise.all(sends)) counted[kind] = (counted[kind] ?? 0) + 1;
  return counted;
};
const once = (box: Id, key: string, digest = 'd', credentialId?: Id) =>
  ({ boxId: box, scope: 'test', key, digest: Buffer.from(digest.padEnd(32)), result: Buffer.from(key), expiresAt: null, ...(credentialId ? { credentialId } : {}) });

describe('places in the order of arrival', () => {
  it('rise by one without a gap, over two processes and many batches', async () => {
    const box = await countedBox();
    const other = new Store(t.database, t.clock, t.ids);
    const sends = Array.from({ length: 120 }, (_, index) => (index % 2 ? t.store : other).append(mail(box)));
    expect(await kinds(sends)).toEqual({ stored: 120 });
    expect(await places(box)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
  });

  it('ENV-88 a later place never becomes visible before an earlier one: who comes second waits for the commit', async () => {
    const box = await countedBox();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let isHeld = (): void => undefined;
    const begun = new Promise<void>((resolve) => (isHeld = resolve));
    // a transaction that has drawn a place and is slow to commit
    const slow = t.store.run(async (tx) => {
      await tx.counts.move(box, 'test', 'arrived', 1);
      isHeld();
      await held;
    });
    await begun;
    let isStored = false;
    const second = t.store.append(mail(box)).then((outcome) => {
      isStored = true;
      return outcome;
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(isStored).toBe(false);
    expect(await places(box)).toEqual([]);
    release();
    await slow;
    expect(await second).toMatchObject({ kind: 'stored' });
    expect(await places(box)).toEqual([2]);
  });

  it('a mailbox without its counts takes nothing in', async () => {
    const box = await t.box();
    expect(await t.store.append(mail(box))).toEqual({ kind: 'refused' });
    expect(await t.db.sql('SELECT 1 FROM messages WHERE home_box = $1', [box])).toEqual([]);
  });
});

describe('counts with a bound', () => {
  it('let in exactly what fits, under concurrency', async () => {
    const box = await countedBox();
    const other = new Store(t.database, t.clock, t.ids);
    const sends = Array.from({ length: 30 }, (_, index) => (index % 2 ? t.store : other).append(mail(box, { max: { kept: 7 } })));
    expect(await kinds(sends)).toEqual({ stored: 7, full: 23 });
    expect(await places(box)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('one that is too large by itself harms nobody beside it', async () => {
    const box = await countedBox();
    const [large, small] = await Promise.all([t.store.append(mail(box, { bytes: 200, max: { bytes: 100 } })), t.store.append(mail(box, { bytes: 90, max: { bytes: 100 } }))]);
    expect([large.kind, small.kind]).toEqual(['full', 'stored']);
    expect(await t.store.append(mail(box, { bytes: 10, max: { bytes: 100 } }))).toMatchObject({ kind: 'stored' });
    expect(await t.store.append(mail(box, { bytes: 1, max: { bytes: 100 } }))).toEqual({ kind: 'full' });
  });

  it('a refused message moves no count and takes no key', async () => {
    const box = await countedBox();
    const key = once(box, 'k');
    expect(await t.store.append(mail(box, { max: { kept: 0 }, once: key }))).toEqual({ kind: 'full' });
    expect(await t.db.sql('SELECT 1 FROM idempotency_keys WHERE box_id = $1', [box])).toEqual([]);
    expect(await t.store.append(mail(box, { once: key }))).toMatchObject({ kind: 'stored' });
    expect(await t.db.sql('SELECT total FROM box_counts WHERE box_id = $1 AND label = $2', [box, 'kept'])).toEqual([{ total: '1' }]);
  });
});

describe('limits of credentials', () => {
  it('ENV-56 hold for a minute, then anew', async () => {
    const box = await countedBox();
    const id = await credential({ minute: 5 });
    const send = () => t.store.append(mail(box, { spends: [{ credentialId: id, bytes: 1 }] }));
    expect(await kinds(Array.from({ length: 12 }, send))).toEqual({ stored: 5, throttled: 7 });
    const outcome = await send();
    expect(outcome).toMatchObject({ kind: 'throttled' });
    if (outcome.kind === 'throttled') expect(outcome.retryAt.getTime() - t.clock.now()).toBe(60_000);
    t.clock.advance(59_999);
    expect((await send()).kind).toBe('throttled');
    t.clock.advance(1);
    expect((await send()).kind).toBe('stored');
  });

  it('ENV-56 hold for a day of UTC, in number and in bytes', async () => {
    const box = await countedBox();
    const [many, heavy] = [await credential({ day: 2 }), await credential({ bytes: 100 })];
    const send = (credentialId: Id, bytes: number) => t.store.append(mail(box, { spends: [{ credentialId, bytes }] }));
    expect([(await send(many, 1)).kind, (await send(many, 1)).kind, (await send(many, 1)).kind]).toEqual(['stored', 'stored', 'throttled']);
    expect([(await send(heavy, 101)).kind, (await send(heavy, 60)).kind, (await send(heavy, 41)).kind, (await send(heavy, 40)).kind]).toEqual(['throttled', 'stored', 'throttled', 'stored']);
    const midnight = new Date(t.clock.now()).setUTCHours(24, 0, 0, 0);
    t.clock.advance(midnight - t.clock.now() - 1);
    const late = await send(many, 1);
    expect(late).toEqual({ kind: 'throttled', retryAt: new Date(midnight) });
    t.clock.advance(1);
    expect([(await send(many, 1)).kind, (await send(heavy, 100)).kind]).toEqual(['stored', 'stored']);
  });

  it('ENV-56 a hard cap is one for good, also under concurrency', async () => {
    const box = await countedBox();
    const id = await credential({ uses: 3 });
    expect(await kinds(Array.from({ length: 9 }, () => t.store.append(mail(box, { spends: [{ credentialId: id, bytes: 1 }] }))))).toEqual({ stored: 3, exhausted: 6 });
    t.clock.advance(10 * 86_400_000);
    expect((await t.store.append(mail(box, { spends: [{ credentialId: id, bytes: 1 }] }))).kind).toBe('exhausted');
  });

  it('ENV-64 copies that race over two processes for a last use: one is stored, the others get its answer', async () => {
    const box = await countedBox();
    const id = await credential({ uses: 1, minute: 1 });
    const other = new Store(t.database, t.clock, t.ids);
    const copies = Array.from({ length: 16 }, (_, index) =>
      (index % 2 ? t.store : other).append(mail(box, { spends: [{ credentialId: id, bytes: 1 }], once: once(box, 'same', 'd', id) })));
    expect(await kinds(copies)).toEqual({ stored: 1, replayed: 15 });
    expect(await places(box)).toEqual([1]);
  });

  it('ENV-65 a tombstone that two credentials have delivered is bound to neither', async () => {
    const box = await countedBox();
    const [one, two] = [await credential(), await credential()];
    const send = (id: Id) => t.store.append(mail(box, { spends: [{ credentialId: id, bytes: 1 }], once: once(box, 'shared', 'd', id) }));
    const bound = () => t.db.sql('SELECT credential_id FROM idempotency_keys WHERE box_id = $1', [box]);
    expect((await send(one)).kind).toBe('stored');
    expect((await send(one)).kind).toBe('replayed');
    expect(await bound()).toEqual([{ credential_id: one }]);
    expect((await send(two)).kind).toBe('replayed');
    expect(await bound()).toEqual([{ credential_id: null }]);
  });

  it('a clock that jumps ahead and back resets a window, and locks nobody out', async () => {
    const box = await countedBox();
    const id = await credential({ minute: 1, day: 10 });
    const send = async () => (await t.store.append(mail(box, { spends: [{ credentialId: id, bytes: 1 }] }))).kind;
    t.clock.advance(3 * 86_400_000);
    expect(await send()).toBe('stored');
    t.clock.advance(-3 * 86_400_000);
    expect(await send()).toBe('stored');
    expect(await send()).toBe('throttled');
  });
});
