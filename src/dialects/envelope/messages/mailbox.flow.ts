import { MESSAGE_ID } from '@polypost/envelope/codec';
import { Inject, Injectable } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type OpenSession } from '../../../core/envelope/access.js';
import { MailboxWatch } from '../../../core/envelope/mailbox-watch.js';
import { SealedMailbox } from '../../../core/envelope/sealed-mailbox.js';
import { Members } from '../envelope.body.js';
import { malformed, notFound } from '../envelope.faults.js';
import { admitWaiting, placed } from './list.flow.js';
import { messageItem, type MessageItem } from './message.render.js';
import { StreamHub } from './stream.hub.js';
import { StreamWriter } from './stream.writer.js';

const IDS_MAX = 500;

/** What an owner does with single messages. Those of others are not there. */
@Injectable()
export class MailboxFlow {
  constructor(
    @Inject(SealedMailbox) private readonly mailbox: SealedMailbox,
    @Inject(MailboxWatch) private readonly watch: MailboxWatch,
    @Inject(StreamHub) private readonly hub: StreamHub,
  ) {}

  /** @throws EnvelopeFault not_found */
  async read({ boxId, owner }: OpenSession, id: string): Promise<MessageItem> {
    const mail = MESSAGE_ID.test(id) ? await this.mailbox.one(boxId, id) : null;
    if (!mail) throw notFound();
    return messageItem(mail, owner.userId);
  }

  /** @throws EnvelopeFault not_found */
  async acknowledge({ boxId, owner }: OpenSession, id: string): Promise<void> {
    const done = MESSAGE_ID.test(id) ? await this.mailbox.acknowledge(boxId, [id], owner.keys.deleteOnAck) : [];
    if (done.length === 0) throw notFound();
  }

  /** Ids that are not there are passed over: they were acknowledged with removal before. @throws EnvelopeFault malformed_request */
  async acknowledgeAll({ boxId, owner }: OpenSession, body: unknown): Promise<void> {
    const ids = new Members(body).own('message_ids');
    if (!Array.isArray(ids) || ids.length > IDS_MAX || !ids.every((id) => typeof id === 'string' && MESSAGE_ID.test(id))) throw malformed();
    if (ids.length > 0) await this.mailbox.acknowledge(boxId, [...new Set(ids as string[])], owner.keys.deleteOnAck);
  }

  /** @throws EnvelopeFault not_found */
  async remove({ boxId }: OpenSession, id: string): Promise<void> {
    if (!MESSAGE_ID.test(id) || !(await this.mailbox.remove(boxId, id))) throw notFound();
  }

  /** Begins an endless answer. @throws EnvelopeFault malformed_request; DomainError overloaded: too many look on already */
  stream(session: OpenSession, request: Request, response: Response): void {
    const last = request.headers['last-event-id'];
    const after: unknown = last !== undefined && last !== '' ? last : (request.query as Record<string, unknown>)['after'];
    const place = after === undefined || after === '' ? 0 : placed(after);
    admitWaiting(this.watch, session.boxId);
    const close = this.hub.open(session, new StreamWriter(response), place);
    response.once('close', close);
  }
}
