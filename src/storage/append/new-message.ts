import { type Id } from '../../kernel/id-source.js';
import { type NewCopies } from '../own/cell/append-copies.js';

/** A message as the store takes it: all ids made, all mailboxes known, all preconditions data. */
export interface NewMessage {
  readonly id: Id;
  /** the sender's mailbox, or the recipient's where there is no sender */
  readonly homeBox: Id;
  readonly space: string;
  readonly wireId: string | null;
  readonly senderId: Id | null;
  readonly contentKind: 'text' | 'sealed';
  readonly subject: string;
  readonly body: Buffer;
  readonly preview: Buffer | null;
  readonly algorithm: string | null;
  readonly senderKey: Buffer | null;
  readonly inReplyTo: string | null;
  /** a JSON object the dialect alone understands */
  readonly details: object;
  readonly createdAt: Date;
  readonly deliveries: readonly NewDelivery[];
  /** refuse unless these relations stand (or do not stand) when the row is written */
  readonly relations: readonly RelationCondition[];
  /** take one use of these credentials, and refuse when one has none left, now or for good; first of a parcel only */
  readonly spends: readonly Spend[];
  /** store at most once per key; first of a parcel only */
  readonly once: OnceKey | null;
  /** the other side, where the message belongs to a conversation: it then gets a number */
  readonly peerId: Id | null;
  readonly attachments: readonly NewAttachment[];
  /** what it shows in lists that are filtered by what a message says */
  readonly copies?: NewCopies;
  /** totals to move, by mailbox and label */
  readonly counts: readonly CountChange[];
  /** one event row for each mailbox that sees the change */
  readonly events: readonly { readonly boxId: Id; readonly id: Id; readonly kind: string }[];
}

/** One use of a credential. */
export interface Spend {
  readonly credentialId: Id;
  /** what counts against its bytes of a day */
  readonly bytes: number;
}

export interface CountChange {
  readonly boxId: Id;
  readonly label: string;
  readonly delta: number;
  /** refuse when the total would pass this; such a total must be there already and is held until the commit */
  readonly max?: number;
}

export interface NewDelivery {
  readonly recipientId: Id;
  readonly wireId: string | null;
  readonly clientId: string | null;
  readonly wrappedKey: Buffer | null;
  readonly outcomeCode: number | null;
  readonly dueAt: Date | null;
  /** its place in the order of arrival: what this held count of the recipient's mailbox comes to with this message */
  readonly arrivalCount?: string;
}

/** A file of a message. Its bytes are on disk before the message is appended. */
export interface NewAttachment {
  readonly id: Id;
  readonly wireId: string;
  readonly name: string;
  readonly mediaType: string;
  readonly byteSize: number;
  readonly sha256: Buffer;
  readonly storageKey: string;
  /** a JSON object the dialect alone understands */
  readonly details: object;
}

/** A relation that must, or must not, stand at the moment the message is written. */
export interface RelationCondition {
  readonly fromId: Id;
  readonly kind: string;
  readonly toId: Id;
  /** true: must stand; false: must not */
  readonly stands: boolean;
}

/** A key under which a send happens at most once. */
export interface OnceKey {
  readonly boxId: Id;
  readonly scope: string;
  readonly key: string;
  /** equal for equal requests; another digest under the same key is a conflict */
  readonly digest: Buffer;
  /** opaque, handed back when the send is repeated */
  readonly result: Buffer | null;
  /** null: a tombstone that never expires */
  readonly expiresAt: Date | null;
  /** what the send came with; such a tombstone is kept as long as it can be used */
  readonly credentialId?: Id;
}

/** Where a message of a conversation came to stand. */
export interface StoredTalk {
  readonly number: number;
  readonly conversationId: number;
  /** messages of that conversation its sender has not read */
  readonly unread: number;
}

/** What became of a parcel that was handed to append. */
export type AppendOutcome =
  /** with one entry for each message of the parcel that belongs to a conversation, in its order */
  | { readonly kind: 'stored'; readonly talks: readonly StoredTalk[] }
  /** a relation precondition did not hold; nothing was written */
  | { readonly kind: 'refused' }
  /** a credential has no use left, or is not good any more; nothing was written */
  | { readonly kind: 'exhausted' }
  /** a credential was used too often within its minute or day; nothing was written */
  | { readonly kind: 'throttled'; readonly retryAt: Date }
  /** a total would pass its bound; nothing was written */
  | { readonly kind: 'full' }
  /** the same send was stored before; nothing was written */
  | { readonly kind: 'replayed'; readonly messageId: Id; readonly result: Buffer | null }
  /** the key was used for another send; nothing was written */
  | { readonly kind: 'mismatch' };
