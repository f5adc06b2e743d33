import { decodeBase64 } from '../base/base64.js';
import { type Backend } from '../backend/backend.js';
import { fingerprintOf } from '../keys/fingerprint.js';
import { parsePublicKey, type PublicKey } from '../keys/public-key.js';
import { keyStatementInput } from '../suites/context.js';
import { findSuite, SUITE_IDS, type SuiteId } from '../suites/registry.js';
import { TrustError } from './errors.js';

/** A user's keys as a server shows them, with the statement checked. */
export interface RecipientKeys {
  readonly user_id: string;
  readonly address: string;
  /** fingerprint of the identity key */
  readonly identity: string;
  readonly encryption: PublicKey;
  readonly accept_algorithms: readonly string[];
}

/**
 * Checks a key object of a server: the identity key has to vouch for the encryption key.
 *
 * @param pin fingerprint of the identity key, where it is known
 * @throws TrustError, EnvelopeError `unsupported_key`
 */
export async function checkKeyObject(backend: Backend, value: Readonly<Record<string, unknown>>, pin?: string): Promise<RecipientKeys> {
  const { user_id, address, identity_key, encryption_key, key_created, key_signature, accept_algorithms } = value;
  const identityKey = parsePublicKey(String(identity_key));
  const encryption = parsePublicKey(String(encryption_key));
  const [identity, kid] = [await fingerprintOf(backend, identityKey), await fingerprintOf(backend, encryption)];
  if (pin !== undefined && pin !== identity) throw new TrustError('key_changed', 'The server shows another identity key than the one that is pinned.');
  const isOneRsaKey = identityKey.type === 'rsa' && identity === kid;
  const signature = typeof key_signature === 'string' ? decodeBase64(key_signature) : undefined;
  const input = keyStatementInput(identity, kid, String(key_created));
  const scheme = identityKey.type === 'ed25519' ? 'EdDSA' : 'PS256';
  const isVouched = isOneRsaKey || (signature !== undefined && (await backend.verify(identityKey, scheme, input, signature)));
  if (!isVouched || encryption.type === 'ed25519') throw new TrustError('bad_key_statement', 'The identity key does not vouch for the encryption key.');
  return {
    user_id: String(user_id),
    address: String(address),
    identity,
    encryption,
    accept_algorithms: Array.isArray(accept_algorithms) ? accept_algorithms.map(String) : SUITE_IDS,
  };
}

/**
 * The first suite of the sender's own list that fits the recipient's key and that he takes.
 *
 * @throws TrustError `no_common_algorithm`
 */
export function chooseInnerSuite(keys: RecipientKeys, preference: readonly SuiteId[]): SuiteId {
  const fitting = preference.find((id) => findSuite(id)?.keyType === keys.encryption.type && keys.accept_algorithms.includes(id));
  if (fitting === undefined) throw new TrustError('no_common_algorithm', 'The recipient takes no algorithm that is wanted.');
  return fitting;
}
