import { type Request, type RequestHandler } from 'express';
import { CellFault } from './cell.faults.js';

/**
 * Headers that X-Override may stand for. Everything that says where a request goes, how long it
 * is or where it came from stays what it is, because proxies and logs have seen that.
 */
const OVERRIDABLE = new Set(['accept', 'authorization', 'content-type', 'if-match', 'if-none-match', 'x-http-method-override', 'x-personium-credential']);
const OVERRIDES_MAX = 10;
const VALUE_CHARACTERS = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Methods a POST may stand for. */
const METHODS = new Set(['GET', 'PUT', 'DELETE', 'MERGE', 'PATCH', 'ACL', 'POST']);

/**
 * Puts the headers that X-Override names in the place of those that came (CELL-06). Read from the
 * raw list, because joined values could not be told apart: they may hold commas. The first ten
 * count; names that may not be overridden are passed over.
 */
export const headerOverrides: RequestHandler = (request, _response, next) => {
  if (request.headers['x-override'] !== undefined) {
    const overrides = overridesOf(request.rawHeaders);
    for (const [name, value] of overrides) request.headers[name] = value;
  }
  next();
};

/**
 * Lets a POST stand for another method (CELL-05).
 * @throws CellFault PR405-MC-0001 for methods that no POST may stand for
 */
export const methodOverrides: RequestHandler = (request, _response, next) => {
  const wanted = request.method === 'POST' ? overrideOf(request) : '';
  if (wanted !== '') {
    if (!METHODS.has(wanted)) throw new CellFault('PR405-MC-0001', [], { allow: [...METHODS] });
    request.method = wanted;
  }
  next();
};

function overrideOf(request: Request): string {
  const value = request.headers['x-http-method-override'];
  return typeof value === 'string' ? value.trim().toUpperCase() : '';
}

/** @returns values by header, the last of one name alone */
function overridesOf(raw: readonly string[]): Map<string, string> {
  const overrides = new Map<string, string>();
  let seen = 0;
  for (let at = 0; at + 1 < raw.length && seen < OVERRIDES_MAX; at += 2) {
    if (raw[at]?.toLowerCase() !== 'x-override') continue;
    seen += 1;
    const text = raw[at + 1] ?? '';
    const colon = text.indexOf(':');
    const name = text.slice(0, Math.max(0, colon)).trim().toLowerCase();
    const value = text.slice(colon + 1).trim();
    if (OVERRIDABLE.has(name) && VALUE_CHARACTERS.test(value)) overrides.set(name, value);
  }
  return overrides;
}
