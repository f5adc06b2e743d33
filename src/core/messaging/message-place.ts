import { DomainError } from '../../kernel/domain-error.js';
import { type Id } from '../../kernel/id-source.js';
import { type MailboxRef } from '../../kernel/mailbox-ref.js';
import { type PlaceRow } from '../../storage/repositories/messages.repository.js';
import { type Store } from '../../storage/store.js';
import { type Tx } from '../../storage/tx.js';

/** A message as its receiver names it. */
export interface ReceivedName {
  readonly space: string;
  readonly mailbox: MailboxRef;
  readonly wireId: string;
}

/** A message as its sender names it; without a recipient the wire id alone must do. */
export interface SentName {
  readonly space: string;
  readonly sender: MailboxRef;
  readonly recipient: MailboxRef | null;
  readonly wireId: string;
}

/**
 * @returns the id of a mailbox that must exist for the message to exist
 * @throws DomainError message_not_found: nobody has used this mailbox
 */
export async function boxOrNotFound(store: Store, ref: MailboxRef): Promise<Id> {
  return (await store.findMailbox(ref)) ?? notFound();
}

/** @throws DomainError message_not_found */
export function notFound(): never {
  throw new DomainError('message_not_found');
}

/** Mailboxes of a message named by its sender, looked up before the transaction. */
export interface SenderBoxes {
  /** null: this sender has never sent anything */
  readonly senderId: Id | null;
  readonly recipientId: Id | null;
}

/** @throws DomainError message_not_found when the named recipient has no mailbox */
export async function senderBoxes(store: Store, name: SentName): Promise<SenderBoxes> {
  const recipientId = name.recipient ? await boxOrNotFound(store, name.recipient) : null;
  return { senderId: await store.findMailbox(name.sender), recipientId };
}

/**
 * Finds and holds the message of a sender.
 * @throws DomainError message_not_found; forbidden when it exists but somebody else sent it
 */
export async function lockAsSender(tx: Tx, name: SentName, boxes: SenderBoxes): Promise<PlaceRow> {
  if (boxes.recipientId === null) {
    const sent = boxes.senderId && (await tx.messages.lockSent(boxes.senderId, name.space, name.wireId));
    return sent || notFound();
  }
  const place = (await tx.messages.lockReceived(boxes.recipientId, name.space, name.wireId)) ?? notFound();
  requireSender(place.sender_id, boxes.senderId);
  return place;
}

/** An anonymous message has no sender, so nobody is its sender. */
export function requireSender(actual: Id | null, claimed: Id | null): void {
  if (actual === null || actual !== claimed) throw new DomainError('forbidden');
}
