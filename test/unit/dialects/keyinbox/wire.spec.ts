import { Writable } from 'node:stream';
import { type Response } from 'express';
import { successMessages, success } from '../../../../src/dialects/keyinbox/keyinbox.envelope.js';
import { renderKeyInboxError } from '../../../../src/dialects/keyinbox/keyinbox.errors.js';
import { invalid, KeyInboxFault, missing, tooLarge } from '../../../../src/dialects/keyinbox/keyinbox.faults.js';
import { isShort, listWarnings } from '../../../../src/dialects/keyinbox/keyinbox.listing.js';
import { renderListItem, renderMessage } from '../../../../src/dialects/keyinbox/keyinbox.render.js';
import { methodsOfPath, ownsPath, SEGMENTS } from '../../../../src/dialects/keyinbox/keyinbox.routes.js';
import { openInTurns, writeList } from '../../../../src/dialects/keyinbox/keyinbox.stream.js';
import { CryptoFailure } from '../../../../src/crypto/crypto-failure.js';
import { DomainError, type ErrorCode } from '../../../../src/kernel/domain-error.js';

const rendered = (code: ErrorCode, debug = false) => renderKeyInboxError(new DomainError(code, {}, { cause: new CryptoFailure('secret detail') }), debug);
const codeIn = ({ body }: { body: unknown }) => (body as { messages: { code: string }[] }).messages[0]!.code;

describe('errors', () => {
  test.each<[ErrorCode, number, string]>([
    ['malformed_body', 400, 'invalid_json'],
    ['unauthenticated', 400, 'invalid_private_key'],
    ['forbidden', 400, 'not_sender'],
    ['message_not_found', 400, 'message_not_found'],
    ['blank_message', 400, 'message_empty'],
    ['too_long', 400, 'message_too_large'],
    ['already_decided', 400, 'already_decided'],
    ['duplicate', 400, 'idempotency_mismatch'],
    ['invalid_input', 400, 'invalid_parameter'],
    ['payload_too_large', 413, 'payload_too_large'],
    ['route_not_found', 404, 'not_found'],
    ['method_not_allowed', 405, 'method_not_allowed'],
    ['rate_limited', 429, 'rate_limited'],
    ['overloaded', 503, 'overloaded'],
    ['internal', 500, 'internal'],
  ])('KEY-13 %s is %i %s', (code, status, wireCode) => {
    const answer = rendered(code);
    expect(answer.status).toBe(status);
    expect(codeIn(answer)).toBe(wireCode);
    expect(answer.body).toMatchObject({ success: false, response: null, messages: [{ level: status === 500 ? 'fatal' : 'error' }] });
    expect(answer.headers).toMatchObject({ 'Cache-Control': 'no-store' });
  });

  test.each<ErrorCode>([
    'sender_unknown', 'recipient_unknown', 'not_followed', 'too_many_recipients', 'attachment_refused', 'conflict', 'quota_exceeded', 'undecryptable', 'feature_off',
  ])('KEY-82 %s, which cannot arise here, has an envelope all the same', (code) => {
    expect(rendered(code)).toMatchObject({ status: 400, body: { success: false, response: null } });
  });

  test('KEY-13 an internal error tells its kind only with DEBUG_ENABLED, and never its sentence', () => {
    expect(JSON.stringify(rendered('internal').body)).not.toContain('CryptoFailure');
    expect(JSON.stringify(rendered('internal', true).body)).toContain('CryptoFailure');
    expect(JSON.stringify(rendered('internal', true).body)).not.toContain('secret detail');
    expect(JSON.stringify(rendered('overloaded', true).body)).not.toContain('CryptoFailure');
  });

  test('KEY-14 KEY-15 the dialect\'s own refusals name the parameter', () => {
    const text = (fault: KeyInboxFault) => (renderKeyInboxError(fault, false).body as { messages: { message: string }[] }).messages[0]!.message;
    expect(text(missing('subject'))).toBe('Missing request parameter: subject');
    expect(text(invalid('take'))).toBe('Invalid request parameter: take');
    expect(text(tooLarge(1024))).toContain('1024 bytes');
    expect(text(new KeyInboxFault('invalid_json'))).toBe('Invalid JSON data received');
    expect(text(new KeyInboxFault('invalid_private_key'))).toBe('Invalid private key.');
    expect(text(new KeyInboxFault('invalid_public_key'))).toBe('Invalid public key.');
    expect(text(new KeyInboxFault('self_send'))).toBe('Sender public key cannot be the same as the target public key.');
    expect(renderKeyInboxError(new KeyInboxFault('identity_not_found'), false).status).toBe(400);
  });
});

describe('envelope', () => {
  test('KEY-12 success, messages and response are always there; what happened stands first', () => {
    expect(success('Done.', { a: 1 }, ['take_zero'])).toEqual({
      success: true,
      messages: [{ level: 'info', message: 'Done.' }, { level: 'warn', code: 'take_zero', message: expect.any(String) }],
      response: { a: 1 },
    });
    expect(success(null, null)).toEqual({ success: true, messages: [], response: null });
  });

  test('KEY-34 which remarks a list goes with', () => {
    expect(listWarnings({ skip: 0, take: 50 }, 7)).toEqual([]);
    expect(listWarnings({ skip: 7, take: 50 }, 7)).toEqual([]);
    expect(listWarnings({ skip: 8, take: 50 }, 7)).toEqual(['skip_beyond_total']);
    expect(listWarnings({ skip: 0, take: 0 }, 7)).toEqual(['take_zero']);
    expect(listWarnings({ skip: 0, take: -1 }, 7)).toEqual(['take_all']);
    expect(listWarnings({ skip: 0, take: 50 }, 0)).toEqual(['inbox_empty']);
    expect(isShort({ take: 100 })).toBe(true);
    expect(isShort({ take: 101 })).toBe(false);
    expect(isShort({ take: -1 })).toBe(false);
  });
});

describe('rendering', () => {
  const facts = { id: 'I', digest: 'D', from: null, to: '0xB', subject: 'S', content: 'C' };
  const head = { id: '9007199254740993', wireId: 'W', preview: null, key: null, revision: 2, createdAt: new Date(1_700_000_000_999), editedAt: new Date(1_700_000_060_000) };

  test('KEY-33 a list item', () => {
    expect(renderListItem(head, facts)).toEqual({
      id: 'I', created_at: 1_700_000_000, is_modified: true, message_blake3_digest: 'D', from: null, to: '0xB', message: { subject: 'S', content: 'C' },
    });
  });

  test('KEY-37 a message in full, the sender under the names of both generations', () => {
    const stored = { ...head, subject: '', body: Buffer.alloc(812), algorithm: null, details: {} };
    expect(renderMessage(stored, { ...facts, from: '0xA', net: null })).toEqual({
      id: 'I',
      manifest: { created_at: 1_700_000_000, updated_at: 1_700_000_060, is_modified: true, message_blake3_digest: 'D' },
      pair: { sender_public_key: '0xA', receiver_public_key: '0xB', from: '0xA', to: '0xB' },
      sender: { public_key: '0xA', ip_address: '<hidden>', useragent: '<hidden>' },
      sent_to: '0xB',
      size: 812,
      message: { subject: 'S', content: 'C' },
    });
    const unedited = renderMessage({ ...stored, editedAt: null }, { ...facts, net: { ip: '::1', userAgent: 'curl' } });
    expect(unedited.manifest).toMatchObject({ updated_at: 1_700_000_000, is_modified: false });
    expect(unedited.sender).toEqual({ public_key: null, ip_address: '::1', useragent: 'curl' });
  });
});

describe('territory', () => {
  test('KEY-01 the routes live at the root, KEY-02 with or without a slash at the end', () => {
    const routes: [string, string[]][] = [
      ['/ping', ['GET', 'HEAD']],
      ['/generate-keypair', ['GET', 'HEAD']],
      ['/identity', ['GET', 'HEAD', 'POST', 'DELETE']],
      ['/identity/generate-keypair', ['GET', 'HEAD']],
      ['/identity/auth', ['POST']],
      ['/messages', ['GET', 'HEAD', 'POST']],
      ['/messages/receiver/0xSID1', ['GET', 'HEAD', 'DELETE']],
      ['/messages/sender/0xSID1', ['GET', 'HEAD', 'DELETE']],
      ['/messages/0xSID1', ['GET', 'HEAD', 'PUT', 'DELETE']],
      ['/sign', ['GET', 'HEAD', 'POST']],
      ['/sign/refuse', ['GET', 'HEAD', 'PUT', 'POST']],
      ['/sign/0xSID1', ['GET', 'HEAD', 'PUT']],
    ];
    for (const [path, methods] of routes) {
      for (const spelled of [path, `${path}/`]) {
        expect(ownsPath(spelled)).toBe(true);
        expect(methodsOfPath(spelled)).toEqual(methods);
      }
    }
  });

  test('KEY-07 KEY-09 paths of the dialect without a route', () => {
    for (const path of ['/messages/a-b', '/messages/receiver/a%20b', '/messages/other/1', '/messages//', '/identity/x', '/ping/x', '/sign/a/b', '/identity/generate-keypair/x']) {
      expect(ownsPath(path)).toBe(true);
      expect(methodsOfPath(path)).toEqual([]);
    }
  });

  test('KEY-83 the first segments are reserved, and nothing else is owned', () => {
    expect([...SEGMENTS].sort()).toEqual(['generate-keypair', 'identity', 'messages', 'ping', 'sign']);
    for (const path of ['/', '/Messages', '/messages_attachment_view/1', '/messages/attachment/175/dummy.pdf', '/pingpong', '/docs', '/signs']) {
      expect(ownsPath(path)).toBe(false);
    }
  });
});

describe('KEY-34 long lists', () => {
  class FakeResponse extends Writable {
    readonly headers: Record<string, unknown> = {};
    text = '';
    constructor(private readonly delayMs = 0) {
      super({ highWaterMark: 1024 });
    }
    status() {
      return this;
    }
    setHeader(name: string, value: unknown) {
      this.headers[name.toLowerCase()] = value;
      return this;
    }
    override _write(chunk: Buffer, _encoding: string, done: () => void) {
      this.text += chunk.toString();
      if (this.delayMs > 0) setTimeout(done, this.delayMs);
      else done();
    }
  }
  const answer = (response: FakeResponse) => response as unknown as Response;
  async function* pagesOf(pages: unknown[][], failAt = -1) {
    for (const [index, page] of pages.entries()) {
      if (index === failAt) throw new CryptoFailure('damaged');
      yield page;
    }
  }
  const list = (pages: () => AsyncIterable<unknown[]>, take = -1, members = ['messages']) => ({ messages: successMessages('Listed.', ['take_all']), total: 9, take, pages, members });

  test('small ones come whole, with a length', async () => {
    const response = new FakeResponse();
    await writeList(answer(response), list(() => pagesOf([[1, 2], [], [3]])));
    expect(JSON.parse(response.text)).toMatchObject({ success: true, response: { messages: [1, 2, 3], pagination_data: { total: 9, query: 3 } } });
    expect(response.headers['content-length']).toBe(Buffer.byteLength(response.text));
  });

  test('take bounds what is given, across pages', async () => {
    const response = new FakeResponse();
    await writeList(answer(response), list(() => pagesOf([[1, 2], [3, 4], [5]]), 3));
    expect(JSON.parse(response.text).response).toEqual({ messages: [1, 2, 3], pagination_data: { total: 9, query: 3 } });
  });

  test('opening a long page lets other work run in between', async () => {
    const order: string[] = [];
    const page = Array.from({ length: 100 }, (_, index) => index);
    let others = 0;
    const other = () => {
      others += 1;
      if (order.length < 100) setImmediate(other);
    };
    setImmediate(other);
    const opened: number[][] = [];
    const open = async (item: number) => (order.push(`i${item}`), item * 2);
    for await (const part of openInTurns(pagesOf([page]) as AsyncIterable<number[]>, open)) opened.push(part);
    expect(opened.flat()).toEqual(page.map((item) => item * 2));
    expect(opened.length).toBeGreaterThanOrEqual(4);
    expect(others).toBeGreaterThanOrEqual(3);
  });

  test('several members each get all items; none is valid JSON too', async () => {
    const response = new FakeResponse();
    await writeList(answer(response), list(() => pagesOf([[1], [2]]), -1, ['contracts', 'messages']));
    expect(JSON.parse(response.text).response).toEqual({ contracts: [1, 2], messages: [1, 2], pagination_data: { total: 9, query: 2 } });
    const empty = new FakeResponse();
    await writeList(answer(empty), list(() => pagesOf([])));
    expect(JSON.parse(empty.text).response).toEqual({ messages: [], pagination_data: { total: 9, query: 0 } });
  });

  test('damage in the first part is thrown before anything was sent', async () => {
    const response = new FakeResponse();
    await expect(writeList(answer(response), list(() => pagesOf([[1], [2]], 1)))).rejects.toThrow(CryptoFailure);
    expect(response.text).toBe('');
    expect(response.destroyed).toBe(false);
  });

  test('damage later cuts the connection', async () => {
    const response = new FakeResponse();
    const big = ['x'.repeat(300_000)];
    await expect(writeList(answer(response), list(() => pagesOf([big, big, big], 2)))).rejects.toThrow(CryptoFailure);
    expect(response.destroyed).toBe(true);
    expect(() => JSON.parse(response.text)).toThrow();
  });

  test('pages are made no faster than the client reads', async () => {
    const response = new FakeResponse(5);
    let made = 0;
    let ahead = 0;
    async function* slow() {
      for (let index = 0; index < 30; index += 1) {
        made += 1;
        ahead = Math.max(ahead, made - response.text.length / 100_000);
        yield ['y'.repeat(100_000)];
      }
    }
    await writeList(answer(response), list(slow));
    expect(JSON.parse(response.text).response.pagination_data.query).toBe(30);
    expect(ahead).toBeLessThan(10);
  });

  test('a client that goes away ends it quietly, and the pages with it', async () => {
    const response = new FakeResponse(1);
    let closed = false;
    async function* endless() {
      try {
        for (let index = 0; ; index += 1) {
          if (index === 8) response.destroy();
          yield ['z'.repeat(100_000)];
        }
      } finally {
        closed = true;
      }
    }
    await writeList(answer(response), list(endless));
    expect(closed).toBe(true);
  });
});
