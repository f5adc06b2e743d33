const LENGTH_MAX = 160;
const ELLIPSIS = '…';
/** One visible character may be made of many; none that people write is made of more than these. */
const UNITS_MAX = 8 * LENGTH_MAX;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** @returns the beginning of a text, at most 160 visible characters, cut through none of them */
export function headlineOf(text: string): string {
  if (text.length <= LENGTH_MAX) return text;
  let count = 0;
  let end = 0;
  for (const { segment, index } of segmenter.segment(text.slice(0, 2 * UNITS_MAX))) {
    if (count === LENGTH_MAX - 1) end = index;
    count += 1;
    if (count > LENGTH_MAX || index + segment.length > UNITS_MAX) return text.slice(0, end || wholeEnd(text, index)) + ELLIPSIS;
  }
  return text;
}

/** Marks heaped upon one letter: what fits, but never half of a character. */
function wholeEnd(text: string, index: number): number {
  const end = index > 0 ? index : UNITS_MAX;
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}
