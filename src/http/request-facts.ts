import { type IncomingMessage } from 'node:http';
import { type ErrorCode } from '../kernel/domain-error.js';
import { type Dialect } from './dialect.js';

/** What the edge knows of a request, from its first line on. */
export interface RequestFacts {
  /** echoed in X-Request-Id, written in every log line */
  readonly id: string;
  /** the method as it came, before any override */
  readonly method: string;
  /** raw path without query; empty where the target cannot be read. Foreign data: not for logs. */
  readonly path: string;
  /** who owns the path; null for the house's own and for nobody's */
  readonly dialect: Dialect | null;
  /** what the answer refused with, once it has */
  errorCode: ErrorCode | null;
}

const FACTS = Symbol('request facts');

/** Ties the facts to their request. Called once, by the front. */
export function setRequestFacts(request: IncomingMessage, facts: RequestFacts): void {
  (request as { [FACTS]?: RequestFacts })[FACTS] = facts;
}

/** @returns what the front noted, or undefined for a request that never passed it */
export function requestFacts(request: IncomingMessage): RequestFacts | undefined {
  return (request as { [FACTS]?: RequestFacts })[FACTS];
}

/** @returns the pattern of the matched route (`/messages/:id`), or `-`; safe for logs and metrics */
export function routePattern(request: { readonly route?: unknown }): string {
  const path = (request.route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' ? path : '-';
}
