import { type EphemeralKey, generateEphemeralKey } from './x25519.js';

/** Pairs that lie ready, at most; and how few make it worth waking the thread pool for more. */
const READY_MAX = 32;
const READY_MIN = 16;

/**
 * Ephemeral key pairs, made ahead in the thread pool while nobody waits for them. Each is given out
 * once and forgotten with that. Nothing is made ahead before the first one is asked for.
 */
export class EphemeralKeys {
  private readonly ready: EphemeralKey[] = [];
  private making = 0;

  /** @returns a pair nobody else gets */
  take(): Promise<EphemeralKey> {
    const key = this.ready.pop();
    this.refill();
    return key === undefined ? generateEphemeralKey() : Promise.resolve(key);
  }

  private refill(): void {
    if (this.ready.length + this.making >= READY_MIN) return;
    for (let missing = READY_MAX - this.ready.length - this.making; missing > 0; missing -= 1) {
      this.making += 1;
      generateEphemeralKey()
        .then((key) => this.ready.push(key))
        // whoever finds none ready makes his own, and is told what is wrong
        .catch(() => undefined)
        .finally(() => (this.making -= 1));
    }
  }
}
