import { type INestApplication, Injectable } from '@nestjs/common';
import { type Server, type ServerResponse } from 'node:http';
import net, { type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { limits } from '../kernel/limits.js';

/** How often it is looked which connections wait for nothing. */
const LOOK_MS = 100;
/**
 * A connection that was used this lately is going to be used again: its client has been told that it stays open, and
 * may have written already. On a busy machine a client takes its time to read an answer and send what comes next.
 */
const ARRIVAL_MS = 1_000;
/**
 * Bound for taking up connections that wait, where ever new ones come. On a machine with far too
 * much to do a turn takes tens of milliseconds, and each takes up one.
 */
const TAKING_UP_MS_MAX = 3_000;

/** What is known of a connection. */
interface Use {
  /** when it was set up, or an answer went out, or something came in, as far as was looked */
  lastMs: number;
  bytesRead: number;
}

/**
 * Ends the HTTP side without losing an accepted request: no new connections, every answer says
 * `Connection: close`, connections that wait for nothing are cut, the others may finish. A client
 * that was answered within the last second may still send its next request, and is answered.
 * Node's own server.close() is not enough: it cuts connections whose answer is written but not
 * sent yet, and lets busy kept-alive clients go on for ever.
 */
@Injectable()
export class Drain {
  private readonly controller = new AbortController();
  private readonly inFlight = new Set<ServerResponse>();
  private readonly sockets = new Map<Socket, Use>();
  private server: Server | undefined;
  private running: Promise<void> | undefined;
  /** asking the signal costs more, and this is asked with every request */
  private hasStarted = false;

  /** true from the first moment of shutting down */
  get started(): boolean {
    return this.hasStarted;
  }

  /** aborts when shutting down begins; whoever writes an endless answer must end it then */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Begins to watch the connections of a server. Called once, before it listens. */
  watch(server: Server): void {
    this.server = server;
    server.on('connection', (socket) => {
      this.sockets.set(socket, { lastMs: performance.now(), bytesRead: socket.bytesRead });
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** Notes a request that has come in. */
  enter(response: ServerResponse): void {
    this.inFlight.add(response);
    if (this.hasStarted) closeAfter(response);
  }

  /** Notes that its answer is out, or its client gone. */
  leave(response: ServerResponse): void {
    this.inFlight.delete(response);
    const use = this.sockets.get(response.req.socket);
    if (use) use.lastMs = performance.now();
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
    const { server } = this;
    const endMs = performance.now() + limits.drain_seconds_max * 1000;
    if (server?.listening) await takeUpWaiting(server);
    this.hasStarted = true;
    this.controller.abort();
    for (const response of this.inFlight) closeAfter(response);
    if (!server?.listening) return;
    // the method of net.Server stops listening and leaves the connections alone
    const allClosed = new Promise<void>((resolve) => net.Server.prototype.close.call(server, () => resolve()));
    const stopCutting = this.cutIdleNowAndThen();
    const cap = setTimeout(() => this.cutAll(), endMs - performance.now());
    await allClosed;
    stopCutting();
    clearTimeout(cap);
  }

  /** Again and again: answers that had begun before say keep-alive, and their connections fall idle one by one. */
  private cutIdleNowAndThen(): () => void {
    let look: NodeJS.Immediate | undefined;
    const timer = setInterval(() => {
      // after a turn of reading: a request that came in during a long turn counts
      look = setImmediate(() => this.cutIdle());
    }, LOOK_MS);
    return () => {
      clearInterval(timer);
      clearImmediate(look);
    };
  }

  private cutIdle(): void {
    const busy = new Set<Socket | null>();
    for (const response of this.inFlight) busy.add(response.req.socket);
    const nowMs = performance.now();
    for (const [socket, use] of this.sockets) {
      if (socket.bytesRead > use.bytesRead) {
        use.bytesRead = socket.bytesRead;
        use.lastMs = nowMs;
      }
      if (!busy.has(socket) && nowMs - use.lastMs >= ARRIVAL_MS) socket.destroy();
    }
  }

  private cutAll(): void {
    for (const socket of this.sockets.keys()) socket.destroy();
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

/**
 * Node takes up one connection a turn. Those the system holds meanwhile have their requests sent,
 * and a listener that closes resets them: so it closes once two turns brought none.
 */
async function takeUpWaiting(server: Server): Promise<void> {
  const deadlineMs = performance.now() + TAKING_UP_MS_MAX;
  let quietTurns = 0;
  const note = (): void => {
    quietTurns = 0;
  };
  server.on('connection', note);
  while (quietTurns < 2 && performance.now() < deadlineMs) {
    quietTurns += 1;
    await nextTurn();
  }
  server.off('connection', note);
}

function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
