import { createCipheriv, createDecipheriv } from 'node:crypto';
import { CryptoFailure } from './crypto-failure.js';

const CIPHER = 'aes-256-gcm';
/** Bytes of a content or wrapping key. */
export const KEY_BYTES = 32;
/** Bytes of a nonce; random ones are fine because every key here seals a handful of texts at most. */
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM.
 *
 * @param key 32 bytes
 * @param nonce 12 bytes, never used twice with one key
 * @param associated what the tag covers beside the text
 * @returns nonce, ciphertext and tag, to be joined by the caller
 */
export function encrypt(key: Buffer, nonce: Buffer, associated: Buffer, clear: Buffer): Buffer[] {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(associated);
  const body = cipher.update(clear);
  cipher.final();
  return [nonce, body, cipher.getAuthTag()];
}

/**
 * @param sealed nonce, ciphertext and tag in one piece
 * @throws CryptoFailure when any bit of anything differs
 */
export function decrypt(key: Buffer, sealed: Buffer, associated: Buffer): Buffer {
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
