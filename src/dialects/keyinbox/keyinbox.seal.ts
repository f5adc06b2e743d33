import { Inject, Injectable } from '@nestjs/common';
import { type MessageContent, type MessageHead, type ReadableMessage } from '../../core/messaging/message.js';
import { constantTimeEqual } from '../../crypto/constant-time.js';
import { CryptoFailure } from '../../crypto/crypto-failure.js';
import { type BoxOpener, SealedBox } from '../../crypto/sealed-box.js';
import { type PrivateKey, type PublicKey } from './keyinbox.keys.js';
import { decodePayload, decodePreview, encodePayload, encodePreview, type MessageFacts, type MessagePayload } from './keyinbox.payload.js';

/** The HKDF info of every wrapped key of this dialect. */
const WRAP_INFO = 'polypost/keyinbox/wrap/v1';
const ALGORITHM = 'polypost/keyinbox/x25519-hkdf-sha256-aes-256-gcm/v1';
const PAYLOAD = 'payload';
const PREVIEW = 'preview';
const CONTRACT = 'contract';
const HASH_BYTES = 32;

/** The row a sealed revision belongs to. Ciphertext moved to any other place does not open there. */
export interface SealedPlace {
  readonly storedId: string;
  readonly recipient: PublicKey;
  readonly revision: number;
}

/** A message ready for the store. */
export interface SealedMessage {
  readonly content: MessageContent;
  readonly recipientKey: Buffer;
}

/** A contract ready for the store. */
export interface SealedContract {
  readonly body: Buffer;
  readonly issuerKey: Buffer;
  readonly signerKey: Buffer;
}

/** What is sealed of a contract. */
export interface ContractPayload {
  readonly id: string;
  readonly message: string;
  readonly issuer: string;
  readonly signer: string;
}

/**
 * What is sealed to the keys of this dialect, and what it is bound to. The server cannot open any
 * of it without a private key that a request brings along.
 */
@Injectable()
export class KeyInboxSeal {
  constructor(@Inject(SealedBox) private readonly box: SealedBox) {}

  /**
   * @param sender wraps the content key for him too, so that he can read what he sent; null: nobody but the recipient can
   */
  async sealMessage(payload: MessagePayload, place: SealedPlace, sender: PublicKey | null): Promise<SealedMessage> {
    const hash = place.recipient.mailbox.hash;
    const { parts, keys } = await this.box.seal({
      parts: [
        { label: PAYLOAD, clear: encodePayload(payload) },
        { label: PREVIEW, clear: encodePreview(payload) },
      ],
      recipients: sender === null ? [place.recipient.raw] : [place.recipient.raw, sender.raw],
      context: messageContext(place.storedId, hash, place.revision),
      info: WRAP_INFO,
    });
    const [body, preview] = parts as [Buffer, Buffer];
    const [recipientKey, senderKey = null] = keys as [Buffer, Buffer?];
    return {
      // who sent it must be able to open the preview without knowing the recipient: the hash tells
      content: { kind: 'sealed', body, preview: Buffer.concat([hash, preview]), algorithm: ALGORITHM, senderKey },
      recipientKey,
    };
  }

  /** @returns one private key made ready to open any number of messages and contracts */
  reader(key: PrivateKey): SealReader {
    return new SealReader(this.box.opener(key.seed, key.publicKey.raw, WRAP_INFO), key);
  }

  /** Seals a contract for its two parties. */
  async sealContract(payload: ContractPayload, storedId: string, issuer: PublicKey, signer: PublicKey): Promise<SealedContract> {
    const { parts, keys } = await this.box.seal({
      parts: [{ label: CONTRACT, clear: Buffer.from(JSON.stringify(payload), 'utf8') }],
      recipients: [issuer.raw, signer.raw],
      context: Buffer.from(storedId, 'latin1'),
      info: WRAP_INFO,
    });
    const [body] = parts as [Buffer];
    const [issuerKey, signerKey] = keys as [Buffer, Buffer];
    return { body, issuerKey, signerKey };
  }
}

/** Opens what is sealed to one private key. Lives no longer than its request. */
export class SealReader {
  constructor(
    private readonly opener: BoxOpener,
    private readonly key: PrivateKey,
  ) {}

  /**
   * @returns the whole message; its preview is opened too, so that damage anywhere shows
   * @throws CryptoFailure
   */
  async message(stored: ReadableMessage): Promise<MessagePayload> {
    if (stored.algorithm !== ALGORITHM) throw new CryptoFailure('a message is sealed in an unknown way');
    const { hash, preview, wrapped } = sealedParts(stored);
    const [body, short] = (await this.opener.open(wrapped, messageContext(stored.wireId, hash, stored.revision), [
      { label: PAYLOAD, sealed: stored.body },
      { label: PREVIEW, sealed: preview },
    ])) as [Buffer, Buffer];
    const payload = decodePayload(body);
    this.checkSides(payload);
    if (!short.equals(encodePreview(payload))) throw new CryptoFailure('a message and its preview differ');
    return payload;
  }

  /**
   * @returns what lists show of a message, opened without its body
   * @throws CryptoFailure
   */
  async preview(stored: MessageHead): Promise<MessageFacts> {
    const { hash, preview, wrapped } = sealedParts(stored);
    const context = messageContext(stored.wireId, hash, stored.revision);
    const [clear] = (await this.opener.open(wrapped, context, [{ label: PREVIEW, sealed: preview }])) as [Buffer];
    const facts = decodePreview(clear);
    this.checkSides(facts);
    return facts;
  }

  /**
   * @returns a contract this key is a party of
   * @throws CryptoFailure
   */
  async contract(stored: {
    readonly wireId: string;
    readonly body: Buffer;
    readonly key: Buffer;
    readonly party: 'issuer' | 'signer';
  }): Promise<ContractPayload> {
    const context = Buffer.from(stored.wireId, 'latin1');
    const [clear] = (await this.opener.open(stored.key, context, [{ label: CONTRACT, sealed: stored.body }])) as [Buffer];
    const payload = JSON.parse(clear.toString('utf8')) as ContractPayload;
    if (payload[stored.party] !== this.key.publicKey.text) throw new CryptoFailure('a contract is not between these parties');
    return payload;
  }

  /** The store said that this key is one of the two sides; what was sealed must say so too. */
  private checkSides({ from, to }: MessageFacts): void {
    const mine = this.key.publicKey.raw;
    const isMine = (text: string | null): boolean => text !== null && constantTimeEqual(Buffer.from(text.slice(2), 'hex'), mine);
    if (!isMine(to) && !isMine(from)) throw new CryptoFailure('a message is not between these keys');
  }
}

function sealedParts(stored: MessageHead): { hash: Buffer; preview: Buffer; wrapped: Buffer } {
  if (stored.preview === null || stored.key === null) throw new CryptoFailure('a message has no preview or no key');
  return { hash: stored.preview.subarray(0, HASH_BYTES), preview: stored.preview.subarray(HASH_BYTES), wrapped: stored.key };
}

function messageContext(storedId: string, recipientHash: Buffer, revision: number): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(revision);
  return Buffer.concat([Buffer.from(storedId, 'latin1'), recipientHash, number]);
}
