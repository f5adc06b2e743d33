import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { type CellMessage } from '../../../core/cell/messages/cell-message.js';
import { ListCellMessages } from '../../../core/cell/messages/list-cell-messages.js';
import { SendCellMessage, type SendCellMessageCommand } from '../../../core/cell/messages/send-cell-message.js';
import { sha256 } from '../../../crypto/digests.js';
import { framed } from '../../../crypto/keyed-hash.js';
import { jsonBodyOf } from '../cell.bodies.js';
import { CellGate, type CellPlace } from '../cell.gate.js';
import { CellUrls } from '../cell.urls.js';
import { RemotePort } from '../remote/remote-port.js';
import { MessageRoutes } from './message.routes.js';
import { parseSend, type SendRequest } from './send.parse.js';
import { statusAtStart } from './requests.js';

const ONCE_LIFETIME_SECONDS = 24 * 60 * 60;

/** What a send answers with. */
export interface SendAnswer {
  readonly cell: CellPlace;
  readonly message: CellMessage;
  /** true: an earlier request with the same Idempotency-Key sent it */
  readonly replayed: boolean;
}

/** POST /{cell}/__message/send: one message for up to a thousand cells. */
@Injectable()
export class SendFlow {
  constructor(
    @Inject(CellGate) private readonly gate: CellGate,
    @Inject(CellUrls) private readonly urls: CellUrls,
    @Inject(MessageRoutes) private readonly routes: MessageRoutes,
    @Inject(SendCellMessage) private readonly sending: SendCellMessage,
    @Inject(ListCellMessages) private readonly lists: ListCellMessages,
    @Inject(RemotePort) private readonly remote: RemotePort,
  ) {}

  /**
   * Who asks is looked at before what is asked for (CELL-21).
   * @throws CellFault, MessageRefusal, DomainError malformed_body, duplicate, overloaded;
   *   message_not_found: a repeat whose message was deleted
   */
  async send(request: Request): Promise<SendAnswer> {
    const { cell, schema } = await this.gate.admit(request, 'message');
    const wanted = parseSend(jsonBodyOf(request), this.urls);
    const outcome = await this.sending.execute({
      sender: { cellId: cell.id, boxId: cell.boxId, url: cell.url },
      addresses: this.routes,
      content: wanted.content,
      status: statusAtStart(wanted.content.type),
      ...(wanted.boxBound ? { boundToApp: { schema } } : {}),
      to: wanted.to,
      toRelation: wanted.toRelation,
      toText: wanted.toText,
      ...onceFor(request.headers['idempotency-key'], wanted, schema),
    });
    if (outcome.kind === 'stored') return { cell, message: await this.remote.firstTries(cell.boxId, outcome.message), replayed: false };
    return { cell, message: await this.lists.one(cell.boxId, 'sent', outcome.wireId), replayed: true };
  }
}

/** Each cell has its own keys; the store learns hashes only. */
function onceFor(header: string | string[] | undefined, wanted: SendRequest, schema: string | null): Pick<SendCellMessageCommand, 'once'> {
  if (typeof header !== 'string' || header === '') return {};
  const content = framed(JSON.stringify(wanted), wanted.boxBound ? (schema ?? '') : '');
  return { once: { key: sha256(framed(header)).toString('base64url'), digest: sha256(content), lifetimeSeconds: ONCE_LIFETIME_SECONDS } };
}
