import { decodeBase64 } from '../base/base64.js';
import { parseDate } from '../base/dates.js';
import { type Bytes } from '../base/bytes.js';
import { canonicalize, canonicalizeStrictly } from '../base/jcs.js';
import { without } from '../base/json.js';
import { contextBytes } from '../suites/context.js';
import { type SuiteId } from '../suites/registry.js';

/** What a sender says. Members that are not known are kept, and covered by the signature. */
export interface Message {
  /** who the sender claims to be; proves nothing */
  readonly from?: string;
  /** the sender's public key in text form */
  readonly key: string;
  /** 0 to 2147483647; see DATA_TYPES */
  readonly data_type: number;
  /** anything JSON can carry */
  readonly data: unknown;
  /** RFC 3339 */
  readonly date: string;
  readonly signature: string;
  readonly [member: string]: unknown;
}

/** A Message before it is signed; key and signature are added then. */
export interface MessageDraft {
  readonly from?: string;
  readonly data_type: number;
  readonly data: unknown;
  readonly date: string;
  readonly [member: string]: unknown;
}

/** Which Packet a Message travels in. It is sealed and signed together with these. */
export interface PacketAddress {
  /** `id` of the Packet */
  readonly id: string;
  readonly user_id: string;
}

/** Meanings of `data_type`. 7 to 99 are reserved, 100 and up private. */
export const DATA_TYPES = { none: 0, text: 1, card: 2, receipt: 3, attachment: 4, keyRotation: 5, ephemeral: 6 } as const;

const DATA_TYPE_MAX = 2_147_483_647;

/** What the inner layer is bound to: additional data of `data`, with HPKE also the `info` of `password`. */
export function innerContext(algorithm: SuiteId, address: PacketAddress): Bytes {
  return contextBytes('message', algorithm, address.id, address.user_id);
}

/**
 * What the sender signs. Packet id, user and recipient key are covered though the Message does not
 * carry them: sealed again for somebody else, or under another id, it no longer verifies.
 *
 * @param recipient fingerprint of the recipient's encryption key
 */
export function signatureInput(message: Readonly<Record<string, unknown>>, address: PacketAddress, recipient: string): Bytes {
  return contextBytes('signature', address.id, address.user_id, recipient, canonicalize(without(message, 'signature')));
}

/** Whether the members have the types the format asks for. Says nothing of key and signature but their form. */
export function isMessage(value: Readonly<Record<string, unknown>>): value is Message {
  const { from, key, data_type, date, signature } = value;
  if (from !== undefined && typeof from !== 'string') return false;
  if (typeof key !== 'string' || typeof date !== 'string' || typeof signature !== 'string') return false;
  if (typeof data_type !== 'number' || !Number.isInteger(data_type) || data_type < 0 || data_type > DATA_TYPE_MAX) return false;
  return Object.hasOwn(value, 'data') && parseDate(date) !== undefined && decodeBase64(signature) !== undefined;
}

/** The plaintext of the inner layer without padding. @throws JcsError */
export function messageText(message: Message): string {
  return canonicalizeStrictly(message);
}
