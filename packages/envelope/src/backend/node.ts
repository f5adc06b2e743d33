import { generateKeyPair, randomBytes, webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import { type Bytes } from '../base/bytes.js';
import { type PrivateKey } from '../keys/private-key.js';
import { type PublicKey } from '../keys/public-key.js';
import { type SignatureScheme } from '../suites/registry.js';
import { type Backend, BackendLimit, type OaepHash } from './backend.js';
import * as primitives from './node-primitives.js';
import { oaepDecrypt, oaepEncrypt } from './subtle-rsa.js';

const generate = promisify(generateKeyPair);

/** The back end for Node: node:crypto, and WebCrypto where a private RSA key works, off the event loop. */
export class NodeBackend implements Backend {
  readonly name = 'node';

  random(length: number): Bytes {
    return randomBytes(length);
  }

  sha256(data: Uint8Array): Bytes {
    return primitives.sha256(data);
  }

  hmac(hash: 'SHA-256' | 'SHA-512', key: Bytes, data: Bytes): Bytes {
    return primitives.hmac(hash, key, data);
  }

  gcmSeal(key: Bytes, iv: Bytes, aad: Bytes, plaintext: Bytes): Bytes {
    return primitives.gcmSeal(key, iv, aad, plaintext);
  }

  gcmOpen(key: Bytes, iv: Bytes, aad: Bytes, sealed: Bytes): Bytes | undefined {
    return primitives.gcmOpen(key, iv, aad, sealed);
  }

  cbcEncrypt(key: Bytes, iv: Bytes, plaintext: Bytes): Bytes {
    return primitives.cbcEncrypt(key, iv, plaintext);
  }

  cbcDecrypt(key: Bytes, iv: Bytes, ciphertext: Bytes): Bytes | undefined {
    return primitives.cbcDecrypt(key, iv, ciphertext);
  }

  async oaepEncrypt(key: PublicKey, hash: OaepHash, plaintext: Bytes, seed?: Bytes): Promise<Bytes> {
    if (seed !== undefined) throw new BackendLimit(this.name, 'OAEP with a given seed');
    return oaepEncrypt(webcrypto.subtle as SubtleCrypto, key, hash, plaintext);
  }

  async oaepDecrypt(key: PrivateKey, hash: OaepHash, ciphertext: Bytes): Promise<Bytes | undefined> {
    return oaepDecrypt(webcrypto.subtle as SubtleCrypto, key, hash, ciphertext);
  }

  x25519(privateRaw: Bytes, publicRaw: Bytes): Bytes | undefined {
    return primitives.x25519(primitives.curvePrivate('x25519', privateRaw), publicRaw);
  }

  publicRaw(type: 'x25519' | 'ed25519', privateRaw: Bytes): Bytes {
    return primitives.publicRaw(type, privateRaw);
  }

  sign(key: PrivateKey, scheme: SignatureScheme, input: Bytes, salt?: Bytes): Bytes {
    if (salt !== undefined) throw new BackendLimit(this.name, 'signature with a given salt');
    return primitives.sign(key, scheme, input);
  }

  verify(key: PublicKey, scheme: SignatureScheme, input: Bytes, signature: Bytes): boolean {
    return primitives.verify(key, scheme, input, signature);
  }

  async generateRsa(bits: number): Promise<Bytes> {
    const { privateKey } = await generate('rsa', {
      modulusLength: bits,
      publicExponent: 65537,
      publicKeyEncoding: { format: 'der', type: 'spki' },
      privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    });
    return Uint8Array.from(privateKey);
  }
}
