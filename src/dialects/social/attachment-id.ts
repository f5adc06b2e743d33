import { type IdSource } from '../../kernel/id-source.js';

/** Ids stay exact in a JSON number. */
const BITS = 53;
/** Short ones would look like the countable ids of the originals, and collide sooner. */
const LEAST = 10n ** 12n;

/** @returns a random id of digits below 2^53; what it names cannot be found by counting */
export function newAttachmentId(ids: IdSource): string {
  for (;;) {
    const id = BigInt.asUintN(BITS, ids.bytes(8).readBigUInt64BE());
    if (id >= LEAST) return id.toString();
  }
}
