import { decodeBase64Url } from '../base/base64.js';
import { type Bytes, concat } from '../base/bytes.js';
import { curvePkcs8, type PrivateKey } from '../keys/private-key.js';
import { type PublicKey, publicKeyFromRaw } from '../keys/public-key.js';
import { type SignatureScheme } from '../suites/registry.js';
import { type Backend, BackendLimit, type OaepHash } from './backend.js';
import { oaepDecrypt, oaepEncrypt } from './subtle-rsa.js';

const PSS_SALT_BYTES = 32;
const BLOCK_BYTES = 16;

/** The back end for browsers and everything else that has WebCrypto with X25519 and Ed25519. */
export class WebBackend implements Backend {
  readonly name = 'web';
  private readonly subtle: SubtleCrypto;

  /** @param crypto WebCrypto; the platform's own by default */
  constructor(private readonly crypto: Crypto = globalThis.crypto) {
    this.subtle = crypto.subtle;
  }

  random(length: number): Bytes {
    return this.crypto.getRandomValues(new Uint8Array(length));
  }

  async sha256(data: Uint8Array): Promise<Bytes> {
    return new Uint8Array(await this.subtle.digest('SHA-256', Uint8Array.from(data)));
  }

  async hmac(hash: 'SHA-256' | 'SHA-512', key: Bytes, data: Bytes): Promise<Bytes> {
    const native = await this.subtle.importKey('raw', key, { name: 'HMAC', hash }, false, ['sign']);
    return new Uint8Array(await this.subtle.sign('HMAC', native, data));
  }

  async gcmSeal(key: Bytes, iv: Bytes, aad: Bytes, plaintext: Bytes): Promise<Bytes> {
    const native = await this.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
    return new Uint8Array(await this.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: aad, tagLength: 128 }, native, plaintext));
  }

  async gcmOpen(key: Bytes, iv: Bytes, aad: Bytes, sealed: Bytes): Promise<Bytes | undefined> {
    const native = await this.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
    return orNothing(() => this.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: aad, tagLength: 128 }, native, sealed));
  }

  async cbcEncrypt(key: Bytes, iv: Bytes, plaintext: Bytes): Promise<Bytes> {
    const native = await this.subtle.importKey('raw', key, 'AES-CBC', false, ['encrypt']);
    return new Uint8Array(await this.subtle.encrypt({ name: 'AES-CBC', iv }, native, plaintext));
  }

  async cbcDecrypt(key: Bytes, iv: Bytes, ciphertext: Bytes): Promise<Bytes | undefined> {
    if (ciphertext.length === 0 || ciphertext.length % BLOCK_BYTES !== 0) return undefined;
    const native = await this.subtle.importKey('raw', key, 'AES-CBC', false, ['decrypt']);
    return orNothing(() => this.subtle.decrypt({ name: 'AES-CBC', iv }, native, ciphertext));
  }

  async oaepEncrypt(key: PublicKey, hash: OaepHash, plaintext: Bytes, seed?: Bytes): Promise<Bytes> {
    if (seed !== undefined) throw new BackendLimit(this.name, 'OAEP with a given seed');
    return oaepEncrypt(this.subtle, key, hash, plaintext);
  }

  async oaepDecrypt(key: PrivateKey, hash: OaepHash, ciphertext: Bytes): Promise<Bytes | undefined> {
    return oaepDecrypt(this.subtle, key, hash, ciphertext);
  }

  async x25519(privateRaw: Bytes, publicRaw: Bytes): Promise<Bytes | undefined> {
    const privateKey = await this.subtle.importKey('pkcs8', curvePkcs8('x25519', privateRaw), 'X25519', false, ['deriveBits']);
    return orNothing(async () => {
      // refuses points of small order, which alone give zero
      const { spki } = publicKeyFromRaw('x25519', publicRaw);
      const publicKey = await this.subtle.importKey('spki', spki, 'X25519', false, []);
      return this.subtle.deriveBits({ name: 'X25519', public: publicKey }, privateKey, 256);
    });
  }

  async publicRaw(type: 'x25519' | 'ed25519', privateRaw: Bytes): Promise<Bytes> {
    const [name, usage] = type === 'x25519' ? (['X25519', 'deriveBits'] as const) : (['Ed25519', 'sign'] as const);
    const key = await this.subtle.importKey('pkcs8', curvePkcs8(type, privateRaw), name, true, [usage]);
    const { x } = await this.subtle.exportKey('jwk', key);
    const raw = decodeBase64Url(x ?? '');
    if (raw === undefined) throw new BackendLimit(this.name, 'public half of this key');
    return raw;
  }

  async sign(key: PrivateKey, scheme: SignatureScheme, input: Bytes, salt?: Bytes): Promise<Bytes> {
    if (salt !== undefined) throw new BackendLimit(this.name, 'signature with a given salt');
    if (key.type !== (scheme === 'EdDSA' ? 'ed25519' : 'rsa')) throw new TypeError('the key does not fit the signature scheme');
    const native = await this.subtle.importKey('pkcs8', key.pkcs8, importOf(scheme), false, ['sign']);
    return new Uint8Array(await this.subtle.sign(signOf(scheme), native, input));
  }

  async verify(key: PublicKey, scheme: SignatureScheme, input: Bytes, signature: Bytes): Promise<boolean> {
    if (key.type !== (scheme === 'EdDSA' ? 'ed25519' : 'rsa')) return false;
    try {
      const native = await this.subtle.importKey('spki', key.spki, importOf(scheme), false, ['verify']);
      return await this.subtle.verify(signOf(scheme), native, signature, input);
    } catch {
      return false;
    }
  }

  async generateRsa(bits: number): Promise<Bytes> {
    const algorithm = { name: 'RSA-OAEP', hash: 'SHA-256', modulusLength: bits, publicExponent: Uint8Array.of(1, 0, 1) };
    const { privateKey } = await this.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt']);
    return concat(new Uint8Array(await this.subtle.exportKey('pkcs8', privateKey)));
  }
}

async function orNothing(work: () => Promise<ArrayBuffer>): Promise<Bytes | undefined> {
  try {
    return new Uint8Array(await work());
  } catch {
    return undefined;
  }
}

function importOf(scheme: SignatureScheme): AlgorithmIdentifier | RsaHashedImportParams {
  switch (scheme) {
    case 'EdDSA':
      return 'Ed25519';
    case 'PS256':
      return { name: 'RSA-PSS', hash: 'SHA-256' };
    case 'RS256':
      return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  }
}

function signOf(scheme: SignatureScheme): AlgorithmIdentifier | RsaPssParams {
  return scheme === 'PS256' ? { name: 'RSA-PSS', saltLength: PSS_SALT_BYTES } : importOf(scheme);
}
