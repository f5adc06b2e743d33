import { type Response } from 'express';

/** What may wait for a client that does not read, the socket's own buffer not counted. */
const WAITING_BYTES_MAX = 256 * 1024;
/** A client that has read nothing of it for so long is gone. */
const STUCK_MS = 30_000;

/** Writes Server-Sent Events to one client, with a bound on what waits for it. */
export class StreamWriter {
  private isClosed = false;

  constructor(private readonly response: Response) {
    response.once('close', () => (this.isClosed = true));
    response.set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    // headers and a first line at once: proxies and clients know that it has begun
    response.flushHeaders();
    response.write(': connected\n\n');
  }

  get closed(): boolean {
    return this.isClosed;
  }

  /** @param data one line */
  event(name: string, id: string, data: string): void {
    this.write(`event: ${name}\nid: ${id}\ndata: ${data}\n\n`);
  }

  comment(text: string): void {
    this.write(`: ${text}\n\n`);
  }

  /** Resolves when the client has read so much that more may be written. Cuts off one that reads nothing. */
  async ready(): Promise<void> {
    if (this.isClosed || !this.response.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.response.off('drain', done).off('close', done);
        resolve();
      };
      const timer = setTimeout(() => {
        this.cut();
        done();
      }, STUCK_MS);
      this.response.on('drain', done).on('close', done);
    });
  }

  end(): void {
    if (!this.isClosed) this.response.end();
    this.isClosed = true;
  }

  private write(text: string): void {
    if (this.isClosed) return;
    if (this.response.writableLength > WAITING_BYTES_MAX) this.cut();
    else this.response.write(text);
  }

  /** Nothing is lost: the client comes back with the id of the last event it got. */
  private cut(): void {
    this.isClosed = true;
    this.response.destroy();
  }
}
