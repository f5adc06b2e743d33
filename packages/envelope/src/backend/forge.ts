import forge from 'node-forge';
import { type Bytes, concat } from '../base/bytes.js';
import { type PrivateKey } from '../keys/private-key.js';
import { modulusBytes, type PublicKey } from '../keys/public-key.js';
import { type SignatureScheme } from '../suites/registry.js';
import { type Backend, BackendLimit, type OaepHash } from './backend.js';

const TAG_BYTES = 16;
const PSS_SALT_BYTES = 32;

/** X25519, which node-forge has not: needed for the HPKE suite only. */
export interface X25519Source {
  /** @returns the shared secret of 32 bytes */
  shared(privateRaw: Bytes, publicRaw: Bytes): Bytes;
  /** the public half of a private key */
  publicRaw(privateRaw: Bytes): Bytes;
}

/** What node-forge takes and its types leave out. */
interface OaepOptions {
  md: forge.md.MessageDigest;
  mgf1: { md: forge.md.MessageDigest };
  seed?: string;
}

const publicKeys = new WeakMap<PublicKey, forge.pki.rsa.PublicKey>();
const privateKeys = new WeakMap<PrivateKey, forge.pki.rsa.PrivateKey>();

/**
 * The portable back end: node-forge alone, in JavaScript. Not constant in time and some fifty times
 * slower with private RSA keys than the platform: for clients without another, for cross-checks,
 * and for test vectors, because it takes the seed of OAEP and the salt of PSS.
 */
export class ForgeBackend implements Backend {
  readonly name = 'forge';

  /** @param curve without it the HPKE suite is not available */
  constructor(private readonly curve?: X25519Source) {}

  random(length: number): Bytes {
    return bytesOf(forge.random.getBytesSync(length));
  }

  sha256(data: Uint8Array): Bytes {
    return bytesOf(digestOf(data).digest().getBytes());
  }

  hmac(hash: 'SHA-256' | 'SHA-512', key: Bytes, data: Bytes): Bytes {
    const mac = forge.hmac.create();
    mac.start(hash === 'SHA-256' ? 'sha256' : 'sha512', binary(key));
    mac.update(binary(data));
    return bytesOf(mac.digest().getBytes());
  }

  gcmSeal(key: Bytes, iv: Bytes, aad: Bytes, plaintext: Bytes): Bytes {
    const cipher = forge.cipher.createCipher('AES-GCM', binary(key));
    cipher.start({ iv: binary(iv), additionalData: binary(aad), tagLength: TAG_BYTES * 8 });
    cipher.update(forge.util.createBuffer(binary(plaintext)));
    cipher.finish();
    return bytesOf(cipher.output.getBytes() + cipher.mode.tag.getBytes());
  }

  gcmOpen(key: Bytes, iv: Bytes, aad: Bytes, sealed: Bytes): Bytes | undefined {
    if (sealed.length < TAG_BYTES) return undefined;
    const tag = forge.util.createBuffer(binary(sealed.subarray(-TAG_BYTES)));
    const decipher = forge.cipher.createDecipher('AES-GCM', binary(key));
    decipher.start({ iv: binary(iv), additionalData: binary(aad), tagLength: TAG_BYTES * 8, tag });
    decipher.update(forge.util.createBuffer(binary(sealed.subarray(0, -TAG_BYTES))));
    return decipher.finish() ? bytesOf(decipher.output.getBytes()) : undefined;
  }

  cbcEncrypt(key: Bytes, iv: Bytes, plaintext: Bytes): Bytes {
    const cipher = forge.cipher.createCipher('AES-CBC', binary(key));
    cipher.start({ iv: binary(iv) });
    cipher.update(forge.util.createBuffer(binary(plaintext)));
    cipher.finish();
    return bytesOf(cipher.output.getBytes());
  }

  cbcDecrypt(key: Bytes, iv: Bytes, ciphertext: Bytes): Bytes | undefined {
    if (ciphertext.length === 0 || ciphertext.length % 16 !== 0) return undefined;
    const decipher = forge.cipher.createDecipher('AES-CBC', binary(key));
    decipher.start({ iv: binary(iv) });
    decipher.update(forge.util.createBuffer(binary(ciphertext)));
    return decipher.finish() ? bytesOf(decipher.output.getBytes()) : undefined;
  }

  oaepEncrypt(key: PublicKey, hash: OaepHash, plaintext: Bytes, seed?: Bytes): Bytes {
    return bytesOf(rsaPublic(key).encrypt(binary(plaintext), 'RSA-OAEP', oaepOptions(hash, seed)));
  }

  oaepDecrypt(key: PrivateKey, hash: OaepHash, ciphertext: Bytes): Bytes | undefined {
    // forge takes shorter ones and numbers beyond the modulus
    if (ciphertext.length !== modulusBytes(key.publicKey)) return undefined;
    try {
      return bytesOf(rsaPrivate(key).decrypt(binary(ciphertext), 'RSA-OAEP', oaepOptions(hash)));
    } catch {
      return undefined;
    }
  }

  x25519(privateRaw: Bytes, publicRaw: Bytes): Bytes | undefined {
    const shared = this.x25519Source().shared(privateRaw, publicRaw);
    return shared.some((byte) => byte !== 0) ? shared : undefined;
  }

  publicRaw(type: 'x25519' | 'ed25519', privateRaw: Bytes): Bytes {
    if (type === 'x25519') return this.x25519Source().publicRaw(privateRaw);
    return Uint8Array.from(forge.pki.ed25519.generateKeyPair({ seed: nodeBuffer(privateRaw) }).publicKey);
  }

  sign(key: PrivateKey, scheme: SignatureScheme, input: Bytes, salt?: Bytes): Bytes {
    if (key.type !== (scheme === 'EdDSA' ? 'ed25519' : 'rsa')) throw new TypeError('the key does not fit the signature scheme');
    switch (scheme) {
      case 'EdDSA': {
        const privateKey = nodeBuffer(concat(key.raw, key.publicKey.raw));
        return Uint8Array.from(forge.pki.ed25519.sign({ message: nodeBuffer(input), privateKey }));
      }
      case 'PS256':
        return bytesOf(rsaPrivate(key).sign(digestOf(input), pss(salt)));
      case 'RS256':
        return bytesOf(rsaPrivate(key).sign(digestOf(input)));
    }
  }

  verify(key: PublicKey, scheme: SignatureScheme, input: Bytes, signature: Bytes): boolean {
    if (key.type !== (scheme === 'EdDSA' ? 'ed25519' : 'rsa')) return false;
    if (signature.length !== (scheme === 'EdDSA' ? 64 : modulusBytes(key))) return false;
    try {
      switch (scheme) {
        case 'EdDSA':
          return forge.pki.ed25519.verify({ message: nodeBuffer(input), signature: nodeBuffer(signature), publicKey: nodeBuffer(key.raw) });
        case 'PS256':
          return rsaPublic(key).verify(digestOf(input).digest().getBytes(), binary(signature), pss());
        case 'RS256':
          return rsaPublic(key).verify(digestOf(input).digest().getBytes(), binary(signature));
      }
    } catch {
      return false;
    }
  }

  generateRsa(bits: number): Bytes {
    const { privateKey } = forge.pki.rsa.generateKeyPair({ bits, e: 0x10001 });
    const info = forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(privateKey));
    return bytesOf(forge.asn1.toDer(info).getBytes());
  }

  private x25519Source(): X25519Source {
    if (this.curve === undefined) throw new BackendLimit(this.name, 'X25519 of its own: give it a source');
    return this.curve;
  }
}

function rsaPublic(key: PublicKey): forge.pki.rsa.PublicKey {
  const found = publicKeys.get(key) ?? (forge.pki.publicKeyFromAsn1(asn1Of(key.spki)));
  publicKeys.set(key, found);
  return found;
}

function rsaPrivate(key: PrivateKey): forge.pki.rsa.PrivateKey {
  const found = privateKeys.get(key) ?? (forge.pki.privateKeyFromAsn1(asn1Of(key.pkcs8)));
  privateKeys.set(key, found);
  return found;
}

function asn1Of(der: Uint8Array): forge.asn1.Asn1 {
  return forge.asn1.fromDer(forge.util.createBuffer(binary(der)));
}

function oaepOptions(hash: OaepHash, seed?: Bytes): OaepOptions {
  const create = (): forge.md.MessageDigest => (hash === 'SHA-1' ? forge.md.sha1.create() : forge.md.sha256.create());
  return { md: create(), mgf1: { md: create() }, ...(seed && { seed: binary(seed) }) };
}

/** RSASSA-PSS with MGF1 of SHA-256; the types know nothing of it. @param salt for test vectors */
function pss(salt?: Bytes): object {
  const create: (options: object) => object = forge.pss.create;
  const mgf: object = (forge.mgf.mgf1.create as (hash: object) => object)(forge.md.sha256.create());
  const given = salt && { salt: forge.util.createBuffer(binary(salt)) };
  return create({ md: forge.md.sha256.create(), mgf, saltLength: salt?.length ?? PSS_SALT_BYTES, ...given });
}

function digestOf(data: Uint8Array): forge.md.MessageDigest {
  return forge.md.sha256.create().update(binary(data));
}

/** A string with one character for each byte, as node-forge has them. */
function binary(bytes: Uint8Array): string {
  return forge.util.binary.raw.encode(bytes);
}

function bytesOf(text: string): Bytes {
  return Uint8Array.from(forge.util.binary.raw.decode(text));
}

/** The types ask for Node's Buffer where the code takes any array of bytes. */
function nodeBuffer(bytes: Uint8Array): Buffer {
  return bytes as Buffer;
}

