import { type Request } from 'express';
import { DomainError } from '../../../kernel/domain-error.js';

/** Values of Sec-Fetch-Dest a call of a program or a person has; others are pictures, scripts, frames. */
const CALLED_BY_CHOICE: readonly string[] = ['empty', 'document'];

/**
 * Refuses to change anything by a GET that nobody meant as a call: a browser that fetches ahead,
 * a picture or a script in a page; and any GET where that is switched off.
 *
 * @throws DomainError method_not_allowed
 */
export function refuseGetWrite(request: Request, allowed: boolean): void {
  if (request.method !== 'GET') return;
  if (!allowed || isAhead(request) || !isByChoice(request)) throw new DomainError('method_not_allowed', { allow: ['POST'] });
}

function isAhead({ headers }: Request): boolean {
  return [headers['sec-purpose'], headers['purpose'], headers['x-purpose'], headers['x-moz']].some((value) => /prefetch|preview|prerender/i.test(String(value ?? '')));
}

function isByChoice({ headers }: Request): boolean {
  const destination = headers['sec-fetch-dest'];
  return destination === undefined || CALLED_BY_CHOICE.includes(String(destination));
}
