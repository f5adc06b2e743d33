import { type Bytes } from '../base/bytes.js';
import { type PrivateKey } from '../keys/private-key.js';
import { type PublicKey } from '../keys/public-key.js';
import { type SignatureScheme } from '../suites/registry.js';

/** A value now or later: some platforms answer at once, others do not. */
export type Awaitable<T> = T | Promise<T>;

/** Hash of the OAEP wraps; MGF1 uses the same one. */
export type OaepHash = 'SHA-1' | 'SHA-256';

/**
 * The primitives everything else is made of. Back ends are interchangeable: what one seals or signs,
 * every other opens and verifies. Opening answers undefined for input that does not fit and never
 * says why; it throws only where the back end lacks the primitive (BackendLimit).
 */
export interface Backend {
  /** for people: `node`, `web`, `forge` */
  readonly name: string;
  /** Random bytes fit for keys. */
  random(length: number): Bytes;
  sha256(data: Uint8Array): Awaitable<Bytes>;
  hmac(hash: 'SHA-256' | 'SHA-512', key: Bytes, data: Bytes): Awaitable<Bytes>;
  /** AES-256-GCM. @returns ciphertext, then the tag of 16 bytes */
  gcmSeal(key: Bytes, iv: Bytes, aad: Bytes, plaintext: Bytes): Awaitable<Bytes>;
  /** @param sealed ciphertext, then the tag of 16 bytes */
  gcmOpen(key: Bytes, iv: Bytes, aad: Bytes, sealed: Bytes): Awaitable<Bytes | undefined>;
  /** AES-256-CBC with PKCS#7 padding. Only for use under a MAC. */
  cbcEncrypt(key: Bytes, iv: Bytes, plaintext: Bytes): Awaitable<Bytes>;
  cbcDecrypt(key: Bytes, iv: Bytes, ciphertext: Bytes): Awaitable<Bytes | undefined>;
  /** RSAES-OAEP, empty label. @param seed for test vectors only; not every back end takes one */
  oaepEncrypt(key: PublicKey, hash: OaepHash, plaintext: Bytes, seed?: Bytes): Awaitable<Bytes>;
  oaepDecrypt(key: PrivateKey, hash: OaepHash, ciphertext: Bytes): Awaitable<Bytes | undefined>;
  /** X25519. @returns undefined when the result is all zero */
  x25519(privateRaw: Bytes, publicRaw: Bytes): Awaitable<Bytes | undefined>;
  /** The public half of a curve's private key. */
  publicRaw(type: 'x25519' | 'ed25519', privateRaw: Bytes): Awaitable<Bytes>;
  /** @param salt PS256, for test vectors only; not every back end takes one */
  sign(key: PrivateKey, scheme: SignatureScheme, input: Bytes, salt?: Bytes): Awaitable<Bytes>;
  /** False also where the key is of another kind than the scheme. */
  verify(key: PublicKey, scheme: SignatureScheme, input: Bytes, signature: Bytes): Awaitable<boolean>;
  /** A fresh RSA key as PKCS#8. @param bits 2048, 3072 or 4096 */
  generateRsa(bits: number): Awaitable<Bytes>;
}

/** Something this back end has no means for. */
export class BackendLimit extends Error {
  override readonly name = 'BackendLimit';

  /** @param what the missing means, for people */
  constructor(backend: string, what: string) {
    super(`The back end "${backend}" has no ${what}.`);
  }
}
