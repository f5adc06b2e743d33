import { encodeBase64 } from '../base/base64.js';
import { writeDate } from '../base/dates.js';
import { type Backend } from '../backend/backend.js';
import { currentEncryptionKey, type Identity } from '../identity/identity.js';
import { fingerprintOf } from '../keys/fingerprint.js';
import { type PrivateKey } from '../keys/private-key.js';
import { publicKeyPem } from '../keys/public-key.js';
import { authInput, keyStatementInput } from '../suites/context.js';
import { type Address } from './address.js';
import { type KnownServer } from './discovery.js';
import { NetworkError, TrustError } from './errors.js';
import { call, type CallOptions, type Transport } from './http.js';

/** What all calls to one's own server need. */
export interface Desk {
  readonly backend: Backend;
  readonly transport: Transport;
  readonly server: KnownServer;
  /** ms since 1970; dates of key statements */
  readonly now: () => number;
}

/** A session as the server gives it. As secret as its token. */
export interface SessionGrant {
  readonly session_token: string;
  readonly session_id: string;
  readonly expires_at: string;
  readonly user_id: string;
}

/** What a new user got. */
export interface Registration {
  readonly user_id: string;
  readonly address: string;
}

interface Proof {
  readonly challenge_id: string;
  readonly signature: string;
}

/**
 * Registers a name with one's own keys.
 *
 * @param invite where the server asks for one
 * @throws RefusedError, NetworkError, TrustError
 */
export async function register(desk: Desk, address: Address, identity: Identity, invite?: string): Promise<Registration> {
  const identity_key = publicKeyPem(identity.identity.publicKey);
  const proof = await prove(desk, identity.identity, 'register', { purpose: 'register', identity_key });
  const statement = await stateKey(desk.backend, identity.identity, currentEncryptionKey(identity), desk.now());
  const body = { ...proof, name: address.name, identity_key, ...statement, ...(invite !== undefined && { invite }) };
  const { body: answer } = await call(desk.transport, `${desk.server.document.base_url}/api/v1/user`, { method: 'POST', body });
  return { user_id: text(answer, 'user_id'), address: text(answer, 'address') };
}

/** Proves possession of the identity key and gets a session. @throws RefusedError, NetworkError, TrustError */
export async function login(desk: Desk, name: string, identity: Identity, device?: string): Promise<SessionGrant> {
  const proof = await prove(desk, identity.identity, 'login', { purpose: 'login', name });
  const body = { ...proof, ...(device !== undefined && { device }) };
  const { body: answer } = await call(desk.transport, `${desk.server.document.base_url}/api/v1/auth/session`, { method: 'POST', body });
  return {
    session_token: text(answer, 'session_token'),
    session_id: text(answer, 'session_id'),
    expires_at: text(answer, 'expires_at'),
    user_id: text(answer, 'user_id'),
  };
}

/** The identity key vouches for an encryption key. */
export async function stateKey(backend: Backend, identity: PrivateKey, encryption: PrivateKey, now: number): Promise<Record<string, string>> {
  const key_created = writeDate(now);
  const fingerprints = [await fingerprintOf(backend, identity.publicKey), await fingerprintOf(backend, encryption.publicKey)] as const;
  const signature = await backend.sign(identity, schemeOf(identity), keyStatementInput(...fingerprints, key_created));
  return { encryption_key: publicKeyPem(encryption.publicKey), key_created, key_signature: encodeBase64(signature) };
}

async function prove(desk: Desk, identity: PrivateKey, purpose: string, request: Record<string, string>): Promise<Proof> {
  const { document } = desk.server;
  const { body } = await call(desk.transport, `${document.base_url}/api/v1/auth/challenge`, { method: 'POST', body: request });
  const [challengeId, nonce, host] = [text(body, 'challenge_id'), text(body, 'nonce'), text(body, 'host')];
  // another server's challenge, passed on, would let this one log in there
  if (host !== document.host) throw new TrustError('wrong_host', 'The server asks for a proof that is meant for another host.');
  const fingerprint = await fingerprintOf(desk.backend, identity.publicKey);
  const signature = await desk.backend.sign(identity, schemeOf(identity), authInput({ purpose, host, challengeId, nonce, fingerprint }));
  return { challenge_id: challengeId, signature: encodeBase64(signature) };
}

function schemeOf(key: PrivateKey): 'EdDSA' | 'PS256' {
  return key.type === 'ed25519' ? 'EdDSA' : 'PS256';
}

/** A member of an answer that has to be a string. @throws NetworkError */
export function text(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  if (typeof value !== 'string') throw new NetworkError(`The answer of the server lacks ${name}.`);
  return value;
}

/** Calls that carry a session. */
export type Authorized = (path: string, options?: CallOptions) => Promise<Record<string, unknown>>;
