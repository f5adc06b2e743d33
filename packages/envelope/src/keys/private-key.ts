import { type Bytes, concat, equalBytes, fromHex } from '../base/bytes.js';
import { EnvelopeError } from '../base/errors.js';
import { type Backend } from '../backend/backend.js';
import { readPositive, readSequence, TAG } from './der.js';
import { readPem, writePem } from './pem.js';
import { type KeyType, type PublicKey, publicKeyFromRaw, rsaPublicKey } from './public-key.js';

/** A private key and its public half. Never logged, never sent. */
export interface PrivateKey {
  readonly type: KeyType;
  /** PKCS#8, DER */
  readonly pkcs8: Bytes;
  /** the 32 bytes of a curve's key; empty with RSA */
  readonly raw: Bytes;
  readonly publicKey: PublicKey;
}

/** DER of PKCS#8 before the 32 bytes of the key (RFC 8410). */
const CURVE_PREFIX = { x25519: fromHex('302e020100300506032b656e04220420'), ed25519: fromHex('302e020100300506032b657004220420') } as const;
const CURVE_BYTES = 32;

/** PKCS#8 of the 32 bytes of a curve's private key. */
export function curvePkcs8(type: 'x25519' | 'ed25519', raw: Uint8Array): Bytes {
  return concat(CURVE_PREFIX[type], raw);
}

/**
 * Reads PKCS#8.
 *
 * @param backend derives the public half
 * @throws EnvelopeError `unsupported_key`
 */
export async function privateKeyFromPkcs8(backend: Backend, pkcs8: Uint8Array): Promise<PrivateKey> {
  const copy = Uint8Array.from(pkcs8);
  for (const type of ['x25519', 'ed25519'] as const) {
    const prefix = CURVE_PREFIX[type];
    if (copy.length !== prefix.length + CURVE_BYTES || !equalBytes(copy.subarray(0, prefix.length), prefix)) continue;
    const raw = copy.subarray(prefix.length);
    return { type, pkcs8: copy, raw, publicKey: publicKeyFromRaw(type, await backend.publicRaw(type, raw)) };
  }
  return { type: 'rsa', pkcs8: copy, raw: new Uint8Array(0), publicKey: rsaPublicHalf(copy) };
}

/** The private key of a curve from its 32 bytes. */
export function privateKeyFromRaw(backend: Backend, type: 'x25519' | 'ed25519', raw: Uint8Array): Promise<PrivateKey> {
  return privateKeyFromPkcs8(backend, curvePkcs8(type, raw));
}

/** Reads PEM of PKCS#8 (`BEGIN PRIVATE KEY`). @throws EnvelopeError `unsupported_key` */
export async function parsePrivateKey(backend: Backend, pem: string): Promise<PrivateKey> {
  const block = readPem(pem);
  if (block?.label !== 'PRIVATE KEY') throw new EnvelopeError('unsupported_key');
  return privateKeyFromPkcs8(backend, block.der);
}

/** PEM of PKCS#8. It is as secret as the key. */
export function privateKeyPem(key: PrivateKey): string {
  return writePem('PRIVATE KEY', key.pkcs8);
}

function rsaPublicHalf(pkcs8: Uint8Array): PublicKey {
  const octets = readSequence(pkcs8)?.[2];
  const numbers = octets?.tag === TAG.octetString ? readSequence(octets.content) : undefined;
  const [modulus, exponent] = [readPositive(numbers?.[1]), readPositive(numbers?.[2])];
  if (modulus === undefined || exponent === undefined) throw new EnvelopeError('unsupported_key');
  return rsaPublicKey(modulus, exponent);
}
