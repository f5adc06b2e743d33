import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type Express } from 'express';
import { createServer, IncomingMessage, type ServerOptions, ServerResponse } from 'node:http';
import { type Duplex } from 'node:stream';
import { limits } from '../kernel/limits.js';

/**
 * Bounds of the HTTP server. Connections are kept for longer than the proxies in common use keep
 * theirs (60 s), so that it is always the proxy that closes an idle one.
 */
const SERVER_OPTIONS: ServerOptions = {
  maxHeaderSize: limits.request_headers_bytes_max,
  headersTimeout: 15_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
};

/**
 * Express as the house wants it: case-sensitive, without the headers that name it, over an HTTP
 * server with bounds. Routing options count only before the router exists, hence the subclass.
 */
export class HouseAdapter extends ExpressAdapter {
  constructor() {
    const instance = express();
    instance.enable('case sensitive routing');
    instance.disable('x-powered-by');
    instance.disable('etag');
    super(instance);
  }

  override initHttpServer(): void {
    const instance = this.getInstance<Express>();
    this.httpServer = createServer({ ...SERVER_OPTIONS, ...classesOf(instance) }, instance);
    this.httpServer.on('clientError', answerUnreadable);
  }
}

/**
 * Request and response classes that are born with the prototypes Express would otherwise give
 * them one by one; swapping a prototype makes an object slow for the rest of its life.
 */
function classesOf(instance: Express): ServerOptions {
  return {
    IncomingMessage: bornAs(IncomingMessage, instance.request) as typeof IncomingMessage,
    ServerResponse: bornAs(ServerResponse, instance.response) as typeof ServerResponse,
  };
}

function bornAs(base: new (...args: never[]) => object, prototype: object): unknown {
  function Born(...args: unknown[]): object {
    return Reflect.construct(base, args, Born) as object;
  }
  Born.prototype = prototype;
  return Born;
}

const UNREADABLE: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'payload_too_large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'malformed_body'],
};

/** What is not HTTP, or too much of it, never becomes a request; it still gets an answer. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, title, code] = UNREADABLE[error.code ?? ''] ?? [400, 'Bad Request', 'invalid_input'];
  const body = JSON.stringify({ type: 'about:blank', title, status, code });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nConnection: close\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
      `X-Content-Type-Options: nosniff\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
