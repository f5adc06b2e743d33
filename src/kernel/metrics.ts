/**
 * Port for numbers the operator reads. Names are snake_case with their unit at the end and get
 * the house's prefix. Neither names nor labels may be made of request data.
 */
export abstract class Metrics {
  /**
   * A number that is read at the moment somebody asks for it.
   * @param read cheap and synchronous
   */
  abstract gauge(name: string, help: string, read: () => number): void;
  /** A number that only rises. @returns adds to it, 1 unless told */
  abstract counter(name: string, help: string): (by?: number) => void;
  /**
   * A distribution.
   * @param bounds upper bounds of its buckets, rising
   * @returns notes one value
   */
  abstract histogram(name: string, help: string, bounds: readonly number[]): (value: number) => void;
}
