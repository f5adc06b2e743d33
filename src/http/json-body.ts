import express, { type Request, type RequestHandler } from 'express';
import { DomainError } from '../kernel/domain-error.js';
import { type JsonTextOptions, parseJson } from './json-text.js';

/** What a dialect takes as a JSON body. */
export interface JsonBodyOptions extends JsonTextOptions {
  /** most bytes of a body, after decompression */
  readonly limitBytes: number;
}

/**
 * Middleware that reads the body of every method as JSON, whatever its content type, and leaves
 * the value in `request.body`. A plain body is read here, one with a Content-Encoding (gzip,
 * deflate, br) by body-parser, which bounds the inflated size.
 *
 * Passes on DomainError malformed_body (see parseJson) or payload_too_large.
 */
export function readJsonBody(options: JsonBodyOptions): RequestHandler {
  const inflate = express.raw({ type: () => true, limit: options.limitBytes, inflate: true });
  return (request, response, next) => {
    const parse = (bytes: Buffer): void => {
      let body: unknown;
      try {
        body = parseJson(bytes, options);
      } catch (error) {
        next(error);
        return;
      }
      request.body = body;
      next();
    };
    if (!hasBody(request)) {
      parse(EMPTY);
    } else if (isPlain(request)) {
      readBytes(request, options.limitBytes, next, parse);
    } else {
      inflate(request, response, (error?: unknown) => {
        if (error) next(inflateFault(error, options.limitBytes));
        else parse(Buffer.isBuffer(request.body) ? request.body : EMPTY);
      });
    }
  };
}

const EMPTY = Buffer.alloc(0);

function hasBody(request: Request): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function isPlain(request: Request): boolean {
  const encoding = request.headers['content-encoding'];
  return encoding === undefined || encoding.toLowerCase() === 'identity';
}

/** Of what body-parser refuses, only the size is worth telling apart. */
function inflateFault(error: unknown, limitBytes: number): unknown {
  const { type, status } = error as { type?: unknown; status?: unknown };
  if (type === 'entity.too.large') return new DomainError('payload_too_large', { limit: limitBytes });
  return typeof status === 'number' && status < 500 ? new DomainError('malformed_body') : error;
}

/**
 * Collects a body of at most `limitBytes`.
 *
 * A refused body is left to whoever answers (discardBody). A client that goes away before the end is not worth a line
 * in the log: it gets malformed_body, which nobody receives.
 */
function readBytes(
  request: Request,
  limitBytes: number,
  refuse: (error: DomainError) => void,
  take: (bytes: Buffer) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let settled = false;
  const settle = (): boolean => {
    if (settled) return false;
    settled = true;
    request.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
    return true;
  };
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > limitBytes) onTooLarge();
    else chunks.push(chunk);
  };
  const onTooLarge = (): void => {
    if (!settle()) return;
    chunks.length = 0;
    refuse(new DomainError('payload_too_large', { limit: limitBytes }));
  };
  const onEnd = (): void => {
    if (settle()) take(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
  };
  const onGone = (): void => {
    if (settle()) refuse(new DomainError('malformed_body'));
  };
  request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  if (Number(request.headers['content-length']) > limitBytes) onTooLarge();
}
