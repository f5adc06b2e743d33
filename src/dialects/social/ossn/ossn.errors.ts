import { type Config } from '../../../config/config.js';
import { type RenderedError } from '../../../http/dialect.js';
import { type Clock } from '../../../kernel/clock.js';
import { type DomainError, type ErrorCode } from '../../../kernel/domain-error.js';
import { Envelopes } from './ossn.envelope.js';
import { OssnFault } from './ossn.faults.js';
import { apiTarget } from './ossn.routes.js';

/** An error of the core or the edge in this dialect's words. */
interface ErrorWords {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const usual = (code: string, message: string): ErrorWords => ({ status: 200, code, message });
/** What the original cannot express: another status, and the code of a failed operation. */
const special = (status: number, message: string): ErrorWords => ({ status, code: '200', message });

const notSent = usual('200', 'Message can not be sent');
const inputEmpty = usual('106', 'One or more input expected , is empty. Please make sure you send all required inputs');
const userUnknown = usual('103', 'No such a user exists');

/** Every error code has its words here; flows that know better throw an OssnFault. */
const ERRORS = {
  unauthenticated: usual('106', 'Invalid API KEY token'),
  forbidden: notSent,
  sender_unknown: userUnknown,
  recipient_unknown: userUnknown,
  not_followed: notSent,
  message_not_found: notSent,
  blank_message: usual('106', 'Message can not be blank'),
  too_long: notSent,
  too_many_recipients: notSent,
  attachment_refused: notSent,
  already_decided: notSent,
  duplicate: notSent,
  conflict: notSent,
  quota_exceeded: notSent,
  undecryptable: notSent,
  feature_off: usual('201', 'One or more component required for this request can not be found on remote server'),
  invalid_input: inputEmpty,
  malformed_body: inputEmpty,
  payload_too_large: special(413, 'The request is too large'),
  route_not_found: usual('101', 'Invalid Method'),
  method_not_allowed: special(405, 'Method not allowed'),
  rate_limited: special(429, 'Too many requests, please try again later'),
  overloaded: special(503, 'The server is busy, please try again'),
  internal: special(500, 'The server failed to handle the request'),
} as const satisfies Record<ErrorCode, ErrorWords>;

/** Words an error: as an envelope on the paths of the API, as a plain refusal on those of files. */
export function renderOssnError(error: DomainError, path: string, config: Config, clock: Clock): RenderedError {
  if (apiTarget(path) === null) return renderFileError(error);
  const envelopes = new Envelopes(config, clock);
  if (error instanceof OssnFault) return { status: 200, body: envelopes.failure(error.wireCode, error.wireMessage) };
  const { status, code, message } = ERRORS[error.code];
  return { status, body: envelopes.failure(code, message) };
}

const FILE_ERRORS: Partial<Record<ErrorCode, readonly [number, string]>> = {
  method_not_allowed: [405, 'Method not allowed'],
  payload_too_large: [413, 'Too large'],
  rate_limited: [429, 'Too many requests'],
  overloaded: [503, 'Busy, try again later'],
  internal: [500, 'Internal error'],
};

/** The same for what is unknown, gone or not allowed: nobody learns which. */
function renderFileError(error: DomainError): RenderedError {
  const [status, title] = FILE_ERRORS[error.code] ?? [404, 'Not found'];
  return {
    status,
    headers: { 'Content-Type': 'application/problem+json; charset=utf-8' },
    body: { type: 'about:blank', title, status },
  };
}
