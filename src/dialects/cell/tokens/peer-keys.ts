import { type KeyObject } from 'node:crypto';

/** Keys that other servers sign their tokens with. */
export abstract class PeerKeys {
  /**
   * @param issuerUrl address of the cell that a token says it comes from
   * @param kid the key it says it is signed with
   * @returns the public key of the server that cell is on; null where that server is not one this
   *   one works with, cannot be asked, or has no such key
   */
  abstract find(issuerUrl: string, kid: string): Promise<KeyObject | null>;
}
