import { type Id } from '../../kernel/id-source.js';

/** What a message holds, as it goes into the store: the core carries it and does not look inside. */
export interface MessageContent {
  /** text: plain bytes; sealed: opaque to the server */
  readonly kind: 'text' | 'sealed';
  /** empty where the subject is part of the sealed body */
  readonly subject?: string;
  /** byte-exact as the sender gave it, or its ciphertext */
  readonly body: Buffer;
  /** a short form for lists, sealed like the body; lists never read bodies */
  readonly preview?: Buffer | null;
  /** set exactly when sealed */
  readonly algorithm?: string | null;
  /** the content key wrapped for the sender, where the sender may read the message again */
  readonly senderKey?: Buffer | null;
}

/** What a list shows of a message. */
export interface MessageHead {
  readonly id: Id;
  readonly wireId: string;
  readonly preview: Buffer | null;
  /** the content key wrapped for the side that lists */
  readonly key: Buffer | null;
  readonly revision: number;
  readonly createdAt: Date;
  readonly editedAt: Date | null;
}

/** A message as one of its two sides may read it. */
export interface ReadableMessage extends MessageHead {
  readonly subject: string;
  readonly body: Buffer;
  readonly algorithm: string | null;
  readonly details: unknown;
}
