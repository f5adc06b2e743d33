import { fingerprint, NodeBackend, parsePublicKey, verifyServerDocument } from '@polypost/envelope/codec';
import { createHash } from 'node:crypto';
import { ServerKeys } from '../../../src/dialects/envelope/keys/server-keys.js';
import { startApp, TEST_SECRETS, type TestApp } from '../../support/app.js';
import { TestClock } from '../../support/store.js';
import { ask, bodyFor, deliver, HPKE, LEGACY, newPerson, newToken, packetFor, post, RSA, seal, SUITES, type Loose } from './people.js';

const DAY_MS = 86_400_000;
const backend = new NodeBackend();
let app: TestApp;
let clock: TestClock;
const boot = (over: Record<string, string> = {}, on: Partial<Parameters<typeof startApp>[0]> = {}) => startApp({ clock, env: { ENVELOPE_SESSION_TTL: String(30 * 86_400), ...over }, ...on });
beforeAll(async () => {
  clock = new TestClock(Date.UTC(2026, 10, 20, 10, 10));
  app = await boot();
});
afterAll(() => app.close());

const documentOf = async (on: TestApp = app): Promise<Loose> => (await ask(on, { path: '/.well-known/polypost-envelope' })).body;

describe('the discovery document', () => {
  it('ENV-68 says who the server is, what it takes, and is signed', async () => {
    const document = await documentOf();
    expect(document).toEqual({
      protocol: 'polypost-envelope/1', host: 'localhost:3000', base_url: 'http://localhost:3000', identity_key: expect.stringMatching(/^-----BEGIN PUBLIC KEY-----\n/),
      keys: [
        { kid: expect.any(String), public_key: expect.any(String), algorithms: [HPKE], status: 'current', not_after: expect.any(String) },
        { kid: expect.any(String), public_key: expect.any(String), algorithms: [RSA, LEGACY], status: 'current', not_after: expect.any(String) },
      ],
      algorithms: SUITES, limits: { body_bytes: 1048576, attachment_bytes: 26214400 }, registration: 'open',
      issued_at: expect.any(String), expires_at: expect.any(String), signature: expect.any(String),
    });
    for (const key of document.keys) expect(fingerprint(parsePublicKey(key.public_key))).toBe(key.kid);
    expect(await verifyServerDocument(backend, document, parsePublicKey(document.identity_key))).toBe(true);
    expect(await verifyServerDocument(backend, { ...document, host: 'rogue.example' }, parsePublicKey(document.identity_key))).toBe(false);
    expect(Date.parse(document.expires_at)).toBeGreaterThan(clock.now() + 3_600_000);
    expect((await ask(app, { path: '/api/v1/server' })).body).toEqual(document);
  });

  it('ENV-69 may be kept for an hour, and asked for again by its tag', async () => {
    const first = await ask(app, { path: '/.well-known/polypost-envelope' });
    const etag = first.headers.get('etag')!;
    expect(first.headers.get('cache-control')).toBe('public, max-age=3600');
    const second = await ask(app, { path: '/.well-known/polypost-envelope', headers: { 'If-None-Match': etag } });
    expect([second.status, second.text]).toEqual([304, '']);
  });

  it('ENV-69 two servers on one database say the same, byte for byte, and never an older one', async () => {
    const other = await boot({}, { db: app.db });
    try {
      const [here, there] = [await ask(app, { path: '/api/v1/server' }), await ask(other, { path: '/api/v1/server' })];
      expect(there.text).toBe(here.text);
      clock.advance(29 * 60_000);
      const later = await ask(other, { path: '/api/v1/server' });
      expect(Date.parse(later.body.issued_at)).toBeGreaterThan(Date.parse(here.body.issued_at));
      expect((await ask(app, { path: '/api/v1/server' })).text).toBe(later.text);
    } finally {
      await other.close();
    }
  });

  it('ENV-70 one key is all that a simple client needs', async () => {
    const { keys } = await documentOf();
    for (const [type, index] of [['x25519', 0], ['rsa', 1]] as const) {
      const { status, ...key } = keys[index];
      expect((await ask(app, { path: `/api/v1/server/key?type=${type}` })).body).toEqual(key);
      expect(status).toBe('current');
    }
    for (const query of ['', '?type=', '?type=dsa', '?type=rsa&type=rsa']) expect((await ask(app, { path: `/api/v1/server/key${query}` })).body.error).toBe('malformed_request');
  });

  it('ENV-68 speaks of the configured address, never of the Host header', async () => {
    const named = await boot({ ENVELOPE_HOST: 'Mail.Example', ENVELOPE_BASE_URL: 'https://mail.example/' }, { db: app.db });
    try {
      const answer = await ask(named, { path: '/api/v1/server', headers: { 'X-Forwarded-Host': 'rogue.example' } });
      expect(answer.body).toMatchObject({ host: 'mail.example', base_url: 'https://mail.example' });
      expect(answer.text).not.toContain('XWING');
    } finally {
      await named.close();
    }
  });
});

describe('the server’s keys', () => {
  it('ENV-71 are of two kinds from the first start, RSA of 3072 bits unless told otherwise', async () => {
    const { keys } = await documentOf();
    expect(parsePublicKey(keys[1].public_key).bits).toBe(2048);
    const strong = await boot({ ENVELOPE_RSA_BITS: '3072' });
    try {
      expect(parsePublicKey((await documentOf(strong)).keys[1].public_key).bits).toBe(3072);
    } finally {
      await strong.close();
    }
    const { EnvelopeVariables } = await import('../../../src/dialects/envelope/envelope.config.js');
    expect(new EnvelopeVariables().ENVELOPE_RSA_BITS).toBe('3072');
  });

  it('ENV-64 ENV-71 two servers that start at once make one pair of each kind', async () => {
    const first = await boot();
    const others = await Promise.all([boot({}, { db: first.db }), boot({}, { db: first.db })]);
    try {
      const documents = await Promise.all([first, ...others].map((on) => documentOf(on)));
      expect(new Set(documents.map(({ signature }) => signature)).size).toBe(1);
      expect(await first.sql('SELECT kind FROM envelope_server_keys ORDER BY kind')).toEqual([{ kind: 'identity' }, { kind: 'rsa' }, { kind: 'x25519' }]);
    } finally {
      for (const on of [...others, first]) await on.close();
    }
  });

  it('ENV-71 ENV-72 rotate on schedule: the new one is current, the old one opens for the grace time, then it is destroyed', async () => {
    const on = await boot({ ENVELOPE_ROTATE_DAYS: '90', ENVELOPE_GRACE_DAYS: '7', ENVELOPE_SESSION_TTL: '2592000' });
    try {
      const keys = on.app.get(ServerKeys, { strict: false });
      const before = await documentOf(on);
      const old = before.keys.map((key: Loose) => key.kid);
      clock.advance(90 * DAY_MS - 1);
      await keys.refresh();
      expect((await documentOf(on)).keys.map((key: Loose) => key.kid)).toEqual(old);
      clock.advance(1);
      await keys.refresh();
      const after = await documentOf(on);
      expect(after.identity_key).toBe(before.identity_key);
      expect(after.keys.map((key: Loose) => key.status)).toEqual(['current', 'current', 'previous', 'previous']);
      expect(after.keys.slice(2).map((key: Loose) => key.kid).sort()).toEqual([...old].sort());
      expect(Date.parse(after.issued_at)).toBeGreaterThan(Date.parse(before.issued_at));
      const bob = await newPerson(on);
      const { token } = await newToken(bob);
      const oldKey = (suite: string) => before.keys[suite === HPKE ? 0 : 1];
      const toOld = (suite: (typeof SUITES)[number], named: boolean) => ({ ...seal(suite, oldKey(suite).public_key, JSON.stringify(packetFor(bob, token))), algorithm: suite, ...(named ? { kid: oldKey(suite).kid } : {}) });
      for (const suite of SUITES) for (const named of [true, false]) expect((await post(on, toOld(suite, named))).status).toBe(201);
      for (const suite of SUITES) expect((await deliver(on, packetFor(bob, token), suite)).status).toBe(201);
      clock.advance(7 * DAY_MS - 1);
      expect((await post(on, toOld(RSA, true))).status).toBe(201);
      clock.advance(1);
      // its time is over even before its row is gone
      expect((await post(on, toOld(RSA, true))).body.error).toBe('unknown_server_key');
      expect((await post(on, toOld(RSA, false))).body.error).toBe('undecryptable');
      await keys.refresh();
      expect((await on.sql('SELECT kid FROM envelope_server_keys')).map(({ kid }) => kid)).not.toEqual(expect.arrayContaining(old));
      expect((await documentOf(on)).keys).toHaveLength(2);
      expect((await post(on, toOld(HPKE, false))).body.error).toBe('undecryptable');
    } finally {
      await on.close();
    }
  });

  it('ENV-71 another server knows a key that was rotated elsewhere as soon as somebody names it', async () => {
    const first = await boot();
    const second = await boot({}, { db: first.db });
    try {
      const bob = await newPerson(first);
      const { token } = await newToken(bob);
      await documentOf(second);
      await first.app.get(ServerKeys, { strict: false }).rotate();
      const { kid } = (await documentOf(first)).keys[0];
      expect((await post(second, { ...(await bodyFor(first, packetFor(bob, token))), kid })).status).toBe(201);
    } finally {
      await second.close();
      await first.close();
    }
  });

  it('ENV-73 lie sealed in the database: another secret opens nothing, and a replaced one seals them anew', async () => {
    const on = await boot();
    try {
      await documentOf(on);
      const rows = await on.sql<{ kid: string; private_key: Buffer }>('SELECT kid, private_key FROM envelope_server_keys ORDER BY kid');
      for (const { private_key } of rows) {
        expect(private_key.includes(Buffer.from('302e020100300506032b', 'hex'))).toBe(false);
        expect(private_key.includes(Buffer.from('06092a864886f70d010101', 'hex'))).toBe(false);
      }
      const wrong = await boot({ ENVELOPE_KEY_ENCRYPTION_KEY: 'another-key-encryption-key-0123456789abc' }, { db: on.db });
      const refused = await ask(wrong, { path: '/api/v1/server' });
      expect([refused.status, refused.body]).toEqual([500, { error: 'internal', message: expect.any(String) }]);
      expect(wrong.logs()).toContain('ENVELOPE_KEY_ENCRYPTION_KEY');
      await wrong.close();
      const moved = await boot({ ENVELOPE_KEY_ENCRYPTION_KEY: 'another-key-encryption-key-0123456789abc', ENVELOPE_KEY_ENCRYPTION_KEY_PREVIOUS: TEST_SECRETS.ENVELOPE_KEY_ENCRYPTION_KEY }, { db: on.db });
      expect((await documentOf(moved)).identity_key).toBe((await documentOf(on)).identity_key);
      await moved.close();
      const resealed = await on.sql<{ private_key: Buffer }>('SELECT private_key FROM envelope_server_keys ORDER BY kid');
      resealed.forEach(({ private_key }, index) => expect(private_key.equals(rows[index]!.private_key)).toBe(false));
      const after = await boot({ ENVELOPE_KEY_ENCRYPTION_KEY: 'another-key-encryption-key-0123456789abc' }, { db: on.db });
      expect((await documentOf(after)).status).toBe(undefined);
      expect((await ask(after, { path: '/api/v1/server' })).status).toBe(200);
      await after.close();
    } finally {
      await on.close();
    }
  });

  it('ENV-45 ENV-73 no private key is in what the server logs', async () => {
    const { private_key } = (await app.sql<{ private_key: Buffer }>("SELECT private_key FROM envelope_server_keys WHERE kind = 'rsa'"))[0]!;
    expect(app.logs()).not.toContain(createHash('sha256').update(private_key).digest('hex'));
    expect(app.logs()).not.toMatch(/PRIVATE KEY|MC4CAQAwBQYDK2V/);
  });
});
