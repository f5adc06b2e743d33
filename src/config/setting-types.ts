import { splitList } from './decorators.js';

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
