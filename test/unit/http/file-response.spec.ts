import express from 'express';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync, truncateSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { serveFile, type ServedFile } from '../../../src/http/file-response.js';
import { openBlobs, openFilesBelow, type TestBlobs } from '../../support/blobs.js';

const CONTENT = Buffer.from('0123456789abcdef');

let blobs: TestBlobs;
let server: Server;
let port: number;
let file: ServedFile;
let ended: { error?: Error }[];

beforeAll(async () => {
  const app = express();
  app.disable('etag');
  app.all('/file', (request, response) => {
    void serveFile(request, response, blobs.store, file).then(
      () => ended.push({}),
      (error: Error) => {
        ended.push({ error });
        if (response.headersSent) response.destroy();
        else response.status(500).end('fault');
      },
    );
  });
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function put(content: Buffer, over: Partial<ServedFile> = {}): Promise<void> {
  const blob = await blobs.receive(content);
  await blob.accept();
  file = { key: blob.key, sha256: blob.sha256, size: content.length, name: 'a.pdf', mediaType: 'application/pdf', disposition: 'inline', cacheControl: 'private, max-age=60', ...over };
}

beforeEach(async () => {
  blobs = openBlobs();
  ended = [];
  await put(CONTENT);
});
afterEach(async () => {
  for (let wait = 0; openFilesBelow(blobs.root).length > 0 && wait < 50; wait += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(openFilesBelow(blobs.root)).toEqual([]);
  blobs.close();
});

async function ask(headers: Record<string, string> = {}, method = 'GET') {
  const request = httpRequest({ port, host: '127.0.0.1', path: '/file', method, headers });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: (await buffer(response)).toString('latin1') };
}
const etag = () => `"${file.sha256.toString('hex')}"`;

describe('a stored file', () => {
  it('is served whole, so that nothing of it runs', async () => {
    const { status, headers, body } = await ask();
    expect({ status, body }).toEqual({ status: 200, body: CONTENT.toString() });
    expect(headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': '16',
      'content-disposition': 'inline; filename=a.pdf',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, max-age=60',
      'accept-ranges': 'bytes',
      etag: etag(),
    });
  });

  it('may be embedded elsewhere where that is wanted', async () => {
    await put(CONTENT, { embeddable: true });
    expect((await ask()).headers['cross-origin-resource-policy']).toBe('cross-origin');
  });

  it('is described without its bytes', async () => {
    expect(await ask({ range: 'bytes=99-' }, 'HEAD')).toMatchObject({ status: 200 });
    const { status, headers, body } = await ask({ range: 'bytes=0-1' }, 'HEAD');
    expect({ status, body, length: headers['content-length'], type: headers['content-type'] }).toEqual({ status: 200, body: '', length: '16', type: 'application/pdf' });
  });

  it.each([
    ['plain.pdf', 'attachment; filename=plain.pdf'],
    ['Mein Übersicht.pdf', 'attachment; filename="Mein ?bersicht.pdf"; filename*=UTF-8\'\'Mein%20%C3%9Cbersicht.pdf'],
    ['日本.pdf', 'attachment; filename="??.pdf"; filename*=UTF-8\'\'%E6%97%A5%E6%9C%AC.pdf'],
    ['a"b\\c.pdf', 'attachment; filename="a\\"b_c.pdf"'],
    ['a\r\nSet-Cookie: x=1.pdf', 'attachment; filename="aSet-Cookie: x=1.pdf"'],
    ['exe\u202Efdp.exe', 'attachment; filename=exefdp.exe'],
    ['../../etc/passwd', 'attachment; filename=.._.._etc_passwd'],
    ['50%.pdf', 'attachment; filename=50%.pdf'],
    ['%41.pdf', 'attachment; filename=%41.pdf; filename*=UTF-8\'\'%2541.pdf'],
    ['', 'attachment; filename=file'],
    ['\0', 'attachment; filename=file'],
    ['\ud800.pdf', 'attachment; filename="?.pdf"; filename*=UTF-8\'\'%EF%BF%BD.pdf'],
  ])('has its name in every alphabet, and no more than a name: %j', async (name, expected) => {
    await put(CONTENT, { name, disposition: 'attachment' });
    expect((await ask()).headers['content-disposition']).toBe(expected);
  });

  it('has at most 255 characters of a name', async () => {
    await put(CONTENT, { name: '🚢'.repeat(400) });
    expect(decodeURIComponent((await ask()).headers['content-disposition']?.split("UTF-8''")[1] ?? '')).toBe('🚢'.repeat(255));
  });

  it('may be empty', async () => {
    await put(Buffer.alloc(0));
    expect(await ask()).toMatchObject({ status: 200, body: '' });
    expect(await ask({ range: 'bytes=0-0' })).toMatchObject({ status: 416 });
  });
});

describe('a client that has the file', () => {
  it.each([(tag: string) => tag, (tag: string) => `W/${tag}`, (tag: string) => `"x", ${tag} , "y"`, () => '*'])('is told so', async (header) => {
    const { status, headers, body } = await ask({ 'if-none-match': header(etag()), range: 'bytes=0-1' });
    expect({ status, body }).toEqual({ status: 304, body: '' });
    expect(headers).toMatchObject({ etag: etag(), 'cache-control': 'private, max-age=60' });
    expect(headers['content-type']).toBeUndefined();
  });

  it('is told so only where it is this one', async () => {
    for (const header of ['"x"', etag().slice(0, -2), etag().toUpperCase()]) expect(await ask({ 'if-none-match': header })).toMatchObject({ status: 200 });
  });
});

describe('a part of a file', () => {
  it.each([
    ['bytes=0-3', 'bytes 0-3/16', '0123'], ['bytes=4-', 'bytes 4-15/16', '456789abcdef'], ['bytes=-2', 'bytes 14-15/16', 'ef'],
    ['bytes=15-15', 'bytes 15-15/16', 'f'], ['bytes=10-99', 'bytes 10-15/16', 'abcdef'], ['bytes=-99', 'bytes 0-15/16', CONTENT.toString()],
  ])('is served: %s', async (range, contentRange, body) => {
    const answer = await ask({ range });
    expect(answer).toMatchObject({ status: 206, body });
    expect(answer.headers).toMatchObject({ 'content-range': contentRange, 'content-length': String(body.length), etag: etag(), 'x-content-type-options': 'nosniff' });
  });

  it.each(['bytes=16-', 'bytes=99-100', 'bytes=-0', 'bytes=999999999999999-'])('is refused where there is none: %s', async (range) => {
    const answer = await ask({ range });
    expect(answer).toMatchObject({ status: 416, body: '' });
    expect(answer.headers).toMatchObject({ 'content-range': 'bytes */16', 'cache-control': 'no-store' });
    expect(answer.headers.etag).toBeUndefined();
  });

  it.each(['bytes=0-1,4-5', 'lines=0-1', 'bytes', 'bytes=a-b', 'bytes=-', 'bytes=5-2', 'x', `bytes=${'9'.repeat(400)}-`])('is not what is asked for: %s', async (range) => {
    expect(await ask({ range })).toMatchObject({ status: 200, body: CONTENT.toString() });
  });

  it('counts only where the client has the beginning of this version', async () => {
    expect(await ask({ range: 'bytes=1-2', 'if-range': etag() })).toMatchObject({ status: 206, body: '12' });
    for (const header of ['"old"', `W/${etag()}`, 'Wed, 21 Oct 2026 07:28:00 GMT']) {
      expect(await ask({ range: 'bytes=1-2', 'if-range': header })).toMatchObject({ status: 200, body: CONTENT.toString() });
    }
  });
});

describe('what goes wrong', () => {
  it('is told before anything is sent where the bytes are missing or damaged', async () => {
    truncateSync(blobs.place(file.key), 5);
    expect(await ask()).toMatchObject({ status: 500, body: 'fault' });
    rmSync(blobs.place(file.key));
    expect(await ask()).toMatchObject({ status: 500, body: 'fault' });
    expect(ended.flatMap(({ error }) => (error ? [error.message] : []))).toEqual(Array(2).fill('a stored file is missing or damaged'));
  });

  it('cuts the connection where it shows in the middle', async () => {
    await put(randomBytes(8_000_000));
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /file HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'readable');
    truncateSync(blobs.place(file.key), 0);
    // a connection that is kept would wait for the rest for ever
    const received = await text(socket).catch(() => '');
    expect(received.length).toBeLessThan(8_000_000);
    expect(ended.some(({ error }) => error !== undefined)).toBe(true);
  });

  it('is no fault where the client goes away, and leaves nothing open', async () => {
    await put(randomBytes(8_000_000));
    for (let round = 0; round < 20; round += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write('GET /file HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(socket, 'readable');
      socket.resetAndDestroy();
    }
    for (let wait = 0; ended.length < 20 && wait < 200; wait += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(ended).toEqual(Array.from({ length: 20 }, () => ({})));
  });

  it('waits for a client that reads slowly, in little memory', async () => {
    await put(randomBytes(32_000_000));
    const before = process.memoryUsage();
    const sockets = Array.from({ length: 10 }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined).pause();
      socket.write('GET /file HTTP/1.1\r\nHost: x\r\n\r\n');
      return socket;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(64_000_000);
    for (const socket of sockets) socket.destroy();
  });
});
