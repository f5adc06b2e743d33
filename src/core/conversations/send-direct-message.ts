import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Id, type IdSource } from '../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { type NewMessage, type RelationCondition } from '../../storage/append/new-message.js';
import { Store } from '../../storage/store.js';
import { userBox } from '../accounts/user.js';
import { BLOCK, CLOSED } from '../relations/kinds.js';
import { directMessage, type DirectMessage, SOCIAL } from './direct-message.js';

/** Code of a delivery that is complete as soon as its row is there. */
const DELIVERED_HERE = 201;

export interface SendDirectMessageCommand {
  readonly from: Id;
  readonly to: Id;
  readonly text: string;
  /** the dialect it came through */
  readonly origin: string;
  /** its bytes are in the blob store already */
  readonly attachment?: {
    readonly wireId: string;
    readonly name: string;
    readonly mediaType: string;
    readonly byteSize: number;
    readonly sha256: Buffer;
    readonly storageKey: string;
    readonly details: object;
  } | null;
  readonly once?: {
    readonly scope: string;
    readonly key: string;
    readonly digest: Buffer;
    readonly result?: Buffer | null;
    /** null: for ever */
    readonly lifetimeSeconds: number | null;
  };
}

/**
 * Sends a message from one user to another. That no block stands between them is decided in the
 * statement that stores the message, so that neither can slip past the other.
 */
@Injectable()
export class SendDirectMessage {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /**
   * Both users must exist; the caller asks Users first.
   *
   * @returns the message; on a repeat the stored one as it is now
   * @throws DomainError forbidden: a block stands between them, or one of them is gone;
   *   duplicate: the once key was used for another send; message_not_found: a repeat whose
   *   message is gone; overloaded: not now
   */
  async execute(command: SendDirectMessageCommand): Promise<{ message: DirectMessage; replayed: boolean }> {
    const [fromBox, toBox] = await Promise.all([
      this.store.ensureMailbox(userBox(command.from)),
      this.store.ensureMailbox(userBox(command.to)),
    ]);
    const message = this.prepare(command, fromBox, toBox);
    const outcome = await this.store.append(message);
    switch (outcome.kind) {
      case 'stored':
        return { message: asStored(command, message, outcome.talks[0]!.number), replayed: false };
      case 'replayed':
        return { message: await this.stored(command, fromBox, outcome.messageId), replayed: true };
      case 'mismatch':
        throw new DomainError('duplicate');
      case 'refused':
        throw new DomainError('forbidden');
      case 'exhausted':
        throw new DomainError('quota_exceeded');
    }
  }

  private async stored(command: SendDirectMessageCommand, fromBox: Id, id: Id): Promise<DirectMessage> {
    const row = await this.store.read((tx) => tx.conversations.byId(fromBox, id));
    if (!row) throw new DomainError('message_not_found');
    return directMessage(row, { reader: command.from, readerBox: fromBox, partner: command.to });
  }

  private prepare(command: SendDirectMessageCommand, fromBox: Id, toBox: Id): NewMessage {
    const createdAt = new Date(this.clock.now());
    const { attachment, once } = command;
    return {
      id: this.ids.next(),
      homeBox: fromBox,
      space: SOCIAL,
      wireId: null,
      senderId: fromBox,
      contentKind: 'text',
      subject: '',
      body: Buffer.from(command.text, 'utf8'),
      preview: null,
      algorithm: null,
      senderKey: null,
      inReplyTo: null,
      details: { origin: command.origin },
      createdAt,
      deliveries: [{ recipientId: toBox, wireId: null, clientId: null, wrappedKey: null, outcomeCode: DELIVERED_HERE, dueAt: null }],
      relations: openBetween(fromBox, toBox),
      spends: [],
      once: once
        ? {
            boxId: fromBox,
            scope: once.scope,
            key: once.key,
            digest: once.digest,
            result: once.result ?? null,
            expiresAt: once.lifetimeSeconds === null ? null : new Date(createdAt.getTime() + once.lifetimeSeconds * 1000),
          }
        : null,
      peerId: toBox,
      attachments: attachment ? [{ id: this.ids.next(), ...attachment }] : [],
      counts: [],
      events: [
        { boxId: toBox, id: this.ids.next(), kind: 'message.received' },
        { boxId: fromBox, id: this.ids.next(), kind: 'message.sent' },
      ],
    };
  }
}

/** No block either way, and both still here. */
function openBetween(fromBox: Id, toBox: Id): RelationCondition[] {
  return [
    { fromId: fromBox, kind: BLOCK, toId: toBox, stands: false },
    { fromId: toBox, kind: BLOCK, toId: fromBox, stands: false },
    { fromId: fromBox, kind: CLOSED, toId: fromBox, stands: false },
    { fromId: toBox, kind: CLOSED, toId: toBox, stands: false },
  ];
}

function asStored(command: SendDirectMessageCommand, stored: NewMessage, number: number): DirectMessage {
  return {
    number,
    from: command.from,
    to: command.to,
    text: command.text,
    createdAt: stored.createdAt,
    readAt: null,
    removedBySender: false,
    removedByRecipient: false,
    withdrawn: false,
    origin: command.origin,
    attachment: command.attachment ?? null,
  };
}
