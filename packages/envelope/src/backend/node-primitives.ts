import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  sign as signWith,
  timingSafeEqual,
  verify as verifyWith,
} from 'node:crypto';
import { type Bytes, concat } from '../base/bytes.js';
import { curvePkcs8, type PrivateKey } from '../keys/private-key.js';
import { type PublicKey, publicKeyFromRaw } from '../keys/public-key.js';
import { type ContentCipher, type SignatureScheme } from '../suites/registry.js';

// node:crypto, used by the back end for Node and by the server's opener.

const GCM = 'aes-256-gcm';
const CBC = 'aes-256-cbc';
const TAG_BYTES = 16;
const HMAC_TAG_BYTES = 32;
const MAC_KEY_BYTES = 32;
const PSS_SALT_BYTES = 32;

const publicKeys = new WeakMap<PublicKey, KeyObject>();
const privateKeys = new WeakMap<PrivateKey, KeyObject>();

/** Node's own object of a public key, made once. */
export function nativePublic(key: PublicKey): KeyObject {
  let native = publicKeys.get(key);
  if (native === undefined) {
    native = createPublicKey({ key: Buffer.from(key.spki), format: 'der', type: 'spki' });
    publicKeys.set(key, native);
  }
  return native;
}

/** Node's own object of a private key, made once. */
export function nativePrivate(key: PrivateKey): KeyObject {
  let native = privateKeys.get(key);
  if (native === undefined) {
    native = createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' });
    privateKeys.set(key, native);
  }
  return native;
}

export function sha256(data: Uint8Array): Bytes {
  return createHash('sha256').update(data).digest();
}

export function hmac(hash: 'SHA-256' | 'SHA-512', key: Uint8Array, ...parts: readonly Uint8Array[]): Bytes {
  const mac = createHmac(hash === 'SHA-256' ? 'sha256' : 'sha512', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

export function gcmSeal(key: Uint8Array, iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Bytes {
  const cipher = createCipheriv(GCM, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad);
  return concat(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
}

/** @param sealed ciphertext, then the tag of 16 bytes */
export function gcmOpen(key: Uint8Array, iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Bytes | undefined {
  const end = sealed.length - TAG_BYTES;
  if (end < 0) return undefined;
  // without the length Node takes shortened tags
  const decipher = createDecipheriv(GCM, key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(end));
  const plaintext = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
    return plaintext;
  } catch {
    plaintext.fill(0);
    return undefined;
  }
}

export function cbcEncrypt(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Bytes {
  const cipher = createCipheriv(CBC, key, iv);
  return concat(cipher.update(plaintext), cipher.final());
}

export function cbcDecrypt(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Bytes | undefined {
  const decipher = createDecipheriv(CBC, key, iv);
  try {
    return concat(decipher.update(ciphertext), decipher.final());
  } catch {
    return undefined;
  }
}

/**
 * Opens `data` of a layer.
 *
 * @param key of the cipher's length
 * @param data IV, ciphertext and tag; shorter than IV and tag together cannot fit
 */
export function openContent(cipher: ContentCipher, key: Uint8Array, aad: Uint8Array, data: Uint8Array): Bytes | undefined {
  switch (cipher) {
    case 'A256GCM':
      return gcmOpen(key, data.subarray(0, 12), aad, data.subarray(12));
    case 'A256CBC-HS512':
      return openCbcHs512(key, data.subarray(0, 16), aad, data.subarray(16));
  }
}

function openCbcHs512(key: Uint8Array, iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Bytes | undefined {
  const end = sealed.length - HMAC_TAG_BYTES;
  if (end < 0) return undefined;
  const ciphertext = sealed.subarray(0, end);
  const bits = Buffer.alloc(8);
  bits.writeBigUInt64BE(BigInt(aad.length) * 8n);
  const tag = hmac('SHA-512', key.subarray(0, MAC_KEY_BYTES), aad, iv, ciphertext, bits).subarray(0, HMAC_TAG_BYTES);
  // the MAC before any decryption: no oracle of the padding
  if (!timingSafeEqual(tag, sealed.subarray(end))) return undefined;
  return cbcDecrypt(key.subarray(MAC_KEY_BYTES), iv, ciphertext);
}

/** @returns undefined when the result is all zero */
export function x25519(privateKey: KeyObject, publicRaw: Uint8Array): Bytes | undefined {
  try {
    // refuses points of small order, which alone give zero
    const publicKey = nativePublic(publicKeyFromRaw('x25519', publicRaw));
    const shared = diffieHellman({ privateKey, publicKey });
    return shared.some((byte) => byte !== 0) ? shared : undefined;
  } catch {
    return undefined;
  }
}

/** Node's object of a curve's private key from its 32 bytes. */
export function curvePrivate(type: 'x25519' | 'ed25519', privateRaw: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(curvePkcs8(type, privateRaw)), format: 'der', type: 'pkcs8' });
}

export function publicRaw(type: 'x25519' | 'ed25519', privateRaw: Uint8Array): Bytes {
  const spki = createPublicKey(curvePrivate(type, privateRaw)).export({ format: 'der', type: 'spki' });
  return Uint8Array.from(spki.subarray(spki.length - 32));
}

/** Signs. @throws TypeError when the key is of another kind than the scheme */
export function sign(key: PrivateKey, scheme: SignatureScheme, input: Uint8Array): Bytes {
  if (key.type !== (scheme === 'EdDSA' ? 'ed25519' : 'rsa')) throw new TypeError('the key does not fit the signature scheme');
  return signWith(digestOf(scheme), input, { key: nativePrivate(key), ...paddingOf(scheme) });
}

/** Verifies. False also where the key is of another kind than the scheme. */
export function verify(key: PublicKey, scheme: SignatureScheme, input: Uint8Array, signature: Uint8Array): boolean {
  if (key.type !== (scheme === 'EdDSA' ? 'ed25519' : 'rsa')) return false;
  try {
    return verifyWith(digestOf(scheme), input, { key: nativePublic(key), ...paddingOf(scheme) }, signature);
  } catch {
    return false;
  }
}

function digestOf(scheme: SignatureScheme): 'sha256' | null {
  return scheme === 'EdDSA' ? null : 'sha256';
}

function paddingOf(scheme: SignatureScheme): { padding?: number; saltLength?: number } {
  switch (scheme) {
    case 'EdDSA':
      return {};
    case 'PS256':
      return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: PSS_SALT_BYTES };
    case 'RS256':
      return { padding: constants.RSA_PKCS1_PADDING };
  }
}
