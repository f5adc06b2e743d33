import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import { CryptoQueue } from '../../../src/dialects/envelope/keys/crypto-queue.js';
import { PromMetrics } from '../../../src/http/prom-metrics.js';
import { startApp, type TestApp } from '../../support/app.js';
import { ask, bodyFor, deliver, HPKE, newPerson, newToken, packetFor, type Person, post, prove, RSA } from './people.js';

let app: TestApp;
let bob: Person;
let token: string;
beforeAll(async () => {
  app = await startApp({ env: { ENVELOPE_CORS_ORIGINS: 'https://mail.example' } });
  bob = await newPerson(app);
  ({ token } = await newToken(bob));
});
afterAll(() => app.close());

const preflight = (path: string, method: string, origin: string) =>
  ask(app, { method: 'OPTIONS', path, headers: { Origin: origin, 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': 'authorization, content-type' } });

describe('pages of other origins', () => {
  const PUBLIC = [['POST', '/api/v1/message'], ['GET', '/.well-known/polypost-envelope'], ['GET', '/api/v1/server'], ['GET', '/api/v1/server/key'], ['GET', '/api/v1/user/abc/key'], ['GET', '/api/v1/directory/abc'], ['POST', '/api/v1/attachment']] as const;
  const OWN = [['GET', '/api/v1/message'], ['GET', '/api/v1/message/stream'], ['DELETE', '/api/v1/message/abc'], ['POST', '/api/v1/token'], ['GET', '/api/v1/user/me'], ['POST', '/api/v1/auth/session'], ['GET', '/api/v1/attachment/abc']] as const;

  it.each(PUBLIC)('ENV-46 %s %s is open to all, without credentials', async (method, path) => {
    const answer = await preflight(path, method, 'https://anywhere.example');
    expect([answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('access-control-allow-credentials')]).toEqual([204, '*', null]);
  });

  it.each(OWN)('ENV-46 %s %s only to the origins that are listed', async (method, path) => {
    expect((await preflight(path, method, 'https://anywhere.example')).headers.get('access-control-allow-origin')).toBeNull();
    expect((await preflight(path, method, 'https://mail.example')).headers.get('access-control-allow-origin')).toBe('https://mail.example');
  });

  it('ENV-46 the answers say the same', async () => {
    const headers = { Origin: 'https://anywhere.example' };
    expect((await post(app, {}, headers)).headers.get('access-control-allow-origin')).toBe('*');
    expect((await bob.asks('GET', '/api/v1/message', undefined, headers)).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('requests at the edge', () => {
  it('ENV-48 unknown paths and methods are worded by this dialect', async () => {
    for (const path of ['/api/v1', '/api/v1/', '/api/v1/nothing', '/api/v1/message/a/b', '/api/v1/user', '/.well-known/polypost-envelope/', '/api/v1/%zz']) {
      const answer = await ask(app, { path });
      expect([path, answer.headers.get('content-type')]).toEqual([path, expect.stringContaining('application/json')]);
      if (answer.status !== 200) expect(answer.body).toEqual({ error: expect.stringMatching(/^(not_found|method_not_allowed)$/), message: expect.any(String) });
    }
  });

  it('ENV-48 bodies of every other call: type, form, size', async () => {
    for (const [method, path] of [['POST', '/api/v1/auth/challenge'], ['POST', '/api/v1/user'], ['POST', '/api/v1/token'], ['PATCH', '/api/v1/user/me'], ['PUT', '/api/v1/user/me/key'], ['POST', '/api/v1/message/ack']] as const) {
      const send = (body: unknown, headers = {}) => ask(app, { method, path, body, session: bob.session, headers });
      expect([path, (await send('{"a":', {})).body.error]).toEqual([path, 'malformed_request']);
      expect((await send('[]')).body.error).toBe('malformed_request');
      expect((await send('\uFEFF{}')).body.error).toBe('malformed_request');
      expect((await send('{}', { 'Content-Type': 'text/plain' })).body.error).toBe('unsupported_media_type');
      expect((await send(`{"a":"${'x'.repeat(70_000)}"}`)).body.error).toBe('too_large');
      expect((await send(`{"a":${'['.repeat(40)}${']'.repeat(40)}}`)).body.error).toBe('malformed_request');
    }
  });

  it('a compressed body is inflated within the limit', async () => {
    const { gzipSync } = await import('node:zlib');
    const body = gzipSync(JSON.stringify(await bodyFor(app, packetFor(bob, token))));
    expect((await post(app, body, { 'Content-Encoding': 'gzip' })).status).toBe(201);
    expect((await post(app, gzipSync(Buffer.alloc(30 * 1024 * 1024, 32)), { 'Content-Encoding': 'gzip' })).body.error).toBe('too_large');
  });

  it('a client that goes away in the middle of its body, or says nonsense, harms nothing', async () => {
    const url = new URL(app.url);
    for (const bytes of ['POST /api/v1/message HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"data":', 'POST /api/v1/message HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n']) {
      const socket = connect(Number(url.port), url.hostname);
      socket.on('error', () => undefined);
      socket.write(bytes);
      await new Promise((resolve) => setTimeout(resolve, 50));
      socket.destroy();
    }
    expect((await deliver(app, packetFor(bob, token))).status).toBe(201);
    expect(app.logs()).not.toContain('"code":"internal"');
  });

  it('ENV-50 ENV-105 a full queue before the private keys says when to come back, and bodies that fit are answered', async () => {
    const narrow = await startApp({ db: app.db, env: { ENVELOPE_CRYPTO_QUEUE: '1' } });
    try {
      const body = await bodyFor(narrow, packetFor(bob, token), RSA);
      // the one place is taken until it is given back, however slow the machine is
      let giveBack = (): void => undefined;
      const taken = narrow.app.get(CryptoQueue, { strict: false }).run(() => new Promise<void>((resolve) => (giveBack = resolve)));
      const refused = await Promise.all([post(narrow, body), post(narrow, body)]);
      for (const { status, body: told, headers } of refused) {
        expect([status, told]).toEqual([503, { error: 'overloaded', message: expect.any(String) }]);
        expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      }
      expect((await post(narrow, { data: '!', algorithm: RSA, password: '!' })).body.error).toBe('malformed_request');
      giveBack();
      await taken;
      expect((await post(narrow, body)).status).toBe(201);
    } finally {
      await narrow.close();
    }
  }, 120_000);

  it('ENV-87 the page of a card is the same for everybody, runs only its own script and loads nothing', async () => {
    const page = await ask(app, { path: '/c' });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'/);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.text).not.toMatch(/src=|href=|innerHTML|fetch\(|XMLHttp/);
    expect((await ask(app, { path: '/c?x=<script>' })).text).toBe(page.text);
    const { createHash } = await import('node:crypto');
    const script = /<script>([\s\S]*)<\/script>/.exec(page.text)![1]!;
    expect(policy).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  });
});

describe('what must not be told', () => {
  it('ENV-45 ENV-53 ENV-108 tokens, sessions, packets, bodies and inner texts are in no log line, no metric and no answer', async () => {
    const marked = `CANARY${randomBytes(9).toString('hex')}`;
    const secret = await newToken(bob, { label: 'canary' });
    const packet = packetFor(bob, secret.token, { id: marked }, 'CANARYTEXT');
    const bodies = [await bodyFor(app, packet), await bodyFor(app, packet, RSA), await bodyFor(app, { ...packet, token: `ppt1_${marked}` }), await bodyFor(app, { ...packet, id: `${marked} ${marked}` }), await bodyFor(app, `${marked}{`)];
    const answers = [];
    for (const body of bodies) answers.push(await post(app, body), await post(app, { ...body, algorithm: marked }), await post(app, `${JSON.stringify(body)}${marked}`), await post(app, { ...body, kid: marked }));
    answers.push(await ask(app, { path: `/api/v1/message/${marked}`, session: bob.session }), await ask(app, { path: `/api/v1/message?after=${marked}`, session: bob.session }), await ask(app, { path: '/api/v1/user/me', session: marked }));
    answers.push(await ask(app, { method: 'POST', path: '/api/v1/auth/session', body: { ...(await prove(app, bob.identity, { purpose: 'login', name: bob.name })), device: marked, signature: marked } }));
    const found = [...answers.map(({ text }) => text), app.logs(), await app.app.get(PromMetrics, { strict: false }).text()].join('\n');
    for (const text of [marked, secret.token, bob.session, 'CANARYTEXT', packet['data'] as string, packet['password'] as string, ...bodies.flatMap(({ data, password }) => [data.slice(0, 60), password.slice(0, 60)])]) expect(found).not.toContain(text);
    expect(app.logs()).toContain('"route":"/api/v1/message"');
  });

  it('ENV-49 a failure of ours says nothing of itself', async () => {
    await app.sql('ALTER TABLE envelope_challenges RENAME TO challenges_gone');
    try {
      const answer = await ask(app, { method: 'POST', path: '/api/v1/auth/challenge', body: { purpose: 'login', name: 'x' } });
      expect([answer.status, answer.body]).toEqual([500, { error: 'internal', message: 'The server failed to handle the request.' }]);
    } finally {
      await app.sql('ALTER TABLE challenges_gone RENAME TO envelope_challenges');
    }
  });
});

describe('the description at /docs', () => {
  it('ENV-118 has every call, and its examples are taken for what they are', async () => {
    const { paths } = (await ask(app, { path: '/docs-json' })).body;
    const ours = Object.entries(paths as Record<string, Record<string, { tags?: string[] }>>).flatMap(([path, methods]) => Object.entries(methods).filter(([, operation]) => operation.tags?.[0] === 'envelope').map(([method]) => `${method.toUpperCase()} ${path}`));
    expect(ours.sort()).toEqual([
      'DELETE /api/v1/attachment/{id}', 'DELETE /api/v1/auth/session', 'DELETE /api/v1/auth/session/{id}', 'DELETE /api/v1/message/{id}', 'DELETE /api/v1/token/{id}', 'DELETE /api/v1/user/me',
      'GET /.well-known/polypost-envelope', 'GET /api/v1/attachment/{id}', 'GET /api/v1/auth/session', 'GET /api/v1/directory/{name}', 'GET /api/v1/message', 'GET /api/v1/message/stream', 'GET /api/v1/message/{id}',
      'GET /api/v1/server', 'GET /api/v1/server/key', 'GET /api/v1/token', 'GET /api/v1/user/me', 'GET /api/v1/user/{user_id}/key', 'GET /c',
      'PATCH /api/v1/token/{id}', 'PATCH /api/v1/user/me', 'POST /api/v1/attachment', 'POST /api/v1/auth/challenge', 'POST /api/v1/auth/session', 'POST /api/v1/message', 'POST /api/v1/message/ack', 'POST /api/v1/message/{id}/ack', 'POST /api/v1/token', 'POST /api/v1/user', 'PUT /api/v1/user/me/key',
    ].sort());
    const { components } = (await ask(app, { path: '/docs-json' })).body;
    const example = (name: string): Record<string, unknown> =>
      Object.fromEntries(Object.entries(components.schemas[name].properties as Record<string, { example?: unknown }>).flatMap(([key, { example: value }]) => (value === undefined ? [] : [[key, value]])));
    // what holds no secret of somebody works as it stands
    expect((await ask(app, { method: 'POST', path: '/api/v1/auth/challenge', body: example('EnvelopeAskChallenge') })).status).toBe(200);
    expect((await bob.asks('POST', '/api/v1/token', example('EnvelopeIssueToken'))).status).toBe(201);
    expect((await bob.asks('PATCH', `/api/v1/token/${(await newToken(bob)).token_id}`, example('EnvelopeChangeToken'))).status).toBe(200);
    expect((await bob.asks('PATCH', '/api/v1/user/me', example('EnvelopeChangeMe'))).status).toBe(200);
    expect((await bob.asks('POST', '/api/v1/message/ack', example('EnvelopeAckAll'))).status).toBe(204);
    expect((await ask(app, { path: '/api/v1/server/key?type=x25519' })).body.algorithms).toEqual([HPKE]);
    // what would have to be signed or sealed is well-formed, and refused for that alone
    expect((await post(app, example('EnvelopeBody'))).body.error).toBe('undecryptable');
    expect((await ask(app, { method: 'POST', path: '/api/v1/user', body: example('EnvelopeRegister') })).body.error).toBe('bad_proof');
    expect((await ask(app, { method: 'POST', path: '/api/v1/auth/session', body: example('EnvelopeOpenSession') })).body.error).toBe('bad_proof');
    expect((await bob.asks('PUT', '/api/v1/user/me/key', example('EnvelopeRotateKey'))).body.error).toBe('bad_proof');
  });
});
