import { type Bytes, concat, encodeUtf8, wipe } from '../base/bytes.js';
import { type Backend } from '../backend/backend.js';

// RFC 9180, base mode, single shot: DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001, AES-256-GCM 0x0002.

const KEM_SUITE = concat(encodeUtf8('KEM'), Uint8Array.of(0x00, 0x20));
const HPKE_START = concat(encodeUtf8('HPKE'), Uint8Array.of(0x00, 0x20, 0x00, 0x01));
const VERSION = encodeUtf8('HPKE-v1');
const NOTHING = new Uint8Array(0);
const NO_SALT = new Uint8Array(32);
const MODE_BASE = Uint8Array.of(0);
const NONCE_BYTES = 12;

/** An AEAD of the registry of RFC 9180. */
export interface HpkeAead {
  readonly id: number;
  readonly keyBytes: number;
}

/** The one our suite uses. */
export const AES_256_GCM: HpkeAead = { id: 2, keyBytes: 32 };

/** Bytes of the encapsulated key that stand before the ciphertext. */
export const ENCAPSULATED_BYTES = 32;

/** `LabeledExtract`: what the MAC is taken over, with the salt as key. */
export function extractInput(suite: 'kem' | HpkeAead, label: string, material: Uint8Array): Bytes {
  return concat(VERSION, suiteId(suite), encodeUtf8(label), material);
}

/** `LabeledExpand` for up to 32 bytes, which are one round of the MAC. */
export function expandInput(suite: 'kem' | HpkeAead, label: string, info: Uint8Array, length: number): Bytes {
  return concat(Uint8Array.of(0, length), VERSION, suiteId(suite), encodeUtf8(label), info, Uint8Array.of(1));
}

/**
 * Seals to a public key.
 *
 * @param recipient 32 bytes
 * @param info what the result is bound to
 * @param ephemeral private key used for this one message
 * @returns encapsulated key, ciphertext and tag; undefined for a recipient of small order
 */
export async function hpkeSeal(backend: Backend, recipient: Bytes, info: Bytes, plaintext: Bytes, ephemeral: Bytes): Promise<Bytes | undefined> {
  const encapsulated = await backend.publicRaw('x25519', ephemeral);
  const shared = await backend.x25519(ephemeral, recipient);
  if (shared === undefined) return undefined;
  const { key, nonce } = await hpkeSchedule(backend, shared, encapsulated, recipient, info);
  const sealed = await backend.gcmSeal(key, nonce, NOTHING, plaintext);
  wipe(key, shared);
  return concat(encapsulated, sealed);
}

/**
 * Opens what hpkeSeal made.
 *
 * @param privateRaw 32 bytes
 * @param publicRaw its public half
 * @returns undefined when it does not open
 */
export async function hpkeOpen(backend: Backend, privateRaw: Bytes, publicRaw: Bytes, info: Bytes, sealed: Bytes): Promise<Bytes | undefined> {
  if (sealed.length < ENCAPSULATED_BYTES) return undefined;
  const encapsulated = sealed.slice(0, ENCAPSULATED_BYTES);
  const shared = await backend.x25519(privateRaw, encapsulated);
  if (shared === undefined) return undefined;
  const { key, nonce } = await hpkeSchedule(backend, shared, encapsulated, publicRaw, info);
  const plaintext = await backend.gcmOpen(key, nonce, NOTHING, sealed.slice(ENCAPSULATED_BYTES));
  wipe(key, shared);
  return plaintext;
}

/**
 * The key schedule: what both sides compute from the Diffie-Hellman result.
 *
 * @param aead another one than ours for the test vectors of the RFC
 */
export async function hpkeSchedule(
  backend: Backend,
  dh: Bytes,
  encapsulated: Bytes,
  recipient: Bytes,
  info: Bytes,
  aead: HpkeAead = AES_256_GCM,
): Promise<{ key: Bytes; nonce: Bytes }> {
  const mac = (key: Bytes, input: Bytes): Promise<Bytes> => Promise.resolve(backend.hmac('SHA-256', key, input));
  const eae = await mac(NO_SALT, extractInput('kem', 'eae_prk', dh));
  const shared = await mac(eae, expandInput('kem', 'shared_secret', concat(encapsulated, recipient), 32));
  const context = concat(
    MODE_BASE,
    await mac(NO_SALT, extractInput(aead, 'psk_id_hash', NOTHING)),
    await mac(NO_SALT, extractInput(aead, 'info_hash', info)),
  );
  const secret = await mac(shared, extractInput(aead, 'secret', NOTHING));
  const key = (await mac(secret, expandInput(aead, 'key', context, aead.keyBytes))).slice(0, aead.keyBytes);
  const nonce = (await mac(secret, expandInput(aead, 'base_nonce', context, NONCE_BYTES))).slice(0, NONCE_BYTES);
  wipe(eae, shared, secret);
  return { key, nonce };
}

function suiteId(suite: 'kem' | HpkeAead): Bytes {
  return suite === 'kem' ? KEM_SUITE : concat(HPKE_START, Uint8Array.of(0, suite.id));
}
