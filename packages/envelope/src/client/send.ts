import { encodeBase64Url } from '../base/base64.js';
import { writeDate } from '../base/dates.js';
import { type Backend } from '../backend/backend.js';
import { fingerprintOf } from '../keys/fingerprint.js';
import { type PrivateKey } from '../keys/private-key.js';
import { type MessageDraft } from '../inner/message.js';
import { sealMessage } from '../inner/seal.js';
import { signMessage } from '../inner/sign.js';
import { type Packet } from '../outer/packet.js';
import { type Body, sealPacket } from '../outer/seal.js';
import { type SuiteId } from '../suites/registry.js';
import { type Contact } from './contacts.js';
import { chooseServerKey, type KnownServer } from './discovery.js';
import { NetworkError, RefusedError } from './errors.js';
import { call, type Transport } from './http.js';
import { chooseInnerSuite, type RecipientKeys } from './recipient.js';

/** What to say. */
export interface Content {
  /** 1, a text, by default */
  readonly data_type?: number;
  /** anything JSON can carry */
  readonly data: unknown;
  /** who the sender claims to be */
  readonly from?: string;
}

/** What a server made of a message. */
export interface Receipt {
  readonly message_id: string;
  /** whether the server had this Packet already */
  readonly repeated: boolean;
  /** `id` of the Packet */
  readonly packet_id: string;
}

/** Waiting and chance, so that tests need neither. */
export interface Patience {
  /** waits that many ms */
  readonly sleep: (ms: number) => Promise<void>;
  /** 0 to below 1; spreads senders that were turned away together */
  readonly chance: () => number;
}

const TRIES = 6;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** A server that asks for more is not waited for. */
const RETRY_AFTER_MAX_SECONDS = 120;
const PACKET_ID_BYTES = 16;

/** A fresh Packet id: 128 random bits. */
export function newPacketId(backend: Backend): string {
  return encodeBase64Url(backend.random(PACKET_ID_BYTES));
}

/** Signs a message for somebody and seals the inner layer. */
export async function composePacket(
  backend: Backend,
  contact: Pick<Contact, 'user_id' | 'token'>,
  keys: RecipientKeys,
  content: Content,
  sender: { readonly identity: PrivateKey; readonly preference: readonly SuiteId[]; readonly now: number; readonly id?: string },
): Promise<Packet> {
  const address = { id: sender.id ?? newPacketId(backend), user_id: contact.user_id };
  const algorithm = chooseInnerSuite(keys, sender.preference);
  const { data_type = 1, data, from } = content;
  const draft: MessageDraft = { data_type, data, date: writeDate(sender.now), ...(from !== undefined && { from }) };
  const message = await signMessage(backend, draft, sender.identity, { address, recipient: keys.encryption, algorithm });
  const inner = await sealMessage(backend, message, address, keys.encryption, algorithm);
  return { ...address, token: contact.token, ...inner, kid: await fingerprintOf(backend, keys.encryption) };
}

/** Seals a Packet for its server. */
export async function composeBody(backend: Backend, packet: Packet, server: KnownServer, preference: readonly SuiteId[]): Promise<Body> {
  const { key, algorithm } = await chooseServerKey(backend, server, preference);
  return sealPacket(backend, packet, key, algorithm);
}

/** What delivering needs. */
export interface Delivery extends Patience {
  readonly transport: Transport;
  readonly server: KnownServer;
  /** seals the Packet to a server's key */
  readonly seal: (server: KnownServer) => Promise<Body>;
  /** asks the server for its document anew */
  readonly discover: () => Promise<KnownServer>;
}

/**
 * Brings a body to its server. After time-outs, 429 and 5xx the same bytes are sent again; when the
 * server cannot open the body or does not know its key, once more after fresh discovery, with the
 * outer layer sealed anew. The Packet stays the same all along, so nothing is delivered twice.
 *
 * @throws RefusedError, NetworkError, TrustError
 */
export async function deliver(delivery: Delivery, packetId: string): Promise<Receipt> {
  let server = delivery.server;
  let text = JSON.stringify(await delivery.seal(server));
  let isFresh = false;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await call(delivery.transport, `${server.document.base_url}/api/v1/message`, { method: 'POST', body: text });
      if (typeof answer.body.message_id !== 'string') throw new NetworkError('The server does not say what it calls the message.');
      return { message_id: answer.body.message_id, repeated: answer.status === 200, packet_id: packetId };
    } catch (error) {
      if (!isFresh && error instanceof RefusedError && ['undecryptable', 'unknown_server_key'].includes(error.code)) {
        isFresh = true;
        server = await delivery.discover();
        text = JSON.stringify(await delivery.seal(server));
        continue;
      }
      if (attempt >= TRIES || !isWorthAnotherTry(error)) throw error;
      await delivery.sleep(waitBefore(attempt, error, delivery.chance()));
    }
  }
}

function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  if (!(error instanceof RefusedError) || (error.status !== 429 && error.status < 500)) return false;
  return (error.retryAfterSeconds ?? 0) <= RETRY_AFTER_MAX_SECONDS;
}

/** At least what the server asks for, and up to half as much again. */
function waitBefore(attempt: number, error: unknown, chance: number): number {
  const asked = error instanceof RefusedError ? error.retryAfterSeconds : undefined;
  const base = asked === undefined ? Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS) : asked * 1000;
  return Math.round(base * (1 + chance / 2));
}
