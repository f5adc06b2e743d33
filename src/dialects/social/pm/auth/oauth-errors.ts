import { type RenderedError } from '../../../../http/dialect.js';
import { DomainError, type ErrorCode, type ErrorFacts } from '../../../../kernel/domain-error.js';

/** The error words of RFC 6749 (sections 4.1.2.1 and 5.2). */
export type OAuthWord =
  | 'invalid_request' | 'invalid_client' | 'invalid_grant' | 'unauthorized_client' | 'unsupported_grant_type'
  | 'unsupported_response_type' | 'invalid_scope' | 'access_denied' | 'server_error' | 'temporarily_unavailable';

const UNDER: Readonly<Partial<Record<OAuthWord, ErrorCode>>> = { invalid_client: 'unauthenticated', invalid_grant: 'unauthenticated' };

/** A refusal of the token endpoints. */
export class OAuthFault extends DomainError {
  /** @param description one sentence for a developer; ASCII without quotes, as the standard wants it */
  constructor(
    readonly word: OAuthWord,
    readonly description: string,
    facts: ErrorFacts = {},
  ) {
    super(UNDER[word] ?? 'invalid_input', facts);
  }
}

interface Words {
  readonly status: number;
  readonly word: OAuthWord;
  readonly description: string;
}

const BAD_REQUEST: Words = { status: 400, word: 'invalid_request', description: 'The request cannot be understood.' };
const BUSY: Words = { status: 503, word: 'temporarily_unavailable', description: 'The server is busy. Please try again.' };

const OTHERS: Readonly<Partial<Record<ErrorCode, Words>>> = {
  unauthenticated: { status: 401, word: 'invalid_client', description: 'Client authentication failed.' },
  payload_too_large: { ...BAD_REQUEST, status: 413, description: 'The request is too large.' },
  route_not_found: { ...BAD_REQUEST, status: 404, description: 'There is nothing here.' },
  method_not_allowed: { ...BAD_REQUEST, status: 405, description: 'This method is not allowed here.' },
  rate_limited: { ...BUSY, status: 429, description: 'Too many requests.' },
  overloaded: BUSY,
  internal: { status: 500, word: 'server_error', description: 'The server failed to handle the request.' },
};

/** Words an error of /oauth/ as RFC 6749 section 5.2 has it. */
export function renderOAuthError(error: DomainError): RenderedError {
  if (error instanceof OAuthFault) {
    const failedClient = error.word === 'invalid_client';
    return {
      status: failedClient ? 401 : 400,
      headers: { Pragma: 'no-cache', ...(failedClient ? { 'WWW-Authenticate': 'Basic realm="oauth"' } : {}) },
      body: { error: error.word, error_description: error.description },
    };
  }
  const { status, word, description } = OTHERS[error.code] ?? BAD_REQUEST;
  return { status, body: { error: word, error_description: description } };
}

const WORDS: readonly string[] = [
  'invalid_request', 'invalid_client', 'invalid_grant', 'unauthorized_client', 'unsupported_grant_type', 'unsupported_response_type',
  'invalid_scope', 'access_denied',
] satisfies readonly OAuthWord[];

/**
 * @param error what the protocol library threw: a refusal in the words of the standard, or around
 *   an error of our own, which is given back
 */
export function toOAuthFault(error: unknown): unknown {
  if (error instanceof DomainError || !(error instanceof Error)) return error;
  const { inner, message, name } = error as Error & { readonly inner?: unknown };
  if (WORDS.includes(name)) return new OAuthFault(name as OAuthWord, message.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'"));
  return inner instanceof Error ? inner : error;
}
