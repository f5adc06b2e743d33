import { request as httpRequest } from 'node:http';

/** JSON of unknown shape: tests say what they expect of it. */
export type Loose = ReturnType<typeof JSON.parse>;

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  /** the parsed envelope; undefined where the body is not JSON */
  readonly body: Loose;
}

/** How a raw request is sent. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  /** sent as it is; an object is sent as JSON */
  readonly body?: string | Buffer | object;
  readonly headers?: Record<string, string>;
}

/** A key pair as the server gives it. */
export interface KeyPair {
  readonly private_key: string;
  readonly public_key: string;
}

/** Sends one request over bare HTTP: any method may have a body, and nothing is added to the headers. */
export function send(url: string, { method, path, body, headers = {} }: RawRequest): Promise<WireAnswer> {
  const bytes = body === undefined ? undefined : Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const target = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: target.hostname,
        port: target.port,
        // not through URL, which would tidy the path
        path,
        method,
        headers: bytes === undefined || 'Transfer-Encoding' in headers ? headers : { 'Content-Length': String(bytes.length), ...headers },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('aborted', () => reject(new Error('the connection was cut')));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) });
        });
      },
    );
    request.on('error', reject);
    request.end(bytes);
  });
}

function parsed(text: string): Loose {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One person with a key pair: what he does reads as a scene. */
export class Person {
  constructor(
    private readonly url: string,
    readonly keys: KeyPair,
  ) {}

  get publicKey(): string {
    return this.keys.public_key;
  }

  get privateKey(): string {
    return this.keys.private_key;
  }

  sends(to: { publicKey: string }, content: string, subject = 'Subject', headers: Record<string, string> = {}): Promise<WireAnswer> {
    const body = { public_key: to.publicKey, private_key: this.privateKey, message: { subject, content } };
    return send(this.url, { method: 'POST', path: '/messages', body, headers });
  }

  lists(skip: unknown = 0, take: unknown = 50, more: object = {}): Promise<WireAnswer> {
    return this.asks('GET', '/messages', { pagination_data: { skip, take }, ...more });
  }

  reads(id: string, headers: Record<string, string> = {}): Promise<WireAnswer> {
    return this.asks('GET', `/messages/receiver/${id}`, {}, headers);
  }

  readsSent(id: string, to: { publicKey: string }): Promise<WireAnswer> {
    return this.asks('GET', `/messages/sender/${id}`, { public_key: to.publicKey });
  }

  edits(id: string, to: { publicKey: string }, content: string, subject = 'Subject'): Promise<WireAnswer> {
    return this.asks('PUT', `/messages/${id}`, { public_key: to.publicKey, message: { subject, content } });
  }

  deletes(id: string): Promise<WireAnswer> {
    return this.asks('DELETE', `/messages/receiver/${id}`);
  }

  deletesSent(id: string, to: { publicKey: string }): Promise<WireAnswer> {
    return this.asks('DELETE', `/messages/sender/${id}`, { public_key: to.publicKey });
  }

  /** Any request with this person's private key in its body. */
  asks(method: string, path: string, more: object = {}, headers: Record<string, string> = {}): Promise<WireAnswer> {
    return send(this.url, { method, path, body: { private_key: this.privateKey, ...more }, headers });
  }
}

/** @returns somebody with a new key pair */
export async function newPerson(url: string): Promise<Person> {
  const { body } = await send(url, { method: 'GET', path: '/generate-keypair' });
  return new Person(url, body.response as KeyPair);
}

/** Somebody without a key writes. */
export function sendAnonymously(url: string, to: { publicKey: string }, content: string, subject = 'Subject'): Promise<WireAnswer> {
  return send(url, { method: 'POST', path: '/messages', body: { public_key: to.publicKey, message: { subject, content } } });
}

/** @returns the code of the first message, which says what went wrong */
export function codeOf(answer: WireAnswer): string | undefined {
  return answer.body?.messages?.[0]?.code;
}
