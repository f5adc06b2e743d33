import { USER_NAME } from '../base/limits.js';
import { UsageError } from './errors.js';

/** `name@host[:port]`, taken apart. */
export interface Address {
  /** lower case */
  readonly name: string;
  /** host in ASCII with its port unless that is 443, as servers call themselves */
  readonly host: string;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

/**
 * Reads an address. Names are lower-cased, hosts turned into their ASCII form.
 *
 * @throws UsageError
 */
export function parseAddress(text: string): Address {
  const at = text.lastIndexOf('@');
  const name = text.slice(0, Math.max(at, 0)).toLowerCase();
  if (at < 1 || !USER_NAME.test(name)) throw new UsageError('An address is name@host or name@host:port.');
  return { name, host: parseHost(text.slice(at + 1)) };
}

/** Writes an address. */
export function writeAddress({ name, host }: Address): string {
  return `${name}@${host}`;
}

/** Reads `host[:port]`. @throws UsageError */
export function parseHost(text: string): string {
  try {
    const url = new URL(`https://${text}`);
    const isBare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
    if (isBare && !/[/?#@\\\s]/.test(text) && url.hostname !== '') return url.host;
  } catch {
    // said below
  }
  throw new UsageError('A host is a name or an address, with a port if it is not 443.');
}

/**
 * Where a host answers: https always; http only for this machine, and only where that was asked for.
 *
 * @param allowHttp whether http to this machine is wanted
 */
export function originOf(host: string, allowHttp: boolean): string {
  return `${allowHttp && LOOPBACK.test(host) ? 'http' : 'https'}://${host}`;
}

/** Checks the base URL a server or a card names. @throws UsageError unless it is https, or http to this machine where that is wanted */
export function checkBaseUrl(text: string, allowHttp: boolean): string {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    // said below
  }
  const isAllowed = url?.protocol === 'https:' || (allowHttp && url?.protocol === 'http:' && LOOPBACK.test(url.host));
  if (url === undefined || !isAllowed || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new UsageError('A server is reached through https only (http: this machine, with --allow-http).');
  }
  return url.href.replace(/\/$/, '');
}
