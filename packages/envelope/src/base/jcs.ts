import { LIMITS } from './limits.js';

/** A value that JSON cannot carry, or that other readers would read differently. */
export class JcsError extends TypeError {
  override readonly name = 'JcsError';
}

/**
 * Canonical JSON of RFC 8785: members sorted by UTF-16 code units at every level, numbers and strings
 * as ECMAScript writes them.
 *
 * @param value what JSON.parse may return
 * @throws JcsError for unpaired surrogates, numbers that are not finite, anything JSON does not know
 *   (undefined, functions, big integers, instances of classes), and nesting beyond the limit
 */
export function canonicalize(value: unknown): string {
  return write(value, 0, false);
}

/**
 * The same for those who write: refuses also whole numbers beyond ±(2^53 - 1), which other readers
 * may round in another way. They belong into strings.
 *
 * @throws JcsError
 */
export function canonicalizeStrictly(value: unknown): string {
  return write(value, 0, true);
}

function write(value: unknown, depth: number, strict: boolean): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') return writeNumber(value, strict);
  if (typeof value === 'string') return writeString(value);
  if (typeof value !== 'object') throw new JcsError(`JSON has no ${typeof value}`);
  if (depth >= LIMITS.jsonDepth) throw new JcsError('objects and arrays nest too deep');
  return Array.isArray(value) ? writeArray(value, depth, strict) : writeObject(value, depth, strict);
}

function writeNumber(value: number, strict: boolean): string {
  if (!Number.isFinite(value)) throw new JcsError('a number is not finite');
  if (strict && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new JcsError('a whole number is beyond 2^53 - 1: write it as a string');
  }
  return JSON.stringify(value);
}

function writeString(value: string): string {
  if (!value.isWellFormed()) throw new JcsError('a string has an unpaired surrogate');
  return JSON.stringify(value);
}

function writeArray(value: readonly unknown[], depth: number, strict: boolean): string {
  // not map: it would leave out the holes of a sparse array
  return `[${Array.from(value, (item) => write(item, depth + 1, strict)).join(',')}]`;
}

function writeObject(value: object, depth: number, strict: boolean): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw new JcsError('JSON has no instances of classes');
  const members = value as Record<string, unknown>;
  const written = Object.keys(members)
    .sort()
    .map((name) => `${writeString(name)}:${write(members[name], depth + 1, strict)}`);
  return `{${written.join(',')}}`;
}
