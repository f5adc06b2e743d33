import { createHash } from 'node:crypto';

/** Chance that can be repeated: the same seed and name give the same numbers, always. */
export class Seeded {
  #a;
  #b;
  #c;
  #d;

  /**
   * @param {number | string} seed
   * @param {string} name whose chance it is; two names of one seed share nothing
   */
  constructor(seed, name = '') {
    this.seed = seed;
    const digest = createHash('sha256').update(`${seed}/${name}`).digest();
    [this.#a, this.#b, this.#c, this.#d] = [0, 4, 8, 12].map((at) => digest.readUInt32LE(at));
  }

  /** @returns {Seeded} chance of its own for a part of the work */
  fork(name) {
    return new Seeded(this.seed, name);
  }

  /** @returns {number} 32 random bits (the generator sfc32) */
  bits() {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return sum >>> 0;
  }

  /** @returns {number} a whole number from 0 up to below n */
  below(n) {
    return Math.floor((this.bits() / 2 ** 32) * n);
  }

  /** @returns {number} a whole number in this range, both ends included */
  between(low, high) {
    return low + this.below(high - low + 1);
  }

  /** @returns {boolean} true this often, of 1 */
  chance(share) {
    return this.bits() / 2 ** 32 < share;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** @returns {Buffer} */
  bytes(count) {
    const bytes = Buffer.allocUnsafe(count);
    let at = 0;
    for (; at + 4 <= count; at += 4) bytes.writeUInt32LE(this.bits(), at);
    for (; at < count; at += 1) bytes[at] = this.bits() & 255;
    return bytes;
  }

  /** @returns {string} letters and digits */
  word(count) {
    return this.bytes(count).toString('base64url').replace(/[-_]/g, 'x').slice(0, count);
  }

  shuffled(list) {
    const all = [...list];
    for (let at = all.length - 1; at > 0; at -= 1) {
      const other = this.below(at + 1);
      [all[at], all[other]] = [all[other], all[at]];
    }
    return all;
  }
}
