/** What a text column holds in place of U+0000, which it cannot hold, and of itself. */
const ESCAPE = '\u0001';
const NUL = `${ESCAPE}0`;
const LITERAL = `${ESCAPE}1`;

/**
 * Makes a text fit for a text column, so that no two texts become one.
 * @returns the same for texts without U+0000 and U+0001
 */
export function asSubject(text: string): string {
  return text.replaceAll(ESCAPE, LITERAL).replaceAll('\0', NUL);
}

/** @returns the text that asSubject was given */
export function fromSubject(stored: string): string {
  return stored.replaceAll(NUL, '\0').replaceAll(LITERAL, ESCAPE);
}

/** @returns UTF-8 */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}
