import { type Request } from 'express';
import { queryText } from './pm.query.js';

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 200;
/** Beyond any list. */
const NUMBER_MAX = 999_999_999_999_999;

/** Which part of a list is asked for. */
export interface PmSlice {
  readonly limit: number;
  readonly offset: number;
}

/** A list as clients take it. */
export interface PmPage<T> {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly T[];
}

/** Reads `limit` and `offset`; what is no whole number counts as not given, what is too large as the largest. */
export function sliceOf(request: Request): PmSlice {
  const limit = wholeNumber(queryText(request, 'limit')) ?? LIMIT_DEFAULT;
  return {
    limit: limit === 0 ? LIMIT_DEFAULT : Math.min(limit, LIMIT_MAX),
    offset: wholeNumber(queryText(request, 'offset')) ?? 0,
  };
}

/**
 * One page of a list.
 *
 * @param publicUrl Config.publicUrl: `next` and `previous` stay on it
 * @param request its other parameters go into both
 * @param total elements of the whole list
 * @returns `next` only where it leads to at least one element
 */
export function pmPage<T>(publicUrl: string, request: Request, slice: PmSlice, total: number, results: readonly T[]): PmPage<T> {
  const { limit, offset } = slice;
  const after = offset + results.length;
  return {
    count: total,
    next: results.length > 0 && after < total ? pageUrl(publicUrl, request, { limit, offset: after }) : null,
    previous: offset > 0 ? pageUrl(publicUrl, request, { limit, offset: Math.max(0, Math.min(offset, total) - limit) }) : null,
    results,
  };
}

/** @returns the address of another page of the same list, on the public address */
export function pageUrl(publicUrl: string, request: Request, changes: Readonly<Record<string, string | number | null>>): string {
  const at = request.url.indexOf('?');
  const query = new URLSearchParams(at < 0 ? '' : request.url.slice(at + 1));
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, String(value));
  }
  const path = request.path.endsWith('/') ? request.path : `${request.path}/`;
  const text = query.toString();
  return `${publicUrl}${path}${text === '' ? '' : `?${text}`}`;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Math.min(Number(text), NUMBER_MAX) : undefined;
}
