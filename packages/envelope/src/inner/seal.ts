import { EnvelopeError } from '../base/errors.js';
import { LIMITS } from '../base/limits.js';
import { encodeUtf8 } from '../base/bytes.js';
import { pad, paddedLength } from '../base/padding.js';
import { type Backend } from '../backend/backend.js';
import { type PublicKey } from '../keys/public-key.js';
import { type LayerInputs, type SealedLayer, sealLayer } from '../suites/layer.js';
import { suiteOf, type SuiteId } from '../suites/registry.js';
import { innerContext, type Message, messageText, type PacketAddress } from './message.js';

/** How to seal. */
export interface SealOptions {
  /** bytes to pad the plaintext to with spaces; the next Padmé length by default, 0 for none */
  readonly padTo?: number;
  /** test vectors only */
  readonly inputs?: LayerInputs;
}

/**
 * Seals a signed Message to a user's encryption key, for one Packet.
 *
 * @throws EnvelopeError `unsupported_key` when the key is not of the suite's kind, `malformed_message`
 *   for a Message beyond 512 KiB
 */
export async function sealMessage(
  backend: Backend,
  message: Message,
  address: PacketAddress,
  recipient: PublicKey,
  algorithm: SuiteId,
  { padTo, inputs }: SealOptions = {},
): Promise<SealedLayer> {
  const text = encodeUtf8(messageText(message));
  if (text.length > LIMITS.messageBytes) throw new EnvelopeError('malformed_message');
  const plaintext = pad(text, padTo ?? paddedLength(text.length));
  return sealLayer(backend, suiteOf(algorithm), recipient, innerContext(algorithm, address), plaintext, inputs);
}
