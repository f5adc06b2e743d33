import { type Bytes, encodeUtf8 } from '../base/bytes.js';
import { type SuiteId } from './registry.js';

/** The protocol's name, first part of everything that is authenticated or signed. */
export const PROTOCOL = 'polypost-envelope/1';

/** Joins parts by single line feeds, with none at the end. */
export function contextBytes(...parts: readonly string[]): Bytes {
  return encodeUtf8([PROTOCOL, ...parts].join('\n'));
}

/** What the outer layer is bound to: additional data of `data`, with HPKE also the `info` of `password`. */
export function outerContext(algorithm: SuiteId): Bytes {
  return contextBytes('packet', algorithm);
}

/** What the owner of an identity key signs to prove that he holds it. */
export interface AuthClaim {
  readonly purpose: string;
  /** the server's own host, so that no other server can pass the proof on */
  readonly host: string;
  readonly challengeId: string;
  readonly nonce: string;
  /** of the identity key */
  readonly fingerprint: string;
}

/** Input of the signature that proves possession of an identity key. */
export function authInput(claim: AuthClaim): Bytes {
  return contextBytes('auth', claim.purpose, claim.host, claim.challengeId, claim.nonce, claim.fingerprint);
}

/**
 * Input of the signature by which an identity key vouches for an encryption key.
 *
 * @param created `key_created` as it travels
 */
export function keyStatementInput(identityFingerprint: string, encryptionFingerprint: string, created: string): Bytes {
  return contextBytes('key', identityFingerprint, encryptionFingerprint, created);
}
