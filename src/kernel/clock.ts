/** The only source of the current time. Injected everywhere, so that tests can set it. */
export interface Clock {
  /** @returns milliseconds since the Unix epoch. May step backwards when the machine's clock is set. */
  now(): number;
}

/** The machine's clock. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }
}
