import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Id, type IdSource } from '../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { type NewMessage, type RelationCondition } from '../../storage/append/new-message.js';
import { Store } from '../../storage/store.js';
import { userBox } from '../accounts/user.js';
import { BLOCK, CLOSED, FOLLOW } from '../relations/kinds.js';
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

/** The same text to several users, each in the conversation of that pair. */
export interface SendToAllCommand extends Omit<SendDirectMessageCommand, 'to' | 'attachment'> {
  /** at least one, without repetition */
  readonly to: readonly Id[];
  /** a file of each message, by recipient */
  readonly attachmentFor?: (to: Id) => SendDirectMessageCommand['attachment'];
  /** true: every recipient must follow the sender */
  readonly followed: boolean;
}

/** What became of a message to several: one entry for each recipient, in their order. */
export interface SentToAll {
  readonly messages: DirectMessage[];
  readonly conversationIds: number[];
  /** what the sender had not read of each conversation; on a repeat 0 */
  readonly unread: number[];
  readonly replayed: boolean;
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
      case 'throttled':
      case 'full':
        throw new DomainError('quota_exceeded');
    }
  }

  /**
   * Sends to all or to none: one refusal refuses everything. Nobody sees who else was addressed.
   * The once key repeats the whole: its answer is read again from the store.
   *
   * @returns one message for each recipient, in their order
   * @throws DomainError as execute; not_followed when a recipient does not follow the sender, a
   *   block stands between two, or one of them is gone
   */
  async toAll(command: SendToAllCommand): Promise<SentToAll> {
    const fromBox = await this.store.ensureMailbox(userBox(command.from));
    const parcel: NewMessage[] = [];
    for (const to of command.to) {
      const toBox = await this.store.ensureMailbox(userBox(to));
      const one = { ...command, to, attachment: command.attachmentFor?.(to) ?? null };
      const message = this.prepare(one, fromBox, toBox);
      const follow = { fromId: toBox, kind: FOLLOW, toId: fromBox, stands: true };
      parcel.push(command.followed ? { ...message, relations: [...message.relations, follow] } : message);
    }
    const [head, ...rest] = parcel;
    if (!head) throw new DomainError('invalid_input', { field: 'recipients' });
    // A repeat finds the messages again by the ids that the key keeps.
    const result = Buffer.from(JSON.stringify(parcel.map((message) => message.id)));
    const first = { ...head, once: head.once && { ...head.once, result } };
    const outcome = await this.store.appendTogether([first, ...rest]);
    if (outcome.kind === 'mismatch') throw new DomainError('duplicate');
    if (outcome.kind === 'refused') throw new DomainError('not_followed');
    if (outcome.kind === 'replayed') return this.storedParcel(command.from, fromBox, JSON.parse(String(outcome.result)) as Id[]);
    if (outcome.kind !== 'stored') throw new DomainError('quota_exceeded');
    const messages = command.to.map((to, index) =>
      asStored({ ...command, to, attachment: command.attachmentFor?.(to) ?? null }, parcel[index]!, outcome.talks[index]!.number),
    );
    const { talks } = outcome;
    return { messages, conversationIds: talks.map((talk) => talk.conversationId), unread: talks.map((talk) => talk.unread), replayed: false };
  }

  private async storedParcel(from: Id, fromBox: Id, ids: readonly Id[]): Promise<SentToAll> {
    const rows = await this.store.read((tx) => tx.conversations.sentByIds(fromBox, ids));
    if (rows.length === 0) throw new DomainError('message_not_found');
    return {
      messages: rows.map((row) => directMessage(row, { reader: from, readerBox: fromBox, partner: row.partner })),
      conversationIds: rows.map((row) => Number(row.conversation_id)),
      unread: rows.map(() => 0),
      replayed: true,
    };
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
