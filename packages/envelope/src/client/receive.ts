import { parseDate } from '../base/dates.js';
import { type Backend } from '../backend/backend.js';
import { type Identity } from '../identity/identity.js';
import { DATA_TYPES, type Message } from '../inner/message.js';
import { openMessage } from '../inner/open.js';
import { readCard } from './card.js';
import { type Contact, type Contacts } from './contacts.js';
import { UsageError } from './errors.js';
import { type MailItem } from './account.js';

/** What is known of whoever signed a message. */
export interface Sender {
  /**
   * `verified`: the key is pinned, or the directory of the address in `from` names it; `key_changed`:
   * `from` is a contact who has another key; `unverified`: somebody
   */
  readonly status: 'verified' | 'unverified' | 'key_changed';
  /** fingerprint of the key */
  readonly fingerprint: string;
  /** how it was verified */
  readonly by?: 'pin' | 'directory';
  /** the contact the key is pinned for */
  readonly contact?: string;
}

/** Something odd that does not make a message invalid. */
export type Warning = 'replayed' | 'future_date' | 'stale_date';

/** A message that opened. */
export interface Received {
  readonly message_id: string;
  readonly message: Message;
  readonly sender: Sender;
  readonly warnings: readonly Warning[];
  /** whether a newer contact card of the sender was taken */
  readonly card_renewed: boolean;
}

/** What opening needs to know. */
export interface Receiving {
  readonly backend: Backend;
  readonly identity: Identity;
  readonly contacts: Contacts;
  /** ms since 1970 */
  readonly now: number;
  /** when the token was made that brought the message, RFC 3339 */
  readonly tokenCreatedAt?: string;
  /**
   * Asks the directory of the address in `from` for its identity key. It tells that host that
   * somebody reads the message, so it is done only where it is given.
   *
   * @returns the fingerprint, undefined when the directory does not show the name
   */
  readonly lookUp?: (address: string) => Promise<string | undefined>;
}

const FUTURE_MS = 10 * 60 * 1000;
const STALE_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Opens a message of the mailbox, verifies it and says what is known of the sender.
 *
 * @throws EnvelopeError, and UsageError for an item without its Packet
 */
export async function receive(context: Receiving, item: MailItem): Promise<Received> {
  if (item.packet === undefined) throw new UsageError('The message was listed without its Packet.');
  const { message, senderFingerprint } = await openMessage(context.backend, item.packet, ...context.identity.encryption);
  const sender = await judge(context, message, senderFingerprint);
  const isRepeat = await context.contacts.see(senderFingerprint, item.packet.id, item.message_id);
  return {
    message_id: item.message_id,
    message,
    sender,
    warnings: [...(isRepeat ? (['replayed'] as const) : []), ...dateWarnings(message.date, context)],
    card_renewed: await takeCard(context.contacts, message, sender),
  };
}

async function judge({ contacts, lookUp }: Receiving, message: Message, fingerprint: string): Promise<Sender> {
  const claimed = message.from === undefined ? undefined : await contacts.find(message.from.toLowerCase());
  if (claimed !== undefined && claimed.identity_fp !== fingerprint) return { status: 'key_changed', fingerprint, contact: claimed.address };
  const pinned: Contact | undefined = claimed ?? (await contacts.findByKey(fingerprint));
  if (pinned !== undefined) return { status: 'verified', by: 'pin', fingerprint, contact: pinned.address };
  const listed = message.from === undefined || lookUp === undefined ? undefined : await lookUp(message.from);
  return listed === fingerprint ? { status: 'verified', by: 'directory', fingerprint } : { status: 'unverified', fingerprint };
}

function dateWarnings(date: string, { now, tokenCreatedAt }: Receiving): readonly Warning[] {
  const written = parseDate(date) ?? now;
  if (written > now + FUTURE_MS) return ['future_date'];
  const oldest = Math.max(now - STALE_MS, tokenCreatedAt === undefined ? Number.NEGATIVE_INFINITY : (parseDate(tokenCreatedAt) ?? 0) - FUTURE_MS);
  return written < oldest ? ['stale_date'] : [];
}

async function takeCard(contacts: Contacts, message: Message, sender: Sender): Promise<boolean> {
  if (message.data_type !== DATA_TYPES.card || sender.status !== 'verified') return false;
  try {
    return await contacts.renew(readCard(message.data), sender.fingerprint);
  } catch (error) {
    // a card that cannot be read is shown as it is
    if (error instanceof UsageError) return false;
    throw error;
  }
}
