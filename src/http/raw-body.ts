import express, { type Request, type Response } from 'express';
import { DomainError } from '../kernel/domain-error.js';

/** Reads the bytes of a body. @returns them, none where the request has no body */
export type BodyReader = (request: Request, response: Response) => Promise<Buffer>;

const EMPTY = Buffer.alloc(0);

/**
 * Makes a reader of whole bodies. A plain body is read here, one with a Content-Encoding (gzip,
 * deflate, br) by body-parser, which bounds the inflated size.
 *
 * @param limitBytes most bytes of a body, after decompression
 * @returns a reader that throws DomainError malformed_body or payload_too_large
 */
export function bodyReader(limitBytes: number): BodyReader {
  const inflate = express.raw({ type: () => true, limit: limitBytes, inflate: true });
  return (request, response) => {
    if (!hasBody(request)) return Promise.resolve(EMPTY);
    if (isPlain(request)) return readBytes(request, limitBytes);
    return new Promise((resolve, reject) => {
      inflate(request, response, (error?: unknown) => {
        if (error) reject(inflateFault(error, limitBytes));
        else resolve(Buffer.isBuffer(request.body) ? request.body : EMPTY);
      });
    });
  };
}

/** Whether the request's headers announce a body. */
export function hasBody(request: Request): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function isPlain(request: Request): boolean {
  const encoding = request.headers['content-encoding'];
  return encoding === undefined || encoding.toLowerCase() === 'identity';
}

/** Of what body-parser refuses, only the size is worth telling apart. */
function inflateFault(error: unknown, limitBytes: number): Error {
  const { type, status } = error as { type?: unknown; status?: unknown };
  if (type === 'entity.too.large') return new DomainError('payload_too_large', { limit: limitBytes });
  return typeof status === 'number' && status < 500 ? new DomainError('malformed_body') : (error as Error);
}

/**
 * Collects a body of at most `limitBytes`.
 *
 * A refused body is left to whoever answers (discardBody). A client that goes away before the end
 * is not worth a line in the log: it gets malformed_body, which nobody receives.
 */
function readBytes(request: Request, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (): void => {
      request.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limitBytes) onTooLarge();
      else chunks.push(chunk);
    };
    const onTooLarge = (): void => {
      settle();
      chunks.length = 0;
      reject(new DomainError('payload_too_large', { limit: limitBytes }));
    };
    const onEnd = (): void => {
      settle();
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
    };
    const onGone = (): void => {
      settle();
      reject(new DomainError('malformed_body'));
    };
    request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
    if (Number(request.headers['content-length']) > limitBytes) onTooLarge();
  });
}
