import { isObject } from '../base/json.js';
import { type Backend } from '../backend/backend.js';
import { type Identity } from '../identity/identity.js';
import { type PrivateKey } from '../keys/private-key.js';
import { NetworkError, RefusedError } from './errors.js';
import { call, type CallOptions, fetchBytes, fileForm, request } from './http.js';
import { readEvents } from './event-stream.js';
import { type Desk, login, type SessionGrant, stateKey } from './session.js';

/** Limits and rights of an access token; the server's defaults where nothing is said. */
export interface TokenWish {
  readonly label?: string;
  /** RFC 3339 */
  readonly expires_at?: string;
  readonly max_messages?: number;
  readonly per_minute?: number;
  readonly scopes?: readonly string[];
  readonly accept_algorithms?: readonly string[];
}

/** What a list of messages asks for. */
export interface ListWish {
  readonly after?: string;
  /** 1 to 200 */
  readonly limit?: number;
  /** seconds to wait for something new, 0 to 60 */
  readonly wait?: number;
  readonly folder?: 'inbox' | 'requests';
  /** leaves the Packets out */
  readonly fields?: 'meta';
}

/** A message in the mailbox. */
export interface MailItem {
  readonly message_id: string;
  readonly cursor: string;
  readonly received_at: string;
  readonly size: number;
  readonly acked_at: string | null;
  readonly token_id: string | null;
  readonly folder: string;
  readonly packet?: { readonly id: string; readonly user_id: string; readonly data: string; readonly algorithm: string; readonly password: string; readonly kid?: string };
}

/** A page of messages, the oldest first. */
export interface MailPage {
  readonly messages: readonly MailItem[];
  /** where the next page begins */
  readonly next: string | null;
}

/** One's own account on a server: tokens, mailbox, keys. Logs in when it has to. */
export class Account {
  /**
   * @param grant a session from before; a new one is asked for when it has ended
   * @param onGrant told of every new session, so that it can be kept
   */
  constructor(
    private readonly desk: Desk,
    private readonly name: string,
    private readonly identity: Identity,
    private grant?: SessionGrant,
    private readonly onGrant: (grant: SessionGrant) => Promise<void> = async () => undefined,
  ) {}

  readonly tokens = {
    /** The clear token is in this answer and nowhere else. */
    create: (wish: TokenWish = {}): Promise<Record<string, unknown>> => this.ask('/api/v1/token', { method: 'POST', body: wish }),
    list: async (): Promise<readonly Record<string, unknown>[]> => objects((await this.ask('/api/v1/token')).tokens),
    change: (id: string, wish: TokenWish): Promise<Record<string, unknown>> => this.ask(`/api/v1/token/${encodeURIComponent(id)}`, { method: 'PATCH', body: wish }),
    revoke: async (id: string): Promise<void> => void (await this.ask(`/api/v1/token/${encodeURIComponent(id)}`, { method: 'DELETE' })),
  };

  readonly messages = {
    list: async (wish: ListWish = {}): Promise<MailPage> => {
      const query = new URLSearchParams(Object.entries(wish).map(([name, value]) => [name, String(value)]));
      const timeoutMs = this.desk.transport.timeoutMs + (wish.wait ?? 0) * 1000;
      const { messages, next } = await this.ask(`/api/v1/message?${query.toString()}`, { timeoutMs });
      return { messages: objects(messages) as unknown as MailItem[], next: typeof next === 'string' ? next : null };
    },
    get: async (id: string): Promise<MailItem> => (await this.ask(`/api/v1/message/${encodeURIComponent(id)}`)) as unknown as MailItem,
    /** Up to 500 at once. */
    ack: async (...ids: readonly string[]): Promise<void> => void (await this.ask('/api/v1/message/ack', { method: 'POST', body: { message_ids: ids } })),
    delete: async (id: string): Promise<void> => void (await this.ask(`/api/v1/message/${encodeURIComponent(id)}`, { method: 'DELETE' })),
    stream: (after?: string, signal?: AbortSignal): AsyncGenerator<MailItem> => this.stream(after, signal),
  };

  readonly attachments = {
    /** Keeps a sealed file here. Senders without an account use EnvelopeClient.upload. */
    upload: (data: Uint8Array): Promise<Record<string, unknown>> => this.ask('/api/v1/attachment', { method: 'POST', body: fileForm(data) }),
    /** The sealed bytes. */
    get: (id: string): Promise<Uint8Array> =>
      this.withSession((authorization) => fetchBytes(this.desk.transport, this.url(`/api/v1/attachment/${encodeURIComponent(id)}`), authorization)),
    delete: async (id: string): Promise<void> => void (await this.ask(`/api/v1/attachment/${encodeURIComponent(id)}`, { method: 'DELETE' })),
  };

  /** The owner's settings. */
  me(): Promise<Record<string, unknown>> {
    return this.ask('/api/v1/user/me');
  }

  /** Changes the owner's settings. */
  changeMe(settings: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    return this.ask('/api/v1/user/me', { method: 'PATCH', body: settings });
  }

  /** Makes another encryption key the one that senders use. The old one has to be kept for what is under way. */
  async rotateKey(encryption: PrivateKey): Promise<void> {
    await this.ask('/api/v1/user/me/key', { method: 'PUT', body: await stateKey(this.backend, this.identity.identity, encryption, this.desk.now()) });
  }

  /** Logs in anew. */
  async login(device?: string): Promise<SessionGrant> {
    this.grant = await login(this.desk, this.name, this.identity, device);
    await this.onGrant(this.grant);
    return this.grant;
  }

  /** Ends the session. */
  async logout(): Promise<void> {
    if (this.grant !== undefined) await this.ask('/api/v1/auth/session', { method: 'DELETE' });
    delete this.grant;
  }

  private get backend(): Backend {
    return this.desk.backend;
  }

  private async ask(path: string, options: CallOptions = {}): Promise<Record<string, unknown>> {
    return this.withSession(async (authorization) => (await call(this.desk.transport, this.url(path), { ...options, authorization })).body);
  }

  /** New messages as they come, without their Packets. Goes on where it was after a cut. */
  private async *stream(after?: string, signal?: AbortSignal): AsyncGenerator<MailItem> {
    let cursor = after;
    while (signal?.aborted !== true) {
      const response = await this.withSession((authorization) => this.openStream(authorization, cursor, signal));
      for await (const event of readEvents(response, signal)) {
        if (event.event !== 'message') continue;
        cursor = event.id ?? cursor;
        yield JSON.parse(event.data) as MailItem;
      }
    }
  }

  private async openStream(authorization: string, cursor: string | undefined, signal: AbortSignal | undefined): Promise<Response> {
    const options = { authorization, timeoutMs: 2 ** 31 - 1, headers: cursor === undefined ? {} : { 'Last-Event-ID': cursor }, ...(signal && { signal }) };
    const response = await request(this.desk.transport, this.url('/api/v1/message/stream'), options, 'text/event-stream');
    if (!response.ok) {
      await response.body?.cancel();
      throw new RefusedError(response.status, response.status === 401 ? 'unauthenticated' : 'unknown');
    }
    return response;
  }

  private async withSession<T>(work: (authorization: string) => Promise<T>): Promise<T> {
    const { session_token } = this.grant ?? (await this.login());
    try {
      return await work(`Bearer ${session_token}`);
    } catch (error) {
      if (!(error instanceof RefusedError) || error.status !== 401) throw error;
      return work(`Bearer ${(await this.login()).session_token}`);
    }
  }

  private url(path: string): string {
    return this.desk.server.document.base_url + path;
  }
}

function objects(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value) || !value.every(isObject)) throw new NetworkError('The answer of the server lacks its list.');
  return value;
}

