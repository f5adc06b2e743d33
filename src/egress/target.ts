import { isIP } from 'node:net';
import { type Exemption, isAllowedAddress } from './address-rules.js';
import { EgressFault } from './egress-fault.js';
import { type Resolver } from './resolver.js';

/** What may be called. */
export interface EgressRules {
  /** ports that may be called; default 443 alone */
  readonly ports?: readonly number[];
  /** hosts with addresses that are not public */
  readonly exemptions?: readonly Exemption[];
  /** http without s, which only an exempted host may be called by */
  readonly allowHttp?: boolean;
}

/** An address that was looked at and found good. */
export interface EgressTarget {
  readonly url: URL;
  /** host without brackets */
  readonly host: string;
  readonly port: number;
  /** the addresses that the connection may be made to, and no other */
  readonly addresses: readonly string[];
}

const ADDRESSES_MAX = 8;
const HTTPS_PORT = 443;
const HTTP_PORT = 80;

/**
 * Decides by the URL alone whether it may be called.
 * @throws EgressFault refused
 */
export function checkUrl(text: string, rules: EgressRules): URL {
  const url = URL.parse(text);
  if (!url || !isAllowedScheme(url, rules)) throw refused();
  if (url.username !== '' || url.password !== '' || url.hostname === '') throw refused();
  if (!(rules.ports ?? [HTTPS_PORT]).includes(portOf(url))) throw refused();
  return url;
}

/**
 * Resolves a host once. One forbidden address among several is enough for a refusal: a name with
 * both kinds is no honest one.
 * @throws EgressFault refused, unresolved
 */
export async function resolveTarget(url: URL, rules: EgressRules, resolver: Resolver): Promise<EgressTarget> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(host) ? [host] : await lookUp(host, resolver);
  if (addresses.length === 0) throw new EgressFault('unresolved', false);
  if (!addresses.every((address) => isAllowedAddress(address, url.hostname, rules.exemptions ?? []))) throw refused();
  return { url, host, port: portOf(url), addresses: addresses.slice(0, ADDRESSES_MAX) };
}

function isAllowedScheme(url: URL, { allowHttp, exemptions }: EgressRules): boolean {
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && allowHttp === true && (exemptions ?? []).some(({ host }) => host === url.hostname);
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? HTTPS_PORT : HTTP_PORT;
}

async function lookUp(host: string, resolver: Resolver): Promise<readonly string[]> {
  try {
    return await resolver.resolve(host);
  } catch {
    throw new EgressFault('unresolved', false);
  }
}

function refused(): EgressFault {
  return new EgressFault('refused', false);
}
