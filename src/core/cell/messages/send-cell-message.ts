import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { type Id, type IdSource } from '../../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../../kernel/tokens.js';
import { type NewMessage } from '../../../storage/append/new-message.js';
import { Store } from '../../../storage/store.js';
import { type CellMessage, type CellMessageContent } from './cell-message.js';
import { type CellAddresses, Destinations } from './destinations.js';
import { MessageRefusal } from './message-refusal.js';
import { type Outgoing, outgoingMessage, sentMessage } from './outgoing-message.js';

export interface SendCellMessageCommand {
  readonly sender: { readonly cellId: Id; readonly boxId: Id; readonly url: string };
  readonly addresses: CellAddresses;
  readonly content: CellMessageContent;
  /** at each recipient: `unread`, or `none` for requests */
  readonly status: 'unread' | 'none';
  /** the message belongs to a Box on both sides: that of the app with this address; null: of no app */
  readonly boundToApp?: { readonly schema: string | null };
  /** addresses as cells write them, in the order of the sender */
  readonly to: readonly string[];
  /** a relation of the sender: all that are tied to it get the message, too */
  readonly toRelation: string | null;
  /** what the sender wrote */
  readonly toText: string | null;
  /** store at most once per key; both arrive hashed */
  readonly once?: { readonly key: string; readonly digest: Buffer; readonly lifetimeSeconds: number };
}

/** What became of a send. */
export type SentCellMessage =
  | { readonly kind: 'stored'; readonly message: CellMessage }
  /** the same send was stored before under this wire id */
  | { readonly kind: 'replayed'; readonly wireId: string };

const ONCE_SCOPE = 'cell.send';

/**
 * Stores one message for up to a thousand cells in one piece of work: one text, one list of
 * destinations, a delivery for each. A destination that cannot get it harms no other.
 */
@Injectable()
export class SendCellMessage {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(Destinations) private readonly destinations: Destinations,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /**
   * Returns only after the commit.
   *
   * @throws MessageRefusal box_of_sender, relation_of_sender, relation_empty,
   *   too_many_destinations: nothing was stored; DomainError duplicate: the once key was used for
   *   another send; overloaded
   */
  async execute(command: SendCellMessageCommand): Promise<SentCellMessage> {
    const box = await this.boxOf(command);
    const destinations = await this.destinations.of(command);
    const outgoing: Outgoing = {
      command,
      box,
      destinations,
      id: this.ids.next(),
      wireId: this.ids.bytes(16).toString('hex'),
      at: new Date(this.clock.now()),
    };
    const outcome = await this.store.append(this.withKey(outgoing, outgoingMessage(outgoing, () => this.ids.next())));
    switch (outcome.kind) {
      case 'stored':
        return { kind: 'stored', message: sentMessage(outgoing) };
      case 'replayed':
        return { kind: 'replayed', wireId: String(outcome.result) };
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

  private async boxOf({ sender, boundToApp }: SendCellMessageCommand): Promise<{ id: Id; name: string } | null> {
    if (!boundToApp) return null;
    const { schema } = boundToApp;
    const box = schema === null ? null : await this.store.read((tx) => tx.own.cell.boxes.bySchema(sender.cellId, schema));
    if (!box) throw new MessageRefusal('box_of_sender', schema ?? '');
    return box;
  }

  private withKey({ command: { once, sender }, wireId, at }: Outgoing, message: NewMessage): NewMessage {
    if (!once) return message;
    const expiresAt = new Date(at.getTime() + once.lifetimeSeconds * 1000);
    const { key, digest } = once;
    return { ...message, once: { boxId: sender.boxId, scope: ONCE_SCOPE, key, digest, result: Buffer.from(wireId, 'latin1'), expiresAt } };
  }
}

