import { type RenderedError } from '../../../http/dialect.js';
import { type DomainError, type ErrorCode } from '../../../kernel/domain-error.js';
import { type FaultWord, type FieldFault, type GeneralFault, NO_FIELD, PmFault } from './pm.faults.js';
import { renderOAuthError } from './auth/oauth-errors.js';
import { isOAuthPath } from './pm.routes.js';

/** An error of the core or the edge in this dialect's words. */
interface ErrorWords extends GeneralFault {
  readonly status: number;
  /** set: the fault belongs to this field */
  readonly field?: string;
}

const general = (status: number, code: FaultWord, message: string): ErrorWords => ({ status, code, message });
const inField = (field: string, code: FaultWord, message: string): ErrorWords => ({ status: 400, field, code, message });

const notFound = general(404, 'not_found', 'Not found.');
const mayNot = general(403, 'permission_denied', 'You do not have permission to perform this action.');

/** Every error code has its words here; flows that know better throw a PmFault. */
const ERRORS = {
  unauthenticated: general(401, 'authentication_failed', 'The token is not valid.'),
  forbidden: mayNot,
  sender_unknown: general(401, 'authentication_failed', 'The token is not valid.'),
  recipient_unknown: notFound,
  not_followed: general(403, 'permission_denied', 'You may not write to this user.'),
  message_not_found: notFound,
  blank_message: inField('message', 'required', 'This field may not be blank.'),
  too_long: inField('message', 'max_length', 'This text is too long.'),
  too_many_recipients: inField('recipients', 'max_length', 'There are too many recipients.'),
  attachment_refused: inField('file', 'invalid', 'This file cannot be taken.'),
  already_decided: inField(NO_FIELD, 'invalid', 'This has been decided on already.'),
  duplicate: inField(NO_FIELD, 'unique', 'This Idempotency-Key was used for another request.'),
  conflict: inField(NO_FIELD, 'invalid', 'The request conflicts with another one.'),
  quota_exceeded: mayNot,
  undecryptable: inField(NO_FIELD, 'invalid', 'This cannot be read.'),
  feature_off: mayNot,
  invalid_input: inField(NO_FIELD, 'invalid', 'This value is not valid.'),
  malformed_body: general(400, 'parse_error', 'The body cannot be read.'),
  payload_too_large: general(413, 'too_large', 'The request is too large.'),
  route_not_found: notFound,
  method_not_allowed: general(405, 'method_not_allowed', 'This method is not allowed here.'),
  rate_limited: general(429, 'throttled', 'Too many requests.'),
  overloaded: general(503, 'unavailable', 'The server is busy. Please try again.'),
  internal: general(500, 'error', 'The server failed to handle the request.'),
} as const satisfies Record<ErrorCode, ErrorWords>;

/**
 * Words an error: as a list of faults under /api/v2/, as RFC 6749 has it under /oauth/.
 *
 * @param path of the request
 */
export function renderPmError(error: DomainError, path: string): RenderedError {
  if (isOAuthPath(path)) return renderOAuthError(error);
  const { status, faults } = wordsOf(error);
  return {
    status,
    ...(status === 401 ? { headers: { 'WWW-Authenticate': 'Bearer' } } : {}),
    body: { errors: itemsOf(faults) },
  };
}

function wordsOf(error: DomainError): { status: number; faults: readonly (FieldFault | GeneralFault)[] } {
  if (error instanceof PmFault) return error;
  const { status, field, code, message }: ErrorWords = ERRORS[error.code];
  // a value that the core refused carries the field's name with it
  const name = error.code === 'invalid_input' ? (error.facts.field ?? field) : field;
  return { status, faults: [name === undefined ? { code, message } : { field: name, code, message }] };
}

type Item = GeneralFault | { readonly field: string; readonly messages: readonly GeneralFault[] };

/** Faults of one field stand together. */
function itemsOf(faults: readonly (FieldFault | GeneralFault)[]): Item[] {
  const items: Item[] = [];
  const messagesOf = new Map<string, GeneralFault[]>();
  for (const fault of faults) {
    const { code, message } = fault;
    if (!('field' in fault)) {
      items.push({ message, code });
      continue;
    }
    const known = messagesOf.get(fault.field);
    if (known) {
      known.push({ message, code });
      continue;
    }
    const messages = [{ message, code }];
    messagesOf.set(fault.field, messages);
    items.push({ field: fault.field, messages });
  }
  return items;
}
