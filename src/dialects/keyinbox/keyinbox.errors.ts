import { type DomainError, type ErrorCode } from '../../kernel/domain-error.js';
import { type RenderedError } from '../../http/dialect.js';
import { failure } from './keyinbox.envelope.js';
import { KeyInboxFault } from './keyinbox.faults.js';

/** An error of the core or the edge in this dialect's words. */
interface ErrorWords {
  readonly status: number;
  readonly level: 'error' | 'fatal';
  readonly code: string;
  readonly text: string;
}

const clientFault = (code: string, text: string): ErrorWords => ({ status: 400, level: 'error', code, text });
const unused = clientFault('invalid_request', 'The request cannot be served.');

/**
 * Every error code has its words here. Codes of relations, attachments and quotas cannot arise
 * from this dialect's routes; they have an answer all the same.
 */
const ERRORS = {
  unauthenticated: clientFault('invalid_private_key', 'Invalid private key.'),
  forbidden: clientFault('not_sender', 'This private key is not the sender of the message.'),
  sender_unknown: unused,
  recipient_unknown: unused,
  not_followed: unused,
  message_not_found: clientFault('message_not_found', 'Message not found'),
  blank_message: clientFault('message_empty', 'The message is empty.'),
  too_long: clientFault('message_too_large', 'The message is too large.'),
  too_many_recipients: unused,
  attachment_refused: unused,
  already_decided: clientFault('already_decided', 'This contract has been decided on already.'),
  duplicate: clientFault('idempotency_mismatch', 'This Idempotency-Key was used for another message.'),
  conflict: clientFault('conflict', 'The request conflicts with another one.'),
  quota_exceeded: unused,
  undecryptable: unused,
  feature_off: clientFault('feature_off', 'This is disabled on this network.'),
  invalid_input: clientFault('invalid_parameter', 'Invalid request parameter'),
  malformed_body: clientFault('invalid_json', 'Invalid JSON data received'),
  payload_too_large: { status: 413, level: 'error', code: 'payload_too_large', text: 'The request is too large.' },
  route_not_found: { status: 404, level: 'error', code: 'not_found', text: 'There is no such route.' },
  method_not_allowed: { status: 405, level: 'error', code: 'method_not_allowed', text: 'This route does not know this method.' },
  rate_limited: { status: 429, level: 'error', code: 'rate_limited', text: 'Too many requests. Please try again later.' },
  overloaded: { status: 503, level: 'error', code: 'overloaded', text: 'The server is busy. Please try again.' },
  internal: { status: 500, level: 'fatal', code: 'internal', text: 'The server failed to handle the request.' },
} as const satisfies Record<ErrorCode, ErrorWords>;

/**
 * Words an error as an envelope.
 *
 * @param error the refusal
 * @param debug DEBUG_ENABLED: names the kind of an internal error, which tells of the server and
 *   never of the request
 */
export function renderKeyInboxError(error: DomainError, debug: boolean): RenderedError {
  const headers = { 'Cache-Control': 'no-store' };
  if (error instanceof KeyInboxFault) {
    return { status: 400, headers, body: failure('error', error.wireCode, error.text) };
  }
  const words: ErrorWords = ERRORS[error.code];
  return { status: words.status, headers, body: failure(words.level, words.code, words.text + remark(error, debug)) };
}

function remark({ code, cause, facts }: DomainError, debug: boolean): string {
  if (code === 'invalid_input' && facts.field !== undefined) return `: ${facts.field}`;
  return debug && code === 'internal' && cause instanceof Error ? ` (${cause.name})` : '';
}
