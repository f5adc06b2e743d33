import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { type Duplex } from 'node:stream';
import { DomainError } from '../../../../kernel/domain-error.js';
import { renderPmError } from '../pm.errors.js';
import { idOf } from '../pm.query.js';

const PATH = /^\/ws\/notify\/?(?:\?|$)/;
/** Stands before the token in the name of the sub-protocol. */
const PREFIX = '__';

/** @returns whether the request asks for the WebSocket of this dialect */
export function isLivePath({ url = '' }: IncomingMessage): boolean {
  return PATH.test(url);
}

/** @returns the token that travels as the name of a sub-protocol, null where there is none */
export function tokenOf({ headers }: IncomingMessage): string | null {
  const names = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return names.find((name) => name.startsWith(PREFIX))?.slice(PREFIX.length) ?? null;
}

/** The server has to choose the sub-protocol that holds the token, or browsers end the connection. */
export function passProtocol(protocols: ReadonlySet<string>): string | false {
  for (const name of protocols) if (name.startsWith(PREFIX)) return name;
  return false;
}

/** @returns the number of the last message the client has seen, null where it does not say */
export function afterOf({ url = '' }: IncomingMessage): number | null {
  const at = url.indexOf('?');
  const text = at < 0 ? null : new URLSearchParams(url.slice(at + 1)).get('after');
  if (text === '0') return 0;
  const id = text === null ? null : idOf(text);
  return id === null ? null : Number(id);
}

/** Answers an upgrade that does not happen, as any other request would be. */
export function refuseUpgrade(stream: Duplex, error: unknown): void {
  if (!stream.writable) {
    stream.destroy();
    return;
  }
  const fault = error instanceof DomainError ? error : new DomainError('internal', {}, { cause: error });
  const { status, headers, body } = renderPmError(fault, '/');
  const text = JSON.stringify(body);
  const lines = Object.entries({
    Connection: 'close',
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(text)),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(fault.facts.retryAfterSeconds === undefined ? {} : { 'Retry-After': String(fault.facts.retryAfterSeconds) }),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${text}`);
}
