import { encodeBase64 } from '../base/base64.js';
import { type Bytes } from '../base/bytes.js';
import { EnvelopeError } from '../base/errors.js';
import { canonicalizeStrictly } from '../base/jcs.js';
import { type Backend } from '../backend/backend.js';
import { fingerprintOf } from '../keys/fingerprint.js';
import { type PrivateKey } from '../keys/private-key.js';
import { type PublicKey, publicKeyPem } from '../keys/public-key.js';
import { messageSignature, suiteOf, type SuiteId } from '../suites/registry.js';
import { isMessage, type Message, type MessageDraft, type PacketAddress, signatureInput } from './message.js';

/** What a Message is signed for. */
export interface SigningContext {
  readonly address: PacketAddress;
  /** the recipient's encryption key */
  readonly recipient: PublicKey;
  /** suite of the inner layer; it decides how RSA keys sign */
  readonly algorithm: SuiteId;
}

/**
 * Signs a Message.
 *
 * @param identity Ed25519 or RSA
 * @param salt PS256, for test vectors only
 * @throws EnvelopeError `unsupported_key` for a key that cannot sign, `malformed_message` for members of a wrong type
 * @throws JcsError for what JSON cannot carry, and for numbers that belong into strings
 */
export async function signMessage(
  backend: Backend,
  draft: MessageDraft,
  identity: PrivateKey,
  context: SigningContext,
  salt?: Bytes,
): Promise<Message> {
  const scheme = messageSignature(identity.type, suiteOf(context.algorithm));
  if (scheme === undefined) throw new EnvelopeError('unsupported_key');
  const unsigned = { ...draft, key: publicKeyPem(identity.publicKey) };
  canonicalizeStrictly(unsigned);
  const input = signatureInput(unsigned, context.address, await fingerprintOf(backend, context.recipient));
  const message = { ...unsigned, signature: encodeBase64(await backend.sign(identity, scheme, input, salt)) };
  if (!isMessage(message)) throw new EnvelopeError('malformed_message');
  return message;
}
