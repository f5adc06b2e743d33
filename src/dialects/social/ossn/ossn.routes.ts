import { type Operation, operationsByKey } from './ossn.operations.js';

/** Versions are `v<digit>.<digit>`; `/api/v1/` and `/api/v2/` belong to others. */
const API = /^\/api\/(v\d+\.\d[^/]*)(?:\/(.*))?$/s;
const VERSIONS: readonly string[] = ['v1.0', 'v2.0'];
const ATTACHMENT = /^\/(?:messages\/attachment|messages_attachment_view)\/[^/]+(?:\/[^/]*)?\/?$/;
const ATTACHMENT_LAND = /^\/(?:messages\/attachment\/.|messages_attachment_view(?:\/|$))/s;
const AVATAR = /^\/avatar\/[^/]+\/[^/]+(?:\/[^/]*)?\/?$/;
const AVATAR_LAND = /^\/avatar(?:\/|$)/;

/** First path segments of the dialect. `api` and `messages` are shared with others. */
export const SEGMENTS: readonly string[] = ['api', 'avatar', 'messages', 'messages_attachment_view'];

/** What a path of the API names. */
export type ApiTarget =
  | { readonly kind: 'operation'; readonly operation: Operation }
  | { readonly kind: 'unknown_version' }
  | { readonly kind: 'unknown_name' };

/** @returns what the path names, or null where it is no path of the API */
export function apiTarget(path: string): ApiTarget | null {
  const match = API.exec(path);
  if (match === null) return null;
  const [, version = '', rest = ''] = match;
  if (!VERSIONS.includes(version)) return { kind: 'unknown_version' };
  const name = rest.endsWith('/') ? rest.slice(0, -1) : rest;
  const operation = operationsByKey.get(`${version}/${name}`);
  return operation === undefined ? { kind: 'unknown_name' } : { kind: 'operation', operation };
}

/** @returns whether an answer on this path, an error included, is worded by this dialect */
export function ownsPath(path: string): boolean {
  return API.test(path) || ATTACHMENT_LAND.test(path) || AVATAR_LAND.test(path);
}

/** @returns the methods of the route, an empty list where there is none */
export function methodsOfPath(path: string): readonly string[] {
  const target = apiTarget(path);
  if (target !== null) return target.kind === 'operation' ? ['GET', 'POST'] : [];
  return isFilePath(path) ? ['GET', 'HEAD'] : [];
}

/** @returns whether the path is that of a file: an attachment or a picture of a user */
export function isFilePath(path: string): boolean {
  return ATTACHMENT.test(path) || AVATAR.test(path);
}
