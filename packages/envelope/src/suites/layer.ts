import { type Bytes, wipe } from '../base/bytes.js';
import { encodeBase64 } from '../base/base64.js';
import { EnvelopeError } from '../base/errors.js';
import { type Backend } from '../backend/backend.js';
import { type PrivateKey } from '../keys/private-key.js';
import { type PublicKey } from '../keys/public-key.js';
import { openContent, sealContent } from './content.js';
import { hpkeOpen, hpkeSeal } from './hpke.js';
import { type Suite, type SuiteId } from './registry.js';

/** One sealed layer as it travels. */
export interface SealedLayer {
  readonly data: string;
  readonly algorithm: SuiteId;
  readonly password: string;
}

/** The random parts of one layer. Drawn for each layer anew; given only by test vectors. */
export interface LayerInputs {
  readonly contentKey: Bytes;
  readonly iv: Bytes;
  /** HPKE: the ephemeral private key */
  readonly ephemeral?: Bytes;
  /** RSA: the seed of OAEP */
  readonly oaepSeed?: Bytes;
}

/**
 * Seals a plaintext to a public key.
 *
 * @param context what the layer is bound to
 * @param inputs fresh ones are drawn unless test vectors give them
 * @throws EnvelopeError `unsupported_key` when the key is not of the suite's kind
 */
export async function sealLayer(
  backend: Backend,
  suite: Suite,
  recipient: PublicKey,
  context: Bytes,
  plaintext: Bytes,
  inputs: LayerInputs = drawInputs(backend, suite),
): Promise<SealedLayer> {
  if (recipient.type !== suite.keyType) throw new EnvelopeError('unsupported_key');
  const password = await wrapKey(backend, suite, recipient, context, inputs);
  const data = await sealContent(backend, suite, inputs.contentKey, inputs.iv, context, plaintext);
  wipe(inputs.contentKey, inputs.ephemeral);
  return { data: encodeBase64(data), algorithm: suite.id, password: encodeBase64(password) };
}

/** Fresh random parts for one layer. */
export function drawInputs(backend: Backend, suite: Suite): LayerInputs {
  const drawn = { contentKey: backend.random(suite.contentKeyBytes), iv: backend.random(suite.ivBytes) };
  return suite.wrap.kind === 'hpke-x25519' ? { ...drawn, ephemeral: backend.random(32) } : drawn;
}

/**
 * Opens a layer. All faults look alike: where the content key cannot be unwrapped a random one takes
 * its place and the data is opened with that.
 *
 * @returns undefined when it does not open
 */
export async function openLayer(
  backend: Backend,
  suite: Suite,
  recipient: PrivateKey,
  context: Bytes,
  password: Bytes,
  data: Bytes,
): Promise<Bytes | undefined> {
  const unwrapped = recipient.type === suite.keyType ? await unwrap(backend, suite, recipient, context, password) : undefined;
  const key = unwrapped?.length === suite.contentKeyBytes ? unwrapped : backend.random(suite.contentKeyBytes);
  const plaintext = await openContent(backend, suite, key, context, data);
  wipe(key, unwrapped);
  return plaintext;
}

/** Wraps a content key, of whatever length, into a `password`. @throws EnvelopeError `unsupported_key` */
export async function wrapKey(backend: Backend, suite: Suite, recipient: PublicKey, context: Bytes, inputs: LayerInputs): Promise<Bytes> {
  switch (suite.wrap.kind) {
    case 'rsa-oaep':
      return backend.oaepEncrypt(recipient, suite.wrap.hash, inputs.contentKey, inputs.oaepSeed);
    case 'hpke-x25519': {
      const sealed = await hpkeSeal(backend, recipient.raw, context, inputs.contentKey, inputs.ephemeral ?? backend.random(32));
      if (sealed === undefined) throw new EnvelopeError('unsupported_key');
      return sealed;
    }
  }
}

async function unwrap(backend: Backend, suite: Suite, recipient: PrivateKey, context: Bytes, password: Bytes): Promise<Bytes | undefined> {
  switch (suite.wrap.kind) {
    case 'rsa-oaep':
      return backend.oaepDecrypt(recipient, suite.wrap.hash, password);
    case 'hpke-x25519':
      return hpkeOpen(backend, recipient.raw, recipient.publicKey.raw, context, password);
  }
}
