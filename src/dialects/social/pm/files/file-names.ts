const CHARACTERS_MAX = 255;
const EXTENSION_MAX = 16;
const NAMELESS = 'file';
/** Control characters, line ends, and marks that turn the direction of a line. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const QUOTES = /["'`]/g;

/**
 * @param told the name a client gave a file, possibly with folders before it
 * @returns its last part without control characters and quotes, at most 255 characters; never empty
 */
export function fileName(told: string): string {
  const base = told.slice(Math.max(told.lastIndexOf('/'), told.lastIndexOf('\\')) + 1);
  const clean = base.toWellFormed().replace(UNSEEN, '').replace(QUOTES, '').trim();
  if (clean === '' || clean === '.' || clean === '..') return NAMELESS;
  const characters = [...clean];
  if (characters.length <= CHARACTERS_MAX) return clean;
  const extension = [...(/\.[^.]+$/.exec(clean)?.[0] ?? '')];
  const tail = extension.length <= EXTENSION_MAX ? extension : [];
  return [...characters.slice(0, CHARACTERS_MAX - tail.length), ...tail].join('');
}
