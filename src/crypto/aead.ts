import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { CryptoFailure } from './crypto-failure.js';

const CIPHER = 'aes-256-gcm';
/** Bytes of a content or wrapping key. */
export const KEY_BYTES = 32;
/** Bytes of a nonce; random ones are fine because every key here seals a handful of texts at most. */
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Takes a copy of raw key bytes, so that they may be wiped. Handed to a cipher as bytes, a key costs three times as
 * much as in this form.
 *
 * @param bytes 32 of them
 */
export function secretKey(bytes: Buffer): KeyObject {
  return createSecretKey(bytes);
}

/**
 * AES-256-GCM.
 *
 * @param key 32 bytes, see secretKey
 * @param nonce 12 bytes, never used twice with one key
 * @param associated what the tag covers beside the text
 * @returns nonce, ciphertext and tag, to be joined by the caller
 */
export function encrypt(key: KeyObject, nonce: Buffer, associated: Buffer, clear: Buffer): Buffer[] {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(associated);
  const body = cipher.update(clear);
  cipher.final();
  return [nonce, body, cipher.getAuthTag()];
}

/**
 * @param key 32 bytes, see secretKey
 * @param sealed nonce, ciphertext and tag in one piece
 * @throws CryptoFailure when any bit of anything differs
 */
export function decrypt(key: KeyObject, sealed: Buffer, associated: Buffer): Buffer {
  const end = sealed.length - TAG_BYTES;
  if (end < NONCE_BYTES) throw new CryptoFailure('sealed data is too short');
  try {
    const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(associated).setAuthTag(sealed.subarray(end));
    const clear = decipher.update(sealed.subarray(NONCE_BYTES, end));
    decipher.final();
    return clear;
  } catch {
    throw new CryptoFailure('sealed data does not fit its key');
  }
}
