import { type Bytes, encodeUtf8 } from '../base/bytes.js';
import { EnvelopeError } from '../base/errors.js';
import { LIMITS } from '../base/limits.js';
import { pad, paddedLength } from '../base/padding.js';
import { type Backend } from '../backend/backend.js';
import { fingerprintOf } from '../keys/fingerprint.js';
import { type PrivateKey } from '../keys/private-key.js';
import { type PublicKey } from '../keys/public-key.js';
import { outerContext } from '../suites/context.js';
import { type LayerInputs, openLayer, type SealedLayer, sealLayer } from '../suites/layer.js';
import { suiteOf, type SuiteId } from '../suites/registry.js';
import { parseOuterBody } from './body.js';
import { type Packet, parsePacket } from './packet.js';

/** The body of `POST /api/v1/message`. */
export interface Body extends SealedLayer {
  /** fingerprint of the server key it is sealed to */
  readonly kid?: string;
}

/** How to seal. */
export interface SealPacketOptions {
  /** bytes to pad the plaintext to with spaces; the next Padmé length by default, 0 for none */
  readonly padTo?: number;
  /** whether the body names the key it is sealed to; true by default */
  readonly nameKey?: boolean;
  /** test vectors only */
  readonly inputs?: LayerInputs;
}

/** The text of a Packet: these members in this order. */
export function packetText(packet: Packet): string {
  const { id, user_id, token, data, algorithm, password, kid } = packet;
  return JSON.stringify({ id, user_id, token, data, algorithm, password, ...(kid !== undefined && { kid }) });
}

/**
 * Seals a Packet to a server's key.
 *
 * @throws EnvelopeError `unsupported_key` when the key is not of the suite's kind, `malformed_packet`
 *   for a Packet that no server would take
 */
export async function sealPacket(
  backend: Backend,
  packet: Packet,
  server: PublicKey,
  algorithm: SuiteId,
  options: SealPacketOptions = {},
): Promise<Body> {
  const text = encodeUtf8(packetText(packet));
  if (text.length > LIMITS.packetBytes) throw new EnvelopeError('malformed_packet');
  parsePacket(text);
  const body = await sealPlaintext(backend, pad(text, options.padTo ?? paddedLength(text.length)), server, algorithm, options.inputs);
  return options.nameKey === false ? body : { ...body, kid: await fingerprintOf(backend, server) };
}

/**
 * Opens a body as the server does, with any back end: the checks of its steps 2 to 8.
 *
 * @throws EnvelopeError `malformed_request`, `unknown_algorithm`, `unknown_server_key`, `undecryptable` or `malformed_packet`
 */
export async function openPacket(backend: Backend, body: unknown, server: PrivateKey): Promise<{ packet: Packet; plaintext: Bytes }> {
  const { suite, password, data, kid } = parseOuterBody(body);
  if (kid !== undefined && kid !== (await fingerprintOf(backend, server.publicKey))) throw new EnvelopeError('unknown_server_key');
  const plaintext = await openLayer(backend, suite, server, outerContext(suite.id), password, data);
  if (plaintext === undefined) throw new EnvelopeError('undecryptable');
  return { packet: parsePacket(plaintext), plaintext };
}

/** Seals bytes as an outer layer, whatever they say. */
export function sealPlaintext(backend: Backend, plaintext: Bytes, server: PublicKey, algorithm: SuiteId, inputs?: LayerInputs): Promise<SealedLayer> {
  return sealLayer(backend, suiteOf(algorithm), server, outerContext(algorithm), plaintext, inputs);
}
