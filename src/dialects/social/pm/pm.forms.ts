import { isUtf8 } from 'node:buffer';

const FORM = /^application\/x-www-form-urlencoded\b/i;
const FIELDS_MAX = 100;
const OPEN_OBJECT = 0x7b;

/**
 * Reads a url-encoded body. One that begins as a JSON object is left alone: command-line tools
 * call everything a form.
 *
 * @param type content type of the request
 * @returns the fields, of several under one name the last; null where it is no form
 */
export function formOf(bytes: Buffer, type: string): Record<string, string> | null {
  if (!FORM.test(type) || bytes.length === 0 || !isUtf8(bytes)) return null;
  const first = bytes.find((byte) => byte > 0x20);
  if (first === OPEN_OBJECT) return null;
  const fields = Object.create(null) as Record<string, string>;
  let count = 0;
  for (const [name, value] of new URLSearchParams(bytes.toString('utf8'))) {
    count += 1;
    if (count > FIELDS_MAX) break;
    fields[name] = value;
  }
  return fields;
}
