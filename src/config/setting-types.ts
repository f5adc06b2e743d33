import { isAddressRange, splitList } from './decorators.js';

/** How often something may happen: at most `count` times in `seconds`. */
export interface RateLimit {
  readonly count: number;
  readonly seconds: number;
}

/** RATE_LIMITS as read. */
export interface RateLimits {
  /** true: no rate limiter refuses anything (size and depth limits stay) */
  readonly off: boolean;
  /** limits that differ from their default, by name */
  readonly overrides: Readonly<Record<string, RateLimit>>;
}

/** Where /metrics is served. */
export interface MetricsAddress {
  /** without brackets when it is IPv6 */
  readonly host: string;
  readonly port: number;
}

/** @returns the limits, or undefined when the text is neither `off` nor a list of name=count/seconds */
export function parseRateLimits(text: string): RateLimits | undefined {
  if (text === 'off') return Object.freeze({ off: true, overrides: Object.freeze({}) });
  const overrides: Record<string, RateLimit> = {};
  for (const item of splitList(text)) {
    const match = /^([a-z][a-z0-9_.-]*)=(\d{1,9})\/(\d{1,9})$/.exec(item);
    if (!match?.[1] || Object.hasOwn(overrides, match[1])) return undefined;
    const limit = { count: Number(match[2]), seconds: Number(match[3]) };
    if (limit.count < 1 || limit.seconds < 1) return undefined;
    overrides[match[1]] = Object.freeze(limit);
  }
  return Object.freeze({ off: false, overrides: Object.freeze(overrides) });
}

/** @returns host and port, `off`, or undefined when the text is neither */
export function parseMetricsAddress(text: string): MetricsAddress | 'off' | undefined {
  if (text === 'off') return 'off';
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host !== undefined && port <= 65535 ? Object.freeze({ host, port }) : undefined;
}

/** Another server that messages may go to and come from. */
export interface RemoteUnit {
  /** `https://host[:port]/` */
  readonly url: string;
  /** as a URL spells it: lower case, IPv6 in brackets */
  readonly host: string;
  readonly port: number;
  /** addresses it may have although they are not public; null: only public ones */
  readonly range: string | null;
}

/** @returns the servers, or undefined when the text is no list of https://host[:port][=range] */
export function parseRemoteUnits(text: string): readonly RemoteUnit[] | undefined {
  const units = new Map<string, RemoteUnit>();
  for (const item of splitList(text)) {
    const unit = parseRemoteUnit(item);
    if (!unit || units.has(unit.url)) return undefined;
    units.set(unit.url, unit);
  }
  return Object.freeze([...units.values()]);
}

function parseRemoteUnit(item: string): RemoteUnit | undefined {
  const [, address, range] = /^(https:\/\/[^/?#@\s\\=]+)\/?(?:=(\S+))?$/i.exec(item) ?? [];
  const url = address === undefined ? null : URL.parse(address);
  if (!url || url.hostname === '' || url.pathname !== '/' || url.port === '0') return undefined;
  if (range !== undefined && !/^[0-9A-Fa-f:.]+\/\d{1,3}$/.test(range)) return undefined;
  if (range !== undefined && (!isAddressRange(range) || /^::ffff:/i.test(range))) return undefined;
  return Object.freeze({ url: url.href, host: url.hostname, port: url.port === '' ? 443 : Number(url.port), range: range ?? null });
}
