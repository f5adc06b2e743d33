import { type DomainError, type ErrorCode } from '../kernel/domain-error.js';
import { type RenderedError } from './dialect.js';

/** First path segments that belong to the house or are kept for it, in lower case. */
export const HOUSE_SEGMENTS: readonly string[] = [
  'api', 'console', 'docs', 'docs-json', 'docs-yaml', 'health', 'livez', 'metrics', 'readyz',
];

const EXACT_ROUTES = new Set(['/', '/livez', '/readyz', '/docs', '/docs-json', '/docs-yaml']);

/** Whether the path shows the interface description, which needs scripts and styles. */
export function isDocsPath(path: string): boolean {
  return path === '/docs' || path.startsWith('/docs/');
}

/** @returns the methods of the house's own route at this path; empty where there is none */
export function houseMethodsOf(path: string): readonly string[] {
  const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  return EXACT_ROUTES.has(bare) || isDocsPath(path) ? ['GET', 'HEAD'] : [];
}

const PROBLEMS = {
  unauthenticated: [401, 'Authentication needed'],
  forbidden: [403, 'Not allowed'],
  sender_unknown: [400, 'Unknown sender'],
  recipient_unknown: [400, 'Unknown recipient'],
  not_followed: [403, 'Not allowed to write to this recipient'],
  message_not_found: [404, 'Message not found'],
  blank_message: [400, 'The message is empty'],
  too_long: [400, 'Too long'],
  too_many_recipients: [400, 'Too many recipients'],
  attachment_refused: [400, 'File refused'],
  already_decided: [409, 'Already decided'],
  duplicate: [422, 'The idempotency key was used for other content'],
  conflict: [409, 'Conflict'],
  quota_exceeded: [403, 'Quota exceeded'],
  undecryptable: [400, 'Cannot be decrypted'],
  feature_off: [403, 'Switched off on this server'],
  invalid_input: [400, 'Invalid request'],
  malformed_body: [400, 'The body cannot be read'],
  payload_too_large: [413, 'Too large'],
  route_not_found: [404, 'Nothing here'],
  method_not_allowed: [405, 'Method not allowed'],
  rate_limited: [429, 'Too many requests'],
  overloaded: [503, 'Busy, try again later'],
  internal: [500, 'Internal error'],
} satisfies Record<ErrorCode, readonly [number, string]>;

/**
 * Words an error where no dialect owns the path: application/problem+json (RFC 9457) with a
 * stable `code`.
 */
export function renderProblem(error: DomainError, requestId: string): RenderedError {
  const [status, title] = PROBLEMS[error.code];
  return {
    status,
    headers: { 'Content-Type': 'application/problem+json; charset=utf-8' },
    body: { type: 'about:blank', title, status, code: error.code, request_id: requestId },
  };
}
