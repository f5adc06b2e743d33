import { fileTypeFromBuffer } from 'file-type';
import { type RandomAccess } from '../kernel/blob-store.js';
import { zipEntryNames } from './zip-entries.js';

/** Kinds of files that rules can speak of. `other` is everything else, known or not. */
export type MediaFamily = 'jpeg' | 'png' | 'gif' | 'webp' | 'pdf' | 'docx' | 'zip' | 'other';

/** What a file is, judged by its bytes alone. */
export interface MediaKind {
  readonly family: MediaFamily;
  /** what it is served as; never one that a browser runs or shows as a document with scripts */
  readonly mediaType: string;
}

/** The type of bytes nobody knows anything about. */
export const UNKNOWN_TYPE = 'application/octet-stream';

/** As far as the library looks. */
const HEAD_BYTES = 4100;
/** How far into a file the mark of a PDF may stand, as readers of PDF take it. */
const PDF_BYTES = 1024;
const PDF_MARK = Buffer.from('%PDF-', 'latin1');
const OFFICE = 'application/vnd.openxmlformats-officedocument';
/** Texts and markup are never told: what is text for one reader is a page with scripts for another. */
const ACTIVE = /^text\/|xml|html|svg|script|xul|flash|java|wasm/;

const SIGNATURES: readonly { readonly kind: MediaKind; readonly fits: (head: Buffer) => boolean }[] = [
  { kind: { family: 'jpeg', mediaType: 'image/jpeg' }, fits: (head) => head.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])) },
  { kind: { family: 'png', mediaType: 'image/png' }, fits: (head) => head.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')) },
  { kind: { family: 'gif', mediaType: 'image/gif' }, fits: (head) => /^GIF8[79]a/.test(head.toString('latin1', 0, 6)) },
  { kind: { family: 'webp', mediaType: 'image/webp' }, fits: (head) => /^RIFF[\s\S]{4}WEBP$/.test(head.toString('latin1', 0, 12)) },
  // a tag before the sound, often with a picture of the cover and longer than what is looked at
  { kind: { family: 'other', mediaType: 'audio/mpeg' }, fits: (head) => /^ID3[\x02-\x04]/.test(head.toString('latin1', 0, 4)) },
  { kind: { family: 'pdf', mediaType: 'application/pdf' }, fits: (head) => head.subarray(0, PDF_BYTES).includes(PDF_MARK) },
];

/**
 * Tells what a file is by its content; names and declared types do not count. Pictures, PDF and
 * archives by their signatures and, for office documents, the names in the archive; everything
 * else as the file-type library says.
 *
 * @returns `other` and application/octet-stream for whatever is not known, or is active content
 */
export async function sniff(bytes: RandomAccess): Promise<MediaKind> {
  const buffer = Buffer.allocUnsafe(HEAD_BYTES);
  const head = buffer.subarray(0, await bytes.readInto(buffer, 0));
  const known = SIGNATURES.find(({ fits }) => fits(head));
  if (known) return known.kind;
  if (head.subarray(0, 4).equals(Buffer.from('PK\x03\x04', 'latin1'))) return archiveKind(bytes);
  // the library would look into these by unpacking them
  if (head[0] === 0x1f && head[1] === 0x8b) return { family: 'other', mediaType: 'application/gzip' };
  return { family: 'other', mediaType: await typeByLibrary(head) };
}

/** Office documents are archives with a list of types and a folder of their own. */
async function archiveKind(bytes: RandomAccess): Promise<MediaKind> {
  const folders = new Set<string>();
  let types = false;
  for await (const name of zipEntryNames(bytes)) {
    types ||= name === '[Content_Types].xml';
    const folder = /^(?:word|xl|ppt)(?=\/)/.exec(name)?.[0];
    if (folder !== undefined) folders.add(folder);
    if (types && folders.has('word')) break;
  }
  if (types && folders.has('word')) return { family: 'docx', mediaType: `${OFFICE}.wordprocessingml.document` };
  if (types && folders.has('xl')) return { family: 'zip', mediaType: `${OFFICE}.spreadsheetml.sheet` };
  if (types && folders.has('ppt')) return { family: 'zip', mediaType: `${OFFICE}.presentationml.presentation` };
  return { family: 'zip', mediaType: 'application/zip' };
}

async function typeByLibrary(head: Buffer): Promise<string> {
  try {
    const found = await fileTypeFromBuffer(head);
    return found && !ACTIVE.test(found.mime) ? found.mime : UNKNOWN_TYPE;
  } catch {
    // a head that is cut off where a parser wanted more
    return UNKNOWN_TYPE;
  }
}
