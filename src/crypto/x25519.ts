import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPair, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { CryptoFailure } from './crypto-failure.js';

/** Length of a raw X25519 key, private or public. */
export const X25519_BYTES = 32;

/** A fresh key pair as raw bytes. */
export interface RawKeyPair {
  readonly seed: Buffer;
  readonly publicKey: Buffer;
}

/** A key pair that lives for one sealing. */
export interface EphemeralKey {
  readonly privateKey: KeyObject;
  readonly publicKey: Buffer;
}

/** @returns a new pair from the system's generator, as raw bytes */
export function generateRawKeyPair(): RawKeyPair {
  const jwk = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  return { seed: rawMember(jwk.d), publicKey: rawMember(jwk.x) };
}

const makePair = promisify(generateKeyPair);

/** @returns a new pair whose private half never leaves OpenSSL; made in the thread pool */
export async function generateEphemeralKey(): Promise<EphemeralKey> {
  const pair = await makePair('x25519');
  return { privateKey: pair.privateKey, publicKey: rawMember(pair.publicKey.export({ format: 'jwk' }).x) };
}

/**
 * Imports a raw private key. Through JWK, which is some ten times cheaper than PKCS#8 because
 * OpenSSL does not have to probe decoders; this is why the public half is wanted as well.
 *
 * @param seed 32 bytes
 * @param publicKey 32 bytes; believed, not recomputed
 */
export function importPrivateKey(seed: Buffer, publicKey: Buffer): KeyObject {
  return createPrivateKey({
    key: { kty: 'OKP', crv: 'X25519', d: seed.toString('base64url'), x: publicKey.toString('base64url') },
    format: 'jwk',
  });
}

/**
 * Imports a raw public key, through JWK for the same reason.
 *
 * @param publicKey 32 bytes
 * @throws for bytes that are no public key
 */
export function importPublicKey(publicKey: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: publicKey.toString('base64url') }, format: 'jwk' });
}

/**
 * An X25519 exchange, in the thread pool: it takes longer than everything else that sealing does.
 *
 * @param publicKey see importPublicKey
 * @returns the 32 shared bytes
 * @throws CryptoFailure for a public key that would make them all zero
 */
export function sharedSecret(privateKey: KeyObject, publicKey: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    diffieHellman({ privateKey, publicKey }, (error, secret) => {
      if (error) reject(new CryptoFailure('the key exchange failed'));
      else resolve(secret);
    });
  });
}

/**
 * The u-coordinates below 2^255 of all points of low order, little endian: with any of them the
 * shared secret is zero whoever computes it, so what is sealed to them is sealed to nobody.
 */
const LOW_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map((hex) => Buffer.from(hex, 'hex'));

/** @returns whether raw bytes are a public key that an exchange can be made with */
export function isUsablePublicKey(publicKey: Buffer): boolean {
  if (publicKey.length !== X25519_BYTES) return false;
  const u = Buffer.from(publicKey);
  u[X25519_BYTES - 1] = (u[X25519_BYTES - 1] ?? 0) & 0x7f; // the top bit is not part of the number
  return !LOW_ORDER.some((point) => point.equals(u));
}

function rawMember(value: unknown): Buffer {
  if (typeof value !== 'string') throw new CryptoFailure('the key has no such half');
  return Buffer.from(value, 'base64url');
}
