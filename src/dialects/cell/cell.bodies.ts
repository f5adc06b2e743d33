import { type Request } from 'express';
import { parseJsonObject } from '../../http/json-text.js';

const EMPTY = Buffer.alloc(0);

/** @returns the bytes of a body, none where there is none */
export function bytesOfBody(request: Request): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : EMPTY;
}

/**
 * Reads a body as a JSON object, whatever its content type says (CELL-01). Call it when the token has been looked at.
 * @throws DomainError malformed_body: PR400-OD-0001 on the wire
 */
export function jsonBodyOf(request: Request): Record<string, unknown> {
  return parseJsonObject(bytesOfBody(request), { emptyIsObject: false, inexactNumbers: true });
}
