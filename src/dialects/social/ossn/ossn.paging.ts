import { type Parameters } from './ossn.parameters.js';

const DIGITS = /^[0-9]{1,15}$/;
/** Longer ones are numbers, too: of pages that nothing can stand on. */
const ANY_DIGITS = /^[0-9]{1,100}$/;
const PAGE_MAX = 999_999_999_999_999;

/**
 * The page a client asks for.
 * @returns the page from 1 on and what it was sent as; null where nothing usable was sent
 */
export function parseOffset(parameters: Parameters): { readonly page: number; readonly sent: string } | null {
  const sent = parameters.text('offset') ?? '';
  const page = ANY_DIGITS.test(sent) ? Math.min(Number(sent), PAGE_MAX) : 0;
  return page > 0 ? { page, sent } : null;
}

/** @returns `page_limit` where it is a number within bounds, else the usual one */
export function parsePageLimit(parameters: Parameters, usual: number, max: number): number {
  const sent = parameters.text('page_limit') ?? '';
  const limit = DIGITS.test(sent) ? Number(sent) : 0;
  return limit >= 1 ? Math.min(limit, max) : usual;
}
