import { type Bytes, concat } from '../base/bytes.js';

/** Tags of ASN.1 that keys are made of. */
export const TAG = { integer: 0x02, bitString: 0x03, octetString: 0x04, null: 0x05, oid: 0x06, sequence: 0x30 } as const;

/** One value of DER: its tag, its content and where it ended. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
}

/**
 * Reads the values that stand one after another, with the shortest form of each length.
 *
 * @returns undefined when the bytes are not that
 */
export function readDer(bytes: Uint8Array): readonly DerValue[] | undefined {
  const values: DerValue[] = [];
  let at = 0;
  while (at < bytes.length) {
    const header = readHeader(bytes, at);
    if (header === undefined || header.start + header.length > bytes.length) return undefined;
    values.push({ tag: header.tag, content: bytes.subarray(header.start, header.start + header.length) });
    at = header.start + header.length;
  }
  return values;
}

/** Reads exactly one value of the tag, from the first byte to the last. */
export function readSingle(bytes: Uint8Array, tag: number): Uint8Array | undefined {
  const values = readDer(bytes);
  const [first] = values ?? [];
  return values?.length === 1 && first?.tag === tag ? first.content : undefined;
}

/** Reads a sequence, from the first byte to the last. */
export function readSequence(bytes: Uint8Array): readonly DerValue[] | undefined {
  const content = readSingle(bytes, TAG.sequence);
  return content && readDer(content);
}

/** Writes one value; the parts are its content. */
export function writeDer(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const content = concat(...parts);
  return concat(Uint8Array.of(tag), writeLength(content.length), content);
}

/** A positive whole number as DER writes it. @param magnitude big-endian, without leading zeros */
export function writeInteger(magnitude: Uint8Array): Bytes {
  return (magnitude[0] ?? 0) >= 0x80 ? writeDer(TAG.integer, Uint8Array.of(0), magnitude) : writeDer(TAG.integer, magnitude);
}

/** The magnitude of a positive DER integer without leading zeros. @returns undefined unless it is the shortest form of a number above 0 */
export function readPositive(value: DerValue | undefined): Uint8Array | undefined {
  if (value?.tag !== TAG.integer) return undefined;
  const [first, second] = value.content;
  if (first === undefined || first >= 0x80) return undefined;
  if (first !== 0) return value.content;
  return second !== undefined && second >= 0x80 ? value.content.subarray(1) : undefined;
}

function readHeader(bytes: Uint8Array, at: number): { tag: number; start: number; length: number } | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  if (first < 0x80) return { tag, start: at + 2, length: first };
  const count = first - 0x80;
  // keys need two bytes at most; more would only be a longer form or a lie
  if (count < 1 || count > 3) return undefined;
  let length = 0;
  for (let index = 0; index < count; index += 1) {
    const byte = bytes[at + 2 + index];
    if (byte === undefined) return undefined;
    length = length * 256 + byte;
  }
  return length >= 0x80 && length >= 256 ** (count - 1) ? { tag, start: at + 2 + count, length } : undefined;
}

function writeLength(length: number): Bytes {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.of(0x80 + bytes.length, ...bytes);
}
