import { type RequestHandler } from 'express';
import { type JsonTextOptions, parseJson } from './json-text.js';
import { bodyReader } from './raw-body.js';

/** What a dialect takes as a JSON body. */
export interface JsonBodyOptions extends JsonTextOptions {
  /** most bytes of a body, after decompression */
  readonly limitBytes: number;
}

/**
 * Middleware that reads the body of every method as JSON, whatever its content type, and leaves
 * the value in `request.body`. Compressed bodies are inflated within the limit.
 *
 * Passes on DomainError malformed_body (see parseJson) or payload_too_large.
 */
export function readJsonBody(options: JsonBodyOptions): RequestHandler {
  const read = bodyReader(options.limitBytes);
  return (request, response, next) => {
    read(request, response).then((bytes) => {
      let body: unknown;
      try {
        body = parseJson(bytes, options);
      } catch (error) {
        next(error);
        return;
      }
      request.body = body;
      next();
    }, next);
  };
}
