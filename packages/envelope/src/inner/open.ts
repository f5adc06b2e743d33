import { decodeBase64 } from '../base/base64.js';
import { type Bytes } from '../base/bytes.js';
import { EnvelopeError } from '../base/errors.js';
import { canonicalize, JcsError } from '../base/jcs.js';
import { layerText, parseObject } from '../base/json.js';
import { LIMITS } from '../base/limits.js';
import { type Backend } from '../backend/backend.js';
import { fingerprintOf } from '../keys/fingerprint.js';
import { type PrivateKey } from '../keys/private-key.js';
import { parsePublicKey, type PublicKey } from '../keys/public-key.js';
import { openLayer } from '../suites/layer.js';
import { findSuite, messageSignature, type Suite } from '../suites/registry.js';
import { innerContext, isMessage, type Message, type PacketAddress, signatureInput } from './message.js';
import { type SigningContext } from './sign.js';

/** The inner part of a Packet as a mailbox hands it out. */
export interface InnerPart extends PacketAddress {
  readonly data: string;
  readonly algorithm: string;
  readonly password: string;
  /** fingerprint of the key it is sealed to, where the sender said so */
  readonly kid?: string;
}

/** A Message that opened and whose signature belongs to its key. Whose key that is, is another question. */
export interface OpenedMessage {
  readonly message: Message;
  /** decrypted bytes, padding included */
  readonly plaintext: Bytes;
  readonly senderKey: PublicKey;
  /** fingerprint of the sender's key */
  readonly senderFingerprint: string;
}

/**
 * Opens and verifies the inner part of a Packet.
 *
 * @param keys the user's encryption keys, the newest first; old ones open what was sealed before a rotation
 * @throws EnvelopeError `unknown_algorithm`, `undecryptable`, `malformed_message`, `unsupported_key` or
 *   `bad_signature`, whichever comes first
 */
export async function openMessage(backend: Backend, part: InnerPart, ...keys: readonly PrivateKey[]): Promise<OpenedMessage> {
  const suite = findSuite(part.algorithm);
  if (suite === undefined) throw new EnvelopeError('unknown_algorithm', 'packet');
  const { plaintext, key } = await decrypt(backend, suite, part, keys);
  const message = readMessage(plaintext);
  const senderKey = await verifyMessage(backend, message, { address: part, recipient: key.publicKey, algorithm: suite.id });
  return { message, plaintext, senderKey, senderFingerprint: await fingerprintOf(backend, senderKey) };
}

/**
 * Verifies the signature of a Message that is already open.
 *
 * @returns the key that signed it
 * @throws EnvelopeError `unsupported_key` or `bad_signature`
 */
export async function verifyMessage(backend: Backend, message: Message, context: SigningContext): Promise<PublicKey> {
  const key = parsePublicKey(message.key);
  const suite = findSuite(context.algorithm);
  const scheme = suite && messageSignature(key.type, suite);
  if (scheme === undefined) throw new EnvelopeError('unsupported_key');
  const signature = decodeBase64(message.signature);
  const input = signatureInput(message, context.address, await fingerprintOf(backend, context.recipient));
  if (signature === undefined || !(await backend.verify(key, scheme, input, signature))) throw new EnvelopeError('bad_signature');
  return key;
}

async function decrypt(
  backend: Backend,
  suite: Suite,
  part: InnerPart,
  keys: readonly PrivateKey[],
): Promise<{ plaintext: Bytes; key: PrivateKey }> {
  const [password, data] = [decodeBase64(part.password), decodeBase64(part.data)];
  if (password === undefined || data === undefined) throw new EnvelopeError('undecryptable');
  const context = innerContext(suite.id, part);
  for (const key of await candidates(backend, suite, part.kid, keys)) {
    const plaintext = await openLayer(backend, suite, key, context, password, data);
    if (plaintext !== undefined) return { plaintext, key };
  }
  throw new EnvelopeError('undecryptable');
}

/** Keys of the suite's kind; the one that is named comes first. */
async function candidates(backend: Backend, suite: Suite, kid: string | undefined, keys: readonly PrivateKey[]): Promise<readonly PrivateKey[]> {
  const fitting = keys.filter((key) => key.type === suite.keyType);
  if (kid === undefined) return fitting;
  const named: PrivateKey[] = [];
  for (const key of fitting) if ((await fingerprintOf(backend, key.publicKey)) === kid) named.push(key);
  return [...named, ...fitting.filter((key) => !named.includes(key))];
}

/** The one text that says this: whatever another reader could read differently is no Message. */
function readMessage(plaintext: Bytes): Message {
  const text = layerText(plaintext, LIMITS.messageBytes);
  const value = text === undefined ? undefined : parseObject(text);
  if (value === undefined || !isCanonical(text, value) || !isMessage(value)) throw new EnvelopeError('malformed_message');
  return value;
}

function isCanonical(text: string | undefined, value: Record<string, unknown>): boolean {
  try {
    return canonicalize(value) === text;
  } catch (error) {
    if (error instanceof JcsError) return false;
    throw error;
  }
}
