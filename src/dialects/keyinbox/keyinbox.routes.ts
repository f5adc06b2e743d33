/** A route of the dialect: its path without a slash at the end, and what it knows. */
interface Route {
  readonly path: RegExp;
  readonly methods: readonly string[];
}

const ID = '[A-Za-z0-9]+';

/** First match wins: fixed names stand before the ids they could be taken for. */
const ROUTES: readonly Route[] = [
  { path: /^\/ping$/, methods: ['GET'] },
  { path: /^\/generate-keypair$/, methods: ['GET'] },
  { path: /^\/identity$/, methods: ['GET', 'POST', 'DELETE'] },
  { path: /^\/identity\/generate-keypair$/, methods: ['GET'] },
  { path: /^\/identity\/auth$/, methods: ['POST'] },
  { path: /^\/messages$/, methods: ['GET', 'POST'] },
  { path: new RegExp(`^/messages/(?:receiver|sender)/${ID}$`), methods: ['GET', 'DELETE'] },
  { path: new RegExp(`^/messages/${ID}$`), methods: ['GET', 'PUT', 'DELETE'] },
  { path: /^\/sign$/, methods: ['GET', 'POST'] },
  { path: /^\/sign\/(?:view|sign|refuse)$/, methods: ['GET', 'PUT', 'POST'] },
  { path: new RegExp(`^/sign/${ID}$`), methods: ['GET', 'PUT'] },
];

/** First path segments of the dialect. */
export const SEGMENTS: readonly string[] = ['messages', 'ping', 'generate-keypair', 'identity', 'sign'];

/** Files of the social dialect live below /messages; they are not ours. */
const FOREIGN = /^\/messages\/attachment\/./;

/** @returns whether an answer on this path, an error included, is worded by this dialect */
export function ownsPath(path: string): boolean {
  const segment = /^\/([^/]*)/.exec(path)?.[1] ?? '';
  return SEGMENTS.includes(segment) && !FOREIGN.test(path);
}

/** @returns the methods of the route, HEAD wherever GET is; an empty list where there is no route */
export function methodsOfPath(path: string): readonly string[] {
  const bare = path.endsWith('/') ? path.slice(0, -1) : path;
  const methods = ROUTES.find((route) => route.path.test(bare))?.methods ?? [];
  return methods.includes('GET') ? ['GET', 'HEAD', ...methods.filter((method) => method !== 'GET')] : methods;
}
