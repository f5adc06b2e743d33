import { hash } from 'node:crypto';

/**
 * MD5, for names in addresses that foreign APIs prescribe. Never for anything a secret depends on.
 *
 * @returns 32 lower-case hex digits
 */
export function md5Hex(text: string): string {
  return hash('md5', text, 'hex');
}

/** @returns the 32 bytes of SHA-256 over the bytes, or over the text as UTF-8 */
export function sha256(data: string | Uint8Array): Buffer {
  return hash('sha256', data, 'buffer');
}
