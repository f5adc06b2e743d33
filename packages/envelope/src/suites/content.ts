import { type Bytes, concat, equalBytes } from '../base/bytes.js';
import { type Backend } from '../backend/backend.js';
import { type Suite } from './registry.js';

const MAC_KEY_BYTES = 32;

/** Encrypts the plaintext of a layer. @returns IV, ciphertext and tag */
export async function sealContent(backend: Backend, suite: Suite, key: Bytes, iv: Bytes, aad: Bytes, plaintext: Bytes): Promise<Bytes> {
  switch (suite.content) {
    case 'A256GCM':
      return concat(iv, await backend.gcmSeal(key, iv, aad, plaintext));
    case 'A256CBC-HS512': {
      const ciphertext = await backend.cbcEncrypt(key.slice(MAC_KEY_BYTES), iv, plaintext);
      return concat(iv, ciphertext, await cbcTag(backend, suite, key, iv, aad, ciphertext));
    }
  }
}

/** Opens what sealContent made. @returns undefined when it does not open */
export async function openContent(backend: Backend, suite: Suite, key: Bytes, aad: Bytes, data: Bytes): Promise<Bytes | undefined> {
  if (data.length < suite.ivBytes + suite.tagBytes) return undefined;
  const iv = data.slice(0, suite.ivBytes);
  const sealed = data.slice(suite.ivBytes);
  switch (suite.content) {
    case 'A256GCM':
      return backend.gcmOpen(key, iv, aad, sealed);
    case 'A256CBC-HS512': {
      const ciphertext = sealed.slice(0, -suite.tagBytes);
      // the MAC before any decryption: no oracle of the padding
      if (!equalBytes(await cbcTag(backend, suite, key, iv, aad, ciphertext), sealed.slice(-suite.tagBytes))) return undefined;
      return backend.cbcDecrypt(key.slice(MAC_KEY_BYTES), iv, ciphertext);
    }
  }
}

/** RFC 7518 section 5.2.2.1: the first half of the MAC over AAD, IV, ciphertext and the AAD's length in bits. */
async function cbcTag(backend: Backend, suite: Suite, key: Bytes, iv: Bytes, aad: Bytes, ciphertext: Bytes): Promise<Bytes> {
  const bits = new Uint8Array(8);
  new DataView(bits.buffer).setBigUint64(0, BigInt(aad.length) * 8n);
  const mac = await backend.hmac('SHA-512', key.slice(0, MAC_KEY_BYTES), concat(aad, iv, ciphertext, bits));
  return mac.slice(0, suite.tagBytes);
}
