/** Of its amount a tool does at least this share, however slow the machine. */
const SHARE_MIN = 0.2;

/**
 * How long a tool may go on adding to its amount. A slow machine reaches less, and the table says so; what was done is
 * judged all the same.
 */
export class Budget {
  #begun = performance.now();

  /** @param {number} seconds 0: as long as it takes */
  constructor(seconds) {
    this.seconds = seconds;
  }

  /** @returns whether time is up, and a sensible part is done */
  isUp(done, asked) {
    return this.seconds > 0 && done >= asked * SHARE_MIN && performance.now() - this.#begun > this.seconds * 1000;
  }

  /** @returns {string[]} what to tell where less was done than asked for */
  told(done, asked, what) {
    if (this.seconds === 0 || done >= asked) return [];
    return [`${(asked - done).toLocaleString('en')} of ${asked.toLocaleString('en')} ${what}: this machine was too slow for them within ${Math.round(this.seconds)} s`];
  }
}
