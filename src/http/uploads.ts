import { type Request, type Response } from 'express';
import { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { type Duplex } from 'node:stream';
import multer from 'multer';
import { type BlobStore } from '../kernel/blob-store.js';
import { DomainError } from '../kernel/domain-error.js';
import { discardBody } from './discard.js';
import { linger } from './linger.js';
import { UploadBody } from './upload-body.js';
import { uploadFault } from './upload-fault.js';
import { type ReceivedFile, UploadSession } from './upload-session.js';

/** What of a multipart body is taken, and how much. */
export interface UploadRules {
  /** names of the file fields to take; files under other names are read over and kept nowhere */
  readonly files: readonly string[];
  /** bytes of one file, at most */
  readonly fileBytesMax: number;
  /** bytes of the whole body, at most, whatever is in it */
  readonly bodyBytesMax: number;
  /** files, at most, those that are not taken included */
  readonly filesMax: number;
  /** text fields, at most */
  readonly fieldsMax: number;
  /** bytes of one text field, at most */
  readonly fieldBytesMax: number;
  /** levels of brackets in a field name (`a[b]` has one), at most; default 0 */
  readonly nestingMax?: number;
  /** header lines of one part, at most; default 50 */
  readonly headerLinesMax?: number;
  /**
   * Asked once, before anything of the first wanted file is taken, with the text fields that came
   * before it. What it rejects with ends the reading: a client without rights fills no disk.
   */
  readonly admit?: (fields: Upload['fields']) => Promise<void>;
}

/** A multipart body that has come in whole. */
export interface Upload {
  /** text fields by name, without prototype; a name given several times holds an array */
  readonly fields: Readonly<Record<string, unknown>>;
  /** files by field name; of several under one name the last */
  readonly files: ReadonlyMap<string, ReceivedFile>;
}

const HEADER_LINES_MAX = 50;
const FIELD_NAME_CHARACTERS_MAX = 200;
const ARRAY_INDEX_MAX = 100;

/** @returns whether the body of a request claims to be a multipart one */
export function isMultipart(request: { readonly headers: IncomingHttpHeaders }): boolean {
  return /^multipart\//i.test(request.headers['content-type'] ?? '');
}

/**
 * Reads a multipart body, works with it, and throws away every file that the work did not accept:
 * what is refused stores nothing. Files stream into the blob store while they come in.
 *
 * @param request untouched so far, see isMultipart
 * @throws DomainError payload_too_large as soon as a bound is passed, what is left of the body is
 *   read over (up to a point) so that the client sees the answer; malformed_body for whatever is
 *   not a whole multipart body, also when the client has gone; overloaded when the disk is full
 */
export async function withUpload<T>(
  request: IncomingMessage,
  blobs: BlobStore,
  rules: UploadRules,
  work: (upload: Upload) => Promise<T>,
): Promise<T> {
  const session = new UploadSession(blobs);
  try {
    return await work({ fields: await readBody(request, session, rules), files: session.files });
  } finally {
    await session.end();
  }
}

/** @returns the text fields; the files are in the session */
async function readBody(request: IncomingMessage, session: UploadSession, rules: UploadRules): Promise<Record<string, unknown>> {
  const { headers } = request;
  const length = headers['content-length'];
  if (length === undefined && headers['transfer-encoding'] === undefined) return Object.create(null) as Record<string, unknown>;
  try {
    if (Number(length) > rules.bodyBytesMax) throw new DomainError('payload_too_large', { limit: rules.bodyBytesMax });
    if (!isMultipart(request) || (headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') throw new DomainError('malformed_body');
    if (request.destroyed || request.readableEnded) throw new DomainError('malformed_body');
    return await throughMulter(request, session, rules);
  } catch (error) {
    discardBody(request);
    await linger(request);
    throw session.failure ?? uploadFault(error, rules);
  }
}

/**
 * multer gets a copy of the stream instead of the request: it reads a request to its end before
 * it tells of an error, which is not what a client that sends without end is to be given. That
 * it is done shows in the parser being unpiped; the copy is cut then, and multer tells at once.
 */
async function throughMulter(request: IncomingMessage, session: UploadSession, rules: UploadRules): Promise<Record<string, unknown>> {
  const body = new UploadBody(request, rules.bodyBytesMax);
  let admitted: Promise<void> | null = null;
  const options: multer.Options & { streamHandler(source: UploadBody, parser: Duplex): void } = {
    storage: session,
    fileFilter: (_request, file, decide) => {
      if (!rules.files.includes(file.fieldname)) decide(null, false);
      else if (!rules.admit) decide(null, true);
      else (admitted ??= rules.admit(body.body)).then(() => decide(null, true), (error: unknown) => decide(session.refuse(error)));
    },
    defParamCharset: 'utf8',
    limits: {
      fieldNameSize: FIELD_NAME_CHARACTERS_MAX,
      fileSize: rules.fileBytesMax,
      files: rules.filesMax,
      fields: rules.fieldsMax,
      fieldSize: rules.fieldBytesMax,
      parts: rules.filesMax + rules.fieldsMax,
      headerPairs: rules.headerLinesMax ?? HEADER_LINES_MAX,
      fieldNestingDepth: rules.nestingMax ?? 0,
      fieldArrayIndexLimit: ARRAY_INDEX_MAX,
    },
    streamHandler: (source, parser) => {
      parser.once('unpipe', () => source.destroy());
      source.pipe(parser);
    },
  };
  try {
    await new Promise<void>((resolve, reject) => {
      multer(options).any()(body as unknown as Request, {} as Response, (error?: unknown) => {
        const fault = error as Error | null | undefined;
        if (fault) reject(fault);
        else resolve();
      });
    });
    return body.body;
  } finally {
    body.release();
  }
}
