import { ODataFault } from './odata.fault.js';

const WORDS_BYTES_MAX = 255;

/**
 * Reads `q` (CELL-64): words with blanks between them must all be found, what stands between
 * "quotes" as it stands. A quote without its partner runs to the end.
 *
 * @param text 1 to 255 bytes of UTF-8
 * @throws ODataFault PR400-OD-0029 for other lengths; the text itself is not told back
 */
export function parseWords(text: string): string[] {
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes < 1 || bytes > WORDS_BYTES_MAX) throw new ODataFault('PR400-OD-0029', 'q', '');
  const parts = text.split('"');
  return parts.flatMap((part, index) => (index % 2 === 1 ? [part] : part.split(/\s+/))).filter((word) => word.trim() !== '');
}
