import { HttpException } from '@nestjs/common';
import { types } from 'node:util';
import { databaseFault } from '../kernel/database-fault.js';
import { DomainError, type ErrorCode } from '../kernel/domain-error.js';
import { limits } from '../kernel/limits.js';

const { isNativeError } = types;

/** What the path knows, for errors that only say "not here". */
export interface PathKnowledge {
  /** the method the router saw */
  readonly method: string;
  /** methods of the route at this path; empty where there is none */
  readonly allow: readonly string[];
}

/**
 * Turns whatever was thrown into a refusal. Pure and total.
 *
 * @param error anything: a DomainError or a subclass passes as it is
 * @param path what decides between an unknown route and a wrong method
 * @returns the refusal; `internal` for everything that is nobody's refusal, with its cause kept
 */
export function toDomainError(error: unknown, path: PathKnowledge): DomainError {
  if (error instanceof DomainError) return completed(error, path);
  if (isNativeError(error) && error.name === 'URIError') return new DomainError('route_not_found');
  if (error instanceof HttpException) {
    const inner = bodyFault(error.cause);
    if (inner) return new DomainError(inner);
    return completed(new DomainError(codeOfStatus(error.getStatus()), {}, { cause: error }), path);
  }
  const fault = bodyFault(error) ?? uploadFault(error);
  if (fault) return new DomainError(fault);
  const status = clientFaultStatus(error);
  if (status !== null) return completed(new DomainError(codeOfStatus(status)), path);
  return ofDatabase(error) ?? new DomainError('internal', {}, { cause: error });
}

/** Fills in the facts every rendering of the code relies on. */
function completed(error: DomainError, path: PathKnowledge): DomainError {
  if (error.code === 'route_not_found' && path.allow.length > 0 && !path.allow.includes(path.method)) {
    return new DomainError('method_not_allowed', { allow: path.allow });
  }
  if (error.code === 'method_not_allowed' && !error.facts.allow && path.allow.length > 0) {
    return new DomainError('method_not_allowed', { ...error.facts, allow: path.allow });
  }
  return error;
}

function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case 401: return 'unauthenticated';
    case 403: return 'forbidden';
    case 404: return 'route_not_found';
    case 405: return 'method_not_allowed';
    case 409: return 'conflict';
    case 413: return 'payload_too_large';
    case 415: return 'malformed_body';
    case 429: return 'rate_limited';
    case 503: return 'overloaded';
    default: return status >= 400 && status < 500 ? 'invalid_input' : 'internal';
  }
}

/** Errors of body-parser carry a `type` such as `entity.too.large`. */
function bodyFault(error: unknown): ErrorCode | null {
  const type = (error as { type?: unknown } | null | undefined)?.type;
  if (!isNativeError(error) || typeof type !== 'string') return null;
  if (type === 'entity.too.large' || type === 'parameters.too.many') return 'payload_too_large';
  return /^(?:entity|encoding|charset|request|stream|querystring)\./.test(type) ? 'malformed_body' : null;
}

/** Errors of Express and its kin carry a `status`, and `expose` where it is the client's fault. */
function clientFaultStatus(error: unknown): number | null {
  const { status, expose } = (error ?? {}) as { status?: unknown; expose?: unknown };
  return isNativeError(error) && expose === true && typeof status === 'number' ? status : null;
}

/** Errors of multer carry a `code` such as `LIMIT_FILE_SIZE`. */
function uploadFault(error: unknown): ErrorCode | null {
  if (!isNativeError(error) || error.name !== 'MulterError') return null;
  return /^LIMIT_(?:FILE_SIZE|FIELD_VALUE)$/.test(String((error as { code?: unknown }).code)) ? 'payload_too_large' : 'malformed_body';
}

/** Database errors nobody translated where their meaning was known. */
function ofDatabase(error: unknown): DomainError | null {
  switch (databaseFault(error)) {
    case 'away':
    case 'collision':
      return new DomainError('overloaded', { retryAfterSeconds: limits.retry_after_seconds }, { cause: error });
    case 'taken':
      return new DomainError('conflict', {}, { cause: error });
    case 'bad_value':
      return new DomainError('invalid_input', {}, { cause: error });
    case 'other':
      return null;
  }
}
