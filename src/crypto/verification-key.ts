import { createPublicKey, type KeyObject } from 'node:crypto';

/**
 * Reads the public half of an Ed25519 key that somebody else published (RFC 8037).
 * @param x base64url
 * @returns null when it is none
 */
export function ed25519PublicKey(x: string): KeyObject | null {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch {
    return null;
  }
}
