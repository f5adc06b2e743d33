import { randomBytes, generateKeyPairSync } from 'node:crypto';
import { encodeBase64, fingerprint, sign, authInput } from '@polypost/envelope/codec';
import { Users } from '../../../src/core/accounts/users.js';
import { startApp, type TestApp } from '../../support/app.js';
import { TestClock } from '../../support/store.js';
import { ask, deliver, HPKE, LEGACY, logIn, newEncryption, newIdentity, newName, newPerson, newRsa, newToken, packetFor, type Person, prove, publicKeyPem, registration, RSA, statement } from './people.js';

let app: TestApp;
let clock: TestClock;
beforeAll(async () => {
  clock = new TestClock(Date.now());
  app = await startApp({ clock });
});
afterAll(() => app.close());

const register = (body: unknown, on: TestApp = app) => ask(on, { method: 'POST', path: '/api/v1/user', body });
const challengeFor = (body: unknown) => ask(app, { method: 'POST', path: '/api/v1/auth/challenge', body });

describe('registration', () => {
  it('ENV-74 ENV-77 gives an opaque id and an address to whoever proves a key, without a password', async () => {
    const { body, name } = await registration(app);
    const made = await register(body);
    expect([made.status, made.body]).toEqual([201, { user_id: expect.stringMatching(/^[a-z2-7]{26}$/), address: `${name}@localhost:3000` }]);
    const [row] = await app.sql('SELECT username, password_hash, email FROM users WHERE envelope_name = $1', [name]);
    expect(row).toEqual({ username: null, password_hash: null, email: null });
  });

  it('ENV-74 ENV-78 one RSA key may be both, and vouches for itself; an RSA identity may have another key', async () => {
    const rsa = await newRsa();
    const proof = await prove(app, rsa, { purpose: 'register', identity_key: publicKeyPem(rsa.publicKey) });
    const made = await register({ ...proof, name: newName(), identity_key: publicKeyPem(rsa.publicKey) });
    expect(made.status).toBe(201);
    const two = await newPerson(app, { identity: rsa });
    const { body } = await two.asks('GET', '/api/v1/user/me');
    expect(body).toMatchObject({ identity_key: publicKeyPem(rsa.publicKey), encryption_key: publicKeyPem(two.encryption.publicKey), accept_algorithms: [HPKE] });
  });

  it('ENV-76 an RSA key may sign the old way when it says so', async () => {
    const rsa = await newRsa();
    const challenge = (await challengeFor({ purpose: 'register', identity_key: publicKeyPem(rsa.publicKey) })).body;
    const input = authInput({ purpose: 'register', host: challenge.host, challengeId: challenge.challenge_id, nonce: challenge.nonce, fingerprint: fingerprint(rsa.publicKey) });
    const body = { challenge_id: challenge.challenge_id, signature: encodeBase64(sign(rsa, 'RS256', input)), alg: 'RS256', name: newName(), identity_key: publicKeyPem(rsa.publicKey) };
    expect((await register(body)).status).toBe(201);
  });

  it('ENV-15 ENV-16 takes every text form of a key, and shows one', async () => {
    const { body, identity } = await registration(app);
    const pem = publicKeyPem(identity.publicKey);
    const made = await register({ ...body, identity_key: pem.replaceAll('\n', '\r\n'), encryption_key: encodeBase64((await newEncryption()).publicKey.spki) });
    expect(made.body.error).toBe('bad_proof');
    const { body: fresh, name, encryption, identity: owner } = await registration(app);
    expect((await register({ ...fresh, identity_key: encodeBase64(owner.publicKey.spki), encryption_key: publicKeyPem(encryption.publicKey).replaceAll('\n', '\r\n') })).status).toBe(201);
    const session = await logIn(app, { identity: owner, name });
    expect((await ask(app, { path: '/api/v1/user/me', session })).body).toMatchObject({ identity_key: publicKeyPem(owner.publicKey), encryption_key: publicKeyPem(encryption.publicKey) });
  });

  it('ENV-78 an encryption key that the identity does not vouch for is refused', async () => {
    for (const spoil of [
      async () => ({ key_signature: encodeBase64(randomBytes(64)) }),
      async () => statement(await newIdentity(), (await newEncryption()).publicKey),
      async () => ({ encryption_key: publicKeyPem((await newEncryption()).publicKey) }),
      async () => ({ key_created: '2020-01-01T00:00:00.000Z' }),
    ]) {
      const { body } = await registration(app);
      const made = await register({ ...body, ...(await spoil()) });
      expect([made.status, made.body.error]).toEqual([401, 'bad_proof']);
    }
    for (const missing of ['key_created', 'key_signature']) {
      const { body } = await registration(app);
      expect((await register({ ...body, [missing]: undefined })).body.error).toBe('malformed_request');
    }
  });

  it('ENV-17 ENV-49 weak and foreign keys are refused wherever they come', async () => {
    const spki = (pair: { publicKey: { export(options: { format: 'pem'; type: 'spki' }): string | Buffer } }) => String(pair.publicKey.export({ format: 'pem', type: 'spki' }));
    const weak = [
      spki(generateKeyPairSync('rsa', { modulusLength: 1024 })), spki(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 })),
      spki(generateKeyPairSync('ec', { namedCurve: 'P-256' })), spki(generateKeyPairSync('rsa-pss', { modulusLength: 2048 })), spki(generateKeyPairSync('ed448')),
      // points of small order: the identity of Ed25519, and zero
      encodeBase64(Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from([1]), Buffer.alloc(31)])),
      encodeBase64(Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.alloc(32)])),
      'nonsense', `${publicKeyPem((await newIdentity()).publicKey)}x`,
    ];
    for (const identity_key of weak) {
      const refused = await challengeFor({ purpose: 'register', identity_key });
      expect([refused.status, refused.body.error]).toEqual([400, 'unsupported_key']);
    }
    const zero = encodeBase64(Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), Buffer.alloc(32)]));
    for (const encryption_key of [...weak.slice(0, 5), zero, publicKeyPem((await newIdentity()).publicKey)]) {
      const { body } = await registration(app);
      expect((await register({ ...body, encryption_key })).body.error).toBe('unsupported_key');
    }
    expect((await challengeFor({ purpose: 'register', identity_key: publicKeyPem((await newEncryption()).publicKey) })).body.error).toBe('unsupported_key');
  });

  it('ENV-67 names are lower-cased, have their form, and are taken once', async () => {
    for (const name of ['', '-a', 'a-', 'a b', 'ä', 'a@b', 'x'.repeat(65), '.a', 5]) {
      const { body } = await registration(app);
      expect((await register({ ...body, name })).body.error).toBe('malformed_request');
    }
    const name = newName();
    const { body } = await registration(app, { name: name.toUpperCase() });
    expect((await register(body)).body.address).toBe(`${name}@localhost:3000`);
    const { body: second } = await registration(app, { name });
    const taken = await register(second);
    expect([taken.status, taken.body]).toEqual([409, { error: 'name_taken', message: expect.any(String) }]);
    const rivals = await Promise.all(Array.from({ length: 6 }, () => registration(app, { name: 'rival' })));
    expect((await Promise.all(rivals.map(({ body: one }) => register(one)))).map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  it('ENV-77 closed is closed, and by invite it takes one that is good', async () => {
    const closed = await startApp({ db: app.db, env: { ENVELOPE_REGISTRATION: 'closed' } });
    const invited = await startApp({ db: app.db, env: { ENVELOPE_REGISTRATION: 'invite' } });
    try {
      const { body } = await registration(closed);
      const refused = await register(body, closed);
      expect([refused.status, refused.body]).toEqual([403, { error: 'registration_closed', message: expect.any(String) }]);
      for (const invite of [undefined, 'ppi1_nonsense']) expect((await register({ ...(await registration(invited)).body, invite }, invited)).body.error).toBe('registration_closed');
      expect((await ask(invited, { path: '/api/v1/server' })).body.registration).toBe('invite');
    } finally {
      await closed.close();
      await invited.close();
    }
  });

  it('who has keys only is nobody to those who look for usernames', async () => {
    const person = await newPerson(app);
    const [{ id }] = await app.sql<{ id: string }>('SELECT id FROM users WHERE envelope_user_id = $1', [person.userId]) as [{ id: string }];
    const users = app.app.get(Users, { strict: false });
    expect(await users.byId(id)).toBeNull();
    expect((await users.list({ skip: 0, take: 1000 })).users.map((user) => user.id)).not.toContain(id);
    expect((await users.search({ by: id, text: 'person', followersOnly: false, skip: 0, take: 100 })).total).toBe(0);
  });
});

describe('challenges', () => {
  it('ENV-75 look the same for a name that nobody has, and can never be met', async () => {
    const person = await newPerson(app);
    const shape = { challenge_id: expect.stringMatching(/^[a-z2-7]{26}$/), nonce: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/), host: 'localhost:3000', expires_at: expect.stringMatching(/^\d{4}-.*Z$/) };
    for (const who of [{ name: person.name }, { user_id: person.userId }, { name: 'nobody-here' }, { user_id: 'nobody' }]) {
      const answer = await challengeFor({ purpose: 'login', ...who });
      expect([answer.status, answer.body]).toEqual([200, shape]);
      expect(Date.parse(answer.body.expires_at) - clock.now()).toBe(120_000);
    }
    const proof = await prove(app, person.identity, { purpose: 'login', name: 'nobody-here' });
    expect((await ask(app, { method: 'POST', path: '/api/v1/auth/session', body: proof })).body.error).toBe('bad_proof');
  });

  it('ENV-75 count once, for two minutes, for their purpose and their key', async () => {
    const person = await newPerson(app);
    const open = (body: unknown) => ask(app, { method: 'POST', path: '/api/v1/auth/session', body });
    const proof = await prove(app, person.identity, { purpose: 'login', name: person.name });
    const both = await Promise.all([open(proof), open(proof)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 401]);
    const late = await prove(app, person.identity, { purpose: 'login', name: person.name });
    clock.advance(120_000);
    expect((await open(late)).body).toEqual({ error: 'bad_proof', message: expect.any(String) });
    // a wrong answer uses it up, too
    const tried = await prove(app, person.identity, { purpose: 'login', name: person.name });
    expect((await open({ ...tried, signature: encodeBase64(randomBytes(64)) })).status).toBe(401);
    expect((await open(tried)).status).toBe(401);
    const other = await newIdentity();
    const forRegister = await prove(app, person.identity, { purpose: 'register', identity_key: publicKeyPem(person.identity.publicKey) });
    expect((await open(forRegister)).status).toBe(401);
    const { body } = await registration(app, { identity: other });
    const stolen = await prove(app, person.identity, { purpose: 'register', identity_key: publicKeyPem(person.identity.publicKey) });
    expect((await register({ ...body, ...stolen })).body.error).toBe('bad_proof');
  });

  it('ENV-76 a proof for another host is none here', async () => {
    const person = await newPerson(app);
    for (const host of ['rogue.example', 'localhost', 'LOCALHOST:3000']) {
      const proof = await prove(app, person.identity, { purpose: 'login', name: person.name }, host);
      expect((await ask(app, { method: 'POST', path: '/api/v1/auth/session', body: proof })).body.error).toBe('bad_proof');
    }
  });

  it('ENV-75 refuse what has not their form', async () => {
    for (const body of [{}, { purpose: 'x' }, { purpose: 'login' }, { purpose: 'login', name: 'a', user_id: 'b' }, { purpose: 'login', name: 7 }, { purpose: 'register' }, { purpose: 'login', name: 'a b' }, []]) {
      expect((await challengeFor(body)).body.error).toBe('malformed_request');
    }
  });
});

describe('sessions', () => {
  it('ENV-79 are good for an hour, hashed at rest, listed and ended', async () => {
    const person = await newPerson(app);
    const proof = await prove(app, person.identity, { purpose: 'login', user_id: person.userId });
    const { body } = await ask(app, { method: 'POST', path: '/api/v1/auth/session', body: { ...proof, device: 'phone' } });
    expect(body).toEqual({ session_token: expect.stringMatching(/^pps1_[A-Za-z0-9_-]{43}$/), session_id: expect.stringMatching(/^[a-z2-7]{26}$/), expires_at: expect.any(String), user_id: person.userId });
    expect(Date.parse(body.expires_at) - clock.now()).toBe(3_600_000);
    expect(JSON.stringify(await app.sql('SELECT * FROM credentials'))).not.toContain(body.session_token);
    const { sessions } = (await ask(app, { path: '/api/v1/auth/session', session: body.session_token })).body;
    expect(sessions).toHaveLength(2);
    expect(sessions.find((item: { current: boolean }) => item.current)).toMatchObject({ session_id: body.session_id, device: 'phone' });
    const other = sessions.find((item: { current: boolean }) => !item.current).session_id;
    expect((await ask(app, { method: 'DELETE', path: `/api/v1/auth/session/${other}`, session: body.session_token })).status).toBe(204);
    expect((await person.asks('GET', '/api/v1/user/me')).status).toBe(401);
    expect((await ask(app, { method: 'DELETE', path: `/api/v1/auth/session/${other}`, session: body.session_token })).body.error).toBe('not_found');
    expect((await ask(app, { method: 'DELETE', path: '/api/v1/auth/session', session: body.session_token })).status).toBe(204);
    const refused = await ask(app, { path: '/api/v1/user/me', session: body.session_token });
    expect([refused.status, refused.body.error, refused.headers.get('www-authenticate')]).toEqual([401, 'unauthenticated', 'Bearer']);
  });

  it('ENV-79 end by themselves, and are nobody else’s', async () => {
    const [one, two] = [await newPerson(app), await newPerson(app)];
    const { sessions } = (await one.asks('GET', '/api/v1/auth/session')).body;
    expect((await two.asks('DELETE', `/api/v1/auth/session/${sessions[0].session_id}`)).status).toBe(404);
    clock.advance(3_600_000);
    expect((await one.asks('GET', '/api/v1/user/me')).status).toBe(401);
  });

  it('ENV-49 no session, a token, and nonsense are refused alike on every call of an owner', async () => {
    const person = await newPerson(app);
    const { token } = await newToken(person);
    for (const [method, path] of [['GET', '/api/v1/message'], ['GET', '/api/v1/message/stream'], ['GET', '/api/v1/token'], ['POST', '/api/v1/token'], ['GET', '/api/v1/user/me'], ['DELETE', '/api/v1/user/me'], ['PUT', '/api/v1/user/me/key'], ['POST', '/api/v1/message/ack'], ['GET', '/api/v1/auth/session']] as const) {
      for (const headers of [{}, { Authorization: `Bearer ${token}` }, { Authorization: `Token ${person.session}` }, { Authorization: 'Bearer' }, { Authorization: `Basic ${person.session}` }]) {
        expect((await ask(app, { method, path, headers })).status).toBe(401);
      }
    }
  });
});

describe('keys that others may know', () => {
  let bob: Person;
  beforeAll(async () => {
    bob = await newPerson(app);
  });

  it('ENV-84 the holder of a token with the scope gets them; everybody else the same 404', async () => {
    const { token } = await newToken(bob);
    const answer = await ask(app, { path: `/api/v1/user/${bob.userId}/key`, token });
    expect([answer.status, answer.body]).toEqual([200, {
      user_id: bob.userId, address: bob.address, identity_key: publicKeyPem(bob.identity.publicKey), encryption_key: publicKeyPem(bob.encryption.publicKey),
      key_created: expect.any(String), key_signature: expect.any(String), accept_algorithms: [HPKE],
    }]);
    const deaf = (await newToken(bob, { scopes: ['deliver'] })).token;
    const foreign = (await newToken(await newPerson(app))).token;
    const faces = [];
    for (const [path, given] of [[bob.userId, deaf], [bob.userId, foreign], [bob.userId, undefined], [bob.userId, 'ppt1_nonsense'], ['nobody', token], [bob.userId, bob.session]] as const) {
      const { status, text, headers } = await ask(app, { path: `/api/v1/user/${path}/key`, token: given });
      faces.push(JSON.stringify([status, text, [...headers.keys()].filter((name) => name !== 'keep-alive')]));
    }
    expect(new Set(faces).size).toBe(1);
    expect(faces[0]).toContain('404');
  });

  it('ENV-85 the directory knows only who wants to be found, by the whole name', async () => {
    const hidden = await ask(app, { path: `/api/v1/directory/${bob.name}` });
    const unknown = await ask(app, { path: '/api/v1/directory/nobody-at-all' });
    expect([hidden.status, hidden.text]).toEqual([unknown.status, unknown.text]);
    expect(hidden.status).toBe(404);
    expect((await bob.asks('PATCH', '/api/v1/user/me', { discoverable: true })).body.discoverable).toBe(true);
    expect((await ask(app, { path: `/api/v1/directory/${bob.name.toUpperCase()}` })).body).toMatchObject({ user_id: bob.userId, address: bob.address });
    for (const name of [bob.name.slice(0, -1), `${bob.name}*`, '%25', 'person']) expect((await ask(app, { path: `/api/v1/directory/${name}` })).status).toBe(404);
    expect((await ask(app, { path: '/api/v1/directory' })).status).toBe(404);
  });

  it('ENV-82 a rotated key counts at once; the old one stays listed to its owner', async () => {
    const { token } = await newToken(bob);
    const old = fingerprint(bob.encryption.publicKey);
    expect((await deliver(app, packetFor(bob, token, { kid: old }))).status).toBe(201);
    const fresh = await newEncryption();
    const rotate = (body: unknown) => bob.asks('PUT', '/api/v1/user/me/key', body);
    const encryption_key = publicKeyPem(fresh.publicKey);
    const past = new Date(Date.now() - 60_000).toISOString();
    expect((await rotate({ encryption_key, ...statement(bob.identity, fresh.publicKey, past) })).body.error).toBe('malformed_request');
    expect((await rotate({ encryption_key, ...statement(await newIdentity(), fresh.publicKey) })).body.error).toBe('bad_proof');
    expect((await rotate({ encryption_key: publicKeyPem((await newIdentity()).publicKey), ...statement(bob.identity, fresh.publicKey) })).body.error).toBe('unsupported_key');
    const later = new Date(Date.now() + 60_000).toISOString();
    const { body } = await rotate({ encryption_key, ...statement(bob.identity, fresh.publicKey, later) });
    expect(body).toMatchObject({ encryption_key, key_created: later, earlier_keys: [{ kid: old, encryption_key: publicKeyPem(bob.encryption.publicKey), until: later }] });
    expect((await deliver(app, packetFor(bob, token, { kid: old }))).body.error).toBe('unknown_user_key');
    expect((await deliver(app, packetFor(bob, token, { kid: fingerprint(fresh.publicKey) }))).status).toBe(201);
    expect((await ask(app, { path: `/api/v1/user/${bob.userId}/key`, token })).body.encryption_key).toBe(encryption_key);
    const rsa = await newRsa();
    const last = new Date(Date.now() + 120_000).toISOString();
    expect((await rotate({ encryption_key: publicKeyPem(rsa.publicKey), ...statement(bob.identity, rsa.publicKey, last) })).body.accept_algorithms).toEqual([RSA, LEGACY]);
  });
});

describe('a person’s own things', () => {
  it('ENV-86 are shown and changed; what has not its form changes nothing', async () => {
    const person = await newPerson(app);
    const { body } = await person.asks('GET', '/api/v1/user/me');
    expect(body).toMatchObject({ user_id: person.userId, name: person.name, discoverable: false, accept_algorithms: [HPKE], retention_days: null, delete_on_ack: false, earlier_keys: [], usage: { messages: 0, bytes: 0 } });
    for (const wrong of [{ discoverable: 1 }, { retention_days: 0 }, { retention_days: 1.5 }, { retention_days: '5' }, { accept_algorithms: [] }, { accept_algorithms: ['none'] }, { accept_algorithms: [RSA] }, { delete_on_ack: null }, []]) {
      expect((await person.asks('PATCH', '/api/v1/user/me', wrong)).body.error).toBe('malformed_request');
    }
    const changed = await person.asks('PATCH', '/api/v1/user/me', { discoverable: true, retention_days: 30, delete_on_ack: true, accept_algorithms: [HPKE] });
    expect(changed.body).toMatchObject({ discoverable: true, retention_days: 30, delete_on_ack: true });
    expect((await person.asks('PATCH', '/api/v1/user/me', { retention_days: null, accept_algorithms: null })).body).toMatchObject({ retention_days: null, discoverable: true });
  });

  it('ENV-86 leaving takes mail, tokens, sessions, keys and files, and the name rests for 90 days', async () => {
    const person = await newPerson(app);
    const { token } = await newToken(person);
    await deliver(app, packetFor(person, token));
    const [{ id }] = await app.sql<{ id: string }>('SELECT m.id FROM mailboxes m JOIN users u ON u.id = m.user_id WHERE u.envelope_user_id = $1', [person.userId]) as [{ id: string }];
    expect((await person.asks('DELETE', '/api/v1/user/me')).status).toBe(204);
    expect((await person.asks('GET', '/api/v1/user/me')).status).toBe(401);
    expect((await deliver(app, packetFor(person, token))).body.error).toBe('bad_token');
    for (const [table, column] of [['deliveries', 'recipient_id'], ['messages', 'home_box'], ['credentials', 'mailbox_id'], ['envelope_files', 'owner_id']]) {
      expect(await app.sql(`SELECT 1 FROM ${table} WHERE ${column} = $1`, [id])).toEqual([]);
    }
    expect(await app.sql('SELECT 1 FROM users WHERE envelope_user_id = $1 OR envelope_name = $2', [person.userId, person.name])).toEqual([]);
    const again = async () => register((await registration(app, { name: person.name })).body);
    expect((await again()).body.error).toBe('name_taken');
    clock.advance(90 * 86_400_000 - 1000);
    expect((await again()).body.error).toBe('name_taken');
    clock.advance(1000);
    expect((await again()).status).toBe(201);
  });

  it('ENV-86 somebody with a username keeps the other side', async () => {
    const person = await newPerson(app);
    const username = newName();
    await app.sql('UPDATE users SET username = $2 WHERE envelope_user_id = $1', [person.userId, username]);
    await deliver(app, packetFor(person, (await newToken(person)).token));
    expect((await person.asks('DELETE', '/api/v1/user/me')).status).toBe(204);
    const [row] = await app.sql('SELECT deleted_at, envelope_user_id, envelope_keys FROM users WHERE username = $1', [username]);
    expect(row).toEqual({ deleted_at: null, envelope_user_id: null, envelope_keys: null });
    expect((await app.sql("SELECT 1 FROM messages m JOIN mailboxes b ON b.id = m.home_box JOIN users u ON u.id = b.user_id WHERE u.username = $1", [username]))).toEqual([]);
  });
});
