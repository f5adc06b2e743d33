import { type Bytes, concat } from './bytes.js';

const SHORTEST = 512;

/**
 * The length a plaintext of `length` bytes is padded to: the next Padmé length, at least 512. It
 * leaks O(log log n) bits of the length and costs at most 12 percent.
 */
export function paddedLength(length: number): number {
  if (length <= SHORTEST) return SHORTEST;
  const exponent = Math.floor(Math.log2(length));
  const significant = Math.floor(Math.log2(exponent)) + 1;
  const unit = 2 ** (exponent - significant);
  return Math.ceil(length / unit) * unit;
}

/** The text with spaces after it, up to a length in bytes. */
export function pad(text: Bytes, length: number): Bytes {
  return length > text.length ? concat(text, new Uint8Array(length - text.length).fill(0x20)) : text;
}
