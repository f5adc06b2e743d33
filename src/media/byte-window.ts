import { type RandomAccess } from '../kernel/blob-store.js';
import { must } from './broken-media.js';

/** More than the longest segment of a JPEG, which is the longest thing read in one piece. */
export const WINDOW_BYTES = 64 * 1024;

/**
 * Walks through bytes with a small window on them, forwards for the most part, so that a file of
 * any size costs the same memory. Views are valid until the next call.
 */
export class ByteWindow {
  /** where the next view begins */
  position = 0;
  private readonly buffer = Buffer.allocUnsafe(WINDOW_BYTES);
  private start = 0;
  private filled = 0;

  constructor(private readonly source: RandomAccess) {}

  get size(): number {
    return this.source.size;
  }

  /** bytes from the position to the end; negative when the position went past it */
  get left(): number {
    return this.source.size - this.position;
  }

  /**
   * Moves on over bytes and shows them.
   *
   * @param count at most WINDOW_BYTES
   * @throws DomainError attachment_refused when there are fewer
   */
  async take(count: number): Promise<Buffer> {
    const view = await this.peek(count);
    this.position += count;
    return view;
  }

  /** Shows bytes without moving. Same rules as take. */
  async peek(count: number): Promise<Buffer> {
    must(count <= WINDOW_BYTES && this.left >= count);
    if (!this.holds(count)) await this.load();
    must(this.holds(count));
    return this.buffer.subarray(this.position - this.start, this.position - this.start + count);
  }

  /**
   * Shows what is at hand without moving.
   *
   * @param least how many bytes it must be, at most WINDOW_BYTES
   * @throws DomainError attachment_refused when there are fewer
   */
  async rest(least = 1): Promise<Buffer> {
    await this.peek(least);
    return this.buffer.subarray(this.position - this.start, this.filled);
  }

  /** Moves on without looking; past the end too, which the next look refuses. */
  skip(count: number): void {
    this.position += count;
  }

  private holds(count: number): boolean {
    return this.position >= this.start && this.position + count <= this.start + this.filled;
  }

  private async load(): Promise<void> {
    this.start = this.position;
    this.filled = await this.source.readInto(this.buffer, this.position);
  }
}
