const LENGTH_MAX = 160;
const ELLIPSIS = '…';
/** One visible character may be made of many; of more than so many UTF-16 units nobody makes a line. */
const UNITS_MAX = 8 * LENGTH_MAX;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** @returns the beginning of a text, at most 160 visible characters, cut through none of them */
export function headlineOf(text: string): string {
  if (text.length <= LENGTH_MAX) return text;
  let count = 0;
  let end = 0;
  // the window ends behind the bound, so that what it cuts is never looked at
  for (const { segment, index } of segmenter.segment(text.slice(0, 2 * UNITS_MAX))) {
    const next = index + segment.length;
    if (count === LENGTH_MAX || next > UNITS_MAX) return text.slice(0, end === 0 ? heapEnd(text) : end) + ELLIPSIS;
    count += 1;
    // one is left for the ellipsis
    if (count < LENGTH_MAX) end = next;
  }
  return text;
}

/** A single character under a heap of marks: as much of it as fits, without half of a pair. */
function heapEnd(text: string): number {
  const last = text.charCodeAt(UNITS_MAX - 1);
  return last >= 0xd800 && last <= 0xdbff ? UNITS_MAX - 1 : UNITS_MAX;
}
