import { request as httpRequest, type ClientRequest } from 'node:http';

export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly data: any;
}

/** One reader of the event stream; comments are kept apart from events. */
export class EventStream {
  readonly events: StreamEvent[] = [];
  readonly comments: string[] = [];
  status = 0;
  headers: Record<string, unknown> = {};
  isEnded = false;
  private text = '';
  private constructor(private readonly request: ClientRequest) {}

  /** Resolves when the headers are there. */
  static open(url: string, session: string, last?: string): Promise<EventStream> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(`${url}/api/v1/message/stream`, { headers: { Authorization: `Bearer ${session}`, ...(last === undefined ? {} : { 'Last-Event-ID': last }) } });
      const stream = new EventStream(request);
      request.on('response', (response) => {
        stream.status = response.statusCode ?? 0;
        stream.headers = response.headers;
        response.setEncoding('utf8').on('data', (chunk: string) => stream.take(chunk));
        response.on('close', () => (stream.isEnded = true)).on('error', () => undefined);
        resolve(stream);
      });
      request.on('error', (error) => {
        stream.isEnded = true;
        reject(error);
      });
      request.end();
    });
  }

  get lastId(): string | undefined {
    return this.events.at(-1)?.id;
  }

  close(): void {
    this.request.destroy();
  }

  /** Waits until something is so. */
  async until(so: () => boolean, ms = 5000): Promise<void> {
    const end = Date.now() + ms;
    while (!so()) {
      if (Date.now() > end) throw new Error(`did not happen within ${ms} ms: ${this.events.length} events, ended ${this.isEnded}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  private take(chunk: string): void {
    this.text += chunk;
    for (let end = this.text.indexOf('\n\n'); end >= 0; end = this.text.indexOf('\n\n')) {
      const block = this.text.slice(0, end);
      this.text = this.text.slice(end + 2);
      if (block.startsWith(':')) {
        this.comments.push(block.slice(1).trim());
        continue;
      }
      const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
      this.events.push({ id: field('id'), event: field('event'), data: JSON.parse(field('data')) });
    }
  }
}
