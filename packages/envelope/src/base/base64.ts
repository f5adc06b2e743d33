import { type Bytes } from './bytes.js';

/** Room for the arguments of one call; larger arrays are written in pieces. */
const PIECE = 0x8000;

/** Base64 with padding, standard alphabet, no line breaks (RFC 4648 section 4). */
export function encodeBase64(bytes: Uint8Array): string {
  if (typeof Buffer !== 'undefined') return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  let binary = '';
  for (let at = 0; at < bytes.length; at += PIECE) binary += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(binary);
}

/**
 * Decodes base64 of RFC 4648 section 4 and nothing else: the alphabet of URLs, missing padding, line
 * breaks, white space, unused bits that are set and the empty text are refused. Decoders of the
 * platforms skip such things, so the result is encoded again and compared.
 *
 * @returns undefined when the text is not that
 */
export function decodeBase64(text: string): Bytes | undefined {
  if (text.length === 0 || text.length % 4 !== 0) return undefined;
  const bytes = lenient(text);
  return bytes !== undefined && encodeBase64(bytes) === text ? bytes : undefined;
}

/** Base64 for URLs without padding, as tokens and cards use it. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Decodes what encodeBase64Url writes. @returns undefined for anything else */
export function decodeBase64Url(text: string): Bytes | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  return decodeBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='));
}

function lenient(text: string): Bytes | undefined {
  if (typeof Buffer !== 'undefined') return Buffer.from(text, 'base64');
  try {
    const binary = atob(text);
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
