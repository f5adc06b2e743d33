import { isUtf8 } from 'node:buffer';
import { DomainError } from '../kernel/domain-error.js';
import { limits } from '../kernel/limits.js';

/** How lenient a dialect is with its JSON. */
export interface JsonTextOptions {
  /** no bytes at all count as `{}`; default true */
  readonly emptyIsObject?: boolean;
  /** anything but an object is refused; default true */
  readonly objectOnly?: boolean;
  /** whole numbers too large to be exact are let through, for dialects that name the member at fault; default false */
  readonly inexactNumbers?: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COLON = 0x3a;

/**
 * Reads an object from the bytes of a request.
 *
 * @param bytes UTF-8, with or without a byte order mark
 * @returns a plain object in which every string is well-formed Unicode, every whole number is
 *   exact (unless the options say otherwise), nothing is nested deeper than limits.json_depth_max, there are no more than
 *   limits.json_members_max members, and none is called `__proto__`, `constructor` or `prototype`. U+0000 is allowed: dialects decide.
 * @throws DomainError malformed_body, for everything that is not so
 */
export function parseJsonObject(bytes: Buffer, options: Omit<JsonTextOptions, 'objectOnly'> = {}): Record<string, unknown> {
  return parseJson(bytes, { ...options, objectOnly: true }) as Record<string, unknown>;
}

/**
 * The same for any JSON value, where `objectOnly` is false.
 *
 * @throws DomainError malformed_body
 */
export function parseJson(bytes: Buffer, options: JsonTextOptions = {}): unknown {
  if (bytes.length === 0 && options.emptyIsObject !== false) return {};
  // structure first: the parser and everything after it recurse
  if (isTooComplex(bytes) || !isUtf8(bytes)) throw malformed();
  const value = parse(bytes);
  if (options.objectOnly !== false && !isObject(value)) throw malformed();
  if (!isSound(value, options.inexactNumbers ?? false)) throw malformed();
  return value;
}

function parse(bytes: Buffer): unknown {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  try {
    return JSON.parse(bytes.toString('utf8', start));
  } catch {
    // the parser's own message quotes the text
    throw malformed();
  }
}

/** One pass over the bytes, before anything that recurses. What stands in strings does not count. */
function isTooComplex(bytes: Buffer): boolean {
  let depth = 0;
  let members = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      depth += 1;
      if (depth > limits.json_depth_max) return true;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth -= 1;
    } else if (byte === COLON) {
      members += 1;
      if (members > limits.json_members_max) return true;
    }
  }
  return false;
}

/** Looks at every value once and takes away members that could reach a prototype. */
function isSound(value: unknown, inexact: boolean): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isSafeInteger(value) || (Number.isFinite(value) && (inexact || !Number.isInteger(value)));
  if (Array.isArray(value)) return value.every((element) => isSound(element, inexact));
  return isObject(value) ? hasSoundMembers(value, inexact) : true;
}

function hasSoundMembers(value: Record<string, unknown>, inexact: boolean): boolean {
  for (const name of Object.keys(value)) {
    if (name === '__proto__' || name === 'constructor' || name === 'prototype') delete value[name];
    else if (!name.isWellFormed() || !isSound(value[name], inexact)) return false;
  }
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(): DomainError {
  return new DomainError('malformed_body');
}
