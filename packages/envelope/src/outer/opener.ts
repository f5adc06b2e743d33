import { createPrivateKey, createPublicKey, KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { type Bytes, concat, toHex, wipe } from '../base/bytes.js';
import { type Awaitable } from '../backend/backend.js';
import { gcmOpen, hmac, openContent, sha256, x25519 } from '../backend/node-primitives.js';
import { type KeyType, publicKeyFromSpki } from '../keys/public-key.js';
import { outerContext } from '../suites/context.js';
import { AES_256_GCM, ENCAPSULATED_BYTES, expandInput, extractInput } from '../suites/hpke.js';
import { type Suite, suiteOf, suitesFor, type SuiteId } from '../suites/registry.js';

type Unwrap = (password: Bytes) => Awaitable<Bytes | undefined>;

/**
 * A server's private key, made ready once: imported, and with everything worked out that does not
 * depend on the message. It opens outer layers only.
 */
export class OuterKey {
  private constructor(
    /** fingerprint of the public half */
    readonly kid: string,
    readonly type: KeyType,
    private readonly unwrappers: ReadonlyMap<SuiteId, Unwrap>,
  ) {}

  /**
   * @param source PKCS#8 DER, or Node's object of a private key; RSA or X25519
   * @throws EnvelopeError `unsupported_key` for a kind or size that is not accepted
   */
  static async import(source: Uint8Array | KeyObject): Promise<OuterKey> {
    const key = source instanceof KeyObject ? source : createPrivateKey({ key: Buffer.from(source), format: 'der', type: 'pkcs8' });
    const publicKey = publicKeyFromSpki(createPublicKey(key).export({ format: 'der', type: 'spki' }));
    const unwrappers = new Map<SuiteId, Unwrap>();
    for (const id of suitesFor(publicKey.type)) unwrappers.set(id, await unwrapper(suiteOf(id), key, publicKey.raw));
    return new OuterKey(toHex(sha256(publicKey.spki)), publicKey.type, unwrappers);
  }

  /** The content key of a `password`. @returns undefined when it does not open, whatever the reason */
  async unwrap(suite: Suite, password: Bytes): Promise<Bytes | undefined> {
    return this.unwrappers.get(suite.id)?.(password);
  }
}

/**
 * Opens an outer layer. Every fault takes the same way: where no content key comes out, a random one
 * takes its place and the data is opened with that.
 *
 * @param keys tried in turn; the caller bounds their number
 * @returns the plaintext, undefined when no key opens it
 */
export async function openOuter(keys: readonly OuterKey[], suite: Suite, password: Bytes, data: Bytes): Promise<Bytes | undefined> {
  const context = outerContext(suite.id);
  // data too short for IV and tag fails in the cipher like any other
  const sealed = data.length < suite.ivBytes + suite.tagBytes ? concat(data, new Uint8Array(suite.ivBytes + suite.tagBytes)) : data;
  for (const key of keys) {
    const unwrapped = await key.unwrap(suite, password);
    const contentKey = unwrapped?.length === suite.contentKeyBytes ? unwrapped : randomBytes(suite.contentKeyBytes);
    const plaintext = openContent(suite.content, contentKey, context, sealed);
    wipe(contentKey, unwrapped);
    if (plaintext !== undefined) return plaintext;
  }
  return undefined;
}

async function unwrapper(suite: Suite, key: KeyObject, publicRaw: Bytes): Promise<Unwrap> {
  switch (suite.wrap.kind) {
    case 'rsa-oaep':
      return rsaUnwrapper(key, suite.wrap.hash);
    case 'hpke-x25519':
      return hpkeUnwrapper(key, publicRaw, outerContext(suite.id));
  }
}

/** Through WebCrypto: that works on a thread of the pool, so that the event loop goes on. */
async function rsaUnwrapper(key: KeyObject, hash: string): Promise<Unwrap> {
  const { subtle } = webcrypto;
  const native = await subtle.importKey('pkcs8', key.export({ format: 'der', type: 'pkcs8' }), { name: 'RSA-OAEP', hash }, false, ['decrypt']);
  return async (password) => {
    try {
      return new Uint8Array(await subtle.decrypt({ name: 'RSA-OAEP' }, native, password));
    } catch {
      return undefined;
    }
  };
}

/** HPKE with all inputs worked out beforehand that are the same for every message to this key. */
function hpkeUnwrapper(key: KeyObject, publicRaw: Bytes, info: Bytes): Unwrap {
  const zero = new Uint8Array(32);
  const nothing = new Uint8Array(0);
  const eaeStart = extractInput('kem', 'eae_prk', nothing);
  const secretInput = extractInput(AES_256_GCM, 'secret', nothing);
  const context = concat(
    Uint8Array.of(0),
    hmac('SHA-256', zero, extractInput(AES_256_GCM, 'psk_id_hash', nothing)),
    hmac('SHA-256', zero, extractInput(AES_256_GCM, 'info_hash', info)),
  );
  const keyInput = expandInput(AES_256_GCM, 'key', context, 32);
  const nonceInput = expandInput(AES_256_GCM, 'base_nonce', context, 12);
  return (password) => {
    const encapsulated = password.subarray(0, ENCAPSULATED_BYTES);
    const dh = encapsulated.length === ENCAPSULATED_BYTES ? x25519(key, encapsulated) : undefined;
    if (dh === undefined) return undefined;
    const eae = hmac('SHA-256', zero, eaeStart, dh);
    const shared = hmac('SHA-256', eae, expandInput('kem', 'shared_secret', concat(encapsulated, publicRaw), 32));
    const secret = hmac('SHA-256', shared, secretInput);
    const wrapKey = hmac('SHA-256', secret, keyInput);
    const nonce = hmac('SHA-256', secret, nonceInput).subarray(0, 12);
    const contentKey = gcmOpen(wrapKey, nonce, nothing, password.subarray(ENCAPSULATED_BYTES));
    wipe(dh, eae, shared, secret, wrapKey);
    return contentKey;
  };
}
