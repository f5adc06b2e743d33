import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type IdSource } from '../kernel/id-source.js';
import { limits } from '../kernel/limits.js';
import { ID_SOURCE } from '../kernel/tokens.js';
import { decrypt, encrypt, KEY_BYTES, NONCE_BYTES, secretKey } from './aead.js';
import { CryptoFailure } from './crypto-failure.js';
import { EphemeralKeys } from './ephemeral-keys.js';
import { importPrivateKey, importPublicKey, sharedSecret, X25519_BYTES } from './x25519.js';

const VERSION = 1;
const VERSION_BYTES = Buffer.from([VERSION]);
const TAG_BYTES = 16;
const WRAP_HEAD_BYTES = 1 + X25519_BYTES;
/** version, ephemeral public key, nonce, wrapped content key, tag */
export const WRAP_BYTES = WRAP_HEAD_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES;

/** What one sealing takes. */
export interface SealRequest {
  /** texts to seal under one content key, each with the label that keeps it apart from the others */
  readonly parts: readonly { readonly label: string; readonly clear: Buffer }[];
  /** raw X25519 public keys that shall be able to open it */
  readonly recipients: readonly Buffer[];
  /** what the ciphertext belongs to (row, revision); opening needs the same bytes */
  readonly context: Buffer;
  /** the HKDF info that names the use */
  readonly info: string;
}

/** What one sealing gives: ciphertexts and wrapped keys in the order they were asked for. */
export interface Sealed {
  readonly parts: readonly Buffer[];
  readonly keys: readonly Buffer[];
}

/**
 * The hybrid box: a random content key under AES-256-GCM, wrapped for each recipient through one
 * ephemeral X25519 key and HKDF-SHA256. No secret of the server takes part, so neither a dump nor
 * the settings open it.
 *
 * The curve is done in the thread pool, so that other requests are served meanwhile and more than
 * one core works. What is remembered are public keys alone: importing one costs as much as using it.
 */
@Injectable()
export class SealedBox {
  private readonly ephemeralKeys = new EphemeralKeys();
  private readonly recipients = new LRUCache<string, KeyObject>({ max: limits.public_key_cache_entries_max });

  constructor(@Inject(ID_SOURCE) private readonly ids: IdSource) {}

  /**
   * @returns the sealed parts and one self-contained wrap record per recipient
   * @throws CryptoFailure for a recipient key no exchange can be made with
   */
  async seal(request: SealRequest): Promise<Sealed> {
    const { parts, recipients, context, info } = request;
    const ephemeral = await this.ephemeralKeys.take();
    const wrapKeys = await Promise.all(
      recipients.map(async (recipient) => {
        const secret = await sharedSecret(ephemeral.privateKey, this.recipientKey(recipient));
        return deriveWrapKey(secret, ephemeral.publicKey, recipient, info);
      }),
    );
    const random = this.ids.bytes(KEY_BYTES + (parts.length + recipients.length) * NONCE_BYTES);
    const contentBytes = random.subarray(0, KEY_BYTES);
    const contentKey = secretKey(contentBytes);
    const nonceAt = (index: number): Buffer => random.subarray(KEY_BYTES + index * NONCE_BYTES, KEY_BYTES + (index + 1) * NONCE_BYTES);

    const sealed = {
      parts: parts.map(({ label, clear }, index) => Buffer.concat([VERSION_BYTES, ...encrypt(contentKey, nonceAt(index), aad(label, context), clear)])),
      keys: wrapKeys.map((wrapKey, index) => wrap(wrapKey, ephemeral.publicKey, nonceAt(parts.length + index), context, contentBytes)),
    };
    random.fill(0);
    return sealed;
  }

  /**
   * Prepares a private key for opening any number of boxes: it is imported once, each box then
   * costs one exchange.
   *
   * @param seed 32 raw bytes
   * @param publicKey the 32 raw bytes that belong to them
   * @param info the HKDF info used when sealing
   */
  opener(seed: Buffer, publicKey: Buffer, info: string): BoxOpener {
    return new BoxOpener(importPrivateKey(seed, publicKey), publicKey, info);
  }

  private recipientKey(raw: Buffer): KeyObject {
    const name = raw.toString('latin1');
    let key = this.recipients.get(name);
    if (key === undefined) {
      key = importPublic(raw);
      this.recipients.set(name, key);
    }
    return key;
  }
}

/** Opens boxes with one private key. Lives no longer than the request that brought the key. */
export class BoxOpener {
  constructor(
    private readonly privateKey: KeyObject,
    private readonly publicKey: Buffer,
    private readonly info: string,
  ) {}

  /**
   * @param wrapped this key's wrap record
   * @param context the bytes given when sealing
   * @param parts sealed parts with their labels
   * @returns the clear parts
   * @throws CryptoFailure when a byte of anything differs
   */
  async open(wrapped: Buffer, context: Buffer, parts: readonly { readonly label: string; readonly sealed: Buffer }[]): Promise<Buffer[]> {
    if (wrapped.length !== WRAP_BYTES || wrapped[0] !== VERSION) throw new CryptoFailure('a wrapped key is damaged');
    const ephemeral = wrapped.subarray(1, WRAP_HEAD_BYTES);
    const secret = await sharedSecret(this.privateKey, importPublic(ephemeral));
    const wrapKey = deriveWrapKey(secret, ephemeral, this.publicKey, this.info);
    const contentBytes = decrypt(wrapKey, wrapped.subarray(WRAP_HEAD_BYTES), aad('key', wrapped.subarray(0, WRAP_HEAD_BYTES), context));
    const contentKey = secretKey(contentBytes);
    contentBytes.fill(0);
    return parts.map(({ label, sealed }) => {
      if (sealed[0] !== VERSION) throw new CryptoFailure('a sealed part is damaged');
      return decrypt(contentKey, sealed.subarray(1), aad(label, context));
    });
  }
}

function importPublic(raw: Buffer): KeyObject {
  try {
    return importPublicKey(raw);
  } catch {
    throw new CryptoFailure('the key exchange failed');
  }
}

/** @param secret of the exchange; wiped */
function deriveWrapKey(secret: Buffer, ephemeral: Buffer, target: Buffer, info: string): KeyObject {
  const bytes = Buffer.from(hkdfSync('sha256', createSecretKey(secret), Buffer.concat([ephemeral, target]), info, KEY_BYTES));
  secret.fill(0);
  const key = secretKey(bytes);
  bytes.fill(0);
  return key;
}

/** What the tag covers beside the ciphertext: format version, what the part is, what it belongs to. */
function aad(label: string, ...context: readonly Buffer[]): Buffer {
  return Buffer.concat([VERSION_BYTES, Buffer.from(`${label}\0`, 'latin1'), ...context]);
}

function wrap(wrapKey: KeyObject, ephemeral: Buffer, nonce: Buffer, context: Buffer, contentKey: Buffer): Buffer {
  const head = Buffer.concat([VERSION_BYTES, ephemeral]);
  return Buffer.concat([head, ...encrypt(wrapKey, nonce, aad('key', head, context), contentKey)]);
}
