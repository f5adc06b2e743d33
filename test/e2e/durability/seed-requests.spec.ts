import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawnSync } from 'node:child_process';
import { Sites } from './support/trial.js';
import { type Json, Wire } from './support/wire.js';
import { type Keys } from './support/writers.js';

/**
 * The requests of the messages page, letter for letter. Placeholders in angle brackets are filled
 * in; nothing else is touched.
 */
const SEND = `POST /messages

{
    "public_key": "<destinatary_public_key>",
    "private_key": "<sender_private_key>",

    "message": {
        "subject": "Important encrypted message",
        "content": "Hello, buddy!"
    }
}`;
const LIST = `GET /messages

{
    "private_key": "<receiver_private_key>",
    "pagination_data": {
        "skip": 0,
        "take": 50
    }
}`;
const READ_AS_RECEIVER = `GET /messages/receiver/<id>

{
    "private_key": "<receiver_private_key>"
}`;
const READ_AS_SENDER = `GET /messages/sender/<id>

{
    "private_key": "<sender_private_key>",
    "public_key": "<receiver_public_key>"
}`;
const EDIT = `PUT /messages/<id>

{
    "private_key": "<sender_private_key>",
    "public_key": "<receiver_public_key>"
}`;
const DELETE_AS_RECEIVER = `DELETE /messages/receiver/<id>

{
    "private_key": "<receiver_private_key>"
}`;
const DELETE_AS_SENDER = `DELETE /messages/sender/<id>

{
    "private_key": "<sender_private_key>",
    "public_key": "<receiver_public_key>"
}`;

const DIGEST = /^[0-9a-f]{64}$/;
const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** How the same request may leave a shell: each as arguments of curl, and as bare headers. */
const WAYS = [
  { way: 'as curl sends it on its own, as a form', args: [], headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
  { way: 'without a content type', args: ['--header', 'Content-Type:'], headers: {} },
  { way: 'as JSON', args: ['--header', 'Content-Type: application/json'], headers: { 'Content-Type': 'application/json' } },
];

const sites = new Sites();
let url: string;

beforeAll(async () => {
  const site = await sites.open();
  await site.start();
  ({ url } = site);
}, 60_000);

afterAll(() => sites.close(), 30_000);

interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Json;
}

async function ask(request: string, values: Record<string, string>, { args, headers }: (typeof WAYS)[number]): Promise<Reply> {
  const filled = request.replaceAll(/<(\w+)>/g, (_, name: string) => values[name]!);
  const [, method = '', path = '', body = ''] = /^(\w+) (\S+)\n\n([\s\S]*)$/.exec(filled) ?? [];
  return hasCurl ? askWithCurl(method, path, body, args) : askBare(method, path, body, headers);
}

function askWithCurl(method: string, path: string, body: string, args: readonly string[]): Promise<Reply> {
  const all = ['--silent', '--show-error', '--max-time', '20', '--include', '--request', method, ...args, '--data', body, `${url}${path}`];
  return new Promise((resolve, reject) => {
    execFile('curl', all, { env: { PATH: process.env['PATH'] ?? '', no_proxy: '*' } }, (error, out) => {
      if (error) return reject(new Error('curl failed', { cause: error }));
      const [head = '', text = ''] = out.split(/\r\n\r\n([\s\S]*)/, 2);
      const [first = '', ...lines] = head.split('\r\n');
      const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]));
      resolve({ status: Number(first.split(' ')[1]), headers, body: JSON.parse(text) });
    });
  });
}

/** Where there is no curl: the same bytes and the same headers. */
async function askBare(method: string, path: string, body: string, headers: Record<string, string>): Promise<Reply> {
  const wire = new Wire(url);
  const outcome = await wire.askRaw(method, path, Buffer.from(body), headers);
  wire.close();
  if (outcome.kind !== 'answered') throw new Error(outcome.kind);
  return { status: outcome.status, headers: outcome.headers as Record<string, string>, body: outcome.body };
}

describe.each(WAYS)('the published requests, sent $way', (how) => {
  it('KEY-03 KEY-23 KEY-32 KEY-37 KEY-41 KEY-47 are all answered rightly, one after the other', async () => {
    const wire = new Wire(url);
    const sender = (await wire.must('GET', '/generate-keypair', {})) as Keys;
    const receiver = (await wire.must('GET', '/generate-keypair', {})) as Keys;
    wire.close();
    const values: Record<string, string> = {
      destinatary_public_key: receiver.public_key,
      receiver_public_key: receiver.public_key,
      receiver_private_key: receiver.private_key,
      sender_private_key: sender.private_key,
    };
    const tell = (request: string): Promise<Reply> => ask(request, values, how);
    const pair = {
      sender_public_key: sender.public_key, from: sender.public_key, receiver_public_key: receiver.public_key, to: receiver.public_key,
    };
    const text = { subject: 'Important encrypted message', content: 'Hello, buddy!' };

    const sent = await tell(SEND);
    expect(sent).toMatchObject({ status: 200, body: { success: true, messages: [{ level: 'info' }], response: { pair } } });
    expect(sent.headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' });
    const { id, message_blake3_digest: digest } = sent.body.response;
    expect(id).toMatch(/^0xSID[0-9A-Za-z]{16,59}$/);
    expect(digest).toMatch(DIGEST);
    values['id'] = id;

    const listed = await tell(LIST);
    expect(listed).toMatchObject({
      status: 200,
      body: { success: true, response: { pagination_data: { total: 1, query: 1 }, messages: [{ id, is_modified: false, message_blake3_digest: digest, message: text }] } },
    });
    const read = { id, manifest: { is_modified: false, message_blake3_digest: digest }, pair, sent_to: receiver.public_key, message: text };
    for (const request of [READ_AS_RECEIVER, READ_AS_SENDER]) {
      expect(await tell(request)).toMatchObject({ status: 200, body: { success: true, response: read } });
    }

    // the example leaves out the two members that its own list of members has
    expect(await tell(EDIT)).toMatchObject({
      status: 400,
      body: { success: false, response: null, messages: [{ level: 'error', code: 'missing_parameter', message: 'Missing request parameter: message' }] },
    });
    const full = EDIT.replace(/"\n}$/, '",\n    "message": {\n        "subject": "New",\n        "content": "It is all different."\n    }\n}');
    const edited = await tell(full);
    expect(edited).toMatchObject({ status: 200, body: { success: true, response: { id, pair } } });
    expect(edited.body.response.message_blake3_digest).toMatch(DIGEST);
    expect(edited.body.response.message_blake3_digest).not.toBe(digest);
    const again = { id, manifest: { is_modified: true }, pair, message: { subject: 'New', content: 'It is all different.' } };
    expect(await tell(READ_AS_RECEIVER)).toMatchObject({ status: 200, body: { response: again } });

    const gone = { status: 400, body: { success: false, response: null, messages: [{ level: 'error', message: 'Message not found' }] } };
    expect(await tell(DELETE_AS_RECEIVER)).toMatchObject({ status: 200, body: { success: true, response: null } });
    for (const request of [READ_AS_RECEIVER, READ_AS_SENDER, full, DELETE_AS_RECEIVER, DELETE_AS_SENDER]) {
      expect(await tell(request)).toMatchObject(gone);
    }
    values['id'] = (await tell(SEND)).body.response.id;
    expect(await tell(DELETE_AS_SENDER)).toMatchObject({ status: 200, body: { success: true, response: null } });
    expect(await tell(LIST)).toMatchObject({ status: 200, body: { response: { pagination_data: { total: 0 }, messages: [] } } });
  }, 60_000);
});
