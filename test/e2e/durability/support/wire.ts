import { Agent, request as httpRequest } from 'node:http';

/** A parsed body; tests look at what they expect in it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

/** How a request ended. */
export type Outcome =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: Record<string, string | string[] | undefined>; readonly text: string; readonly body: Json }
  /** nobody listened: nothing was sent */
  | { readonly kind: 'refused' }
  /** the connection ended without an answer, or in the middle of one */
  | { readonly kind: 'cut'; readonly why: string; readonly wasReused: boolean }
  /** no answer in all this time */
  | { readonly kind: 'silent' };

export type Answered = Extract<Outcome, { kind: 'answered' }>;

const SILENCE_MS_MAX = 20_000;

/** One client with one kept-alive connection. Requests follow one another. */
export class Wire {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(private readonly url: string) {}

  /** Sends JSON, with a body for every method. @returns how it ended; never rejects */
  ask(method: string, path: string, body: object, headers: Record<string, string> = {}): Promise<Outcome> {
    return this.askRaw(method, path, Buffer.from(JSON.stringify(body)), { 'Content-Type': 'application/json', ...headers });
  }

  /** Sends bytes with these headers and no other content type. @returns how it ended; never rejects */
  askRaw(method: string, path: string, bytes: Buffer, headers: Record<string, string>): Promise<Outcome> {
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve) => {
      const request = httpRequest({
        host: hostname,
        port,
        path,
        method,
        agent: this.agent,
        headers: { 'Content-Length': String(bytes.length), ...headers },
      });
      const silence = setTimeout(() => finish({ kind: 'silent' }), SILENCE_MS_MAX);
      const finish = (outcome: Outcome): void => {
        clearTimeout(silence);
        resolve(outcome);
        if (outcome.kind !== 'answered') request.destroy();
      };
      const cut = (why: string): void => finish({ kind: 'cut', why, wasReused: request.reusedSocket });
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED') finish({ kind: 'refused' });
        else cut(error.code ?? error.message);
      });
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', (error: Error) => cut(`${response.statusCode}, then ${error.message}`));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          finish({ kind: 'answered', status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) });
        });
      });
      request.end(bytes);
    });
  }

  /** @returns the answer of a request that must succeed */
  async must(method: string, path: string, body: object): Promise<Json> {
    const outcome = await this.ask(method, path, body);
    if (outcome.kind !== 'answered' || outcome.body?.success !== true) throw new Error(`${method} ${path}: ${brief(outcome)}`);
    return outcome.body.response;
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Whether an answer says, in this dialect's form, that the database is away: try again later. */
export function isComeBackLater(outcome: Outcome): boolean {
  if (outcome.kind !== 'answered' || outcome.status !== 503) return false;
  const { success, messages, response } = outcome.body ?? {};
  return (
    /^[1-9]\d*$/.test(String(outcome.headers['retry-after'])) &&
    success === false && response === null &&
    messages?.length === 1 && messages[0].level === 'error' && messages[0].code === 'overloaded'
  );
}

/** @returns an outcome in a few words, for people */
export function brief(outcome: Outcome): string {
  if (outcome.kind === 'cut') return `cut (${outcome.why})`;
  if (outcome.kind !== 'answered') return outcome.kind;
  return `${outcome.status} ${outcome.body?.messages?.[0]?.code ?? ''} retry-after=${String(outcome.headers['retry-after'])}`;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
