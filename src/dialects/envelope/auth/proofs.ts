import { authInput, decodeBase64, encodeBase64, fingerprint, keyStatementInput, parseDate, parsePublicKey, type PublicKey, publicKeyPem, type SignatureScheme, verify } from '@polypost/envelope/codec';
import { type StoredKey } from '../../../core/envelope/person.js';
import { type Challenge } from '../../../core/envelope/challenges.js';
import { type Members } from '../envelope.body.js';
import { EnvelopeFault, malformed, worded } from '../envelope.faults.js';

const SIGNATURE_CHARACTERS_MAX = 1024;

/** A public key of a request, and as it is kept. */
export interface GivenKey extends StoredKey {
  readonly publicKey: PublicKey;
}

/**
 * Reads a public key from a body.
 * @param charactersMax of its text
 * @throws EnvelopeFault malformed_request when it is no text; unsupported_key
 */
export function givenKey(members: Members, name: string, charactersMax: number): GivenKey | undefined {
  const text = members.own(name);
  if (text === undefined) return undefined;
  if (typeof text !== 'string') throw malformed();
  if (text.length > charactersMax) throw new EnvelopeFault('unsupported_key');
  return storedKey(worded([], () => parsePublicKey(text)));
}

/** A key in the one form in which it is kept and shown. */
export function storedKey(publicKey: PublicKey): GivenKey {
  return { publicKey, key: publicKeyPem(publicKey), fingerprint: fingerprint(publicKey), type: publicKey.type };
}

/** @returns the scheme that a body asks for, as far as the key knows it @throws EnvelopeFault malformed_request */
export function schemeFor(key: PublicKey, alg: string | undefined): SignatureScheme {
  if (key.type === 'ed25519' && (alg === undefined || alg === 'EdDSA')) return 'EdDSA';
  if (key.type === 'rsa' && (alg === undefined || alg === 'PS256')) return 'PS256';
  if (key.type === 'rsa' && alg === 'RS256') return 'RS256';
  throw malformed();
}

/** @returns the bytes of a signature in a body @throws EnvelopeFault malformed_request */
export function givenSignature(members: Members, name: string): Uint8Array {
  const text = members.requiredText(name);
  const bytes = text.length <= SIGNATURE_CHARACTERS_MAX ? decodeBase64(text) : undefined;
  if (bytes === undefined) throw malformed();
  return bytes;
}

/** @returns whether the answer to a challenge was signed by the key: for this server, this purpose, this once */
export function meets(challenge: Challenge, host: string, key: PublicKey, scheme: SignatureScheme, signature: Uint8Array): boolean {
  const input = authInput({ purpose: challenge.purpose, host, challengeId: challenge.id, nonce: encodeBase64(challenge.nonce), fingerprint: fingerprint(key) });
  return verify(key, scheme, input, signature);
}

/** By which an identity vouches for an encryption key. */
export interface KeyStatement {
  readonly keyCreated: string;
  readonly keySignature: string;
}

/**
 * Reads and checks a key statement.
 * @throws EnvelopeFault malformed_request when a part is missing or no date; bad_proof when it is not the identity's
 */
export function givenStatement(members: Members, identity: PublicKey, encryption: PublicKey): KeyStatement {
  const keyCreated = members.requiredText('key_created');
  if (keyCreated.length > 40 || parseDate(keyCreated) === undefined) throw malformed();
  const signature = givenSignature(members, 'key_signature');
  const input = keyStatementInput(fingerprint(identity), fingerprint(encryption), keyCreated);
  if (!verify(identity, identity.type === 'ed25519' ? 'EdDSA' : 'PS256', input, signature)) throw new EnvelopeFault('bad_proof');
  return { keyCreated, keySignature: encodeBase64(signature) };
}
