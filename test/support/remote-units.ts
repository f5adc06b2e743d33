import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo } from 'node:net';
import { type Clock } from '../../src/kernel/clock.js';
import { type TestCertificate } from './listeners.js';

/** The machine's clock, set forward as far as a test wants. */
export class ShiftedClock implements Clock {
  private shiftMs = 0;
  now(): number {
    return Date.now() + this.shiftMs;
  }
  advance(ms: number): void {
    this.shiftMs += ms;
  }
}

/** What the front does with a request. */
export type FrontMode =
  /** hands it on, and the answer back */
  | 'pass'
  /** hands it on, and cuts the connection instead of answering */
  | 'lose answer'
  /** says nothing */
  | 'hang'
  /** cuts the connection */
  | 'cut'
  /** answers with this status and a place to go to */
  | { readonly status: number; readonly location?: string };

/** The TLS in front of a server, which can be made to fail. */
export class TlsFront {
  readonly seen: string[] = [];
  /** for requests to the port of a cell; everything else passes */
  mode: FrontMode | (() => FrontMode) = 'pass';
  /** http address of the server behind; set as soon as it is known */
  target = '';
  /** called before the connection is cut whose answer is lost */
  onLost: () => void = () => undefined;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async open(certificate: TestCertificate): Promise<TlsFront> {
    const server = createServer(certificate);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const front = new TlsFront(server, (server.address() as AddressInfo).port);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => front.handle(request, response));
    return front;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    this.seen.push(`${request.method} ${request.url}`);
    const chosen = request.url?.includes('/__message/port') ? this.mode : 'pass';
    const mode = typeof chosen === 'function' ? chosen() : chosen;
    if (mode === 'hang') return;
    if (mode === 'cut') {
      request.socket.destroy();
      return;
    }
    if (typeof mode === 'object') {
      request.resume();
      response.writeHead(mode.status, mode.location === undefined ? {} : { location: mode.location }).end('{}');
      return;
    }
    const { hostname, port } = new URL(this.target);
    const { method, url: path, headers } = request;
    const onward = httpRequest({ hostname, port, method, path, headers }, (answer) => {
      if (mode === 'lose answer') {
        answer.resume().on('end', () => {
          this.onLost();
          request.socket.destroy();
        });
        return;
      }
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => request.socket.destroy());
    request.pipe(onward);
  }
}
