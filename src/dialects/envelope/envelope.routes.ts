/** A route of the dialect: its path without a slash at the end, and what it knows. */
interface Route {
  readonly path: RegExp;
  readonly methods: readonly string[];
}

const on = (path: string, ...methods: string[]): Route => ({ path: new RegExp(`^${path}$`), methods });
const ID = '[^/]+';

/** First match wins: fixed names stand before the ids they could be taken for. */
const ROUTES: readonly Route[] = [
  on('/\\.well-known/polypost-envelope', 'GET'),
  on('/c', 'GET'),
  on('/api/v1/server', 'GET'),
  on('/api/v1/server/key', 'GET'),
  on('/api/v1/message', 'GET', 'POST'),
  on('/api/v1/message/stream', 'GET'),
  on('/api/v1/message/ack', 'POST'),
  on(`/api/v1/message/${ID}`, 'GET', 'DELETE'),
  on(`/api/v1/message/${ID}/ack`, 'POST'),
  on('/api/v1/token', 'GET', 'POST'),
  on(`/api/v1/token/${ID}`, 'PATCH', 'DELETE'),
  on('/api/v1/auth/challenge', 'POST'),
  on('/api/v1/auth/session', 'GET', 'POST', 'DELETE'),
  on(`/api/v1/auth/session/${ID}`, 'DELETE'),
  on('/api/v1/user', 'POST'),
  on('/api/v1/user/me', 'GET', 'PATCH', 'DELETE'),
  on('/api/v1/user/me/key', 'PUT'),
  on(`/api/v1/user/${ID}/key`, 'GET'),
  on(`/api/v1/directory/${ID}`, 'GET'),
  on('/api/v1/attachment', 'POST'),
  on(`/api/v1/attachment/${ID}`, 'GET', 'DELETE'),
];

/** `/api/v1.0/` is another's. */
const LAND = /^\/api\/v1(?:\/|$)/;
const DISCOVERY = /^\/\.well-known\/polypost-envelope\/?$/;
const CARD = /^\/c\/?$/;
/** Calls that pages of any origin may make, because they need no session. */
const PUBLIC_GET = new RegExp(`^/(?:\\.well-known/polypost-envelope|api/v1/(?:server|server/key|user/${ID}/key|directory/${ID}))$`);
const DELIVERY = /^\/api\/v1\/(?:message|attachment)$/;

/** First path segments of the dialect. `api` and `.well-known` are shared with others. */
export const SEGMENTS: readonly string[] = ['api', '.well-known', 'c'];

/** @returns whether an answer on this path, an error included, is worded by this dialect */
export function ownsPath(path: string): boolean {
  return LAND.test(path) || DISCOVERY.test(path) || CARD.test(path);
}

/** @returns the methods of the route, HEAD wherever GET is; an empty list where there is no route */
export function methodsOfPath(path: string): readonly string[] {
  const bare = bareOf(path);
  const methods = ROUTES.find((route) => route.path.test(bare))?.methods ?? [];
  return methods.includes('GET') && !isStreamPath(path) ? ['GET', 'HEAD', ...methods.filter((method) => method !== 'GET')] : methods;
}

/** @returns whether the answer is an endless one, which HEAD cannot ask for */
export function isStreamPath(path: string): boolean {
  return bareOf(path) === '/api/v1/message/stream';
}

/** @returns whether a call needs nothing that a browser could add by itself, nor a session */
export function isPublicCall(method: string, path: string): boolean {
  const bare = bareOf(path);
  return method === 'POST' ? DELIVERY.test(bare) : (method === 'GET' || method === 'HEAD') && PUBLIC_GET.test(bare);
}

/** @returns whether the body of a call is read by its own flow: with its own limits, in its own order of checks */
export function readsForItself(path: string): boolean {
  return DELIVERY.test(bareOf(path));
}

function bareOf(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
