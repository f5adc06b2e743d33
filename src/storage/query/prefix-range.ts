const LAST_CODE_POINT = 0x10ffff;

/**
 * @param prefix not empty, well-formed
 * @returns the least text, by code point, that is greater than every text with this prefix; null
 *   where there is none
 */
export function afterPrefix(prefix: string): string | null {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  for (;;) {
    const last = points.pop();
    if (last === undefined) return null;
    if (last === LAST_CODE_POINT) continue;
    // surrogates are no characters
    points.push(last === 0xd7ff ? 0xe000 : last + 1);
    return points.map((point) => String.fromCodePoint(point)).join('');
  }
}

/**
 * @param prefix not empty; UTF-8, hence without the byte 0xFF
 * @returns the least bytes greater than all with this prefix
 */
export function afterPrefixBytes(prefix: Buffer): Buffer {
  const after = Buffer.from(prefix);
  after[after.length - 1] = (after[after.length - 1] ?? 0) + 1;
  return after;
}
