import { WebSocket } from 'ws';
import { type TestApp } from '../../support/app.js';
import { type Loose } from './people.js';

export const HEARTBEAT = '--1a61c1de89b75ddfbb684b8d224ee3ae--';

/** A socket that keeps what it was told. */
export class LiveClient {
  readonly texts: string[] = [];
  closed: { code: number; reason: string } | null = null;
  readonly ws: WebSocket;
  /** the status of a refusal */
  refused = 0;
  refusal: Loose = null;

  constructor(app: Pick<TestApp, 'url'>, token: string | null, { query = '?subscribe-user', path = '/ws/notify', protocols }: { query?: string; path?: string; protocols?: string[] } = {}) {
    this.ws = new WebSocket(`${app.url.replace('http', 'ws')}${path}${query}`, protocols ?? (token === null ? [] : [`__${token}`]));
    this.ws.on('message', (data: Buffer) => this.texts.push(data.toString()));
    this.ws.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    this.ws.on('error', () => undefined);
    this.ws.on('unexpected-response', (_request, response) => {
      this.refused = response.statusCode ?? 0;
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        this.refusal = { headers: response.headers, body: JSON.parse(text === '' ? 'null' : text) };
        this.ws.emit('close', 0, Buffer.alloc(0));
      });
    });
  }

  /** frames of messages, in the order they came */
  get frames(): Loose[] {
    return this.texts.filter((text) => text !== HEARTBEAT).map((text) => JSON.parse(text));
  }

  get numbers(): number[] {
    return this.frames.filter((frame) => frame.data.activity_type === 37).map((frame) => frame.data.notification_obj.message.id);
  }

  async opened(): Promise<this> {
    await until(() => this.ws.readyState === WebSocket.OPEN || this.closed !== null, 'the socket opens or is refused');
    return this;
  }

  close(): void {
    this.ws.terminate();
  }
}

/** Waits until something is so. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, ms = 8_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await pause(10);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
