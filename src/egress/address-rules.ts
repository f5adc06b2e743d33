import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';

/** Addresses that one host may have although they are not public ones. */
export interface Exemption {
  /** as a URL spells it: lower case, IPv6 in brackets */
  readonly host: string;
  /** an address with the number of its leading bits: 10.0.0.0/8, ::1/128 */
  readonly range: string;
}

/** Everything that the internet has given out for single hosts lies in here. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether a connection to an address may be made: to public addresses always, to others only
 * where an exemption of exactly this host holds them.
 *
 * @param address as the resolver gave it, or as the URL says it without brackets
 * @param host of the URL
 */
export function isAllowedAddress(address: string, host: string, exemptions: readonly Exemption[]): boolean {
  // other ways to write an address are the URL's affair; interfaces of this machine are nobody's
  if (isIP(address) === 0 || address.includes('%')) return false;
  // an IPv4 address in the clothes of IPv6 counts as what it is
  const parsed = ipaddr.process(address);
  if (isPublic(parsed)) return true;
  return exemptions.some((exemption) => exemption.host === host && isWithin(parsed, exemption.range));
}

/** @returns whether a text is such a range; IPv4 ranges in the form of IPv6 are none */
export function isRange(text: string): boolean {
  return ipaddr.isValidCIDR(text) && !/^::ffff:/i.test(text);
}

type Address = ReturnType<typeof ipaddr.process>;

function isPublic(address: Address): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || address.match(GLOBAL_UNICAST));
}

function isWithin(address: Address, range: string): boolean {
  const parsed = ipaddr.parseCIDR(range);
  return parsed[0].kind() === address.kind() && address.match(parsed);
}
