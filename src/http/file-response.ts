import { create as contentDisposition } from 'content-disposition';
import { type Request, type Response } from 'express';
import { pipeline } from 'node:stream/promises';
import { type BlobKey, type BlobStore, type ByteRange } from '../kernel/blob-store.js';

/** A stored file as one answer shows it. Whether the client may have it was decided before. */
export interface ServedFile {
  readonly key: BlobKey;
  /** shown to whoever saves it; any text */
  readonly name: string;
  /** as told by the content when it came in, never as a client declared it */
  readonly mediaType: string;
  /** in bytes */
  readonly size: number;
  readonly sha256: Buffer;
  /** inline: may be shown in a page or a tab of its own, where it still can run nothing */
  readonly disposition: 'inline' | 'attachment';
  readonly cacheControl: string;
  /** whether pages of other origins may embed it; default no */
  readonly embeddable?: boolean;
}

const ONE_RANGE = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i;
const NAME_CHARACTERS_MAX = 255;
const DAMAGED = 'a stored file is missing or damaged';
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Answers GET or HEAD with a stored file: whole or one range of it, or 304 where the client has
 * it (RFC 9110, sections 13 and 14). Whatever the file is, a browser runs nothing of it.
 *
 * @throws Error when the bytes are not there or not of that size, before anything is sent. Where
 *   reading fails later, the connection is cut: half a file must not look like a whole one.
 */
export async function serveFile(request: Request, response: Response, blobs: BlobStore, file: ServedFile): Promise<void> {
  const etag = `"${file.sha256.toString('hex')}"`;
  const range = rangeOf(request, file.size, etag);
  setHeaders(response, file, etag);
  if (matches(request.headers['if-none-match'], etag)) {
    for (const name of ['Content-Type', 'Content-Disposition']) response.removeHeader(name);
    response.status(304).end();
  } else if (range === 'unsatisfiable') {
    for (const name of ['Content-Type', 'Content-Disposition', 'ETag']) response.removeHeader(name);
    response.status(416).set({ 'Content-Range': `bytes */${file.size}`, 'Content-Length': '0', 'Cache-Control': 'no-store' }).end();
  } else if (request.method === 'HEAD') {
    response.status(200).set('Content-Length', String(file.size)).end();
  } else {
    await send(response, blobs, file, range);
  }
}

function setHeaders(response: Response, file: ServedFile, etag: string): void {
  response.set({
    'Content-Type': file.mediaType,
    'Content-Disposition': contentDisposition(shownName(file.name), { type: file.disposition }),
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cross-Origin-Resource-Policy': file.embeddable ? 'cross-origin' : 'same-origin',
    'Cache-Control': file.cacheControl,
    'Accept-Ranges': 'bytes',
    ETag: etag,
  });
}

async function send(response: Response, blobs: BlobStore, file: ServedFile, range: ByteRange | null): Promise<void> {
  const blob = await blobs.read(file.key, range ?? undefined);
  if (blob?.size !== file.size) {
    blob?.stream.destroy();
    throw new Error(DAMAGED);
  }
  if (range) response.status(206).set('Content-Range', `bytes ${range.offset}-${range.offset + range.length - 1}/${file.size}`);
  else response.status(200);
  const length = range?.length ?? file.size;
  response.set('Content-Length', String(length));
  try {
    await pipeline(blob.stream, (source) => exactly(source as AsyncIterable<Buffer>, length), response);
  } catch (error) {
    // a client that goes away in the middle is no fault
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

/** A file that turns out shorter must not leave the client to wait for the rest. */
async function* exactly(source: AsyncIterable<Buffer>, length: number): AsyncIterable<Buffer> {
  let sent = 0;
  for await (const chunk of source) {
    sent += chunk.length;
    yield chunk;
  }
  if (sent !== length) throw new Error(DAMAGED);
}

/**
 * @returns the one range to send; null for the whole file: no range asked for, several, one of
 *   another unit or form, or of another version of the file
 */
function rangeOf(request: Request, size: number, etag: string): ByteRange | 'unsatisfiable' | null {
  if (request.method !== 'GET' || request.headers.range === undefined) return null;
  const condition = request.headers['if-range'];
  if (condition !== undefined && condition !== etag) return null;
  const [, first = '', last = ''] = ONE_RANGE.exec(request.headers.range) ?? [];
  if (first === '' && last === '') return null;
  const offset = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null;
  return offset > end ? 'unsatisfiable' : { offset, length: end - offset + 1 };
}

/** The weak comparison, which counts for reading. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((item) => item.trim().replace(/^W\//, '') === etag);
}

/** Characters that are not seen, or turn the direction of writing, could make a name look like another. */
function shownName(name: string): string {
  return [...name.toWellFormed().replace(CONTROL, '')].slice(0, NAME_CHARACTERS_MAX).join('').replaceAll(/[/\\]/g, '_') || 'file';
}
