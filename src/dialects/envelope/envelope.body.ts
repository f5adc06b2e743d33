import { decodeUtf8, parseObject } from '@polypost/envelope/codec';
import { type Request } from 'express';
import { EnvelopeFault, malformed } from './envelope.faults.js';

const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i;

/** @throws EnvelopeFault unsupported_media_type */
export function requireJson(request: Request): void {
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) throw new EnvelopeFault('unsupported_media_type');
}

/**
 * Reads a JSON object: UTF-8 without a byte order mark, no deeper than allowed.
 * @throws EnvelopeFault malformed_request
 */
export function readObject(bytes: Uint8Array, depth: number): Record<string, unknown> {
  const text = decodeUtf8(bytes);
  const value = text === undefined ? undefined : parseObject(text, depth);
  if (value === undefined) throw malformed();
  return value;
}

/** The members of a body; what is not given is undefined. Anything of another kind than asked for is malformed_request. */
export class Members {
  private readonly members: Readonly<Record<string, unknown>>;

  /** @param body as the middleware left it: an object, or nothing */
  constructor(body: unknown) {
    this.members = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  }

  has(name: string): boolean {
    return Object.hasOwn(this.members, name) && this.members[name] !== undefined;
  }

  /** @param form what the text must match @throws EnvelopeFault malformed_request */
  text(name: string, form?: RegExp): string | undefined {
    const value = this.own(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string' || !value.isWellFormed() || value.includes('\0') || (form && !form.test(value))) throw malformed();
    return value;
  }

  /** @throws EnvelopeFault malformed_request, also when it is missing */
  requiredText(name: string, form?: RegExp): string {
    const value = this.text(name, form);
    if (value === undefined) throw malformed();
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.own(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'boolean') throw malformed();
    return value;
  }

  whole(name: string, min: number, max: number): number | undefined {
    const value = this.own(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) throw malformed();
    return value;
  }

  /** @returns null where the member is null */
  wholeOrNull(name: string, min: number, max: number): number | null | undefined {
    return this.isNull(name) ? null : this.whole(name, min, max);
  }

  /** @returns each once */
  words(name: string, known: readonly string[]): readonly string[] | undefined {
    const value = this.own(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || value.length === 0 || !value.every((item) => known.includes(item as string))) throw malformed();
    return [...new Set(value as string[])];
  }

  isNull(name: string): boolean {
    return this.own(name) === null;
  }

  /** as it came */
  own(name: string): unknown {
    return Object.hasOwn(this.members, name) ? this.members[name] : undefined;
  }
}
