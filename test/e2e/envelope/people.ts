import {
  authInput, encodeBase64, encodeUtf8, fingerprint, keyStatementInput, NodeBackend, parsePublicKey, type PrivateKey, privateKeyFromPkcs8, privateKeyFromRaw, publicKeyPem, type PublicKey, sign,
  suiteOf, type SuiteId, outerContext, concat, PROTOCOL,
} from '@polypost/envelope/codec';
import { constants, createCipheriv, createHmac, createPublicKey, diffieHellman, generateKeyPairSync, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import { type TestApp } from '../../support/app.js';

/** What JSON of a test's own server may hold. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Loose = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** undefined where the answer is no JSON */
  readonly body: Loose;
}

const backend = new NodeBackend();
export const HPKE = 'HPKE-X25519+A256GCM';
export const RSA = 'RSA-OAEP-256+A256GCM';
export const LEGACY = 'RSA-OAEP+A256CBC-HS512';
export const SUITES: readonly SuiteId[] = [HPKE, RSA, LEGACY];

export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly session?: string | undefined;
  readonly token?: string | undefined;
  readonly headers?: Record<string, string>;
}

/** Sends one request; a string, bytes or a form goes out as it is, anything else as JSON. */
export async function ask(app: { url: string }, { method = 'GET', path, body, session, token, headers = {} }: Ask): Promise<Answer> {
  const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array || body instanceof FormData;
  const response = await fetch(app.url + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(body === undefined || body instanceof FormData ? {} : { 'Content-Type': 'application/json' }),
      ...(session === undefined ? {} : { Authorization: `Bearer ${session}` }),
      ...(token === undefined ? {} : { Authorization: `Token ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: (raw ? body : JSON.stringify(body)) as BodyInit }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

/** Somebody with keys; `session` once logged in. */
export interface Person {
  readonly name: string;
  readonly userId: string;
  readonly address: string;
  readonly identity: PrivateKey;
  readonly encryption: PrivateKey;
  session: string;
  asks(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export const newIdentity = (): Promise<PrivateKey> => privateKeyFromRaw(backend, 'ed25519', randomBytes(32));
export const newEncryption = (): Promise<PrivateKey> => privateKeyFromRaw(backend, 'x25519', randomBytes(32));
export const newRsa = (bits = 2048): Promise<PrivateKey> =>
  privateKeyFromPkcs8(backend, generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export({ format: 'der', type: 'pkcs8' }));

export const schemeOf = (key: PrivateKey): 'EdDSA' | 'PS256' => (key.type === 'ed25519' ? 'EdDSA' : 'PS256');

let serial = 0;
export const newName = (): string => `person-${(serial += 1)}-${randomBytes(3).toString('hex')}`;

/** Asks for a challenge and signs it. */
export async function prove(app: { url: string }, identity: PrivateKey, asked: Record<string, unknown>, host?: string): Promise<{ challenge_id: string; signature: string }> {
  const challenge = await ask(app, { method: 'POST', path: '/api/v1/auth/challenge', body: asked });
  if (challenge.status !== 200) throw new Error(`no challenge: ${challenge.text}`);
  const { challenge_id, nonce } = challenge.body;
  const input = authInput({ purpose: asked['purpose'] as string, host: host ?? challenge.body.host, challengeId: challenge_id, nonce, fingerprint: fingerprint(identity.publicKey) });
  return { challenge_id, signature: encodeBase64(sign(identity, schemeOf(identity), input)) };
}

/** By which an identity vouches for an encryption key. */
export function statement(identity: PrivateKey, encryption: PublicKey, created = new Date().toISOString()): { key_created: string; key_signature: string } {
  const input = keyStatementInput(fingerprint(identity.publicKey), fingerprint(encryption), created);
  return { key_created: created, key_signature: encodeBase64(sign(identity, schemeOf(identity), input)) };
}

export interface Registering {
  readonly name?: string;
  readonly identity?: PrivateKey;
  readonly encryption?: PrivateKey;
  readonly extra?: Record<string, unknown>;
}

/** What a registration sends. */
export async function registration(app: { url: string }, over: Registering = {}): Promise<{ body: Record<string, unknown>; identity: PrivateKey; encryption: PrivateKey; name: string }> {
  const identity = over.identity ?? (await newIdentity());
  const encryption = over.encryption ?? (await newEncryption());
  const name = over.name ?? newName();
  const proof = await prove(app, identity, { purpose: 'register', identity_key: publicKeyPem(identity.publicKey) });
  const body = {
    ...proof, name, identity_key: publicKeyPem(identity.publicKey), encryption_key: publicKeyPem(encryption.publicKey),
    ...statement(identity, encryption.publicKey), ...over.extra,
  };
  return { body, identity, encryption, name };
}

/** Registers somebody and logs in. */
export async function newPerson(app: { url: string }, over: Registering = {}): Promise<Person> {
  const { body, identity, encryption, name } = await registration(app, over);
  const made = await ask(app, { method: 'POST', path: '/api/v1/user', body });
  if (made.status !== 201) throw new Error(`not registered: ${made.status} ${made.text}`);
  const person: Person = {
    name, userId: made.body.user_id, address: made.body.address, identity, encryption, session: '',
    asks: (method, path, sent, headers) => ask(app, { method, path, body: sent, session: person.session, ...(headers ? { headers } : {}) }),
  };
  person.session = await logIn(app, person);
  return person;
}

/** @returns a session token */
export async function logIn(app: { url: string }, person: Pick<Person, 'identity' | 'name'>): Promise<string> {
  const proof = await prove(app, person.identity, { purpose: 'login', name: person.name });
  const opened = await ask(app, { method: 'POST', path: '/api/v1/auth/session', body: proof });
  if (opened.status !== 201) throw new Error(`not logged in: ${opened.status} ${opened.text}`);
  return opened.body.session_token;
}

/** A token by which others may write to somebody. */
export async function newToken(person: Person, over: Record<string, unknown> = {}): Promise<{ token: string; token_id: string }> {
  const made = await person.asks('POST', '/api/v1/token', over);
  if (made.status !== 201) throw new Error(`no token: ${made.status} ${made.text}`);
  return made.body;
}

export interface Sealed {
  readonly data: string;
  readonly algorithm: string;
  readonly password: string;
  readonly kid?: string;
}

/** Seals to a key of the server, written here once more with plain node:crypto: what the server opens is not sealed by its own code. */
export function seal(suite: SuiteId, publicPem: string, plaintext: Uint8Array | string, context: Uint8Array = outerContext(suite)): { data: string; password: string } {
  const { contentKeyBytes, ivBytes } = suiteOf(suite);
  const key = createPublicKey(publicPem);
  const contentKey = randomBytes(contentKeyBytes);
  const iv = randomBytes(ivBytes);
  const text = Buffer.from(plaintext);
  const aad = Buffer.from(context);
  let data: Buffer;
  if (suite === LEGACY) {
    const cipher = createCipheriv('aes-256-cbc', contentKey.subarray(32), iv);
    const body = Buffer.concat([cipher.update(text), cipher.final()]);
    const bits = Buffer.alloc(8);
    bits.writeBigUInt64BE(BigInt(aad.length) * 8n);
    const tag = createHmac('sha512', contentKey.subarray(0, 32)).update(aad).update(iv).update(body).update(bits).digest().subarray(0, 32);
    data = Buffer.concat([iv, body, tag]);
  } else {
    const cipher = createCipheriv('aes-256-gcm', contentKey, iv).setAAD(aad);
    data = Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  }
  const password = suite === HPKE ? hpke(key, contentKey, aad) : publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: suite === RSA ? 'sha256' : 'sha1' }, contentKey);
  return { data: data.toString('base64'), password: password.toString('base64') };
}

/** HPKE of RFC 9180, base mode, one message. */
function hpke(recipient: KeyObject, plaintext: Buffer, info: Buffer): Buffer {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const raw = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' }).subarray(-32);
  const encapsulated = raw(publicKey);
  const mac = (secret: Buffer, ...parts: (Buffer | string)[]): Buffer => {
    const hash = createHmac('sha256', secret);
    for (const part of parts) hash.update(part);
    return hash.digest();
  };
  const kem = Buffer.concat([Buffer.from('KEM'), Buffer.from([0, 0x20])]);
  const suite = Buffer.concat([Buffer.from('HPKE'), Buffer.from([0, 0x20, 0, 1, 0, 2])]);
  const extract = (id: Buffer, salt: Buffer, label: string, ikm: Buffer): Buffer => mac(salt, 'HPKE-v1', id, label, ikm);
  const expand = (id: Buffer, prk: Buffer, label: string, about: Buffer, length: number): Buffer =>
    mac(prk, Buffer.from([length >> 8, length & 255]), 'HPKE-v1', id, label, about, Buffer.from([1])).subarray(0, length);
  const none = Buffer.alloc(0);
  const eae = extract(kem, none, 'eae_prk', diffieHellman({ privateKey, publicKey: recipient }));
  const shared = expand(kem, eae, 'shared_secret', Buffer.concat([encapsulated, raw(recipient)]), 32);
  const context = Buffer.concat([Buffer.from([0]), extract(suite, none, 'psk_id_hash', none), extract(suite, none, 'info_hash', info)]);
  const secret = extract(suite, shared, 'secret', none);
  const cipher = createCipheriv('aes-256-gcm', expand(suite, secret, 'key', context, 32), expand(suite, secret, 'base_nonce', context, 12));
  return Buffer.concat([encapsulated, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

export interface PacketOver {
  readonly id?: string;
  readonly user_id?: string;
  readonly algorithm?: string;
  readonly data?: unknown;
  readonly password?: unknown;
  readonly kid?: string;
  readonly [extra: string]: unknown;
}

/** A Packet for somebody; its inner part is a sealed text that nobody here looks at. */
export function packetFor(person: Pick<Person, 'userId' | 'encryption'>, token: string, over: PacketOver = {}, text = 'hello'): Record<string, unknown> {
  const id = over.id ?? randomBytes(12).toString('hex');
  const algorithm = (over.algorithm ?? (person.encryption.type === 'rsa' ? RSA : HPKE)) as SuiteId;
  const inner = over.data === undefined && SUITES.includes(algorithm) && suiteOf(algorithm).keyType === person.encryption.type
    ? seal(algorithm, publicKeyPem(person.encryption.publicKey), text, encodeUtf8([PROTOCOL, 'message', algorithm, id, person.userId].join('\n')))
    : { data: 'AAAA', password: 'AAAA' };
  return { id, user_id: person.userId, token, ...inner, algorithm, ...over };
}

/** Keys of a server by suite, as it tells them. */
export async function serverKey(app: { url: string }, suite: SuiteId): Promise<{ kid: string; public_key: string }> {
  const answer = await ask(app, { path: `/api/v1/server/key?type=${suiteOf(suite).keyType}` });
  if (answer.status !== 200) throw new Error(`no key: ${answer.status} ${answer.text}`);
  return answer.body;
}

/** Seals a Packet, or any text, to the server's current key. */
export async function bodyFor(app: { url: string }, packet: unknown, suite: SuiteId = HPKE): Promise<Sealed> {
  const { public_key } = await serverKey(app, suite);
  return { ...seal(suite, public_key, typeof packet === 'string' ? packet : JSON.stringify(packet)), algorithm: suite };
}

export const post = (app: { url: string }, body: unknown, headers?: Record<string, string>): Promise<Answer> =>
  ask(app, { method: 'POST', path: '/api/v1/message', body, ...(headers ? { headers } : {}) });

/** Seals and sends. */
export async function deliver(app: TestApp | { url: string }, packet: unknown, suite: SuiteId = HPKE): Promise<Answer> {
  return post(app, await bodyFor(app, packet, suite));
}

export const readKey = (pem: string): PublicKey => parsePublicKey(pem);
export { concat, publicKeyPem };

function parsed(text: string): Loose {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
