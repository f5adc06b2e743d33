import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { CliError, exitCodes } from '../cli-error.js';

const ANSWER_WAIT_MS = 30_000;
const ANSWER_BYTES_MAX = 512 * 1024 * 1024;
const SEND_ATTEMPTS_MAX = 4;
const RETRY_WAIT_MS_MAX = 5_000;

/** A call to the server. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** travels as JSON in the request body, with GET too */
  readonly body: object;
  /** makes a repeated send one message; only calls that have it are repeated */
  readonly idempotencyKey?: string;
}

/** What a KeyInbox server answers, whatever was asked. */
interface Reply {
  readonly success: boolean;
  readonly messages: readonly { readonly level: string; readonly message: string }[];
  readonly response: unknown;
}

/** Speaks to a KeyInbox server, ours or another. */
export class KeyInboxClient {
  /** @param url address of the server, without a slash at its end */
  constructor(private readonly url: string) {}

  /**
   * @returns the `response` member of the answer
   * @throws CliError when the server refuses or cannot be reached
   */
  async call<T>(call: Call): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.attempt<T>(call);
      if ('response' in outcome) return outcome.response;
      if (call.idempotencyKey === undefined || !outcome.mayRepeat || attempt === SEND_ATTEMPTS_MAX) throw outcome.error;
      await pause(Math.min(outcome.waitMs, RETRY_WAIT_MS_MAX));
    }
  }

  private async attempt<T>(call: Call): Promise<{ response: T } | { error: CliError; mayRepeat: boolean; waitMs: number }> {
    try {
      const { status, retryAfter, text } = await this.exchange(call);
      const reply = parse(text);
      if (!reply) throw new CliError(`${this.url} does not answer like a KeyInbox server (status ${status})`);
      if (reply.success) return { response: reply.response as T };
      const error = new CliError(`the server refused: ${reply.messages[0]?.message ?? `status ${status}`}`);
      return { error, mayRepeat: status === 503, waitMs: (Number(retryAfter) || 1) * 1000 };
    } catch (error) {
      if (error instanceof CliError) return { error, mayRepeat: error.exitCode === exitCodes.unreachable, waitMs: 1000 };
      throw error;
    }
  }

  private exchange(call: Call): Promise<{ status: number; retryAfter: string | undefined; text: string }> {
    const body = Buffer.from(JSON.stringify(call.body));
    const target = new URL(this.url + call.path);
    const request = target.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const fail = (error: Error & { code?: string }): void => {
        const reason = error.code ?? error.message;
        reject(new CliError(`${this.url} cannot be reached (${reason})`, exitCodes.unreachable));
      };
      const outgoing = request(target, {
        method: call.method,
        signal: AbortSignal.timeout(ANSWER_WAIT_MS),
        headers: {
          'Content-Type': 'application/json',
          // node sends no length with a GET body of its own accord
          'Content-Length': body.length,
          ...(call.idempotencyKey !== undefined && { 'Idempotency-Key': call.idempotencyKey }),
        },
      });
      outgoing.on('error', fail);
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        incoming.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > ANSWER_BYTES_MAX) incoming.destroy(new Error('the answer is too large'));
          else chunks.push(chunk);
        });
        incoming.on('error', fail);
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, retryAfter: incoming.headers['retry-after'], text: Buffer.concat(chunks).toString('utf8') });
        });
      });
      outgoing.end(body);
    });
  }
}

function parse(text: string): Reply | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isReply = typeof value === 'object' && value !== null && 'success' in value && 'messages' in value && Array.isArray(value.messages);
    return isReply ? (value as unknown as Reply) : undefined;
  } catch {
    return undefined;
  }
}
