import { createHash, hash } from 'node:crypto';

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

/** MD5 over bytes that come one after the other, for checks that foreign APIs prescribe. */
export class RunningMd5 {
  private readonly hash = createHash('md5');

  update(bytes: Uint8Array): void {
    this.hash.update(bytes);
  }

  /** Ends it. @returns 32 lower-case hex digits */
  hex(): string {
    return this.hash.digest('hex');
  }
}
