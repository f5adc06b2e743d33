import { isIPv4, isIPv6 } from 'node:net';
import { type Request } from 'express';

/**
 * The address a rate limit counts a client by. `request.ip` heeds TRUSTED_PROXIES: a forwarded
 * address counts only when a trusted proxy named it.
 */
export function clientKey(request: Request): string {
  return networkOf(request.ip ?? request.socket.remoteAddress ?? '');
}

/**
 * @param address an IP address as text
 * @returns an IPv4 address as it is (also one that is mapped into IPv6); of an IPv6 address the
 *   /64 it lies in, because one client commonly has all of it; `unknown` for anything else
 */
export function networkOf(address: string): string {
  const bare = address.split('%', 1)[0] ?? '';
  if (isIPv4(bare)) return bare;
  if (!isIPv6(bare)) return 'unknown';
  const groups = groupsOf(bare);
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  }
  return `${groups.slice(0, 4).map((group) => group.toString(16)).join(':')}::/64`;
}

/** @returns the eight groups of a valid IPv6 address */
function groupsOf(address: string): readonly number[] {
  const [head = '', tail] = address.split('::');
  const left = parseGroups(head);
  if (tail === undefined) return left;
  const right = parseGroups(tail);
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function parseGroups(text: string): readonly number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}
