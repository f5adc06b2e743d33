import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';

/** @returns {string} the fingerprint texts and files are compared by */
export const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * What clients were promised, in a file of one note a line. A note counts once it is on the disk;
 * notes that wait together share one flush.
 *
 * Notes: `intent` before the first byte leaves; then `ok` (with the id), `unknown`, `unsent` or
 * `no`; for changes of what was acknowledged `changing`, then `changed`, `unchanged` or `unknown
 * change`; and `fault` for what was done to the server.
 */
export class LedgerBook {
  #waiting = [];
  #flushing = false;

  constructor(path, file) {
    this.path = path;
    this.file = file;
  }

  static async open(path) {
    return new LedgerBook(path, await open(path, 'a'));
  }

  /** @returns {Promise<void>} once the note is on disk */
  note(note) {
    return new Promise((done, failed) => {
      this.#waiting.push({ line: `${JSON.stringify(note)}\n`, done, failed });
      if (!this.#flushing) void this.#flush();
    });
  }

  async notes() {
    const lines = (await readFile(this.path, 'utf8')).split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  }

  close() {
    return this.file.close();
  }

  async #flush() {
    this.#flushing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.file.appendFile(batch.map(({ line }) => line).join(''));
        await this.file.datasync();
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#flushing = false;
  }
}
