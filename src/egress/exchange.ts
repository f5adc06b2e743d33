import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import { type EgressReply, type EgressRequest } from './egress.js';
import { EgressFault } from './egress-fault.js';
import { type EgressTarget } from './target.js';

const REPLY_HEADERS_BYTES_MAX = 16 * 1024;

/**
 * Sends a request to the addresses of a target, on a connection that nobody else uses.
 *
 * @param ms until the whole reply must be there
 * @throws EgressFault unreachable, timeout, too_large
 */
export function exchange(target: EgressTarget, request: EgressRequest, ms: number): Promise<EgressReply> {
  return new Promise((resolve, reject) => {
    const outgoing = open(target, request);
    let connected = false;
    const timer = setTimeout(() => fail(new EgressFault('timeout', connected)), ms);
    const fail = (fault: EgressFault): void => {
      clearTimeout(timer);
      outgoing.destroy();
      reject(fault);
    };
    outgoing.on('socket', (socket) => socket.once(target.url.protocol === 'https:' ? 'secureConnect' : 'connect', () => (connected = true)));
    outgoing.on('error', () => fail(new EgressFault('unreachable', connected)));
    outgoing.on('response', (incoming) => {
      readReply(incoming, request.replyBytesMax).then((reply) => {
        clearTimeout(timer);
        outgoing.destroy();
        resolve(reply);
      }, fail);
    });
    outgoing.end(request.body);
  });
}

/** An agent of our own each time: no kept connection, and no proxy that the environment names. */
function open(target: EgressTarget, request: EgressRequest): ClientRequest {
  const headers = { ...request.headers, 'accept-encoding': 'identity', connection: 'close' };
  const common = {
    method: request.method,
    host: target.host,
    port: target.port,
    path: `${target.url.pathname}${target.url.search}`,
    headers: request.body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(request.body)) },
    lookup: fixedLookup(target.addresses),
    maxHeaderSize: REPLY_HEADERS_BYTES_MAX,
    setHost: true,
  };
  if (target.url.protocol === 'http:') return http.request({ ...common, agent: new http.Agent({ keepAlive: false }) });
  // certificates are checked even where the environment says they need not be
  return https.request({ ...common, agent: new https.Agent({ keepAlive: false }), rejectUnauthorized: true, minVersion: 'TLSv1.2' });
}

/** The connection asks again for the addresses; it gets those that were looked at. */
function fixedLookup(addresses: readonly string[]): LookupFunction {
  const known = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_host, options, callback) => {
    const [first] = known;
    if (options.all || !first) callback(null, known);
    else callback(null, first.address, first.family);
  };
}

async function readReply(incoming: IncomingMessage, bytesMax: number): Promise<EgressReply> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw new EgressFault('too_large', true);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof EgressFault ? error : new EgressFault('unreachable', true);
  }
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks, bytes) };
}
