import { decodeUtf8 } from './bytes.js';
import { LIMITS } from './limits.js';

const SPACE = 0x20;
const MARK = /["[\]{}]/g;

/** The bytes without the spaces that pad them at the end. */
export function stripPadding(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === SPACE) end -= 1;
  return bytes.subarray(0, end);
}

/**
 * The text of a decrypted layer: UTF-8 without byte order mark, a JSON object from the first byte
 * to the last one before the padding.
 *
 * @param limit bytes the text may have, padding not counted
 * @returns undefined when it is not that
 */
export function layerText(plaintext: Uint8Array, limit: number): string | undefined {
  const bytes = stripPadding(plaintext);
  if (bytes.length > limit) return undefined;
  const text = decodeUtf8(bytes);
  return text?.startsWith('{') && text.endsWith('}') ? text : undefined;
}

/**
 * Parses JSON that nests no deeper than is allowed.
 *
 * @returns the object; undefined for a text that is not JSON, no object, or too deep
 */
export function parseObject(text: string, depth: number = LIMITS.jsonDepth): Record<string, unknown> | undefined {
  if (nestsDeeper(text, depth)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isObject(value) ? value : undefined;
}

/** Whether a value of JSON is an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy of an object without one member. */
export function without(value: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([member]) => member !== name));
}

/** Whether objects and arrays stand more than `limit` deep in a JSON text. Strings are jumped over. */
export function nestsDeeper(text: string, limit: number): boolean {
  let depth = 0;
  MARK.lastIndex = 0;
  for (let found = MARK.exec(text); found !== null; found = MARK.exec(text)) {
    const mark = found[0];
    if (mark === '"') {
      const end = endOfString(text, found.index + 1);
      if (end < 0) return false;
      MARK.lastIndex = end + 1;
    } else if (mark === '{' || mark === '[') {
      depth += 1;
      if (depth > limit) return true;
    } else {
      depth -= 1;
    }
  }
  return false;
}

/** Where the quote that ends a string stands; -1 if none does. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (at - escapes > from && text[at - escapes - 1] === '\\') escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  return -1;
}
