import { randomBytes, randomFillSync } from 'node:crypto';
import { type Clock } from './clock.js';

/**
 * An internal id: a decimal number below 2^63, as text, because it does not fit a JSON number.
 * Ids rise with time, so their order is the order of acceptance. They never leave the process.
 */
export type Id = string;

/** The only source of ids and randomness. Injected everywhere, so that tests can seed it. */
export interface IdSource {
  /** @returns a new id, greater than every id this source gave before */
  next(): Id;
  /**
   * @param count number of bytes
   * @returns bytes from a cryptographic generator
   */
  bytes(count: number): Buffer;
}

const EPOCH_MS = BigInt(Date.UTC(2025, 0, 1));
const LOW_BITS = 22n;
const LOW_SPAN = 1 << 22;
/** Each millisecond starts at a random point of the lower half, leaving 2^21 ids to count up. */
const START_SPAN = 1 << 21;
/** Random bytes that lie ready. */
const STORE_BYTES = 4096;

/**
 * 41 bits of milliseconds since 2025 and 22 bits that start at a random point each millisecond
 * and count up within it. Two processes may meet on one id only in the same millisecond; the
 * primary keys then refuse the second row and the writer takes a new id.
 */
export class TimeOrderedIds implements IdSource {
  private lastMs = -1;
  private low = 0;
  private readonly store = Buffer.alloc(STORE_BYTES);
  private used = STORE_BYTES;

  constructor(private readonly clock: Clock) {}

  next(): Id {
    const nowMs = this.clock.now();
    if (nowMs > this.lastMs) {
      this.lastMs = nowMs;
      this.low = this.bytes(3).readUIntBE(0, 3) % START_SPAN;
    } else {
      this.low += 1;
      if (this.low >= LOW_SPAN) {
        this.lastMs += 1;
        this.low = 0;
      }
    }
    return (((BigInt(this.lastMs) - EPOCH_MS) << LOW_BITS) | BigInt(this.low)).toString();
  }

  /** A few bytes come from a store of them, because each call of the generator costs as much as filling it. */
  bytes(count: number): Buffer {
    if (count > STORE_BYTES / 8) return randomBytes(count);
    if (this.used + count > STORE_BYTES) {
      randomFillSync(this.store);
      this.used = 0;
    }
    const from = this.used;
    this.used += count;
    // a copy of its own: what was given out stays nowhere else
    const bytes = Buffer.alloc(count);
    this.store.copy(bytes, 0, from, this.used);
    this.store.fill(0, from, this.used);
    return bytes;
  }
}
