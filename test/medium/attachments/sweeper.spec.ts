import { utimesSync } from 'node:fs';
import { text as stringOf } from 'node:stream/consumers';
import { AttachmentSweeper } from '../../../src/core/attachments/attachment-sweeper.js';
import { SystemClock } from '../../../src/kernel/clock.js';
import { type Store } from '../../../src/storage/store.js';
import { openBlobs, openFilesBelow, type TestBlobs } from '../../support/blobs.js';
import { openStore, type TestStore } from '../../support/store.js';

const HOUR_MS = 3_600_000;
let db: TestStore;
let blobs: TestBlobs;
let sweeper: AttachmentSweeper;
let nextId = 1;

beforeAll(async () => {
  db = await openStore();
  // rows of files without the messages they belong to
  await db.db.sql('ALTER TABLE attachments DROP CONSTRAINT attachments_message_fk');
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.db.sql('DELETE FROM attachments');
  blobs = openBlobs();
  sweeper = new AttachmentSweeper(blobs.store, db.store, new SystemClock());
});
afterEach(() => {
  expect(openFilesBelow(blobs.root)).toEqual([]);
  blobs.close();
});

async function stored(text: string, ageMs = 0): Promise<string> {
  const key = await (await blobs.receive(text)).accept();
  const time = new Date(Date.now() - ageMs);
  utimesSync(blobs.place(key), time, time);
  return key;
}
const refer = (key: string, homeBox = 1) =>
  db.db.sql(
    `INSERT INTO attachments (home_box, id, message_id, wire_id, name, media_type, byte_size, sha256, storage_key, created_at)
     VALUES ($1, $2, 1, '1', 'a', 'b/c', 1, '', $3, now())`,
    [homeBox, nextId++, key],
  );
const names = () => blobs.files().map((path) => path.slice(3));

describe('sweeping', () => {
  it('removes what nobody refers to once its grace time is over, and nothing else', async () => {
    const [orphan, fresh, used] = await Promise.all([stored('orphan', 2 * HOUR_MS), stored('fresh', HOUR_MS - 60_000), stored('used', 9 * HOUR_MS)]);
    for (const box of [1, 2, 3]) await refer(used, box);
    const unfinished = await blobs.receive('unfinished');
    expect(await sweeper.sweep()).toEqual({ unfinished: 0, unreferenced: 1 });
    expect(names()).not.toContain(orphan);
    expect(names()).toEqual(expect.arrayContaining([fresh, used]));
    await unfinished.accept();
    await db.db.sql('DELETE FROM attachments');
    expect(await sweeper.sweep()).toEqual({ unfinished: 0, unreferenced: 1 });
    expect(names().sort()).toEqual([fresh, unfinished.key].sort());
  });

  it('P11 a crash between storing and committing leaves an orphan that goes', async () => {
    await stored('row never committed', HOUR_MS + 1000);
    const blob = await blobs.receive('process died before accepting');
    const [path] = blobs.files().filter((name) => name.startsWith('tmp'));
    utimesSync(`${blobs.root}/${path}`, new Date(Date.now() - 2 * HOUR_MS), new Date(Date.now() - 2 * HOUR_MS));
    expect(await sweeper.sweep()).toEqual({ unfinished: 1, unreferenced: 1 });
    expect(blobs.files()).toEqual([]);
    await blob.discard();
  });

  it('goes through more files than are looked up at a time', async () => {
    const keys: string[] = [];
    for (let index = 0; index < 1203; index += 1) keys.push(await stored(`file ${index}`, 2 * HOUR_MS));
    for (const key of keys.slice(0, 3)) await refer(key);
    expect(await sweeper.sweep()).toEqual({ unfinished: 0, unreferenced: 1200 });
    expect(names().sort()).toEqual(keys.slice(0, 3).sort());
  });

  it('loses nothing to an upload of the same bytes between the look-up and the removal', async () => {
    const key = await stored('again', 2 * HOUR_MS);
    const again = await blobs.receive('again');
    const late = {
      read: async (work: never) => {
        const seen = await db.store.read(work);
        await again.accept();
        await refer(key);
        return seen;
      },
    } as unknown as Store;
    expect(await new AttachmentSweeper(blobs.store, late, new SystemClock()).sweep()).toEqual({ unfinished: 0, unreferenced: 0 });
    expect(names()).toEqual([key]);
    expect(await sweeper.sweep()).toEqual({ unfinished: 0, unreferenced: 0 });
  });

  it('loses nothing to uploads and deletions that go on all the while', async () => {
    const texts = Array.from({ length: 8 }, (_, index) => `text ${index}`);
    const end = performance.now() + 1500;
    let uploads = 0;
    const uploading = texts.map(async (text, box) => {
      while (performance.now() < end) {
        const key = await (await blobs.receive(text)).accept();
        await refer(key, box);
        uploads += 1;
        const found = await blobs.store.read(key);
        expect(found && (await stringOf(found.stream))).toBe(text);
        await db.db.sql('DELETE FROM attachments WHERE home_box = $1', [box]);
        const old = new Date(Date.now() - 2 * HOUR_MS);
        try {
          utimesSync(blobs.place(key), old, old);
        } catch {
          // being given back by a sweeper at this very moment
        }
        await new Promise((resolve) => setTimeout(resolve, box * 4));
      }
    });
    const other = new AttachmentSweeper(blobs.another(), db.store, new SystemClock());
    let removed = 0;
    const sweeping = [sweeper, other].map(async (one) => {
      while (performance.now() < end) removed += (await one.sweep()).unreferenced;
    });
    await Promise.all([...uploading, ...sweeping]);
    expect(uploads).toBeGreaterThan(20);
    expect(removed).toBeGreaterThan(3);
  });

  it('takes nothing when the database cannot be asked', async () => {
    const key = await stored('old', 2 * HOUR_MS);
    const away = { read: async () => Promise.reject(new Error('away')) } as unknown as Store;
    await expect(new AttachmentSweeper(blobs.store, away, new SystemClock()).sweep()).rejects.toThrow('away');
    expect(names()).toEqual([key]);
  });
});

describe('the sweeper of a server', () => {
  it('makes no folder where there are no files, and stops at once', async () => {
    await sweeper.onApplicationBootstrap();
    expect(await sweeper.sweep()).toEqual({ unfinished: 0, unreferenced: 0 });
    await sweeper.onModuleDestroy();
    expect(blobs.files()).toEqual([]);
  });
});
