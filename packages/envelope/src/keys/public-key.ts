import { type Bytes, concat, equalBytes, fromHex } from '../base/bytes.js';
import { decodeBase64 } from '../base/base64.js';
import { EnvelopeError } from '../base/errors.js';
import { LIMITS } from '../base/limits.js';
import { readPositive, readSequence, TAG, writeDer, writeInteger } from './der.js';
import { readPem, writePem } from './pem.js';
import { isSmallOrderEd25519, isSmallOrderX25519 } from './small-order.js';

/** Kinds of keys: RSA seals and signs, X25519 seals, Ed25519 signs. */
export type KeyType = 'rsa' | 'x25519' | 'ed25519';

/** A public key that is accepted. Back ends keep what they make of it by this object's identity. */
export interface PublicKey {
  readonly type: KeyType;
  /** SubjectPublicKeyInfo, DER; its SHA-256 is the fingerprint */
  readonly spki: Bytes;
  /** the 32 bytes of a curve's key; empty with RSA */
  readonly raw: Bytes;
  /** RSA: bits of the modulus; 0 for the others */
  readonly bits: number;
}

/** DER of SubjectPublicKeyInfo before the 32 bytes of the key (RFC 8410). */
const CURVE_PREFIX = { x25519: fromHex('302a300506032b656e032100'), ed25519: fromHex('302a300506032b6570032100') } as const;
const CURVE_BYTES = 32;
/** rsaEncryption with NULL parameters. */
const RSA_ALGORITHM = fromHex('300d06092a864886f70d0101010500');
const EXPONENT = fromHex('010001');
const MODULUS_BITS_MIN = 2048;
const MODULUS_BITS_MAX = 4096;

/**
 * Reads a public key in text form: PEM of SubjectPublicKeyInfo or of PKCS#1 (LF or CRLF), or the
 * base64 of SubjectPublicKeyInfo on one line. Exactly one key, and nothing else.
 *
 * @param text at most 8 KiB
 * @throws EnvelopeError `unsupported_key` for anything that is not accepted: another form, another
 *   kind, RSA outside 2048 to 4096 bits or with an exponent other than 65537, points of small order
 */
export function parsePublicKey(text: string): PublicKey {
  const key = text.length <= LIMITS.keyCharacters ? read(text) : undefined;
  if (key === undefined) throw new EnvelopeError('unsupported_key');
  return key;
}

/** Reads the DER of SubjectPublicKeyInfo. @throws EnvelopeError `unsupported_key` */
export function publicKeyFromSpki(spki: Uint8Array): PublicKey {
  const key = fromSpki(spki);
  if (key === undefined) throw new EnvelopeError('unsupported_key');
  return key;
}

/** The public key of a curve from its 32 bytes. @throws EnvelopeError `unsupported_key` */
export function publicKeyFromRaw(type: 'x25519' | 'ed25519', raw: Uint8Array): PublicKey {
  return publicKeyFromSpki(concat(CURVE_PREFIX[type], raw));
}

/** The RSA public key of modulus and exponent, both without leading zeros. @throws EnvelopeError `unsupported_key` */
export function rsaPublicKey(modulus: Uint8Array, exponent: Uint8Array): PublicKey {
  return publicKeyFromSpki(rsaSpki(modulus, exponent));
}

/** The form in which keys are sent: PEM of SubjectPublicKeyInfo, 64 columns, LF. */
export function publicKeyPem(key: PublicKey): string {
  return writePem('PUBLIC KEY', key.spki);
}

/** Bytes that RSA encrypts to. */
export function modulusBytes(key: PublicKey): number {
  return Math.ceil(key.bits / 8);
}

function read(text: string): PublicKey | undefined {
  if (!text.startsWith('-----')) {
    const der = decodeBase64(text);
    return der && fromSpki(der);
  }
  const pem = readPem(text);
  if (pem?.label === 'PUBLIC KEY') return fromSpki(pem.der);
  return pem?.label === 'RSA PUBLIC KEY' ? fromPkcs1(pem.der) : undefined;
}

function fromSpki(spki: Uint8Array): PublicKey | undefined {
  for (const type of ['x25519', 'ed25519'] as const) {
    const prefix = CURVE_PREFIX[type];
    if (spki.length === prefix.length + CURVE_BYTES && equalBytes(spki.subarray(0, prefix.length), prefix)) return curve(type, spki);
  }
  const [algorithm, bits] = readSequence(spki) ?? [];
  if (algorithm?.tag !== TAG.sequence || bits?.tag !== TAG.bitString || bits.content[0] !== 0) return undefined;
  if (!equalBytes(writeDer(TAG.sequence, algorithm.content), RSA_ALGORITHM)) return undefined;
  const key = fromPkcs1(bits.content.subarray(1));
  // one key, one spelling: what is left over or encoded in another way is not accepted
  return key && equalBytes(key.spki, spki) ? key : undefined;
}

function curve(type: 'x25519' | 'ed25519', spki: Uint8Array): PublicKey | undefined {
  const copy = Uint8Array.from(spki);
  const raw = copy.subarray(CURVE_PREFIX[type].length);
  const weak = type === 'x25519' ? isSmallOrderX25519(raw) : isSmallOrderEd25519(raw);
  return weak ? undefined : { type, spki: copy, raw, bits: 0 };
}

function fromPkcs1(der: Uint8Array): PublicKey | undefined {
  const members = readSequence(der);
  if (members?.length !== 2) return undefined;
  const [modulus, exponent] = members.map((member) => readPositive(member));
  if (modulus === undefined || exponent === undefined || !equalBytes(exponent, EXPONENT)) return undefined;
  const bits = bitLength(modulus);
  const isOdd = ((modulus[modulus.length - 1] ?? 0) & 1) === 1;
  if (bits < MODULUS_BITS_MIN || bits > MODULUS_BITS_MAX || !isOdd) return undefined;
  return { type: 'rsa', spki: rsaSpki(modulus, exponent), raw: new Uint8Array(0), bits };
}

function rsaSpki(modulus: Uint8Array, exponent: Uint8Array): Bytes {
  const pkcs1 = writeDer(TAG.sequence, writeInteger(modulus), writeInteger(exponent));
  return writeDer(TAG.sequence, RSA_ALGORITHM, writeDer(TAG.bitString, Uint8Array.of(0), pkcs1));
}

function bitLength(magnitude: Uint8Array): number {
  return (magnitude.length - 1) * 8 + (32 - Math.clz32(magnitude[0] ?? 0));
}
