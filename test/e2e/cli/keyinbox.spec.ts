import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startApp, type TestApp } from '../../support/app.js';
import { makeFolder, run as runCommand, type RunOptions } from '../../support/cli.js';

let app: TestApp;
let folder: ReturnType<typeof makeFolder>;
let ada: string;
let ben: string;

const run = (args: string[], options: RunOptions = {}) =>
  runCommand(['keyinbox', ...args], { cwd: folder.path, ...options, env: { PUBLIC_URL: app.url, ...options.env } });
const keyOf = (name: string) => JSON.parse(readFileSync(join(folder.path, name), 'utf8')) as { private_key: string; public_key: string };

beforeAll(async () => {
  app = await startApp();
  folder = makeFolder();
  for (const name of ['ada.key', 'ben.key']) await run(['keygen', '--out', name]);
  ada = keyOf('ada.key').public_key;
  ben = keyOf('ben.key').public_key;
});
afterAll(async () => {
  folder.remove();
  await app.close();
});

describe('polypost keyinbox keygen', () => {
  it('writes the pair for its owner alone and shows the public key only', async () => {
    const { code, out } = await run(['keygen', '--out', 'new.key']);
    const pair = keyOf('new.key');
    expect([code, out]).toEqual([0, `${pair.public_key}\n`]);
    expect(pair.private_key).toMatch(/^0xSPV/);
    expect(statSync(join(folder.path, 'new.key')).mode & 0o777).toBe(0o600);
  });

  it('shows both without a file', async () => {
    const shown = JSON.parse((await run(['keygen', '--json'])).out) as object;
    expect(shown).toMatchObject({ private_key: expect.stringMatching(/^0xSPV/), public_key: expect.stringMatching(/^0x[0-9a-f]{64}$/) });
    expect((await run(['keygen'])).out).toMatch(/^public_key {3}0x\S+\nprivate_key {2}0xSPV\S+\n$/);
  });

  it('never writes over a file', async () => {
    const before = keyOf('ada.key');
    const { code, err } = await run(['keygen', '--out', 'ada.key']);
    expect([code, err]).toEqual([1, 'polypost: ada.key is there already and is not overwritten\n']);
    expect(keyOf('ada.key')).toEqual(before);
  });
});

describe('polypost keyinbox send, list and read', () => {
  it('Ada sends, both list, both read', async () => {
    const sent = await run(['send', '--to', ben, '--subject', 'Plans', '--content', 'Meet at noon.', '--key-file', 'ada.key']);
    expect(sent).toMatchObject({ code: 0, err: '' });
    const id = sent.out.trim();

    const inbox = await run(['list', '--key-file', 'ben.key']);
    expect(inbox.out).toContain(`${id}  from ${ada}\n    Plans | Meet at noon.\n`);
    expect(inbox.err).toBe('1 of 1\n');
    expect((await run(['list', '--sent', '--key-file', 'ada.key'])).out).toContain(`${id}  to ${ben}\n`);

    const received = await run(['read', id, '--key-file', 'ben.key']);
    expect(received.out).toMatch(new RegExp(`^From: {4}${ada}\nTo: {6}${ben}\nDate: {4}\\S+Z\nSubject: Plans\n\nMeet at noon.\n$`));
    expect((await run(['read', id, '--sent-to', ben, '--key-file', 'ada.key'])).out).toBe(received.out);
    const json = JSON.parse((await run(['read', id, '--key-file', 'ben.key', '--json'])).out) as object;
    expect(json).toMatchObject({ id, message: { subject: 'Plans', content: 'Meet at noon.' } });
  });

  it('takes the key from a file, the standard input or the environment, and never from an argument', async () => {
    const key = keyOf('ben.key').private_key;
    writeFileSync(join(folder.path, 'bare.key'), `${key}\n`);
    for (const [args, options] of [
      [['--key-file', 'bare.key'], {}],
      [['--key-file', '-'], { input: key }],
      [[], { env: { KEYINBOX_PRIVATE_KEY: key } }],
    ] as const) {
      expect(await run(['list', ...args], options)).toMatchObject({ code: 0 });
    }
    expect(await run(['list', '--private-key', key])).toMatchObject({ code: 2 });
    const none = await run(['list']);
    expect(none.code).toBe(2);
    expect(none.err).toContain('no private key');
  });

  it('reads the content from the standard input or a file, byte for byte', async () => {
    const content = 'Grün 🦊 ✓\n\ttab\n';
    writeFileSync(join(folder.path, 'content.txt'), content);
    for (const [args, input] of [[[], content], [['--content-file', 'content.txt'], '']] as const) {
      const id = (await run(['send', '--to', ada, '--key-file', 'ben.key', ...args], { input })).out.trim();
      const read = await run(['read', id, '--key-file', 'ada.key', '--json']);
      expect((JSON.parse(read.out) as { message: { content: string } }).message.content).toBe(content);
    }
    const binary = await run(['send', '--to', ada, '--anonymous'], { input: Buffer.from([0xff, 0xfe, 0x41]) });
    expect([binary.code, binary.err]).toEqual([2, 'polypost: the content is not UTF-8 text\n']);
  });

  it('lets nobody steer the terminal of a reader', async () => {
    const nasty = '\u001b]0;owned\u0007\u001b[2J\u202e\u009b31m\r\0';
    // an argument cannot hold NUL, a content can
    const id = (await run(['send', '--to', ada, '--anonymous', '--subject', nasty.replace('\0', '')], { input: nasty })).out.trim();
    expect(id).toMatch(/^0xSID/);
    for (const args of [['list', '--key-file', 'ada.key'], ['read', id, '--key-file', 'ada.key']]) {
      const { out } = await run(args);
      expect(out).toContain('\\u001b]0;owned\\u0007');
      expect(out).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
    }
  });

  it('tells refusals, wrong use and a missing server apart, in one line', async () => {
    const refused = await run(['read', '0xSIDnothing', '--key-file', 'ada.key']);
    expect([refused.code, refused.err]).toEqual([1, 'polypost: the server refused: Message not found\n']);
    expect(await run(['read', '../x', '--key-file', 'ada.key'])).toMatchObject({ code: 2 });
    expect(await run(['list', '--take', '-1', '--key-file', 'ada.key'])).toMatchObject({ code: 2 });
    expect(await run(['send'])).toMatchObject({ code: 2 });
    expect(await run(['keygen', '--url', 'ftp://x'])).toMatchObject({ code: 2 });
    const gone = await run(['keygen', '--url', 'http://127.0.0.1:1/']);
    expect([gone.code, gone.err]).toEqual([3, 'polypost: http://127.0.0.1:1 cannot be reached (ECONNREFUSED)\n']);
  });

  it('sends again when the server is busy, as one message', async () => {
    const keys: unknown[] = [];
    const busyTwice = createServer((request, response) => {
      keys.push(request.headers['idempotency-key']);
      request.resume().on('end', () => {
        const busy = keys.length < 3;
        response.writeHead(busy ? 503 : 200, { 'Retry-After': '1' });
        response.end(JSON.stringify(busy ? { success: false, messages: [{ level: 'error', message: 'busy' }], response: null } : { success: true, messages: [], response: { id: '0xSIDonce' } }));
      });
    });
    await new Promise<void>((resolve) => busyTwice.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(busyTwice.address() as AddressInfo).port}`;
    const sent = await run(['send', '--to', ada, '--anonymous', '--url', url, '--content', 'x']);
    busyTwice.close();
    expect(sent).toMatchObject({ code: 0, out: '0xSIDonce\n' });
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  });
});
