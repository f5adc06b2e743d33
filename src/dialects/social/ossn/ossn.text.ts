/** White space the original trims, line breaks included. NUL is refused before. */
const TRIMMED = ' \t\n\r\v\f';
const SPECIAL = /[&<>"']|[\u{10000}-\u{10ffff}]/gu;
const LINE_BREAK = /\r\n|\n\r|\n|\r/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#039;',
};

/** What the original's column holds, in bytes of the encoded text. */
export const ENCODED_BYTES_MAX = 65_535;

/** @returns the text without white space and line breaks at both ends */
export function trimText(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && TRIMMED.includes(text.charAt(start))) start += 1;
  while (end > start && TRIMMED.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/**
 * Encodes a stored text for the wire, exactly once: HTML's five special characters, then characters
 * beyond U+FFFF as `&#x…;`. Backslashes and runs of spaces stay; so do line breaks.
 *
 * @param text as typed; white space at its ends is left out
 */
export function encodeText(text: string): string {
  return trimText(text).replace(SPECIAL, (character) => ENTITIES[character] ?? `&#x${(character.codePointAt(0) ?? 0).toString(16)};`);
}

/** The same with `<br />` before each line break, which is kept. */
export function encodeTextWithBreaks(text: string): string {
  return encodeText(text).replace(LINE_BREAK, '<br />$&');
}

/** @returns whether the text, encoded without `<br />`, is more than the original can keep */
export function isTooLong(text: string): boolean {
  if (text.length > ENCODED_BYTES_MAX) return true;
  return Buffer.byteLength(encodeText(text)) > ENCODED_BYTES_MAX;
}
