import { type INestApplication, Injectable } from '@nestjs/common';
import { type Server, type ServerResponse } from 'node:http';
import net, { type Socket } from 'node:net';
import { limits } from '../kernel/limits.js';

/** Time for requests that are on their way over kept-alive connections to arrive. */
const ARRIVAL_MS = 100;

/**
 * Ends the HTTP side without losing an accepted request: no new connections, every answer says
 * `Connection: close`, connections that wait for nothing are cut, the others may finish.
 * Node's own server.close() is not enough: it cuts connections whose answer is written but not
 * sent yet, and lets busy kept-alive clients go on for ever.
 */
@Injectable()
export class Drain {
  private readonly controller = new AbortController();
  private readonly inFlight = new Set<ServerResponse>();
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private running: Promise<void> | undefined;

  /** true from the first moment of shutting down */
  get started(): boolean {
    return this.controller.signal.aborted;
  }

  /** aborts when shutting down begins; whoever writes an endless answer must end it then */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Begins to watch the connections of a server. Called once, before it listens. */
  watch(server: Server): void {
    this.server = server;
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** Notes a request that has come in. */
  enter(response: ServerResponse): void {
    this.inFlight.add(response);
    if (this.started) closeAfter(response);
  }

  /** Notes that its answer is out, or its client gone. */
  leave(response: ServerResponse): void {
    this.inFlight.delete(response);
  }

  /**
   * Drains. Called again, it returns the same promise.
   * @returns when no connection is left, after limits.drain_seconds_max at the latest
   */
  run(): Promise<void> {
    this.running ??= this.drain();
    return this.running;
  }

  private async drain(): Promise<void> {
    this.controller.abort();
    for (const response of this.inFlight) closeAfter(response);
    const { server } = this;
    if (!server?.listening) return;
    // the method of net.Server stops listening and leaves the connections alone
    const allClosed = new Promise<void>((resolve) => net.Server.prototype.close.call(server, () => resolve()));
    const idle = setTimeout(() => this.cutIdle(), ARRIVAL_MS);
    const cap = setTimeout(() => this.cutAll(), limits.drain_seconds_max * 1000);
    await allClosed;
    clearTimeout(idle);
    clearTimeout(cap);
  }

  private cutIdle(): void {
    const busy = new Set<Socket | null>();
    for (const response of this.inFlight) busy.add(response.req.socket);
    for (const socket of this.sockets) if (!busy.has(socket)) socket.destroy();
    // answers that had begun before say keep-alive: their connections fall idle one by one
    if (this.sockets.size > 0) setTimeout(() => this.cutIdle(), ARRIVAL_MS).unref();
  }

  private cutAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}

/**
 * Stops serving, then ends the application and everything it holds.
 *
 * @param app an application that went through setUpApp
 */
export async function drain(app: INestApplication): Promise<void> {
  await app.get(Drain).run();
  await app.close();
}

function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
