/** A route of the dialect: its path without a slash at the end, and what it knows. */
interface Route {
  readonly path: RegExp;
  readonly methods: readonly string[];
  /** its GET changes something: it marks as read, or as seen */
  readonly getWrites?: boolean;
}

const USER = '/api/v2/user/[^/]+';
const on = (path: string, methods: readonly string[], more: Partial<Route> = {}): Route => ({ path: new RegExp(`^${path}$`), methods, ...more });

/** First match wins: fixed names stand before the ids they could be taken for. */
const ROUTES: readonly Route[] = [
  on('/api/v2/pm', ['GET', 'POST', 'DELETE'], { getWrites: true }),
  on('/api/v2/pm/upload', ['POST']),
  on('/api/v2/pm/search', ['GET']),
  on('/api/v2/pm/read', ['POST']),
  on('/api/v2/pm/file/[^/]+(?:/[^/]*)?', ['GET']),
  on('/api/v2/pm/[^/]+', ['GET', 'DELETE']),
  on('/api/v2/notification', ['GET'], { getWrites: true }),
  on('/api/v2/notification/unseen/count', ['GET']),
  on('/api/v2/notification/read', ['POST']),
  on('/api/v2/user/me', ['GET']),
  on('/api/v2/user/hidden_users', ['GET']),
  on('/api/v2/user/hidden_users_id', ['GET']),
  on('/api/v2/user/connection/statuses', ['POST']),
  on(`${USER}/(?:followers|followings|is_followed|is_follower|is_hidden|is_hidden_by)`, ['GET']),
  on(`${USER}/(?:follow|hide)`, ['POST']),
  on(`${USER}/settings`, ['GET', 'PATCH']),
  on(USER, ['GET']),
  on('/api/v2/dynamic_preference', ['GET']),
  on('/api/v2/feature', ['GET']),
  on('/api/v2/jwt/verify_token', ['POST']),
  on('/oauth/token', ['POST']),
  on('/oauth/authorize', ['GET', 'POST']),
  on('/oauth/revoke_token', ['POST']),
];

/** `/api/v2.0/` is another's. */
const API_LAND = /^\/api\/v2(?:\/|$)/;
const OAUTH_LAND = /^\/oauth(?:\/|$)/;
const LIVE_LAND = /^\/ws(?:\/|$)/;
const UPLOAD = /^\/api\/v2\/pm\/upload\/?$/;
const FILE = /^\/api\/v2\/pm\/file\//;

/** First path segments of the dialect. `api` is shared with others. */
export const SEGMENTS: readonly string[] = ['api', 'oauth', 'ws'];

/** @returns whether an answer on this path, an error included, is worded by this dialect */
export function ownsPath(path: string): boolean {
  return API_LAND.test(path) || OAUTH_LAND.test(path) || LIVE_LAND.test(path);
}

/** @returns the methods of the route, HEAD wherever GET is; an empty list where there is no route */
export function methodsOfPath(path: string): readonly string[] {
  const methods = routeOf(path)?.methods ?? [];
  return methods.includes('GET') ? ['GET', 'HEAD', ...methods.filter((method) => method !== 'GET')] : methods;
}

/** @returns whether GET changes nothing there, so that HEAD may run it */
export function isSafeToPeek(path: string): boolean {
  return routeOf(path)?.getWrites !== true;
}

/** @returns whether errors on this path are worded as RFC 6749 has it */
export function isOAuthPath(path: string): boolean {
  return OAUTH_LAND.test(path);
}

/** @returns whether a url-encoded body is read there; everywhere else a body is JSON */
export function takesForms(path: string): boolean {
  return OAUTH_LAND.test(path) || UPLOAD.test(path);
}

/** @returns whether the path is that of a file, which is not JSON */
export function isFilePath(path: string): boolean {
  return FILE.test(path);
}

function routeOf(path: string): Route | undefined {
  const bare = path.endsWith('/') ? path.slice(0, -1) : path;
  return ROUTES.find((route) => route.path.test(bare));
}
