import { TimeOrderedIds } from '../../src/kernel/id-source.js';
import { type Clock } from '../../src/kernel/clock.js';
import { type Id } from '../../src/kernel/id-source.js';
import { type NewMessage } from '../../src/storage/append/new-message.js';
import { Database } from '../../src/storage/database.js';
import { Store } from '../../src/storage/store.js';
import { createDatabase, type TestDatabase } from './database.js';

/** A clock that stands until it is moved. */
export class TestClock implements Clock {
  constructor(private time = Date.UTC(2026, 10, 21, 12)) {}
  now(): number {
    return this.time;
  }
  advance(ms: number): void {
    this.time += ms;
  }
}

/** A store on a database of its own, with a clock in the test's hands. */
export interface TestStore {
  readonly store: Store;
  readonly clock: TestClock;
  readonly ids: TimeOrderedIds;
  readonly database: Database;
  readonly db: TestDatabase;
  message(over?: Partial<NewMessage>): NewMessage;
  box(): Promise<Id>;
  close(): Promise<void>;
}

export async function openStore(poolMax = 6): Promise<TestStore> {
  const db = await createDatabase();
  const database = await Database.connect({ url: db.url, poolMax });
  const clock = new TestClock();
  const ids = new TimeOrderedIds(clock);
  const store = new Store(database, clock, ids);
  return {
    store,
    clock,
    ids,
    database,
    db,
    message: (over = {}) => makeMessage(ids, clock, over),
    box: () => store.ensureMailbox({ kind: 'key', hash: ids.bytes(32) }),
    close: async () => {
      await store.drain();
      await database.close();
      await db.drop();
    },
  };
}

function makeMessage(ids: TimeOrderedIds, clock: Clock, over: Partial<NewMessage>): NewMessage {
  return {
    id: ids.next(),
    homeBox: '1',
    space: 'test',
    wireId: ids.bytes(16).toString('hex'),
    senderId: null,
    contentKind: 'text',
    subject: '',
    body: Buffer.from('hello'),
    preview: null,
    algorithm: null,
    senderKey: null,
    inReplyTo: null,
    details: {},
    createdAt: new Date(clock.now()),
    deliveries: [],
    relations: [],
    spends: [],
    once: null,
    peerId: null,
    attachments: [],
    counts: [],
    events: [],
    ...over,
  };
}

/**
 * Waits for rows that readers see only when every older transaction of the whole database server
 * has ended, tests beside this one included.
 */
export async function eventually<T>(ask: () => Promise<T[]>, count = 1): Promise<T[]> {
  for (let attempt = 0; ; attempt += 1) {
    const rows = await ask();
    if (rows.length >= count || attempt === 100) return rows;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
