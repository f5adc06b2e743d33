/**
 * Everything the core and the edge can refuse with. The union is closed: a new code breaks the
 * build of every dialect until its error table has found a word for it.
 */
export type ErrorCode =
  // what the core refuses
  | 'unauthenticated'
  | 'forbidden'
  | 'sender_unknown'
  | 'recipient_unknown'
  | 'not_followed'
  | 'message_not_found'
  | 'blank_message'
  | 'too_long'
  | 'too_many_recipients'
  | 'attachment_refused'
  | 'already_decided'
  | 'duplicate'
  | 'conflict'
  | 'quota_exceeded'
  | 'undecryptable'
  | 'feature_off'
  | 'invalid_input'
  // what the edge refuses before a handler runs
  | 'malformed_body'
  | 'payload_too_large'
  | 'route_not_found'
  | 'method_not_allowed'
  | 'rate_limited'
  | 'overloaded'
  | 'internal';

/** What a renderer may need to know of an error. Never message text, keys or tokens. */
export interface ErrorFacts {
  /** seconds a client should wait (rate_limited, overloaded) */
  readonly retryAfterSeconds?: number;
  /** methods the path knows (method_not_allowed) */
  readonly allow?: readonly string[];
  /** name of the field at fault, as the core calls it */
  readonly field?: string;
  /** the bound that was passed, in the unit the code implies */
  readonly limit?: number;
}

/** A refusal with a stable code. Dialects render it in their own words. */
export class DomainError extends Error {
  override readonly name = 'DomainError';

  /**
   * @param code the stable code
   * @param facts what renderers may show
   * @param options `cause`: kept for the log of internal errors only
   */
  constructor(
    readonly code: ErrorCode,
    readonly facts: ErrorFacts = {},
    options?: { cause?: unknown },
  ) {
    super(code, options);
  }
}

/** Users' mistakes do not wake the operator: each code has its own log level. */
export function logLevelOf(code: ErrorCode): 'info' | 'warn' | 'error' {
  if (code === 'internal') return 'error';
  return code === 'overloaded' ? 'warn' : 'info';
}
