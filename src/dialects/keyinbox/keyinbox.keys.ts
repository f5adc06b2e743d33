import { createSecretKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config } from '../../config/config.js';
import { keyedHash } from '../../crypto/keyed-hash.js';
import { RotatingSecret } from '../../crypto/rotating-secret.js';
import { generateRawKeyPair, isUsablePublicKey, X25519_BYTES } from '../../crypto/x25519.js';
import { limits } from '../../kernel/limits.js';
import { type MailboxRef } from '../../kernel/mailbox-ref.js';
import { KeyInboxVariables } from './keyinbox.config.js';

const PRIVATE_PREFIX = '0xSPV';
const PRIVATE_DOMAIN = 'polypost/keyinbox/private-key/v1';
const MAILBOX_DOMAIN = 'polypost/keyinbox/mailbox/v1';
const SKYID_DOMAIN = 'polypost/keyinbox/skyid/v1';
const TAG_BYTES = 32;
const PRIVATE_BYTES = X25519_BYTES + X25519_BYTES + TAG_BYTES;
const PRIVATE_CHARACTERS = PRIVATE_PREFIX.length + (PRIVATE_BYTES * 4) / 3;
const PUBLIC_PATTERN = /^0x[0-9a-f]{64}$/i;

/** A public key that was checked. */
export interface PublicKey {
  /** `0x` and 64 lower-case hex digits */
  readonly text: string;
  readonly raw: Buffer;
  /** the keyed hash under which the store knows it */
  readonly mailbox: MailboxRef & { readonly kind: 'key' };
}

/** A private key that was checked. Lives as long as its request. */
export interface PrivateKey {
  readonly seed: Buffer;
  readonly publicKey: PublicKey;
}

/** A pair as clients see it. */
export interface IssuedPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Makes and checks the keys of this network, and the hashes under which the store knows keys and ids. */
@Injectable()
export class KeyInboxKeys {
  private readonly network: RotatingSecret;
  private readonly pepper: KeyObject;
  /** public halves that were checked already, by their bytes; never anything of a private key */
  private readonly known = new LRUCache<string, PublicKey>({ max: limits.public_key_cache_entries_max });

  constructor(@Inject(Config) config: Config) {
    const variables = config.section(KeyInboxVariables);
    this.network = new RotatingSecret(
      Buffer.from(variables.KEYINBOX_NETWORK_SECRET, 'utf8'),
      variables.KEYINBOX_NETWORK_SECRET_PREVIOUS.map((value) => Buffer.from(value, 'utf8')),
    );
    this.pepper = createSecretKey(variables.KEYINBOX_LOOKUP_PEPPER, 'utf8');
  }

  /** @returns a new pair; nothing of it is kept */
  issue(): IssuedPair {
    const { seed, publicKey } = generateRawKeyPair();
    const issued = { privateKey: this.writePrivate(seed, publicKey), publicKey: writePublic(publicKey) };
    seed.fill(0);
    return issued;
  }

  /** @returns the text of a private key: seed, public half and this network's tag over both */
  writePrivate(seed: Buffer, publicKey: Buffer): string {
    const tag = this.network.mac(PRIVATE_DOMAIN, seed, publicKey);
    return PRIVATE_PREFIX + Buffer.concat([seed, publicKey, tag]).toString('base64url');
  }

  /**
   * Checks form and tag, so that a key of another network and a key with any bit changed are the same.
   *
   * @returns the key, or null when it is not one of this network
   */
  readPrivate(text: string): PrivateKey | null {
    if (text.length !== PRIVATE_CHARACTERS || !text.startsWith(PRIVATE_PREFIX)) return null;
    const body = text.slice(PRIVATE_PREFIX.length);
    const bytes = Buffer.from(body, 'base64url');
    // the decoder skips what is no base64url; only the canonical spelling comes out as it went in
    if (bytes.length !== PRIVATE_BYTES || bytes.toString('base64url') !== body) return null;
    const seed = bytes.subarray(0, X25519_BYTES);
    const raw = bytes.subarray(X25519_BYTES, 2 * X25519_BYTES);
    if (!this.network.verify(bytes.subarray(2 * X25519_BYTES), PRIVATE_DOMAIN, seed, raw)) return null;
    return { seed, publicKey: this.publicKey(raw) };
  }

  /** @returns the key, or null when it is malformed or nothing can be sealed to it */
  readPublic(text: string): PublicKey | null {
    if (!PUBLIC_PATTERN.test(text)) return null;
    const raw = Buffer.from(text.slice(2), 'hex');
    return isUsablePublicKey(raw) ? this.publicKey(raw) : null;
  }

  /** @returns the id under which the store keeps a message or contract; the public id is sealed in it */
  storedId(skyId: string): string {
    return keyedHash(this.pepper, SKYID_DOMAIN, skyId).toString('base64url');
  }

  /** @returns a hash that only this server can make; for look-ups, never for opening anything */
  lookupHash(domain: string, ...parts: readonly (Uint8Array | string)[]): Buffer {
    return keyedHash(this.pepper, domain, ...parts);
  }

  private publicKey(raw: Buffer): PublicKey {
    const name = raw.toString('latin1');
    let key = this.known.get(name);
    if (key === undefined) {
      // bytes of its own: those given lie beside the private half
      const bytes = Buffer.alloc(raw.length);
      raw.copy(bytes);
      key = { text: writePublic(bytes), raw: bytes, mailbox: { kind: 'key', hash: keyedHash(this.pepper, MAILBOX_DOMAIN, bytes) } };
      this.known.set(name, key);
    }
    return key;
  }
}

/** @returns the public key as clients see it */
function writePublic(raw: Buffer): string {
  return `0x${raw.toString('hex')}`;
}
