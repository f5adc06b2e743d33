import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Id, type IdSource } from '../../kernel/id-source.js';
import { type MailboxRef } from '../../kernel/mailbox-ref.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { type NewMessage, type OnceKey } from '../../storage/append/new-message.js';
import { Store } from '../../storage/store.js';
import { type MessageContent } from './message.js';

/** Code of a delivery that is complete as soon as its row is there. */
const DELIVERED_HERE = 201;

export interface SendMessageCommand {
  /** the conversation space; messages of one space are never listed in another */
  readonly space: string;
  /** null: anonymous */
  readonly sender: MailboxRef | null;
  /** at least one; `key` is the content key wrapped for that recipient */
  readonly recipients: readonly { readonly mailbox: MailboxRef; readonly key?: Buffer | null }[];
  /** unique in each box it touches */
  readonly wireId: string;
  readonly content: MessageContent;
  readonly inReplyTo?: string | null;
  readonly details?: object;
  /** store at most once per key; key and digest arrive hashed, result is opaque */
  readonly once?: {
    readonly scope: string;
    readonly key: string;
    readonly digest: Buffer;
    readonly result: Buffer | null;
    /** null: for ever */
    readonly lifetimeSeconds: number | null;
  };
}

export interface SentMessage {
  readonly id: Id;
  readonly createdAt: Date;
  /** true: the same send was stored before, and `result` is what it stored */
  readonly replayed: boolean;
  readonly result: Buffer | null;
}

/** Stores one message for its recipients. Returns only after the commit. */
@Injectable()
export class SendMessage {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /**
   * @throws DomainError duplicate: the once key was used for another send; conflict: the wire id
   *   is taken; not_followed: a required relation does not stand; overloaded: not now
   */
  async execute(command: SendMessageCommand): Promise<SentMessage> {
    const message = await this.prepare(command);
    const outcome = await this.store.append(message);
    switch (outcome.kind) {
      case 'stored':
        return { id: message.id, createdAt: message.createdAt, replayed: false, result: null };
      case 'replayed':
        return { id: outcome.messageId, createdAt: message.createdAt, replayed: true, result: outcome.result };
      case 'mismatch':
        throw new DomainError('duplicate');
      case 'refused':
        throw new DomainError('not_followed');
      case 'exhausted':
      case 'throttled':
      case 'full':
        throw new DomainError('quota_exceeded');
    }
  }

  private async prepare(command: SendMessageCommand): Promise<NewMessage> {
    const senderId = command.sender && (await this.store.ensureMailbox(command.sender));
    const recipientIds = await Promise.all(command.recipients.map((to) => this.store.ensureMailbox(to.mailbox)));
    const homeBox = senderId ?? recipientIds[0];
    if (homeBox === undefined) throw new DomainError('invalid_input', { field: 'recipients' });
    const createdAt = new Date(this.clock.now());
    const { content } = command;
    return {
      id: this.ids.next(),
      homeBox,
      space: command.space,
      wireId: command.wireId,
      senderId,
      contentKind: content.kind,
      subject: content.subject ?? '',
      body: content.body,
      preview: content.preview ?? null,
      algorithm: content.algorithm ?? null,
      senderKey: content.senderKey ?? null,
      inReplyTo: command.inReplyTo ?? null,
      details: command.details ?? {},
      createdAt,
      deliveries: recipientIds.map((recipientId, index) => ({
        recipientId,
        wireId: command.wireId,
        clientId: null,
        wrappedKey: command.recipients[index]!.key ?? null,
        outcomeCode: DELIVERED_HERE,
        dueAt: null,
      })),
      relations: [],
      spends: [],
      once: command.once ? onceKey(command.once, homeBox, createdAt) : null,
      peerId: null,
      attachments: [],
      counts: [
        ...recipientIds.map((boxId) => ({ boxId, label: 'inbox', delta: 1 })),
        ...(senderId === null ? [] : [{ boxId: senderId, label: 'sent', delta: 1 }]),
      ],
      events: [
        ...recipientIds.map((boxId) => ({ boxId, id: this.ids.next(), kind: 'message.received' })),
        ...(senderId === null ? [] : [{ boxId: senderId, id: this.ids.next(), kind: 'message.sent' }]),
      ],
    };
  }
}

function onceKey(once: NonNullable<SendMessageCommand['once']>, boxId: Id, now: Date): OnceKey {
  return {
    boxId,
    scope: once.scope,
    key: once.key,
    digest: once.digest,
    result: once.result,
    expiresAt: once.lifetimeSeconds === null ? null : new Date(now.getTime() + once.lifetimeSeconds * 1000),
  };
}
