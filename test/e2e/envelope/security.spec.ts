import { encodeBase64 } from '@polypost/envelope/codec';
import { sdk } from '@polypost/envelope';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { type PrivateKey } from '../../../packages/envelope/src/keys/private-key.js';
import { startApp, type TestApp } from '../../support/app.js';
import { type Answer, ask, bodyFor, deliver, HPKE, LEGACY, newPerson, newToken, packetFor, type Person, post, prove, publicKeyPem, registration, RSA, SUITES } from './people.js';

// One test for each row of the threat model that a test can hold; the rest stands in docs/threat-model.md.

let app: TestApp;
let bob: Person;
let token: string;
beforeAll(async () => {
  app = await startApp();
  bob = await newPerson(app);
  ({ token } = await newToken(bob, { per_minute: 100_000, per_day: 1_000_000 }));
});
afterAll(() => app.close());

interface Signed {
  readonly packet: Record<string, unknown>;
  readonly sender: PrivateKey;
}

/** A whole message as a client makes it. */
async function signed(to: Person, over: { id?: string; text?: string } = {}): Promise<Signed> {
  const { identity } = await sdk.generateIdentity();
  const address = { id: over.id ?? randomBytes(12).toString('hex'), user_id: to.userId };
  const draft = { data_type: 1, data: over.text ?? 'hello', date: new Date().toISOString() };
  const message = await sdk.signMessage(draft, identity, { address, recipient: to.encryption.publicKey, algorithm: HPKE });
  const inner = await sdk.sealMessage(message, address, to.encryption.publicKey, HPKE);
  return { packet: { ...address, token, ...inner, algorithm: HPKE }, sender: identity };
}
const inbox = async (person: Person) => (await person.asks('GET', '/api/v1/message')).body.messages;
const faceOf = ({ status, text, headers }: Answer): string => JSON.stringify([status, text, [...headers.keys()].filter((name) => name !== 'keep-alive').sort()]);
const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'opened', (error: { code?: string }) => error.code ?? 'another error');

describe('ENV-111 the threats, by number', () => {
  it('T1 a captured body is a copy for ever, also after its message is gone', async () => {
    const { packet } = await signed(bob);
    const captured = await bodyFor(app, packet);
    const { body } = await post(app, captured);
    await bob.asks('DELETE', `/api/v1/message/${body.message_id}`);
    for (let i = 0; i < 5; i += 1) expect(await post(app, captured)).toMatchObject({ status: 200, body });
    expect((await inbox(bob)).map((item: { message_id: string }) => item.message_id)).not.toContain(body.message_id);
  });

  it('T2 an inner part that is moved to another id or person does not open', async () => {
    const carol = await newPerson(app);
    const { packet } = await signed(bob);
    const part = packet as unknown as Parameters<typeof sdk.openMessage>[0];
    expect(await codeOf(sdk.openMessage(part, bob.encryption))).toBe('opened');
    expect(await codeOf(sdk.openMessage({ ...part, id: 'another' }, bob.encryption))).toBe('undecryptable');
    expect(await codeOf(sdk.openMessage({ ...part, user_id: carol.userId }, bob.encryption))).toBe('undecryptable');
    // the server takes it as a new message, because it cannot look inside; the recipient finds out
    const moved = await deliver(app, { ...packet, id: randomBytes(8).toString('hex') });
    expect(moved.status).toBe(201);
    const item = (await bob.asks('GET', `/api/v1/message/${moved.body.message_id}`)).body;
    expect(await codeOf(sdk.openMessage(item.packet, bob.encryption))).toBe('undecryptable');
  });

  it('T3 a recipient cannot pass a signed message on as if it had been written to somebody else', async () => {
    const carol = await newPerson(app);
    const { packet } = await signed(bob);
    const { message } = await sdk.openMessage(packet as never, bob.encryption);
    for (const address of [{ id: packet['id'] as string, user_id: bob.userId }, { id: packet['id'] as string, user_id: carol.userId }]) {
      const resealed = await sdk.sealMessage(message, address, carol.encryption.publicKey, HPKE);
      expect(await codeOf(sdk.openMessage({ ...address, ...resealed, algorithm: HPKE }, carol.encryption))).toBe('bad_signature');
    }
  });

  it('T4 another name of the algorithm opens nothing, on either layer', async () => {
    for (const suite of SUITES) {
      const body = await bodyFor(app, (await signed(bob)).packet, suite);
      for (const other of SUITES) if (other !== suite) expect((await post(app, { ...body, algorithm: other })).body.error).toBe('undecryptable');
    }
    const { packet } = await signed(bob);
    for (const other of [RSA, LEGACY]) expect(await codeOf(sdk.openMessage({ ...packet, algorithm: other } as never, bob.encryption))).toBe('undecryptable');
  });

  it('T5 a thousand damaged wraps get one and the same answer', async () => {
    const whole = await bodyFor(app, (await signed(bob)).packet, RSA);
    const faces = new Set<string>();
    for (let round = 0; round < 50; round += 1) {
      const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => {
        const bytes = Buffer.from(whole.password, 'base64');
        if (index % 3 === 0) bytes[round * 5]! ^= 1 << index % 8;
        else if (index % 3 === 1) randomBytes(256).copy(bytes);
        // numbers around those that Manger's attack tells apart: with and without a leading zero
        else bytes.fill(0, 0, 1 + (round % 3));
        return post(app, { ...whole, algorithm: index % 2 ? RSA : LEGACY, password: bytes.toString('base64') });
      }));
      for (const answer of answers) faces.add(faceOf(answer));
    }
    expect([...faces]).toEqual([expect.stringContaining('undecryptable')]);
  }, 60_000);

  it('T6 a damaged padding is not told from a damaged tag', async () => {
    const whole = await bodyFor(app, (await signed(bob)).packet, LEGACY);
    const faces = new Set<string>();
    const length = Buffer.from(whole.data, 'base64').length;
    for (let back = 1; back <= 96; back += 1) {
      const bytes = Buffer.from(whole.data, 'base64');
      bytes[length - back]! ^= 0xff;
      faces.add(faceOf(await post(app, { ...whole, data: bytes.toString('base64') })));
    }
    expect([...faces]).toEqual([expect.stringContaining('undecryptable')]);
  });

  it('T7 nobody learns from an answer who is here', async () => {
    const stranger = { ...bob, userId: 'nobodyofthatname' };
    const guess = () => `ppt1_${randomBytes(32).toString('base64url')}`;
    const pairs: [Answer, Answer][] = [
      [await deliver(app, packetFor(bob, guess())), await deliver(app, packetFor(stranger, guess()))],
      [await ask(app, { path: `/api/v1/user/${bob.userId}/key`, token: guess() }), await ask(app, { path: '/api/v1/user/nobody/key', token: guess() })],
      [await ask(app, { path: `/api/v1/directory/${bob.name}` }), await ask(app, { path: '/api/v1/directory/nobody-here' })],
    ];
    for (const [known, unknown] of pairs) expect(faceOf(known)).toBe(faceOf(unknown));
    const challenge = async (name: string) => Object.keys((await ask(app, { method: 'POST', path: '/api/v1/auth/challenge', body: { purpose: 'login', name } })).body);
    expect(await challenge(bob.name)).toEqual(await challenge('nobody-here'));
  });

  it('T8 a stolen token delivers until it is revoked, reads nothing, and forges nobody', async () => {
    const stolen = await newToken(bob);
    for (const [method, path] of [['GET', '/api/v1/message'], ['GET', '/api/v1/token'], ['GET', '/api/v1/user/me'], ['DELETE', '/api/v1/user/me']] as const) {
      expect((await ask(app, { method, path, token: stolen.token })).status).toBe(401);
      expect((await ask(app, { method, path, session: stolen.token })).status).toBe(401);
    }
    const { packet, sender } = await signed(bob);
    const thief = await signed(bob);
    const { senderFingerprint } = await sdk.openMessage(thief.packet as never, bob.encryption);
    expect(senderFingerprint).not.toBe(await sdk.fingerprint(sender.publicKey));
    expect((await deliver(app, { ...packet, token: stolen.token })).status).toBe(201);
    await bob.asks('DELETE', `/api/v1/token/${stolen.token_id}`);
    expect((await deliver(app, { ...thief.packet, token: stolen.token })).body.error).toBe('bad_token');
  });

  it('T9 a token has 256 random bits, and guessing is slowed down by address', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => newToken(bob)));
    expect(new Set(tokens.map((one) => one.token)).size).toBe(20);
    for (const one of tokens) expect(Buffer.from(one.token.slice(5), 'base64url')).toHaveLength(32);
    const guarded = await startApp({ db: app.db, env: { RATE_LIMITS: 'envelope.failed=4/60' } });
    try {
      const statuses = [];
      for (let i = 0; i < 6; i += 1) statuses.push((await deliver(guarded, packetFor(bob, `ppt1_${randomBytes(32).toString('base64url')}`))).status);
      expect(statuses).toEqual([403, 403, 403, 403, 429, 429]);
    } finally {
      await guarded.close();
    }
  });

  it('T11 a rogue server that passes our challenge on gets a proof for its own name, which is none here', async () => {
    const asked = { purpose: 'login', name: bob.name };
    const relayed = await prove(app, bob.identity, asked, 'rogue.example');
    expect((await ask(app, { method: 'POST', path: '/api/v1/auth/session', body: relayed })).body.error).toBe('bad_proof');
    const honest = await prove(app, bob.identity, asked);
    expect((await ask(app, { method: 'POST', path: '/api/v1/auth/session', body: honest })).status).toBe(201);
  });

  it('T13 what would cost much is refused before it does', async () => {
    const early = [await post(app, 'x'.repeat(1024 * 1024 + 1)), await post(app, { data: 'AAAA', algorithm: RSA, password: 'x' }), await post(app, `{"data":"AAAA","algorithm":"${RSA}","password":"AAAA","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)];
    expect(early.map(({ status }) => status)).toEqual([413, 400, 400]);
    const large = String(generateKeyPairSync('rsa', { modulusLength: 4104 }).publicKey.export({ format: 'pem', type: 'spki' }));
    expect((await ask(app, { method: 'POST', path: '/api/v1/auth/challenge', body: { purpose: 'register', identity_key: large } })).body.error).toBe('unsupported_key');
    const narrow = await startApp({ db: app.db, env: { ENVELOPE_CRYPTO_QUEUE: '2' } });
    try {
      const body = await bodyFor(narrow, packetFor(bob, token), RSA);
      const garbage = Array.from({ length: 40 }, () => post(narrow, { ...body, password: randomBytes(256).toString('base64') }));
      const began = Date.now();
      expect((await ask(narrow, { path: '/api/v1/message', session: bob.session })).status).toBe(200);
      expect(Date.now() - began).toBeLessThan(5000);
      expect((await Promise.all(garbage)).every(({ status }) => status === 503 || status === 400)).toBe(true);
    } finally {
      await narrow.close();
    }
  }, 60_000);

  it('T15 a sender’s weak key is refused by who opens', async () => {
    const weak = [
      encodeBase64(Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from([1]), Buffer.alloc(31)])),
      String(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).publicKey.export({ format: 'pem', type: 'spki' })),
      String(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'pem', type: 'spki' })),
    ];
    const address = { id: 'weak', user_id: bob.userId };
    for (const key of weak) {
      const message = { data: null, data_type: 0, date: '2026-11-20T10:00:00.000Z', key, signature: encodeBase64(Buffer.concat([Buffer.from([1]), Buffer.alloc(63)])) };
      const inner = await sdk.sealMessage(message as never, address, bob.encryption.publicKey, HPKE).then((sealed) => sealed, () => null);
      expect(inner === null ? 'unsupported_key' : await codeOf(sdk.openMessage({ ...address, ...inner, algorithm: HPKE }, bob.encryption))).toBe('unsupported_key');
    }
  });

  it('T16 texts that two readers could take in two ways are refused', async () => {
    const body = await bodyFor(app, packetFor(bob, token));
    const twice = JSON.stringify(body).replace('{', `{"algorithm":"none",`);
    // of a member that comes twice the last counts, on the outer layer, which nobody signs
    expect((await post(app, twice)).status).toBe(201);
    for (const text of ['{"data":"AAAA","algorithm":"\ud800","password":"AAAA"}', `{"__proto__":{"algorithm":"${HPKE}"},"data":"AAAA","password":"AAAA"}`, '{"constructor":{"prototype":{"polluted":1}},"data":"AAAA","algorithm":"x","password":"AAAA"}']) {
      expect((await post(app, text)).status).toBe(400);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((await post(app, { ...body, data: `${body.data}\n` })).body.error).toBe('malformed_request');
  });

  it('T10 a session is no cookie, ends by itself, and belongs to a proof of the key', async () => {
    const { body } = await registration(app);
    const made = await ask(app, { method: 'POST', path: '/api/v1/user', body });
    expect(made.headers.get('set-cookie')).toBeNull();
    expect((await ask(app, { path: '/api/v1/user/me', headers: { Cookie: `session=${bob.session}` } })).status).toBe(401);
  });

  it('T12 the server cannot slip in a key of its own: the statement is the identity’s', async () => {
    const { body } = await ask(app, { path: `/api/v1/user/${bob.userId}/key`, token });
    const { keyStatementInput, verify, decodeBase64, fingerprint, parsePublicKey } = await import('@polypost/envelope/codec');
    const claim = (encryption: string) => verify(parsePublicKey(body.identity_key), 'EdDSA', keyStatementInput(fingerprint(bob.identity.publicKey), fingerprint(parsePublicKey(encryption)), body.key_created), decodeBase64(body.key_signature)!);
    expect(claim(body.encryption_key)).toBe(true);
    expect(claim(publicKeyPem((await newPerson(app)).encryption.publicKey))).toBe(false);
  });
});
