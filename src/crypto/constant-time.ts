import { createHash, timingSafeEqual } from 'node:crypto';

const DIGEST_BYTES = 32;

/**
 * Compares two secrets or digests without telling by its duration where they differ.
 * Values that are not both 32 bytes long are hashed first, so that no length leaks either.
 *
 * @returns whether both hold the same bytes
 */
export function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length === DIGEST_BYTES && b.length === DIGEST_BYTES) return timingSafeEqual(a, b);
  return timingSafeEqual(sha256(a), sha256(b));
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
