import { jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Access } from '../../../src/core/envelope/access.js';
import { Sql } from '../../../src/storage/sql.js';
import { startApp, type TestApp } from '../../support/app.js';
import { type Answer, ask, bodyFor, deliver, HPKE, LEGACY, newPerson, newRsa, newToken, packetFor, type Person, post, publicKeyPem, RSA, seal, serverKey, SUITES } from './people.js';

let app: TestApp;
let bob: Person;
let token: string;

beforeAll(async () => {
  app = await startApp();
  bob = await newPerson(app);
  ({ token } = await newToken(bob));
});
afterAll(() => app.close());

const WIRE_ID = /^[a-z2-7]{26}$/;
const count = async (person: Person): Promise<number> => (await person.asks('GET', '/api/v1/user/me')).body.usage.messages;
/** What tells two answers apart: status, header names, bytes. */
const faceOf = ({ status, headers, text }: Answer): unknown => ({ status, headers: [...headers.keys()].filter((name) => name !== 'keep-alive').sort(), text });

describe('POST /api/v1/message', () => {
  it.each(SUITES)('ENV-01 ENV-02 ENV-03 ENV-05 ENV-07 takes %s without session or cookie and answers with an id alone', async (suite) => {
    const sent = await deliver(app, packetFor(bob, token), suite);
    expect([sent.status, Object.keys(sent.body)]).toEqual([201, ['message_id']]);
    expect(sent.body.message_id).toMatch(WIRE_ID);
    expect(sent.headers.get('content-type')).toContain('application/json');
  });

  it('ENV-03 ENV-08 stores the inner part as it is, and nothing of the token', async () => {
    const packet = packetFor(bob, token, {}, 'a text that only Bob can read');
    const { body } = await deliver(app, packet);
    const { body: item } = await bob.asks('GET', `/api/v1/message/${body.message_id}`);
    expect(item.packet).toEqual({ id: packet['id'], user_id: bob.userId, data: packet['data'], algorithm: HPKE, password: packet['password'] });
    expect(item).toMatchObject({ message_id: body.message_id, folder: 'inbox', acked_at: null, size: Buffer.from(packet['data'] as string, 'base64').length + 80 });
    const dump = JSON.stringify(await app.sql('SELECT m.*, d.*, k.* FROM messages m JOIN deliveries d ON d.message_id = m.id LEFT JOIN idempotency_keys k ON k.message_id = m.id'));
    for (const secret of [token, 'only Bob can read']) expect(dump).not.toContain(secret);
  });

  it('ENV-06 passes over members it does not know, in body and packet', async () => {
    const body = await bodyFor(app, { ...packetFor(bob, token), extra: { deep: [1] } });
    expect((await post(app, { ...body, more: true })).status).toBe(201);
  });

  it('ENV-72 takes the key that kid names, and says so when there is none of that name', async () => {
    for (const suite of SUITES) {
      const { kid } = await serverKey(app, suite);
      expect((await post(app, { ...(await bodyFor(app, packetFor(bob, token), suite)), kid })).status).toBe(201);
    }
    const other = (await serverKey(app, RSA)).kid;
    expect((await post(app, { ...(await bodyFor(app, packetFor(bob, token))), kid: other })).body.error).toBe('undecryptable');
    expect((await post(app, { ...(await bodyFor(app, packetFor(bob, token))), kid: 'ab'.repeat(32) })).body).toEqual({ error: 'unknown_server_key', message: expect.any(String) });
  });

  it('ENV-10 ENV-11 takes spaces after the packet, and nothing else around it', async () => {
    const text = JSON.stringify(packetFor(bob, token));
    expect((await deliver(app, `${text}${' '.repeat(700)}`)).status).toBe(201);
    for (const wrong of [` ${text}`, `\uFEFF${text}`, `${text}\n`, `${text}x`, `${text}\t `]) expect((await deliver(app, wrong)).body.error).toBe('malformed_packet');
  });
});

describe('the steps, in their order', () => {
  interface Case {
    readonly name: string;
    readonly error: string;
    readonly status: number;
    readonly send: () => Promise<Answer>;
    readonly more?: Record<string, unknown>;
  }
  const good = () => bodyFor(app, packetFor(bob, token));
  const tampered = async (change: Record<string, unknown>) => post(app, { ...(await good()), ...change });
  const inside = (over: Record<string, unknown>) => async () => deliver(app, packetFor(bob, token, over));

  const cases: Case[] = [
    { name: 'a body that is too large', status: 413, error: 'too_large', send: () => post(app, `{"data":"${'A'.repeat(1024 * 1024)}"`) },
    { name: 'a body of another type', status: 415, error: 'unsupported_media_type', send: async () => post(app, await good(), { 'Content-Type': 'text/plain' }) },
    { name: 'a body that is no JSON', status: 400, error: 'malformed_request', send: () => post(app, '{"data":') },
    { name: 'no body', status: 400, error: 'malformed_request', send: () => post(app, '') },
    { name: 'a list', status: 400, error: 'malformed_request', send: () => post(app, '[]') },
    { name: 'a byte order mark', status: 400, error: 'malformed_request', send: async () => post(app, `\uFEFF${JSON.stringify(await good())}`) },
    { name: 'bytes that are no UTF-8', status: 400, error: 'malformed_request', send: async () => post(app, Buffer.concat([Buffer.from(JSON.stringify(await good()).slice(0, -1)), Buffer.from(',"x":"\xff"}', 'latin1')])) },
    { name: 'a body nested too deep', status: 400, error: 'malformed_request', send: async () => post(app, `${JSON.stringify(await good()).slice(0, -1)},"x":${'['.repeat(32)}${']'.repeat(32)}}`) },
    ...['data', 'algorithm', 'password'].flatMap((member) => [undefined, null, 5, '', {}, ['x']].map((value) => ({
      name: `${member} as ${JSON.stringify(value)}`, status: 400, error: 'malformed_request', send: () => tampered({ [member]: value }),
    }))),
    ...['none', 'RSA1_5', 'hpke-x25519+a256gcm', `${HPKE} `, '__proto__', 'constructor', 'toString', 'hasOwnProperty'].map((algorithm) => ({
      name: `the algorithm ${algorithm}`, status: 400, error: 'unknown_algorithm', send: () => tampered({ algorithm }), more: { layer: 'envelope', supported: SUITES },
    })),
    ...['data', 'password'].flatMap((member) => [
      { name: `${member} with the alphabet of URLs`, form: 'ab-_' }, { name: `${member} without padding`, form: 'YWI' }, { name: `${member} with a line break`, form: 'YWJj\nYWJj' },
      { name: `${member} with unused bits set`, form: 'YWJ=' }, { name: `${member} with blanks`, form: ' YWJj' }, { name: `${member} with padding inside`, form: 'YQ==YQ==' },
    ].map(({ name, form }) => ({ name, status: 400, error: 'malformed_request', send: () => tampered({ [member]: form }) }))),
    ...['', 'x', 'AB'.repeat(32), 'ab'.repeat(31), 7, null].map((kid) => ({ name: `kid as ${JSON.stringify(kid)}`, status: 400, error: 'malformed_request', send: () => tampered({ kid }) })),
    { name: 'a kid that is nobody’s', status: 400, error: 'unknown_server_key', send: () => tampered({ kid: '0'.repeat(64) }) },
    { name: 'data of another key', status: 400, error: 'undecryptable', send: () => tampered({ data: randomBytes(300).toString('base64') }) },
    { name: 'a packet that is no JSON', status: 400, error: 'malformed_packet', send: () => deliver(app, '{') },
    { name: 'a packet that is a list', status: 400, error: 'malformed_packet', send: () => deliver(app, '[]') },
    ...['id', 'user_id', 'token', 'data', 'algorithm', 'password'].flatMap((member) => [undefined, null, 1, '', {}].map((value) => ({
      name: `packet ${member} as ${JSON.stringify(value)}`, status: 400, error: 'malformed_packet', send: async () => deliver(app, { ...packetFor(bob, token), [member]: value }),
    }))),
    { name: 'an id with a blank', status: 400, error: 'malformed_packet', send: inside({ id: 'a b' }) },
    { name: 'an id that is too long', status: 400, error: 'malformed_packet', send: inside({ id: 'x'.repeat(129) }) },
    { name: 'a user_id with other signs', status: 400, error: 'malformed_packet', send: inside({ user_id: 'b-b' }) },
    { name: 'a token that is too long', status: 400, error: 'malformed_packet', send: inside({ token: 'x'.repeat(513) }) },
    { name: 'a packet kid that is none', status: 400, error: 'malformed_packet', send: inside({ kid: 'zz' }) },
    { name: 'packet data that is not strict base64', status: 400, error: 'malformed_packet', send: inside({ data: 'YWJ=', password: 'AAAA' }) },
    { name: 'an inner algorithm that is none', status: 400, error: 'unknown_algorithm', send: inside({ algorithm: '__proto__', data: 'AAAA', password: 'AAAA' }), more: { layer: 'packet' } },
    { name: 'a token that is nobody’s', status: 403, error: 'bad_token', send: inside({ token: `ppt1_${'A'.repeat(43)}` }) },
    { name: 'an inner algorithm that does not fit the key', status: 400, error: 'algorithm_not_accepted', send: inside({ algorithm: RSA, data: 'AAAA', password: 'AAAA' }), more: { accepted: [HPKE] } },
    { name: 'a packet kid that is not the current key', status: 400, error: 'unknown_user_key', send: inside({ kid: 'cd'.repeat(32) }) },
  ];

  it.each(cases.map((one) => [one.name, one] as const))('ENV-09 ENV-12 ENV-18 ENV-48 %s is told of, in the contract’s words', async (_name, { status, error, send, more = {} }) => {
    const answer = await send();
    expect([answer.status, answer.body]).toEqual([status, { error, message: expect.any(String), ...more }]);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('x-request-id')).toBeTruthy();
  });

  it('ENV-41 a body with several faults is told of the first', async () => {
    const { kid } = await serverKey(app, HPKE);
    const inner = packetFor(bob, `ppt1_${'B'.repeat(43)}`, { algorithm: RSA, data: 'AAAA', password: 'AAAA', kid: 'cd'.repeat(32) });
    const all: Record<string, unknown> = { data: '!', algorithm: 'none', password: '!', kid: 'x' };
    const of = async (body: unknown, headers?: Record<string, string>) => (await post(app, body, headers)).body.error;
    expect(await of({ ...all, data: 'x'.repeat(1024 * 1024) }, { 'Content-Type': 'text/plain' })).toBe('too_large');
    expect(await of({ ...all, data: '' }, { 'Content-Type': 'text/plain' })).toBe('unsupported_media_type');
    expect(await of({ ...all, data: '' })).toBe('malformed_request');
    expect(await of(all)).toBe('unknown_algorithm');
    expect(await of({ ...all, algorithm: HPKE })).toBe('malformed_request');
    expect(await of({ data: 'AAAA', algorithm: HPKE, password: 'AAAA', kid: '0'.repeat(64) })).toBe('unknown_server_key');
    expect(await of({ data: 'AAAA', algorithm: HPKE, password: 'AAAA', kid })).toBe('undecryptable');
    expect((await deliver(app, { ...inner, algorithm: 'none' })).body.error).toBe('unknown_algorithm');
    expect((await deliver(app, { ...inner, algorithm: 'none', id: '' })).body.error).toBe('malformed_packet');
    expect((await deliver(app, inner)).body.error).toBe('bad_token');
    expect((await deliver(app, { ...inner, token })).body.error).toBe('algorithm_not_accepted');
    const id = randomBytes(8).toString('hex');
    expect((await deliver(app, packetFor(bob, token, { id }))).status).toBe(201);
    expect((await deliver(app, packetFor(bob, token, { id, kid: 'cd'.repeat(32) }))).body.error).toBe('unknown_user_key');
    const one = await newToken(bob, { per_minute: 1 });
    expect((await deliver(app, packetFor(bob, one.token))).status).toBe(201);
    expect((await deliver(app, packetFor(bob, one.token, { id }, 'another'))).body.error).toBe('duplicate_id');
    expect((await deliver(app, packetFor(bob, one.token))).body.error).toBe('rate_limited');
  });

  it('ENV-42 nothing about people is asked before the token: the first eight steps answer alike for every user_id', async () => {
    const alike = async (over: Record<string, unknown>) => Promise.all([bob.userId, 'nobody'].map(async (user_id) => faceOf(await deliver(app, packetFor(bob, token, { ...over, user_id })))));
    for (const over of [{ id: '' }, { algorithm: 'none', data: 'AAAA', password: 'AAAA' }, { data: 'YWJ=', password: 'AAAA' }]) {
      const [known, unknown] = await alike(over);
      expect(unknown).toEqual(known);
    }
  });

  it('ENV-43 whatever keeps a body from opening looks the same', async () => {
    const rsa = await bodyFor(app, packetFor(bob, token), RSA);
    const hpke = await bodyFor(app, packetFor(bob, token), HPKE);
    const legacy = await bodyFor(app, packetFor(bob, token), LEGACY);
    const flip = (text: string, at: number): string => {
      const bytes = Buffer.from(text, 'base64');
      bytes[(at + bytes.length) % bytes.length]! ^= 1;
      return bytes.toString('base64');
    };
    const cut = (text: string, bytes: number): string => Buffer.from(text, 'base64').subarray(0, bytes).toString('base64');
    const foreign = publicKeyPem((await newRsa()).publicKey);
    const failures = [
      { ...hpke, password: flip(hpke.password, 0) }, { ...hpke, password: flip(hpke.password, -1) }, { ...hpke, password: cut(hpke.password, 31) }, { ...hpke, password: cut(hpke.password, 79) },
      { ...hpke, password: Buffer.alloc(80).toString('base64') },
      { ...hpke, data: flip(hpke.data, 0) }, { ...hpke, data: flip(hpke.data, 20) }, { ...hpke, data: flip(hpke.data, -1) }, { ...hpke, data: cut(hpke.data, 12) }, { ...hpke, data: cut(hpke.data, 27) }, { ...hpke, data: 'AA==' },
      { ...rsa, password: flip(rsa.password, 5) }, { ...rsa, password: cut(rsa.password, 200) }, { ...rsa, password: Buffer.alloc(256, 255).toString('base64') },
      { ...seal(RSA, foreign, '{}'), algorithm: RSA },
      { ...legacy, data: flip(legacy.data, 0) }, { ...legacy, data: flip(legacy.data, 17) }, { ...legacy, data: flip(legacy.data, -1) }, { ...legacy, data: cut(legacy.data, 48) }, { ...legacy, password: flip(legacy.password, 9) },
      // suite and key do not fit, or the algorithm was changed after sealing
      { ...rsa, algorithm: LEGACY }, { ...legacy, algorithm: RSA }, { ...rsa, algorithm: HPKE }, { ...hpke, algorithm: RSA },
      { ...rsa, algorithm: RSA, kid: (await serverKey(app, HPKE)).kid },
    ];
    const faces = await Promise.all(failures.map(async (body) => faceOf(await post(app, body))));
    expect(new Set(faces.map((face) => JSON.stringify(face))).size).toBe(1);
    expect(faces[0]).toMatchObject({ status: 400, text: '{"error":"undecryptable","message":"The body cannot be decrypted."}' });
  });

  it('ENV-22 a content key of another length is a failure like any other', async () => {
    const { public_key } = await serverKey(app, RSA);
    const { createPublicKey, publicEncrypt, constants } = await import('node:crypto');
    const whole = await bodyFor(app, packetFor(bob, token), RSA);
    for (const bytes of [16, 31, 33, 64]) {
      const password = publicEncrypt({ key: createPublicKey(public_key), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, randomBytes(bytes)).toString('base64');
      expect((await post(app, { ...whole, password })).body.error).toBe('undecryptable');
    }
    const pkcs1 = publicEncrypt({ key: createPublicKey(public_key), padding: constants.RSA_PKCS1_PADDING }, randomBytes(32)).toString('base64');
    for (const algorithm of [RSA, LEGACY]) expect((await post(app, { ...whole, algorithm, password: pkcs1 })).body.error).toBe('undecryptable');
  });

  it('ENV-44 unknown user, wrong, foreign, expired, revoked, used-up token and a person who is shut out: one answer, and one question to the database', async () => {
    const carol = await newPerson(app);
    const revoked = await newToken(bob);
    await bob.asks('DELETE', `/api/v1/token/${revoked.token_id}`);
    const expired = await newToken(bob, { expires_at: new Date(Date.now() + 3_600_000).toISOString() });
    await app.sql('UPDATE credentials SET expires_at = now() - interval \'1 second\' WHERE wire_id = $1', [expired.token_id]);
    const used = await newToken(bob, { max_messages: 1 });
    expect((await deliver(app, packetFor(bob, used.token))).status).toBe(201);
    const silent = await newToken(bob, { scopes: ['key'] });
    const shut = await newPerson(app);
    const shutToken = await newToken(shut);
    await app.sql('UPDATE users SET disabled_at = now() WHERE envelope_user_id = $1', [shut.userId]);
    const foreign = await newToken(carol);

    const cases: Record<string, unknown>[] = [
      packetFor(bob, `ppt1_${randomBytes(32).toString('base64url')}`), packetFor({ ...bob, userId: 'nobody' }, token), packetFor(bob, foreign.token),
      packetFor(bob, revoked.token), packetFor(bob, expired.token), packetFor(bob, used.token), packetFor(bob, silent.token), packetFor(shut, shutToken.token), packetFor(bob, bob.session),
    ];
    const asked: string[] = [];
    const access = app.app.get(Access, { strict: false });
    const original = access.openToken.bind(access);
    access.openToken = (hash) => {
      asked.push('token');
      return original(hash);
    };
    const faces = [];
    for (const packet of cases) faces.push(JSON.stringify(faceOf(await deliver(app, packet))));
    access.openToken = original;
    expect(asked).toHaveLength(cases.length);
    expect(new Set(faces).size).toBe(1);
    expect(JSON.parse(faces[0]!)).toMatchObject({ status: 403, text: '{"error":"bad_token","message":"The token does not open this mailbox."}' });
  });

  it('ENV-44 a token that is not there makes the database read as much as one that is', async () => {
    const highest = await newToken(bob);
    await app.sql(`UPDATE credentials SET secret_hash = decode(repeat('ff', 32), 'hex') WHERE wire_id = $1`, [highest.token_id]);
    const revoked = await newToken(bob);
    await bob.asks('DELETE', `/api/v1/token/${revoked.token_id}`);
    const read: number[] = [];
    const spy = jest.spyOn(Sql.prototype, 'all');
    try {
      for (const secret of [`ppt1_${randomBytes(32).toString('base64url')}`, revoked.token, bob.session, token]) {
        spy.mockClear();
        await deliver(app, packetFor({ ...bob, userId: 'nobody' }, secret));
        const at = spy.mock.calls.findIndex(([{ name }]) => name === 'envelope-access-open');
        read.push(((await spy.mock.results[at]!.value) as unknown[]).length);
      }
    } finally {
      spy.mockRestore();
    }
    expect(read).toEqual([1, 1, 1, 1]);
  });

  it('ENV-24 a recipient, and a token, may take fewer suites', async () => {
    const dora = await newPerson(app, { encryption: await newRsa() });
    const all = (await newToken(dora)).token;
    const one = (await newToken(dora, { accept_algorithms: [RSA] })).token;
    expect((await deliver(app, packetFor(dora, all, { algorithm: LEGACY }))).status).toBe(201);
    expect((await deliver(app, packetFor(dora, one, { algorithm: LEGACY }))).body).toMatchObject({ error: 'algorithm_not_accepted', accepted: [RSA] });
    await dora.asks('PATCH', '/api/v1/user/me', { accept_algorithms: [RSA] });
    expect((await deliver(app, packetFor(dora, all, { algorithm: LEGACY }))).body).toMatchObject({ error: 'algorithm_not_accepted', accepted: [RSA] });
    expect((await deliver(app, packetFor(dora, all))).status).toBe(201);
  });
});

describe('a packet that comes again', () => {
  it('ENV-61 ENV-62 gets the first answer, also through another outer layer, after reading, acknowledging and deleting', async () => {
    const eve = await newPerson(app);
    const eveToken = (await newToken(eve)).token;
    const packet = packetFor(eve, eveToken);
    const first = await deliver(app, packet);
    const again = async () => {
      for (const suite of SUITES) {
        const answer = await deliver(app, packet, suite);
        expect([answer.status, answer.body, answer.headers.get('idempotent-replayed')]).toEqual([200, first.body, 'true']);
      }
    };
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    await again();
    const path = `/api/v1/message/${first.body.message_id}`;
    expect((await eve.asks('GET', path)).status).toBe(200);
    await again();
    expect((await eve.asks('POST', `${path}/ack`)).status).toBe(204);
    await again();
    expect((await eve.asks('DELETE', path)).status).toBe(204);
    await again();
    expect(await count(eve)).toBe(0);
    expect((await eve.asks('GET', '/api/v1/message')).body).toEqual({ messages: [], next: null });
    const { rows } = { rows: await app.sql("SELECT count(*)::int AS n FROM events e JOIN mailboxes m ON m.id = e.box_id JOIN users u ON u.id = m.user_id WHERE u.envelope_user_id = $1", [eve.userId]) };
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('ENV-63 with other content is refused, with the same words whatever differs', async () => {
    const packet = packetFor(bob, token);
    await deliver(app, packet);
    for (const other of [packetFor(bob, token, { id: packet['id'] as string }, 'other'), { ...packet, password: packetFor(bob, token)['password'] }]) {
      const answer = await deliver(app, other);
      expect([answer.status, answer.body]).toEqual([409, { error: 'duplicate_id', message: expect.any(String) }]);
    }
  });

  it('ENV-61 the id is one of its recipient’s: another person may get the same', async () => {
    const frank = await newPerson(app);
    const id = randomBytes(8).toString('hex');
    expect((await deliver(app, packetFor(bob, token, { id }))).status).toBe(201);
    expect((await deliver(app, packetFor(frank, (await newToken(frank)).token, { id }))).status).toBe(201);
  });

  it('ENV-64 sixteen copies at once on two servers: one is stored', async () => {
    const other = await startApp({ db: app.db });
    try {
      const packet = packetFor(bob, token);
      const bodies = await Promise.all(Array.from({ length: 16 }, (_, index) => bodyFor(app, packet, SUITES[index % 3])));
      const before = await count(bob);
      const answers = await Promise.all(bodies.map((body, index) => post(index % 2 ? other : app, body)));
      expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(15).fill(200), 201]);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(await count(bob)).toBe(before + 1);
    } finally {
      await other.close();
    }
  });
});

describe('limits', () => {
  it('ENV-50 ENV-56 a token says when to come back', async () => {
    const { token: slow } = await newToken(bob, { per_minute: 2 });
    const answers = [];
    for (let i = 0; i < 3; i += 1) answers.push(await deliver(app, packetFor(bob, slow)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 429]);
    expect(answers[2]!.body).toEqual({ error: 'rate_limited', message: expect.any(String) });
    expect(Number(answers[2]!.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(answers[2]!.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });

  it('ENV-57 failures are counted by address, and never by recipient', async () => {
    const limited = await startApp({ db: app.db, env: { RATE_LIMITS: 'envelope.failed=3/60,envelope.challenge=1000/60,envelope.register=1000/60,envelope.deliver=1000/60', TRUSTED_PROXIES: 'loopback' } });
    try {
      const from = async (address: string, packet: unknown) => post(limited, await bodyFor(limited, packet), { 'X-Forwarded-For': address });
      const wrong = () => packetFor(bob, `ppt1_${randomBytes(32).toString('base64url')}`);
      expect([(await from('203.0.113.1', wrong())).status, (await from('203.0.113.1', wrong())).status, (await from('203.0.113.1', wrong())).status]).toEqual([403, 403, 403]);
      const refused = await from('203.0.113.1', packetFor(bob, token));
      expect([refused.status, refused.body.error, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, 'rate_limited', true]);
      expect((await from('203.0.113.2', packetFor(bob, token))).status).toBe(201);
    } finally {
      await limited.close();
    }
  });

  it('ENV-92 a full mailbox takes nothing more until something goes', async () => {
    const small = await startApp({ db: app.db, env: { ENVELOPE_MAILBOX_MESSAGES: '2' } });
    try {
      const gus = await newPerson(small);
      const gusToken = (await newToken(gus)).token;
      const first = await deliver(small, packetFor(gus, gusToken));
      const second = packetFor(gus, gusToken);
      expect([first.status, (await deliver(small, second)).status]).toEqual([201, 201]);
      const full = await deliver(small, packetFor(gus, gusToken));
      expect([full.status, full.body]).toEqual([507, { error: 'mailbox_full', message: expect.any(String) }]);
      expect((await deliver(small, second)).status).toBe(200);
      await gus.asks('DELETE', `/api/v1/message/${first.body.message_id}`);
    } finally {
      await small.close();
    }
  });

  it('ENV-117 body, packet, depth, messages and bytes: at the limit and one beyond', async () => {
    const tight = await startApp({ db: app.db, env: { ENVELOPE_BODY_LIMIT: '8192', ENVELOPE_PACKET_LIMIT: '2048', ENVELOPE_JSON_DEPTH: '4', ENVELOPE_MAILBOX_BYTES: '4096' } });
    try {
      const ann = await newPerson(tight);
      const annToken = (await newToken(ann)).token;
      const body = JSON.stringify(await bodyFor(tight, packetFor(ann, annToken)));
      expect((await post(tight, body + ' '.repeat(8192 - body.length))).status).toBe(201);
      expect((await post(tight, body + ' '.repeat(8193 - body.length))).body.error).toBe('too_large');

      const sized = (bytes: number): string => {
        const text = JSON.stringify({ ...packetFor(ann, annToken), pad: '' });
        return text.replace('"pad":""', `"pad":"${'x'.repeat(bytes - text.length)}"`);
      };
      expect((await deliver(tight, sized(2048))).status).toBe(201);
      expect((await deliver(tight, sized(2049))).body.error).toBe('malformed_packet');

      const deep = (levels: number): string => `${JSON.stringify(packetFor(ann, annToken)).slice(0, -1)},"x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
      expect((await deliver(tight, deep(4))).status).toBe(201);
      expect((await deliver(tight, deep(5))).body.error).toBe('malformed_packet');

      const { bytes } = (await ann.asks('GET', '/api/v1/user/me')).body.usage;
      const filling = (more: number): Record<string, unknown> => packetFor(ann, annToken, { data: Buffer.alloc(more - 80).toString('base64'), password: Buffer.alloc(80).toString('base64') });
      const room = 4096 - bytes;
      const parts = Math.ceil(room / 1000);
      for (let part = 0; part < parts - 1; part += 1) expect((await deliver(tight, filling(1000))).status).toBe(201);
      const rest = room - (parts - 1) * 1000;
      if (rest > 81) {
        expect((await deliver(tight, filling(rest + 1))).body.error).toBe('mailbox_full');
        expect((await deliver(tight, filling(rest))).status).toBe(201);
      }
      expect((await deliver(tight, packetFor(ann, annToken))).body.error).toBe('mailbox_full');
    } finally {
      await tight.close();
    }
  });

  it('ENV-117 id and token have the longest form, and the key text its limit', async () => {
    expect((await deliver(app, packetFor(bob, token, { id: 'x'.repeat(128) + '' }))).status).toBe(201);
    expect((await deliver(app, packetFor(bob, token, { token: 'x'.repeat(512) }))).body.error).toBe('bad_token');
    const ask1 = (identity_key: string) => ask(app, { method: 'POST', path: '/api/v1/auth/challenge', body: { purpose: 'register', identity_key } });
    const pem = publicKeyPem(bob.identity.publicKey);
    const keys = await startApp({ db: app.db, env: { ENVELOPE_KEY_LIMIT: String(pem.length) } });
    try {
      const at = (identity_key: string) => ask(keys, { method: 'POST', path: '/api/v1/auth/challenge', body: { purpose: 'register', identity_key } });
      expect((await at(pem)).status).toBe(200);
      expect((await at(pem.replaceAll('\n', '\r\n'))).body.error).toBe('unsupported_key');
      expect((await ask1(pem.replaceAll('\n', '\r\n'))).status).toBe(200);
    } finally {
      await keys.close();
    }
  });
});

describe('suites that are switched off', () => {
  it('ENV-24 ENV-112 are unknown, in discovery and in bodies, by a setting alone', async () => {
    const modern = await startApp({ db: app.db, env: { ENVELOPE_SUITES: `${HPKE},${RSA}` } });
    try {
      const body = await bodyFor(app, packetFor(bob, token), LEGACY);
      expect((await post(modern, body)).body).toMatchObject({ error: 'unknown_algorithm', layer: 'envelope', supported: [HPKE, RSA] });
      expect((await ask(modern, { path: '/api/v1/server' })).body.algorithms).toEqual([HPKE, RSA]);
      expect((await ask(modern, { path: '/api/v1/server/key?type=rsa' })).body.algorithms).toEqual([RSA]);
      expect((await post(modern, { ...body, algorithm: 'nonsense' })).text).toBe((await post(modern, body)).text);
    } finally {
      await modern.close();
    }
  });
});
