import { toHex } from '../base/bytes.js';
import { type Backend } from '../backend/backend.js';
import { type PublicKey } from './public-key.js';

/** Fingerprint of a key, and its `kid`: SHA-256 of its SubjectPublicKeyInfo in lower-case hex, 64 characters. */
export async function fingerprintOf(backend: Pick<Backend, 'sha256'>, key: PublicKey): Promise<string> {
  return toHex(await backend.sha256(key.spki));
}
