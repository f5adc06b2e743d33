import { decodeSegment } from '../../http/territory.js';

/**
 * First path segments that no cell may be called by, in any letter case: those of all message
 * APIs and of the house, whether they are switched on or not, because that may change.
 */
export const RESERVED_NAMES: readonly string[] = [
  'api', 'avatar', 'c', 'console', 'docs', 'docs-json', 'docs-yaml', 'generate-keypair', 'health', 'identity', 'livez', 'messages',
  'messages_attachment_view', 'metrics', 'oauth', 'ping', 'readyz', 'sign', 'ws',
];

/** First path segments of the dialect that are no cells. */
export const SEGMENTS: readonly string[] = ['__ctl', '.well-known'];

/** Sets of objects beside messages; their names stand in addresses. */
export const CONTROL_SETS = ['Account', 'Role', 'Relation', 'ExtCell', 'Box'] as const;

const CELL_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
const RESERVED = new Set(RESERVED_NAMES);
const KEYS_PATH = '/.well-known/polypost-cell';
const UNIT_LAND = /^\/__ctl(?:\/|$)/;
const FIRST_SEGMENT = /^\/([^/]*)(?:\/|$)/;

/** A route of the dialect: its path without a slash at the end, decoded, and what it knows. */
interface Route {
  readonly path: RegExp;
  readonly methods: readonly string[];
}

const CELL = '/[A-Za-z0-9][A-Za-z0-9_-]*';
const CONTROL = `${CELL}/__ctl/(?:${CONTROL_SETS.join('|')})`;
const MESSAGES = `${CELL}/__ctl/(?:ReceivedMessage|SentMessage)`;
/** Addresses may stand in keys with their slashes; what follows a key does not belong to it. */
const KEY = '\\((?:(?!\\)/[_$]).)*\\)';
const on = (path: string, methods: readonly string[]): Route => ({ path: new RegExp(`^${path}$`, 's'), methods });

/** First match wins. MERGE is routed as PATCH, and ACL of a cell as PUT of its __acl: see cell.paths.ts. */
const ROUTES: readonly Route[] = [
  on('/\\.well-known/polypost-cell', ['GET']),
  on('/__ctl/Cell', ['GET', 'POST']),
  on(`/__ctl/Cell${KEY}`, ['GET', 'DELETE']),
  on(CELL, ['GET']),
  on(`${CELL}/__acl`, ['GET', 'PUT']),
  on(`${CELL}/__token`, ['POST']),
  on(`${CELL}/__message/send`, ['POST']),
  on(`${CELL}/__message/port`, ['POST']),
  on(`${CELL}/__message/received/[^/]+`, ['POST']),
  on(MESSAGES, ['GET']),
  on(`${MESSAGES}${KEY}`, ['GET', 'DELETE']),
  on(`${MESSAGES}${KEY}/(?:_Box|_AccountRead)`, ['GET']),
  on(CONTROL, ['GET', 'POST']),
  on(`${CONTROL}${KEY}/\\$links/_(?:Account|Role|Relation|ExtCell|Box)`, ['GET', 'POST']),
  on(`${CONTROL}${KEY}/\\$links/_(?:Account|Role|Relation|ExtCell|Box)${KEY}`, ['DELETE']),
  on(`${CONTROL}${KEY}/_(?:Account|Role|Relation|ExtCell|Box)`, ['GET']),
  on(`${CONTROL}${KEY}`, ['GET', 'PUT', 'PATCH', 'DELETE']),
];

/** @returns whether a cell may have this name */
export function isCellName(name: string): boolean {
  return CELL_NAME.test(name) && !RESERVED.has(name.toLowerCase());
}

/** @returns the name of the cell in whose land a path is, null where that is the unit or nobody */
export function cellNameOf(path: string): string | null {
  const name = FIRST_SEGMENT.exec(path)?.[1] ?? '';
  return isCellName(name) ? name : null;
}

/** @returns whether an answer on this path, an error included, is worded by this dialect */
export function ownsPath(path: string): boolean {
  return UNIT_LAND.test(path) || withoutSlash(path) === KEYS_PATH || cellNameOf(path) !== null;
}

/** @returns the methods of the route, HEAD wherever GET is; an empty list where there is no route */
export function methodsOfPath(path: string): readonly string[] {
  if (!ownsPath(path)) return [];
  const plain = withoutSlash(decodeSegment(path) ?? path);
  const methods = ROUTES.find((route) => route.path.test(plain))?.methods ?? [];
  return methods.includes('GET') ? ['GET', 'HEAD', ...methods.filter((method) => method !== 'GET')] : methods;
}

/** @returns whether errors on this path are worded as RFC 6749 has it */
export function isTokenPath(path: string): boolean {
  return /^\/[^/]+\/__token\/?$/.test(path);
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
