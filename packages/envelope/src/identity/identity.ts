import { EnvelopeError } from '../base/errors.js';
import { type Backend } from '../backend/backend.js';
import { parsePrivateKey, type PrivateKey, privateKeyFromPkcs8, privateKeyFromRaw, privateKeyPem } from '../keys/private-key.js';

/** Kinds of identities: Ed25519 with X25519 for sealing, or two RSA keys of 3072 bits. */
export type IdentityType = 'ed25519' | 'rsa-3072';

/** A user's keys. */
export interface Identity {
  /** signs Messages, logins and statements about encryption keys */
  readonly identity: PrivateKey;
  /** opens Messages; the newest first, older ones for what was sealed before a rotation */
  readonly encryption: readonly PrivateKey[];
}

/** An Identity as JSON. It is as secret as the keys. */
export interface IdentityFile {
  readonly format: 'polypost-envelope-identity/1';
  /** PEM of PKCS#8 */
  readonly identity: string;
  readonly encryption: readonly string[];
}

const RSA_BITS = 3072;

/** Draws the keys of a new user: one to sign, another to open. */
export async function generateIdentity(backend: Backend, type: IdentityType = 'ed25519'): Promise<Identity> {
  const identity = type === 'ed25519' ? await privateKeyFromRaw(backend, 'ed25519', backend.random(32)) : await rsaKey(backend);
  return { identity, encryption: [await generateEncryptionKey(backend, type)] };
}

/** Draws another encryption key, of the kind that goes with an identity. */
export async function generateEncryptionKey(backend: Backend, type: IdentityType = 'ed25519'): Promise<PrivateKey> {
  return type === 'ed25519' ? privateKeyFromRaw(backend, 'x25519', backend.random(32)) : rsaKey(backend);
}

/** The key that opens what is sealed now. */
export function currentEncryptionKey(identity: Identity): PrivateKey {
  const [key] = identity.encryption;
  if (key === undefined) throw new EnvelopeError('unsupported_key');
  return key;
}

/** Writes the keys as JSON, unencrypted. */
export function identityToFile(identity: Identity): IdentityFile {
  return {
    format: 'polypost-envelope-identity/1',
    identity: privateKeyPem(identity.identity),
    encryption: identity.encryption.map((key) => privateKeyPem(key)),
  };
}

/** Reads what identityToFile wrote. @throws EnvelopeError `unsupported_key` */
export async function identityFromFile(backend: Backend, value: unknown): Promise<Identity> {
  const file = value as Partial<IdentityFile> | null;
  if (file?.format !== 'polypost-envelope-identity/1' || typeof file.identity !== 'string' || !Array.isArray(file.encryption)) {
    throw new EnvelopeError('unsupported_key');
  }
  const identity = await parsePrivateKey(backend, file.identity);
  const encryption = await Promise.all(file.encryption.map((pem) => parsePrivateKey(backend, String(pem))));
  if (identity.type === 'x25519' || encryption.length === 0 || encryption.some((key) => key.type === 'ed25519')) throw new EnvelopeError('unsupported_key');
  return { identity, encryption };
}

async function rsaKey(backend: Backend): Promise<PrivateKey> {
  return privateKeyFromPkcs8(backend, await backend.generateRsa(RSA_BITS));
}
