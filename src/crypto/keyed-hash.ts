import { createHmac, type KeyObject } from 'node:crypto';

/** Between the domain and the data: no domain may contain it, so no two domains can meet. */
const DOMAIN_END = Buffer.from([0]);

/**
 * HMAC-SHA256 over `domain`, one zero byte and the parts, one after the other.
 *
 * Parts are concatenated as they are: where more than one of them varies in length, pass them
 * through {@link framed} first.
 *
 * @param secret the key, 32 bytes or more; a KeyObject where it is used often
 * @param domain what the hash is for, e.g. `polypost/keyinbox/mailbox/v1`; keeps uses apart
 * @param parts bytes, or text taken as UTF-8
 * @returns 32 bytes
 */
export function keyedHash(secret: Buffer | KeyObject, domain: string, ...parts: readonly (Uint8Array | string)[]): Buffer {
  const hmac = createHmac('sha256', secret).update(domain, 'utf8').update(DOMAIN_END);
  for (const part of parts) {
    if (typeof part === 'string') hmac.update(part, 'utf8');
    else hmac.update(part);
  }
  return hmac.digest();
}

/**
 * Joins values so that the result tells where each one ended: `ab`,`c` never equals `a`,`bc`.
 *
 * @returns each value as a four-byte length (big endian) and its bytes
 */
export function framed(...values: readonly (Uint8Array | string)[]): Buffer {
  const pieces: Uint8Array[] = [];
  for (const value of values) {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    pieces.push(length, bytes);
  }
  return Buffer.concat(pieces);
}
