/** What files this dialect knows are by their content; a picture's extension may stand before any of the four formats. */
const PICTURES: readonly string[] = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
const DOCX: readonly string[] = ['application/vnd.openxmlformats-officedocument.wordprocessingml.document'];
const PDF: readonly string[] = ['application/pdf'];
/** By extension. */
const KNOWN = new Map([
  ...['jpg', 'png', 'jpeg', 'jfif', 'gif', 'webp'].map((extension) => [extension, PICTURES] as const),
  ['docx', DOCX] as const,
  ['pdf', PDF] as const,
]);

const NAME_LENGTH_MAX = 200;
const SLUG_LENGTH_MAX = 120;
const NAMELESS = 'file';

/** Control characters, marks that turn the direction of a line, and what has a meaning in HTML. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069<>"'&]/gu;

/** Letters that do not come apart into a plain letter and a mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', ı: 'i', ħ: 'h', ŋ: 'n', ŧ: 't',
};

/** What a file is taken and shown as. */
export type FileKind = 'image' | 'file';

/** @returns what follows the last dot, as written; empty where there is none */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1);
}

/**
 * Files that came through another tongue may be anything, whatever they are called.
 *
 * @param file.mediaType what it is by its content
 * @returns how a file is shown, or null where it is none of the types this dialect knows
 */
export function kindOf(file: { readonly name: string; readonly mediaType: string }): FileKind | null {
  const types = KNOWN.get(extensionOf(file.name).toLowerCase());
  if (!types?.includes(file.mediaType)) return null;
  return types === PICTURES ? 'image' : 'file';
}

/**
 * @param uploaded the name a client gave, possibly with folders before it
 * @returns what is kept and shown: the last part alone, unsafe characters as `_`, at most 200 characters
 */
export function shownName(uploaded: string): string {
  const base = uploaded.slice(Math.max(uploaded.lastIndexOf('/'), uploaded.lastIndexOf('\\')) + 1);
  const safe = base.toWellFormed().replace(UNSAFE, '_').trim();
  const characters = [...safe];
  if (characters.length <= NAME_LENGTH_MAX) return safe;
  const extension = [...extensionOf(safe)];
  const tail = extension.length > 0 && extension.length < NAME_LENGTH_MAX / 2 ? ['.', ...extension] : [];
  return [...characters.slice(0, NAME_LENGTH_MAX - tail.length), ...tail].join('');
}

/**
 * The last segment of a file's address: "Mein Übersicht v2 (final).pdf" becomes
 * "mein-ubersicht-v2-final.pdf". The extension stays as it was written.
 */
export function slugOf(name: string): string {
  const extension = extensionOf(name).replace(/[^A-Za-z0-9]/g, '');
  const stem = extensionOf(name) === '' ? name : name.slice(0, name.lastIndexOf('.'));
  const words = transliterated(stem).replace(/[^a-z0-9\s_-]/g, '').split(/[\s_-]+/).filter((word) => word !== '');
  const slug = words.join('-').slice(0, SLUG_LENGTH_MAX).replace(/-$/, '') || NAMELESS;
  return extension === '' ? slug : `${slug}.${extension}`;
}

/** @returns the text in lower case, letters with marks as the plain ones */
function transliterated(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\0-\x7f]/g, (letter) => LETTERS[letter] ?? letter);
}
