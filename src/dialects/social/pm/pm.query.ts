import { type Request } from 'express';
import { type Id } from '../../../kernel/id-source.js';

/** 2^53 has sixteen digits; what is larger is nobody's. */
const DIGITS = /^[1-9]\d{0,15}$/;

/**
 * A parameter of the query as text. Clients turn one they have not set into the word `undefined`,
 * which counts as not given, like an empty one. Of several under one name the first counts.
 */
export function queryText(request: Request, name: string): string | undefined {
  const given = (request.query as Record<string, unknown>)[name];
  const value: unknown = Array.isArray(given) ? given[0] : given;
  return typeof value !== 'string' || value === '' || value === 'undefined' || value === 'null' ? undefined : value;
}

/** @returns the id a text names, null where it is none that anybody could have */
export function idOf(text: string): Id | null {
  return DIGITS.test(text) && Number.isSafeInteger(Number(text)) ? text : null;
}

/** @returns the id a JSON value names: a whole number, or its digits as text; null otherwise */
export function idOfValue(value: unknown): Id | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? String(value) : null;
  return typeof value === 'string' ? idOf(value) : null;
}

/** @returns the members of a body that was read as an object; empty where there was none */
export function bodyOf(request: Request): Readonly<Record<string, unknown>> {
  const body = request.body as unknown;
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
}
