import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { type Id, type IdSource } from '../../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../../kernel/tokens.js';
import { type NewMessage } from '../../../storage/append/new-message.js';
import { Store } from '../../../storage/store.js';
import { CELL_SPACE, type CellMessage, type CellMessageContent, countLabel, detailsOf } from './cell-message.js';
import { MessageRefusal } from './message-refusal.js';
import { asSubject, bytesOf } from './stored-text.js';

const DELIVERED_HERE = 201;
/** A sender repeats for a day. Longer than that a message that was removed here stays known. */
const KNOWN_MS = 8 * 86_400_000;
const SCOPE = 'cell.port';

export interface ReceiveCellMessageCommand {
  readonly recipient: { readonly cellId: Id; readonly boxId: Id };
  /** given by the sender */
  readonly wireId: string;
  /** address of the cell that sent it, already proved */
  readonly from: string;
  /** addresses of the other destinations, joined by commas */
  readonly others: string | null;
  readonly content: CellMessageContent;
  readonly status: 'unread' | 'none';
  /** address of the app whose Box it goes to; null: none */
  readonly schema: string | null;
}

/** Takes a message that comes from elsewhere, once. */
@Injectable()
export class ReceiveCellMessage {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /** @throws MessageRefusal box_here, known: the stored copy is as it was; DomainError overloaded */
  async execute(command: ReceiveCellMessageCommand): Promise<CellMessage> {
    const { recipient, schema } = command;
    const box = schema === null ? null : await this.store.read((tx) => tx.own.cell.boxes.bySchema(recipient.cellId, schema));
    if (schema !== null && !box) throw new MessageRefusal('box_here', schema);
    const message = this.prepare(command, box?.id ?? null);
    const outcome = await this.append(message);
    if (outcome !== 'stored') throw new MessageRefusal('known');
    return received(command, message.createdAt, box);
  }

  /** A wire id that stands in a list is refused by its index; one that was removed, by the key that outlives it. */
  private async append(message: NewMessage): Promise<string> {
    try {
      return (await this.store.append(message)).kind;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'conflict') return 'known';
      throw error;
    }
  }

  private prepare({ recipient, wireId, from, others, content, status }: ReceiveCellMessageCommand, boundTo: Id | null): NewMessage {
    const createdAt = new Date(this.clock.now());
    const { boxId } = recipient;
    const inReplyTo = content.inReplyTo;
    return {
      id: this.ids.next(),
      homeBox: boxId,
      space: CELL_SPACE,
      wireId: null,
      senderId: null,
      contentKind: 'text',
      subject: asSubject(content.title),
      body: bytesOf(content.body),
      preview: null,
      algorithm: null,
      senderKey: null,
      inReplyTo: inReplyTo === null ? null : asSubject(inReplyTo),
      details: { ...detailsOf(content), ...(others === null ? {} : { others }) },
      createdAt,
      deliveries: [{ recipientId: boxId, wireId, clientId: null, wrappedKey: null, outcomeCode: DELIVERED_HERE, dueAt: null }],
      relations: [],
      spends: [],
      once: { boxId, scope: SCOPE, key: wireId, digest: EMPTY, result: null, expiresAt: new Date(createdAt.getTime() + KNOWN_MS) },
      peerId: null,
      attachments: [],
      copies: {
        wireId,
        type: content.type,
        title: bytesOf(content.title),
        fromUrl: from,
        inReplyTo: inReplyTo === null ? null : bytesOf(inReplyTo),
        priority: content.priority,
        rows: [{ boxId, side: 'received', status, boundTo, place: null }],
      },
      counts: [{ boxId, label: countLabel('received', content.type, status), delta: 1 }],
      events: [{ boxId, id: this.ids.next(), kind: 'message.received' }],
    };
  }
}

/** Whatever comes under a known id is refused, be it the same or not. */
const EMPTY = Buffer.alloc(0);

function received(command: ReceiveCellMessageCommand, at: Date, box: { readonly id: Id; readonly name: string } | null): CellMessage {
  return {
    ...command.content,
    wireId: command.wireId,
    side: 'received',
    from: command.from,
    status: command.status,
    boundTo: box?.id ?? null,
    boxName: box?.name ?? null,
    publishedAt: at,
    updatedAt: at,
    revision: 1,
    to: null,
    toRelation: null,
    schema: null,
    results: [],
    others: command.others,
  };
}
