import { type Bytes } from '../base/bytes.js';
import { type PrivateKey } from '../keys/private-key.js';
import { type PublicKey } from '../keys/public-key.js';
import { type OaepHash } from './backend.js';

// RSA through WebCrypto, which works on a thread of the pool. Its OAEP uses one hash for the label
// and for MGF1, just as our suites do.

const imported = new WeakMap<PublicKey | PrivateKey, Map<OaepHash, Promise<CryptoKey>>>();

/** RSAES-OAEP with an empty label. */
export async function oaepEncrypt(subtle: SubtleCrypto, key: PublicKey, hash: OaepHash, plaintext: Bytes): Promise<Bytes> {
  const native = await once(key, hash, () => subtle.importKey('spki', key.spki, { name: 'RSA-OAEP', hash }, false, ['encrypt']));
  return new Uint8Array(await subtle.encrypt({ name: 'RSA-OAEP' }, native, plaintext));
}

/** @returns undefined when it does not open, whatever the reason */
export async function oaepDecrypt(subtle: SubtleCrypto, key: PrivateKey, hash: OaepHash, ciphertext: Bytes): Promise<Bytes | undefined> {
  const native = await once(key, hash, () => subtle.importKey('pkcs8', key.pkcs8, { name: 'RSA-OAEP', hash }, false, ['decrypt']));
  try {
    return new Uint8Array(await subtle.decrypt({ name: 'RSA-OAEP' }, native, ciphertext));
  } catch {
    return undefined;
  }
}

function once(key: PublicKey | PrivateKey, hash: OaepHash, make: () => Promise<CryptoKey>): Promise<CryptoKey> {
  const byHash = imported.get(key) ?? new Map<OaepHash, Promise<CryptoKey>>();
  imported.set(key, byHash);
  const native = byHash.get(hash) ?? make();
  byHash.set(hash, native);
  return native;
}
