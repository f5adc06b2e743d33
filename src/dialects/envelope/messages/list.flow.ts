import { Inject, Injectable } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type OpenSession } from '../../../core/envelope/access.js';
import { MailboxWatch } from '../../../core/envelope/mailbox-watch.js';
import { SealedMailbox } from '../../../core/envelope/sealed-mailbox.js';
import { Drain } from '../../../http/drain.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { limits } from '../../../kernel/limits.js';
import { malformed } from '../envelope.faults.js';
import { messageItem, type MessagePage, placeOf } from './message.render.js';

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 200;
const WAIT_SECONDS_MAX = 60;

interface ListQuery {
  readonly after: number;
  readonly limit: number;
  readonly waitMs: number;
  readonly folder: 'inbox' | 'requests';
  readonly withPackets: boolean;
}

/** `GET /api/v1/message`: what came in after a cursor, and waiting for it. */
@Injectable()
export class ListFlow {
  constructor(
    @Inject(SealedMailbox) private readonly mailbox: SealedMailbox,
    @Inject(MailboxWatch) private readonly watch: MailboxWatch,
    @Inject(Drain) private readonly drain: Drain,
  ) {}

  /**
   * A request that waits holds no connection to the database. It ends early when the client goes away,
   * and when the server shuts down, with an empty list.
   * @throws EnvelopeFault malformed_request; DomainError overloaded: too many wait already
   */
  async list({ boxId, owner }: OpenSession, request: Request, response: Response): Promise<MessagePage> {
    const query = queryOf(request);
    // nothing is delivered there yet
    if (query.folder === 'requests') return { messages: [], next: null };
    const read = () => this.mailbox.page(boxId, query.after, query.limit, query.withPackets);
    let mails = await read();
    if (mails.length === 0 && query.waitMs > 0) {
      admitWaiting(this.watch, boxId);
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const signal = AbortSignal.any([gone.signal, this.drain.signal]);
      const untilMs = performance.now() + query.waitMs;
      for (let after = query.after; mails.length === 0; ) {
        const head = await this.watch.wait(boxId, after, untilMs - performance.now(), signal);
        if (head === null) break;
        mails = await read();
        // what arrived there is gone again, so it is no reason to wake up once more
        after = head;
      }
    }
    const messages = mails.map((mail) => messageItem(mail, owner.userId));
    return { messages, next: messages.at(-1)?.cursor ?? null };
  }
}

/** @throws DomainError overloaded when this process, or this mailbox, has too many who wait */
export function admitWaiting(watch: MailboxWatch, boxId: string): void {
  if (watch.size < limits.live_sockets_max && watch.sizeOf(boxId) < limits.live_sockets_per_user_max) return;
  throw new DomainError('overloaded', { retryAfterSeconds: limits.retry_after_seconds });
}

function queryOf(request: Request): ListQuery {
  const { after, limit, wait, folder = 'inbox', fields } = request.query as Record<string, unknown>;
  if (folder !== 'inbox' && folder !== 'requests') throw malformed();
  if (fields !== undefined && fields !== 'meta') throw malformed();
  return {
    after: after === undefined || after === '' ? 0 : placed(after),
    limit: within(limit, 1, LIMIT_MAX) ?? LIMIT_DEFAULT,
    waitMs: (within(wait, 0, WAIT_SECONDS_MAX) ?? 0) * 1000,
    folder,
    withPackets: fields !== 'meta',
  };
}

/** @throws EnvelopeFault malformed_request for what is no cursor */
export function placed(cursor: unknown): number {
  const place = typeof cursor === 'string' ? placeOf(cursor) : null;
  if (place === null) throw malformed();
  return place;
}

function within(text: unknown, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = typeof text === 'string' && /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw malformed();
  return value;
}
