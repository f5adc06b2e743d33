import { decodeBase64, encodeBase64 } from '../base/base64.js';
import { type Bytes } from '../base/bytes.js';

const COLUMNS = 64;
const FORM = /^-----BEGIN ([A-Z0-9 ]+)-----(\r?\n)((?:[A-Za-z0-9+/=]+\r?\n)+)-----END \1-----(?:\r?\n)?$/;

/**
 * Reads one PEM block: LF throughout or CRLF throughout, 64 columns, no headers, nothing around it.
 *
 * @returns undefined for anything else
 */
export function readPem(text: string): { label: string; der: Bytes } | undefined {
  const [, label, lineBreak, body] = FORM.exec(text) ?? [];
  if (label === undefined || lineBreak === undefined || body === undefined) return undefined;
  if (lineBreak === '\r\n' ? /(?<!\r)\n/.test(text) : text.includes('\r')) return undefined;
  const lines = body.split(lineBreak).slice(0, -1);
  const isWrapped = lines.every((line, index) => (index < lines.length - 1 ? line.length === COLUMNS : line.length <= COLUMNS));
  const der = isWrapped ? decodeBase64(lines.join('')) : undefined;
  return der && { label, der };
}

/** Writes one PEM block: 64 columns, LF, LF at the end. */
export function writePem(label: string, der: Uint8Array): string {
  const lines = encodeBase64(der).match(new RegExp(`.{1,${COLUMNS}}`, 'g')) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
