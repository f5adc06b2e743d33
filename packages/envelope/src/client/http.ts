import { isObject, without } from '../base/json.js';
import { NetworkError, RefusedError } from './errors.js';

/** How a client reaches servers. */
export interface Transport {
  /** fetch of the platform by default */
  readonly fetch: typeof fetch;
  /** ms until an answer has to be there; those that wait on purpose add their wait */
  readonly timeoutMs: number;
}

/** A request to a server. */
export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly authorization?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text, a value that becomes one, or a form with a file */
  readonly body?: unknown;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** the JSON object, empty where there was none */
  readonly body: Record<string, unknown>;
}

const ANSWER_MAX = 64 * 1024 * 1024;

/**
 * Asks a server for JSON.
 *
 * @throws RefusedError for every status but 2xx
 * @throws NetworkError when there is no answer in time, or none that is JSON
 */
export async function call(transport: Transport, url: string, options: CallOptions = {}): Promise<Answer> {
  const response = await request(transport, url, options, 'application/json');
  const body = await readBody(response);
  if (response.ok) {
    if (body === undefined && response.status !== 204) throw new NetworkError('The server answers with something that is no JSON object.');
    return { status: response.status, headers: response.headers, body: body ?? {} };
  }
  const { error, ...rest } = body ?? {};
  throw new RefusedError(response.status, typeof error === 'string' ? error : 'unknown', without(rest, 'message'), retryAfter(response.headers));
}

/** Sends a request and hands out the answer as it begins. @throws NetworkError */
export async function request(transport: Transport, url: string, options: CallOptions, accept: string): Promise<Response> {
  const isForm = options.body instanceof FormData;
  const body = options.body === undefined || typeof options.body === 'string' || options.body instanceof FormData ? options.body : JSON.stringify(options.body);
  const timeout = AbortSignal.timeout(options.timeoutMs ?? transport.timeoutMs);
  try {
    return await transport.fetch(url, {
      method: options.method ?? 'GET',
      // an answer from elsewhere would not be the one of the host that was named
      redirect: 'error',
      headers: {
        ...options.headers,
        Accept: accept,
        ...(body !== undefined && !isForm && { 'Content-Type': 'application/json' }),
        ...(options.authorization !== undefined && { Authorization: options.authorization }),
      },
      signal: options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]),
      ...(body !== undefined && { body }),
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new NetworkError(error instanceof DOMException && error.name === 'TimeoutError' ? 'The server does not answer in time.' : 'The server cannot be reached.', { cause: error });
  }
}

/** A form with one file, as attachments are sent. */
export function fileForm(data: Uint8Array): FormData {
  const form = new FormData();
  form.set('file', new Blob([Uint8Array.from(data)], { type: 'application/octet-stream' }), 'sealed');
  return form;
}

/** Fetches bytes. @throws RefusedError, NetworkError */
export async function fetchBytes(transport: Transport, url: string, authorization: string): Promise<Uint8Array> {
  const response = await request(transport, url, { authorization }, 'application/octet-stream');
  if (!response.ok) throw new RefusedError(response.status, response.status === 401 ? 'unauthenticated' : 'unknown');
  return new Uint8Array(await response.arrayBuffer());
}

async function readBody(response: Response): Promise<Record<string, unknown> | undefined> {
  try {
    const text = await response.text();
    const value: unknown = text.length <= ANSWER_MAX ? JSON.parse(text) : undefined;
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw new NetworkError('The answer of the server breaks off.', { cause: error });
  }
}

function retryAfter(headers: Headers): number | undefined {
  const text = headers.get('Retry-After') ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}
