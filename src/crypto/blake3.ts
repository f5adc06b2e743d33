import { createBLAKE3 } from 'hash-wasm';

// Compiling the module costs milliseconds, hashing microseconds: one hasher serves the process.
// It is safe to share because nothing below awaits between init and digest.
const hasher = await createBLAKE3(256);

/**
 * Unkeyed BLAKE3 with 32 bytes of output over the parts, directly one after the other.
 *
 * @param parts texts, taken as UTF-8, or bytes
 * @returns 64 lower-case hex digits
 */
export function blake3Hex(...parts: readonly (string | Uint8Array)[]): string {
  hasher.init();
  for (const part of parts) hasher.update(part);
  return hasher.digest('hex');
}
