/** How many look-ups of one kind may be under way at once; the rest gathers behind them. */
const IN_FLIGHT_MAX = 2;
const KEYS_MAX = 256;

interface Waiting<Value> {
  readonly resolve: (value: Value | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers single look-ups into shared queries: what is asked for while two are under way goes
 * out as one. Nothing is remembered, so an answer is never older than the question.
 */
export class BatchLoader<Value> {
  private waiting = new Map<string, Waiting<Value>[]>();
  private inFlight = 0;
  private scheduled = false;

  /** @param load asks for all keys at once; keys without a value are left out of the answer */
  constructor(private readonly load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>) {}

  /** @returns the value, or null when there is none; rejects with what `load` throws */
  get(key: string): Promise<Value | null> {
    return new Promise((resolve, reject) => {
      const askers = this.waiting.get(key);
      if (askers) askers.push({ resolve, reject });
      else this.waiting.set(key, [{ resolve, reject }]);
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled || this.inFlight >= IN_FLIGHT_MAX || this.waiting.size === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      void this.flush();
    });
  }

  private async flush(): Promise<void> {
    const batch = [...this.waiting].slice(0, KEYS_MAX);
    for (const [key] of batch) this.waiting.delete(key);
    this.inFlight += 1;
    this.schedule();
    try {
      const values = await this.load(batch.map(([key]) => key));
      for (const [key, askers] of batch) for (const asker of askers) asker.resolve(values.get(key) ?? null);
    } catch (error) {
      for (const [, askers] of batch) for (const asker of askers) asker.reject(error);
    } finally {
      this.inFlight -= 1;
      this.schedule();
    }
  }
}
