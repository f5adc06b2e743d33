import { type RenderedError } from '../../http/dialect.js';
import { type DomainError, type ErrorCode } from '../../kernel/domain-error.js';
import { EnvelopeFault } from './envelope.faults.js';

/** An error of the core or the edge in this dialect's words. */
interface ErrorWords {
  readonly status: number;
  readonly error: string;
  readonly message: string;
}

const words = (status: number, error: string, message: string): ErrorWords => ({ status, error, message });
const malformed = words(400, 'malformed_request', 'The request does not have the form that is described.');
const forbidden = words(403, 'forbidden', 'This is not allowed.');
const notFound = words(404, 'not_found', 'There is no such thing here.');

/** Every error code has its words here; flows that know better throw an EnvelopeFault. */
const ERRORS = {
  unauthenticated: words(401, 'unauthenticated', 'This needs a valid session.'),
  forbidden,
  sender_unknown: forbidden,
  recipient_unknown: notFound,
  not_followed: forbidden,
  message_not_found: notFound,
  blank_message: malformed,
  too_long: malformed,
  too_many_recipients: malformed,
  attachment_refused: malformed,
  already_decided: malformed,
  duplicate: words(409, 'duplicate_id', 'Another packet was sent under this id.'),
  conflict: words(409, 'conflict', 'The request conflicts with another one.'),
  quota_exceeded: words(507, 'mailbox_full', 'The mailbox is full.'),
  undecryptable: words(400, 'undecryptable', 'The body cannot be decrypted.'),
  feature_off: words(403, 'registration_closed', 'Registration needs a valid invite here, or is closed.'),
  invalid_input: malformed,
  malformed_body: malformed,
  payload_too_large: words(413, 'too_large', 'The request is too large.'),
  route_not_found: notFound,
  method_not_allowed: words(405, 'method_not_allowed', 'This method is not known here.'),
  rate_limited: words(429, 'rate_limited', 'Too many requests. Try again later.'),
  overloaded: words(503, 'overloaded', 'The server is busy. Try again later.'),
  internal: words(500, 'internal', 'The server failed to handle the request.'),
} as const satisfies Record<ErrorCode, ErrorWords>;

/** Words an error: a code for programs, a sentence for people, and only what the contract adds to some codes. */
export function renderEnvelopeError(error: DomainError): RenderedError {
  const { status, code, message, members } =
    error instanceof EnvelopeFault
      ? { status: error.status, code: error.wireCode as string, message: error.text, members: error.members }
      : { status: ERRORS[error.code].status, code: ERRORS[error.code].error, message: ERRORS[error.code].message, members: {} };
  return {
    status,
    headers: { 'Content-Type': 'application/json', ...(code === 'unauthenticated' ? { 'WWW-Authenticate': 'Bearer' } : {}) },
    body: { error: code, message, ...members },
  };
}
