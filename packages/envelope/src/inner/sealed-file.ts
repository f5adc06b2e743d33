import { type Bytes, concat } from '../base/bytes.js';
import { EnvelopeError } from '../base/errors.js';
import { type Backend } from '../backend/backend.js';

/** Plaintext bytes of every chunk but the last, which may be shorter, or empty for an empty file. */
export const FILE_CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const NOTHING = new Uint8Array(0);

/** A file sealed for a Message of type 4. */
export interface SealedFile {
  /** goes into the Message; 32 bytes, used for this file only */
  readonly key: Bytes;
  /** goes to the server */
  readonly data: Bytes;
}

/**
 * Seals a file: chunks of 64 KiB under AES-256-GCM. The nonce is the number of the chunk (11 bytes)
 * and whether it is the last one (1 byte), so that no chunk can be left out, moved or cut off.
 *
 * @param key for test vectors; a fresh one otherwise
 */
export async function sealFile(backend: Backend, plaintext: Uint8Array, key: Bytes = backend.random(32)): Promise<SealedFile> {
  const count = Math.max(1, Math.ceil(plaintext.length / FILE_CHUNK_BYTES));
  const chunks: Bytes[] = [];
  for (let index = 0; index < count; index += 1) {
    const chunk = Uint8Array.from(plaintext.subarray(index * FILE_CHUNK_BYTES, (index + 1) * FILE_CHUNK_BYTES));
    chunks.push(await backend.gcmSeal(key, nonce(index, index === count - 1), NOTHING, chunk));
  }
  return { key, data: concat(...chunks) };
}

/**
 * Opens what sealFile made.
 *
 * @throws EnvelopeError `undecryptable` when a bit was changed, or a chunk is missing, added or moved
 */
export async function openFile(backend: Backend, data: Uint8Array, key: Uint8Array): Promise<Bytes> {
  const size = FILE_CHUNK_BYTES + TAG_BYTES;
  const count = Math.max(1, Math.ceil(data.length / size));
  const own = Uint8Array.from(key);
  const chunks: Bytes[] = [];
  for (let index = 0; index < count; index += 1) {
    const sealed = Uint8Array.from(data.subarray(index * size, (index + 1) * size));
    const isWhole = own.length === 32 && sealed.length >= TAG_BYTES;
    const chunk = isWhole ? await backend.gcmOpen(own, nonce(index, index === count - 1), NOTHING, sealed) : undefined;
    // an empty last chunk behind others would be a second spelling of the same file
    if (chunk === undefined || (index > 0 && chunk.length === 0)) throw new EnvelopeError('undecryptable');
    chunks.push(chunk);
  }
  return concat(...chunks);
}

function nonce(index: number, isLast: boolean): Bytes {
  const bytes = new Uint8Array(12);
  new DataView(bytes.buffer).setUint32(7, index);
  bytes[11] = isLast ? 1 : 0;
  return bytes;
}
