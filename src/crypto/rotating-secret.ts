import { createSecretKey, type KeyObject } from 'node:crypto';
import { constantTimeEqual } from './constant-time.js';
import { keyedHash } from './keyed-hash.js';

/**
 * A server secret that can be replaced without making everything signed with the old one void:
 * what is new is signed with the current value, what comes back may carry any of them.
 */
export class RotatingSecret {
  private readonly current: KeyObject;
  private readonly all: readonly KeyObject[];

  /**
   * @param current signs from now on
   * @param previous older values that are still believed
   */
  constructor(current: Buffer, previous: readonly Buffer[] = []) {
    // a KeyObject is set up once; with a buffer every hash pays for it again, four times over
    this.current = createSecretKey(current);
    this.all = [this.current, ...previous.map((value) => createSecretKey(value))];
  }

  /** @returns the 32-byte keyed hash under the current value; see keyedHash for the parameters */
  mac(domain: string, ...parts: readonly (Uint8Array | string)[]): Buffer {
    return keyedHash(this.current, domain, ...parts);
  }

  /**
   * @param mac what came with the data
   * @returns whether any of the values made it; every value is tried, so the time taken does not
   *   tell which one fitted
   */
  verify(mac: Uint8Array, domain: string, ...parts: readonly (Uint8Array | string)[]): boolean {
    let fits = false;
    for (const secret of this.all) {
      const equal = constantTimeEqual(mac, keyedHash(secret, domain, ...parts));
      fits = fits || equal;
    }
    return fits;
  }
}
