import { jest } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { openBlobs, openFilesBelow, type TestBlobs } from '../../support/blobs.js';

const HOUR_MS = 3_600_000;
/** A user who owns nothing here. */
const NOBODY = 65_534;
const keyOf = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
const ago = (ms: number) => new Date(Date.now() - ms);

let blobs: TestBlobs;
beforeEach(() => (blobs = openBlobs()));
afterEach(() => {
  jest.restoreAllMocks();
  expect(openFilesBelow(blobs.root)).toEqual([]);
  blobs.close();
});

const read = async (key: string, range?: { offset: number; length: number }) => {
  const found = await blobs.store.read(key, range);
  return found && (await buffer(found.stream)).toString('latin1');
};
const age = (path: string, ms: number) => utimesSync(path, ago(ms), ago(ms));

/** Calls of one method of every file handle, for faults and for looking at the order of things. */
async function handles(): Promise<FileHandle> {
  const handle = await open(import.meta.filename, 'r');
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}

describe('bytes that come in', () => {
  it('lie under their digest when they are accepted, for the server\'s eyes only', async () => {
    const bytes = randomBytes(200_000);
    const writer = await blobs.store.create();
    for (let at = 0; at < bytes.length; at += 7000) await writer.write(bytes.subarray(at, at + 7000));
    const blob = await writer.finish();
    expect(blob).toMatchObject({ key: keyOf(bytes), size: bytes.length, sha256: createHash('sha256').update(bytes).digest() });
    expect(await blobs.store.stat(blob.key)).toBeNull();
    expect(await blob.accept()).toBe(keyOf(bytes));
    expect(blobs.files()).toEqual([join(blob.key.slice(0, 2), blob.key)]);
    expect(readFileSync(blobs.place(blob.key))).toEqual(bytes);
    expect(statSync(blobs.place(blob.key)).mode & 0o777).toBe(0o600);
    for (const folder of [blobs.root, join(blobs.root, 'tmp'), dirname(blobs.place(blob.key))]) expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('are on the disk before they have their name, and the name before accept resolves', async () => {
    const place = blobs.place(keyOf('hello'));
    const seen: string[] = [];
    const prototype = await handles();
    const { sync } = prototype;
    jest.spyOn(prototype, 'sync').mockImplementation(async function (this: FileHandle) {
      const what = (await this.stat()).isFile() ? 'file' : 'folder';
      seen.push(`${what} ${existsSync(place) ? 'named' : 'unnamed'}`);
      await sync.call(this);
    });
    await (await blobs.receive('hello')).accept();
    seen.push('accepted');
    expect(seen.filter((step) => step !== 'folder unnamed')).toEqual(['file unnamed', 'folder named', 'accepted']);
  });

  it('lie there once, however often they come, and their time begins anew', async () => {
    const { key } = await blobs.receive('same').then(async (blob) => ({ key: await blob.accept() }));
    age(blobs.place(key), 9 * HOUR_MS);
    await (await blobs.receive('same')).accept();
    expect(blobs.files()).toHaveLength(1);
    expect((await blobs.store.stat(key))?.renewedAt.getTime()).toBeGreaterThan(Date.now() - 10_000);
    const many = await Promise.all(Array.from({ length: 20 }, () => blobs.receive('others')));
    await Promise.all(many.map((blob) => blob.accept()));
    expect(blobs.files()).toHaveLength(2);
    expect(await read(keyOf('others'))).toBe('others');
  });

  it('replace a file under their digest that is damaged', async () => {
    const key = await (await blobs.receive('whole')).accept();
    writeFileSync(blobs.place(key), 'wh');
    await (await blobs.receive('whole')).accept();
    expect(await read(key)).toBe('whole');
    expect(blobs.files()).toHaveLength(1);
  });

  it('have their time from when they were accepted, not from when they were written', async () => {
    const blob = await blobs.receive('slow');
    age(join(blobs.root, blobs.files()[0]!), 3 * HOUR_MS);
    await blob.accept();
    expect((await blobs.store.stat(blob.key))?.renewedAt.getTime()).toBeGreaterThan(Date.now() - 10_000);
  });

  it('may be nothing', async () => {
    const key = await (await (await blobs.store.create()).finish()).accept();
    expect(key).toBe(keyOf(''));
    expect(await read(key)).toBe('');
  });

  it('leave nothing when they are discarded or aborted, at any time and any number of times', async () => {
    const blob = await blobs.receive('unwanted');
    await Promise.all([blob.discard(), blob.discard()]);
    await expect(blob.accept()).rejects.toThrow('discarded');
    const writer = await blobs.store.create();
    const writing = writer.write(randomBytes(1_000_000));
    await Promise.all([writer.abort(), writer.abort()]);
    await writing;
    await writer.abort();
    await expect(writer.write(Buffer.from('x'))).rejects.toThrow('after its end');
    expect(blobs.files()).toEqual([]);
  });

  it('stay when they were accepted before they are discarded, also at the same moment', async () => {
    const blob = await blobs.receive('kept');
    await Promise.all([blob.accept(), blob.accept(), blob.discard()]);
    await blob.discard();
    expect(await blob.accept()).toBe(blob.key);
    expect(await read(blob.key)).toBe('kept');
    expect(blobs.files()).toHaveLength(1);
  });

  it('can be looked at and rewritten before they are accepted', async () => {
    const blob = await blobs.receive('before');
    const middle = await blob.inspect(async (bytes) => {
      const target = Buffer.alloc(4);
      return target.toString('latin1', 0, await bytes.readInto(target, 4));
    });
    expect(middle).toBe('re');
    await blob.rewrite(async function* (bytes) {
      const target = Buffer.alloc(3);
      for (let at = bytes.size - 3; at >= 0; at -= 3) {
        await bytes.readInto(target, at);
        yield target;
      }
    });
    expect(blob).toMatchObject({ key: keyOf('orebef'), size: 6 });
    expect(blobs.files()).toHaveLength(1);
    const failing = blob.rewrite(async function* () {
      yield Buffer.from('half');
      throw new Error('no more');
    });
    await expect(failing).rejects.toThrow('no more');
    expect(blobs.files()).toHaveLength(1);
    expect(await read(await blob.accept())).toBe('orebef');
    expect(blobs.files()).toHaveLength(1);
  });

  it.each(['ENOSPC', 'EDQUOT', 'EMFILE'])('are refused for a while when there is no room (%s)', async (code) => {
    const prototype = await handles();
    const refusal = { name: 'DomainError', code: 'overloaded', facts: { retryAfterSeconds: 1 } };
    const fail = async () => Promise.reject(Object.assign(new Error(code), { code }));
    const writer = await blobs.store.create();
    jest.spyOn(prototype, 'write').mockImplementationOnce(fail);
    await expect(writer.write(Buffer.from('x'))).rejects.toMatchObject(refusal);
    await writer.abort();
    const blob = await blobs.receive('x');
    jest.spyOn(prototype, 'sync').mockImplementationOnce(fail);
    await expect(blob.accept()).rejects.toMatchObject(refusal);
    // there is room again
    expect(await read(await blob.accept())).toBe('x');
    expect(blobs.files()).toHaveLength(1);
  });

  it('find a place again after their folder was taken away', async () => {
    await (await blobs.receive('one')).accept();
    rmSync(blobs.root, { recursive: true });
    const blob = await blobs.receive('two');
    await blob.accept();
    expect(await read(blob.key)).toBe('two');
    rmSync(dirname(blobs.place(blob.key)), { recursive: true });
    const again = await blobs.receive('two');
    await again.accept();
    expect(await read(blob.key)).toBe('two');
  });
});

describe('stored bytes', () => {
  it('are read whole or in part', async () => {
    const key = await (await blobs.receive('0123456789')).accept();
    expect(await read(key)).toBe('0123456789');
    expect(await read(key, { offset: 3, length: 4 })).toBe('3456');
    expect(await read(key, { offset: 9, length: 1 })).toBe('9');
    const open = await blobs.store.read(key);
    expect(open?.size).toBe(10);
    open?.stream.destroy();
    await new Promise((resolve) => open?.stream.once('close', resolve));
  });

  it('are found while a sweeper that took them away gives them back', async () => {
    const key = await (await blobs.receive('for a moment')).accept();
    renameSync(blobs.place(key), join(blobs.root, 'aside'));
    const reading = read(key);
    setTimeout(() => renameSync(join(blobs.root, 'aside'), blobs.place(key)), 10);
    expect(await reading).toBe('for a moment');
  });

  it('are not there under any other key, and no key is a path', async () => {
    expect(await blobs.store.read(keyOf('nothing'))).toBeNull();
    expect(await blobs.store.stat(keyOf('nothing'))).toBeNull();
    expect(await blobs.store.renew(keyOf('nothing'))).toBe(false);
    for (const key of ['../../etc/passwd', '', keyOf('x').toUpperCase(), `${keyOf('x')}/..`, `${keyOf('x').slice(0, -1)}\n`]) {
      await expect((async () => blobs.store.read(key))()).rejects.toThrow('blob key');
    }
  });

  it('can be renewed', async () => {
    const key = await (await blobs.receive('x')).accept();
    age(blobs.place(key), HOUR_MS);
    expect(await blobs.store.renew(key)).toBe(true);
    expect((await blobs.store.stat(key))?.renewedAt.getTime()).toBeGreaterThan(Date.now() - 10_000);
  });
});

describe('stale bytes', () => {
  const stale = async () => {
    const keys: string[] = [];
    for await (const page of blobs.store.renewedBefore(ago(HOUR_MS))) keys.push(...page);
    return keys.sort();
  };

  it('are listed and removed by their age', async () => {
    expect(await stale()).toEqual([]);
    const keys = await Promise.all(['a', 'b', 'c'].map(async (text) => (await blobs.receive(text)).accept()));
    for (const key of keys.slice(0, 2)) age(blobs.place(key), 2 * HOUR_MS);
    writeFileSync(join(blobs.root, 'aa.txt'), 'not ours');
    expect(await stale()).toEqual(keys.slice(0, 2).sort());
    expect(await blobs.store.removeStale(keys[2]!, ago(HOUR_MS))).toBe(false);
    expect(await blobs.store.removeStale(keys[0]!, ago(HOUR_MS))).toBe(true);
    expect(await blobs.store.removeStale(keys[0]!, ago(HOUR_MS))).toBe(false);
    expect(await read(keys[0]!)).toBeNull();
    expect(blobs.files()).toHaveLength(3);
  });

  it('are never lost to an upload of the same bytes at the same moment', async () => {
    const sweepers = [blobs.store, blobs.another()];
    let removed = 0;
    for (let round = 0; round < 300; round += 1) {
      const text = `round ${round % 7}`;
      const key = await (await blobs.receive(text)).accept();
      age(blobs.place(key), 2 * HOUR_MS);
      const again = await blobs.receive(text);
      const delay = round % 5;
      const uploading = (async () => {
        for (let tick = 0; tick < delay; tick += 1) await new Promise((resolve) => setImmediate(resolve));
        await again.accept();
      })();
      const sweeping = sweepers.map(async (sweeper) => {
        if (await sweeper.removeStale(key, ago(HOUR_MS))) removed += 1;
      });
      const recovering = sweepers[1]!.removeLeftovers(ago(HOUR_MS));
      await Promise.all([uploading, ...sweeping, recovering]);
      expect(await read(key)).toBe(text);
      expect((await blobs.store.stat(key))?.renewedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
    }
    // both orders of the race happened
    expect(removed).toBeGreaterThan(10);
    expect(removed).toBeLessThan(300);
    expect(blobs.files().filter((name) => name.startsWith('tmp'))).toEqual([]);
  });

  it('get their place again when they turn out to be renewed while they were being moved', async () => {
    const key = await (await blobs.receive('just in time')).accept();
    age(blobs.place(key), 2 * HOUR_MS);
    const { stat } = blobs.store;
    jest.spyOn(blobs.store, 'stat').mockImplementationOnce(async function (this: typeof blobs.store, asked: string) {
      const seen = await stat.call(this, asked);
      await blobs.another().renew(asked);
      return seen;
    });
    expect(await blobs.store.removeStale(key, ago(HOUR_MS))).toBe(false);
    expect(await read(key)).toBe('just in time');
    expect(blobs.files()).toHaveLength(1);
  });

  it('P11 get their place again when the process died while it removed them', async () => {
    const key = await (await blobs.receive('moved away')).accept();
    const aside = join(blobs.root, 'tmp', `${key}.${'0'.repeat(32)}.aside`);
    writeFileSync(aside, readFileSync(blobs.place(key)));
    rmSync(blobs.place(key));
    age(aside, 9 * HOUR_MS);
    expect(await blobs.another().removeLeftovers(ago(HOUR_MS))).toBe(0);
    expect(await read(key)).toBe('moved away');
    expect((await blobs.store.stat(key))?.renewedAt.getTime()).toBeGreaterThan(Date.now() - 10_000);
    expect(blobs.files()).toHaveLength(1);
  });
});

describe('what broken uploads left behind', () => {
  it('P11 is removed after its grace time, and nothing else', async () => {
    expect(await blobs.store.removeLeftovers(ago(HOUR_MS))).toBe(0);
    expect(existsSync(blobs.root)).toBe(false);
    const tmp = join(blobs.root, 'tmp');
    mkdirSync(tmp, { recursive: true });
    const old = ['0'.repeat(32), 'f'.repeat(32)].map((name) => join(tmp, name));
    for (const path of [...old, join(tmp, 'a'.repeat(32)), join(tmp, 'README')]) writeFileSync(path, 'x');
    for (const path of [...old, join(tmp, 'README')]) age(path, 2 * HOUR_MS);
    expect(await blobs.store.removeLeftovers(ago(HOUR_MS))).toBe(2);
    expect(blobs.files()).toEqual([join('tmp', 'README'), join('tmp', 'a'.repeat(32))]);
  });
});

describe('a folder that cannot be written is a fault, not a hang', () => {
  /** Root may write anywhere, so it lays its rights down while it works; everybody else has none here. */
  async function withoutRights<T>(work: () => Promise<T>): Promise<T> {
    if (process.getuid?.() !== 0) return work();
    process.seteuid?.(NOBODY);
    try {
      return await work();
    } finally {
      process.seteuid?.(0);
    }
  }
  const recovers = async (): Promise<void> => {
    await (await blobs.receive('x')).accept();
    expect(blobs.files().filter((name) => !name.startsWith('tmp'))).toHaveLength(1);
  };

  test('the folder above belongs to somebody else', async () => {
    chmodSync(dirname(blobs.root), 0o555);
    await withoutRights(() => expect(blobs.store.create()).rejects.toMatchObject({ code: 'EACCES' }));
    expect(existsSync(blobs.root)).toBe(false);
    chmodSync(dirname(blobs.root), 0o700);
    await recovers();
  });

  test('the place of bytes that come in was closed while the server ran', async () => {
    await (await blobs.receive('before')).discard();
    for (const path of [dirname(blobs.root), blobs.root, join(blobs.root, 'tmp')]) chmodSync(path, 0o555);
    await withoutRights(() => expect(blobs.store.create()).rejects.toMatchObject({ code: 'EACCES' }));
    expect(blobs.files()).toEqual([]);
    for (const path of [dirname(blobs.root), blobs.root, join(blobs.root, 'tmp')]) chmodSync(path, 0o700);
    await recovers();
  });

  test('the place of stored bytes was closed while others came in', async () => {
    const received = await blobs.receive('x');
    for (const path of [dirname(blobs.root), blobs.root]) chmodSync(path, 0o555);
    await withoutRights(() => expect(received.accept()).rejects.toMatchObject({ code: 'EACCES' }));
    for (const path of [dirname(blobs.root), blobs.root]) chmodSync(path, 0o700);
    await received.discard();
    expect(blobs.files()).toEqual([]);
    await recovers();
  });

  test('a file stands in its place', async () => {
    writeFileSync(blobs.root, '');
    await expect(blobs.store.create()).rejects.toMatchObject({ code: 'EEXIST' });
    rmSync(blobs.root);
    await recovers();
  });
});
