import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { type UploadRules } from '../../../src/http/uploads.js';
import { type BlobStore } from '../../../src/kernel/blob-store.js';
import { DomainError } from '../../../src/kernel/domain-error.js';
import { openBlobs, openFilesBelow, type TestBlobs } from '../../support/blobs.js';
import { body, BOUNDARY, field, file, part, startUploads, type UploadServer } from './support/upload-server.js';

const MIB = 1024 * 1024;
const common: UploadRules = { files: ['attachment'], fileBytesMax: 100_000, bodyBytesMax: 500_000, filesMax: 4, fieldsMax: 10, fieldBytesMax: 1000 };
const keyOf = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown) => unhandled.push(reason);

let blobs: TestBlobs;
let store: BlobStore;
let rules: UploadRules;
let accept: boolean;
let server: UploadServer;

beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled);
  server = await startUploads(
    () => store,
    () => rules,
    async ({ files }) => {
      if (accept) for (const { blob } of files.values()) await blob.accept();
    },
  );
});
afterAll(async () => {
  process.off('unhandledRejection', onUnhandled);
  await server.close();
});
beforeEach(() => {
  blobs = openBlobs();
  store = blobs.store;
  rules = common;
  accept = false;
  unhandled.length = 0;
});
afterEach(async () => {
  await quiet();
  expect(unhandled).toEqual([]);
  expect(openFilesBelow(blobs.root)).toEqual([]);
  expect(blobs.files().filter((name) => name.startsWith('tmp'))).toEqual([]);
  blobs.close();
});

/** Waits until the server has noticed everything that was done to it. */
async function quiet(): Promise<void> {
  for (let ended = -1; ended !== server.ended(); ) {
    ended = server.ended();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

describe('a multipart body', () => {
  it('gives its fields and its files', async () => {
    const bytes = randomBytes(70_000);
    const told = await server.post(body(field('from', '31'), field('message', 'Ship it 🚢'), file('attachment', 'offer.pdf', bytes, 'application/pdf'), field('from', '32')));
    expect(told).toEqual({
      status: 200,
      fields: { from: ['31', '32'], message: 'Ship it 🚢' },
      files: { attachment: { name: 'offer.pdf', type: 'application/pdf', size: bytes.length, key: keyOf(bytes) } },
    });
  });

  it('stores what is accepted, and nothing else', async () => {
    expect(await server.post(body(file('attachment', 'a', 'refused')))).toMatchObject({ status: 200 });
    expect(blobs.files()).toEqual([]);
    accept = true;
    await server.post(body(file('attachment', 'a', 'kept')));
    expect(blobs.files()).toEqual([`${keyOf('kept').slice(0, 2)}/${keyOf('kept')}`]);
  });

  it('gives the last of several files under one name, and none under other names', async () => {
    accept = true;
    const { files } = await server.post(body(file('attachment', 'a', 'first'), file('other', 'o', 'x'.repeat(90_000)), file('attachment', 'b', 'second'), file('attachment[]', 'c', 'third')));
    expect(files).toEqual({ attachment: { name: 'b', type: 'application/octet-stream', size: 6, key: keyOf('second') } });
    expect(blobs.files()).toHaveLength(1);
  });

  it('gives several files where several are wanted', async () => {
    rules = { ...common, files: ['file', 'thumbnail'] };
    const { files } = await server.post(body(file('thumbnail', 't', 'small'), file('file', 'f', 'large')));
    expect(Object.keys(files ?? {}).sort()).toEqual(['file', 'thumbnail']);
  });

  it.each([
    ['Mein Übersicht 📄.pdf', 'Mein Übersicht 📄.pdf'], ['../../etc/passwd', 'passwd'], ['C:\\temp\\a.txt', 'a.txt'], ['50%.pdf', '50%.pdf'], ['a%22b.pdf', 'a"b.pdf'],
    ['.htaccess', '.htaccess'], ['a b.c', 'a b.c'],
  ])('gives the name of a file as data, without folders: %s', async (given, name) => {
    const { files } = await server.post(body(file('attachment', given, 'x')));
    expect(files?.['attachment']?.name).toBe(name);
  });

  it('tells of an empty file, and of none where no file was chosen', async () => {
    expect((await server.post(body(file('attachment', 'empty.pdf', '')))).files).toMatchObject({ attachment: { size: 0, key: keyOf('') } });
    expect((await server.post(body(file('attachment', '', '')))).files).toEqual({});
    expect(await server.post(body())).toEqual({ status: 200, fields: {}, files: {} });
  });

  it('cannot change what objects are', async () => {
    const { fields } = await server.post(body(field('__proto__', 'x'), field('constructor', 'y')));
    expect(fields).toEqual(JSON.parse('{"__proto__":"x","constructor":"y"}'));
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('is nothing where the request has no body', async () => {
    const socket = await server.connect();
    socket.end(`GET /upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n`);
    expect(await text(socket)).toContain('{"fields":{},"files":{}}');
  });
});

describe('a bound', () => {
  const over = async (bytes: Buffer, limit: number) => expect(await server.post(bytes)).toEqual({ status: 400, code: 'payload_too_large', limit });

  it('of one file may be reached, not passed', async () => {
    expect((await server.post(body(file('attachment', 'a', 'x'.repeat(100_000))))).files).toMatchObject({ attachment: { size: 100_000 } });
    await over(body(file('attachment', 'a', 'x'.repeat(100_001))), 100_000);
    await over(body(file('attachment', 'ok', 'fine'), file('attachment', 'a', 'x'.repeat(200_000)), field('after', 'it')), 100_000);
  });

  it('of one file does not count for files nobody wants', async () => {
    expect(await server.post(body(file('other', 'a', 'x'.repeat(200_000)), field('after', 'it')))).toEqual({ status: 200, fields: { after: 'it' }, files: {} });
  });

  it('of the body is told from the length it claims, and counted where it claims none', async () => {
    await over(body(file('other', 'a', 'x'.repeat(500_000))), 500_000);
    const request = httpRequest(server.url, { method: 'POST', headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` } });
    request.end(body(file('other', 'a', 'x'.repeat(500_000))));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(JSON.parse(await text(response))).toEqual({ code: 'payload_too_large', limit: 500_000 });
  });

  it('of the body is told before any of it has come', async () => {
    const socket = await server.connect();
    socket.write(`POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=${BOUNDARY}\r\nContent-Length: 500001\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('{"code":"payload_too_large","limit":500000}');
    socket.destroy();
  });

  it('of fields, files, parts and headers holds', async () => {
    const times = (count: number, bytes: Buffer) => body(...Array.from({ length: count }, () => bytes));
    expect(await server.post(times(10, field('a', 'b')))).toMatchObject({ status: 200 });
    await over(times(11, field('a', 'b')), 10);
    expect(await server.post(times(4, file('attachment', 'a', 'b')))).toMatchObject({ status: 200 });
    await over(times(5, file('x', 'a', 'b')), 4);
    expect(await server.post(body(field('a', 'x'.repeat(1000))))).toMatchObject({ status: 200 });
    await over(body(field('a', 'x'.repeat(1001))), 1000);
    expect(await server.post(times(5000, part('X-Nothing: x')))).toMatchObject({ status: 400 });
    expect(await server.post(body(part(`Content-Disposition: form-data; name="a"\r\n${'X-H: y\r\n'.repeat(3000)}X: z`)))).toMatchObject({ status: 400, code: 'malformed_body' });
    expect(await server.post(body(field('x'.repeat(5000), 'y')))).toMatchObject({ status: 400, code: 'malformed_body' });
  });

  it('of nesting holds, and may be raised', async () => {
    expect(await server.post(body(field('a[b]', 'x')))).toEqual({ status: 400, code: 'malformed_body' });
    rules = { ...common, nestingMax: 1 };
    expect((await server.post(body(field('a[]', 'x'), field('a[]', 'y')))).fields).toEqual({ a: ['x', 'y'] });
    expect(await server.post(body(field('a[99999999]', 'x')))).toEqual({ status: 400, code: 'malformed_body' });
  });
});

describe('a body that is not a whole multipart one', () => {
  const whole = body(field('a', 'b'), file('attachment', 'a', 'x'.repeat(5000)));

  it.each([
    ['no boundary', whole, { 'content-type': 'multipart/form-data' }],
    ['another boundary', whole, { 'content-type': 'multipart/form-data; boundary=other' }],
    ['another kind', whole, { 'content-type': `multipart/mixed; boundary=${BOUNDARY}` }],
    ['no kind', whole, { 'content-type': 'text/plain' }],
    ['compressed', gzipSync(whole), { 'content-encoding': 'gzip' }],
    ['said to be compressed', whole, { 'content-encoding': 'gzip' }],
    ['rubbish', randomBytes(5000), {}],
    ['a part without a name', body(part('Content-Disposition: form-data', 'x')), {}],
    ['a file without a name', body(part('Content-Disposition: form-data; filename="a"', 'x')), {}],
    ['broken headers', body(part('Content-Disposition form-data; name="a"\r\nX\x01: y', 'x')), {}],
    ['no end', whole.subarray(0, -10), {}],
  ])('is refused as malformed: %s', async (_what, bytes, headers) => {
    expect(await server.post(bytes, headers as Record<string, string>)).toEqual({ status: 400, code: 'malformed_body' });
  });

  it('is refused wherever it ends', async () => {
    for (let length = 1; length < whole.length - BOUNDARY.length - 6; length += 97) {
      expect(await server.post(whole.subarray(0, length))).toEqual({ status: 400, code: 'malformed_body' });
    }
  });
});

describe('a client', () => {
  it('that goes away in the middle leaves nothing, wherever it does', async () => {
    const bytes = body(field('a', 'b'), file('attachment', 'a', randomBytes(90_000)), file('attachment', 'b', randomBytes(90_000)));
    const before = server.ended();
    for (let length = 0; length < bytes.length; length += 9_001) {
      const socket = await server.connect();
      socket.write(`POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=${BOUNDARY}\r\nContent-Length: ${bytes.length}\r\n\r\n`);
      socket.write(bytes.subarray(0, length));
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (length % 2 === 0) socket.destroy();
      else socket.resetAndDestroy();
    }
    await quiet();
    expect(server.ended() - before).toBe(Math.ceil(bytes.length / 9_001));
    expect(new Set(server.codes.slice(-5))).toEqual(new Set(['malformed_body']));
  });

  it('that sends without end is answered at once, and cut off where it goes on', async () => {
    for (const name of ['attachment', 'other']) {
      rules = { ...common, fileBytesMax: MIB, bodyBytesMax: name === 'attachment' ? 1000 * MIB : 2 * MIB };
      const socket = await server.connect();
      let sent = 0;
      const chunk = Buffer.concat([Buffer.from('40000\r\n'), Buffer.alloc(0x40000, 'x'), Buffer.from('\r\n')]);
      const start = file(name, 'endless', '').subarray(0, -2);
      socket.write(`POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=${BOUNDARY}\r\nTransfer-Encoding: chunked\r\n\r\n`);
      socket.write(`${start.length.toString(16)}\r\n${start.toString()}\r\n`);
      const pump = (): void => {
        while (!socket.destroyed && sent < 5000 * MIB) {
          sent += 0x40000;
          if (!socket.write(chunk)) return;
        }
      };
      socket.on('drain', pump);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      const answered = once(socket, 'data') as Promise<[Buffer]>;
      pump();
      expect((await answered).toString()).toContain(`{"code":"payload_too_large","limit":${name === 'attachment' ? MIB : 2 * MIB}}`);
      expect(sent).toBeLessThan(100 * MIB);
      await closed;
      expect(sent).toBeLessThan(300 * MIB);
    }
  });

  it('gets its answer also where it reads only after it has sent everything and has the connection closed', async () => {
    const socket = await server.connect();
    socket.pause();
    const bytes = Buffer.concat([file('attachment', 'a', Buffer.alloc(400_000, 'x')), Buffer.alloc(8 * MIB, 'y')]);
    socket.write(`POST /upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=${BOUNDARY}\r\nContent-Length: ${bytes.length}\r\n\r\n`);
    await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
    expect(await text(socket)).toContain('payload_too_large');
  });
});

describe('a fault of the store', () => {
  const failing = (over: Partial<Record<'create' | 'write' | 'finish', Error>>): BlobStore =>
    Object.assign(Object.create(blobs.store) as BlobStore, {
      create: async () => {
        if (over.create) throw over.create;
        const writer = await blobs.store.create();
        return {
          write: async (chunk: Buffer) => (over.write ? Promise.reject(over.write) : writer.write(chunk)),
          finish: async () => (over.finish ? Promise.reject(over.finish) : writer.finish()),
          abort: () => writer.abort(),
        };
      },
    });

  it.each(['create', 'write', 'finish'] as const)('is told as what it is, and leaves nothing (%s)', async (step) => {
    const bytes = body(file('attachment', 'a', randomBytes(90_000)), field('b', 'c'));
    store = failing({ [step]: new DomainError('overloaded', { retryAfterSeconds: 1 }) });
    expect(await server.post(bytes)).toEqual({ status: 400, code: 'overloaded', retryAfterSeconds: 1 });
    store = failing({ [step]: new Error('EIO') });
    expect(await server.post(bytes)).toEqual({ status: 400, code: 'fault: EIO' });
    store = blobs.store;
    expect(await server.post(bytes)).toMatchObject({ status: 200 });
  });
});

test('P10 a thousand broken uploads leave no file, no descriptor and no rejection', async () => {
  const bytes = body(field('a', 'b'), file('attachment', 'a', randomBytes(60_000)), field('c', 'd'));
  const head = (length: number | null) =>
    `POST /upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=${BOUNDARY}\r\n${length === null ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`}\r\n\r\n`;
  const breaks: readonly ((socket: Socket, cut: Buffer) => void)[] = [
    (socket, cut) => socket.write(cut, () => socket.destroy()),
    (socket, cut) => socket.write(cut, () => socket.resetAndDestroy()),
    (socket, cut) => socket.end(cut),
    (socket, cut) => socket.end(Buffer.concat([cut, Buffer.alloc(bytes.length - cut.length, 'x')])),
    (socket, cut) => socket.end(Buffer.concat([cut, file('attachment', 'z', Buffer.alloc(150_000))])),
  ];
  const before = { ended: server.ended(), files: blobs.files() };
  const one = async (index: number): Promise<void> => {
    const socket = await server.connect();
    socket.resume();
    const cut = bytes.subarray(0, (index * 6151) % bytes.length);
    socket.write(head(index % 5 === 2 && index % 2 === 0 ? null : bytes.length));
    breaks[index % breaks.length]!(socket, cut);
    await new Promise<void>((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())));
  };
  for (let index = 0; index < 1000; index += 20) await Promise.all(Array.from({ length: 20 }, (_, offset) => one(index + offset)));
  await quiet();
  expect(server.ended() - before.ended).toBeGreaterThan(900);
  expect(blobs.files()).toEqual(before.files);
  expect(openFilesBelow(blobs.root)).toEqual([]);
  expect(await server.post(bytes)).toMatchObject({ status: 200 });
}, 60_000);
