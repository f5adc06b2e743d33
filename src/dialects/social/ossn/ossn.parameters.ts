import { isUtf8 } from 'node:buffer';
import { parseJsonObject } from '../../../http/json-text.js';

/** A parameter as given; null: given as something that counts as missing (an array, bytes that are no text). */
type Given = string | null;

/** What PHP reads of a form at most; the rest is left out. */
const PAIRS_MAX = 1000;
const HIGH_BYTE = /[\x80-\xff]/g;
const PERCENT = 0x25;

/**
 * The parameters of one call, merged from its sources: a later source outdoes an earlier one, and
 * within a source the last value of a name counts. What cannot be used (an array, U+0000, bytes
 * that are not UTF-8) counts as missing, and still outdoes what came before.
 */
export class Parameters {
  private readonly given: Map<string, Given>;

  constructor(given?: Iterable<readonly [string, Given]>) {
    this.given = new Map(given);
  }

  /** @returns the same parameters, to which others may be added */
  copy(): Parameters {
    return new Parameters(this.given);
  }

  /** @returns the text, undefined where there is none */
  text(name: string): string | undefined {
    return this.given.get(name) ?? undefined;
  }

  /**
   * Adds a query string, or a body of type application/x-www-form-urlencoded.
   * @param raw bytes as they came, each as one character (latin1)
   */
  addForm(raw: string): this {
    const form = raw.replace(HIGH_BYTE, (character) => `%${character.charCodeAt(0).toString(16)}`);
    let from = 0;
    for (let pairs = 0; pairs < PAIRS_MAX && from <= form.length; pairs += 1) {
      const next = form.indexOf('&', from);
      const end = next < 0 ? form.length : next;
      if (end > from) this.addPair(form.slice(from, end));
      from = end + 1;
    }
    return this;
  }

  /**
   * Adds a JSON object. Numbers and booleans are taken as PHP writes them out.
   * @throws DomainError malformed_body
   */
  addJson(bytes: Buffer): this {
    for (const [name, value] of Object.entries(parseJsonObject(bytes))) this.set(name, textOfJson(value));
    return this;
  }

  /** Adds a field of a multipart body. */
  addField(name: string, value: string): this {
    this.set(name, value);
    return this;
  }

  /** Adds a field whose value cannot be used. */
  addUnusable(name: string): this {
    this.set(name, null);
    return this;
  }

  private addPair(pair: string): void {
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    if (name !== null) this.set(name, equals < 0 ? '' : decode(pair.slice(equals + 1)));
  }

  private set(name: string, value: Given): void {
    const bracket = name.indexOf('[');
    if (bracket > 0) this.given.set(name.slice(0, bracket), null);
    else this.given.set(name, value !== null && isText(value) ? value : null);
  }
}

/** @returns the part of a request's target after the question mark */
export function queryOf(target: string): string {
  const at = target.indexOf('?');
  return at < 0 ? '' : target.slice(at + 1);
}

/** NUL and halves of pairs are no text anybody typed into a form. */
function isText(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed();
}

/** @returns null, undefined and structures count as not usable */
function textOfJson(value: unknown): Given {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? '1' : '';
  return null;
}

/** @returns the decoded text, null where its bytes are not UTF-8 */
function decode(encoded: string): Given {
  const spaced = encoded.includes('+') ? encoded.replaceAll('+', ' ') : encoded;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return decodeLeniently(spaced);
  }
}

/** A percent sign that begins no escape stands for itself. */
function decodeLeniently(encoded: string): Given {
  const bytes = Buffer.from(encoded, 'utf8');
  const decoded = Buffer.alloc(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const digits = bytes[at] === PERCENT ? bytes.toString('latin1', at + 1, at + 3) : '';
    const isEscape = /^[0-9A-Fa-f]{2}$/.test(digits);
    decoded[length] = isEscape ? Number.parseInt(digits, 16) : (bytes[at] ?? 0);
    length += 1;
    if (isEscape) at += 2;
  }
  const result = decoded.subarray(0, length);
  return isUtf8(result) ? result.toString('utf8') : null;
}
