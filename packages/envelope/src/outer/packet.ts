import { decodeBase64 } from '../base/base64.js';
import { EnvelopeError } from '../base/errors.js';
import { layerText, parseObject } from '../base/json.js';
import { FINGERPRINT, LIMITS, PACKET_ID, TOKEN, USER_ID } from '../base/limits.js';
import { canonicalize } from '../base/jcs.js';
import { type Bytes, encodeUtf8 } from '../base/bytes.js';
import { findSuite, type SuiteId } from '../suites/registry.js';

/** What the outer layer carries: an opaque inner part and where it goes. */
export interface Packet {
  /** chosen by the sender, unique for the receiving user */
  readonly id: string;
  readonly user_id: string;
  /** access token of the receiving user */
  readonly token: string;
  readonly data: string;
  readonly algorithm: SuiteId;
  readonly password: string;
  /** fingerprint of the user's encryption key, where the sender says so */
  readonly kid?: string;
}

/** Limits of a Packet that a server may set lower or higher. */
export interface PacketLimits {
  /** bytes of the text without padding */
  readonly packetBytes?: number;
  readonly jsonDepth?: number;
}

/**
 * Reads the plaintext of the outer layer: step 8. Members that are not known are left out.
 *
 * @throws EnvelopeError `malformed_packet`, or `unknown_algorithm` in layer `packet`
 */
export function parsePacket(plaintext: Uint8Array, limits: PacketLimits = {}): Packet {
  const text = layerText(plaintext, limits.packetBytes ?? LIMITS.packetBytes);
  const value = text === undefined ? undefined : parseObject(text, limits.jsonDepth ?? LIMITS.jsonDepth);
  if (value === undefined) throw new EnvelopeError('malformed_packet');
  const { id, user_id, token, data, algorithm, password, kid } = value;
  if (!fits(id, PACKET_ID) || !fits(user_id, USER_ID) || !fits(token, TOKEN)) throw new EnvelopeError('malformed_packet');
  if (!isBase64(data) || !isBase64(password)) throw new EnvelopeError('malformed_packet');
  if (typeof algorithm !== 'string' || algorithm.length === 0) throw new EnvelopeError('malformed_packet');
  if (kid !== undefined && !fits(kid, FINGERPRINT)) throw new EnvelopeError('malformed_packet');
  const suite = findSuite(algorithm);
  if (suite === undefined) throw new EnvelopeError('unknown_algorithm', 'packet');
  const packet = { id, user_id, token, data, algorithm: suite.id, password };
  return kid === undefined ? packet : { ...packet, kid };
}

/** What two copies of one Packet have in common: the digest is SHA-256 of these bytes. */
export function packetDigestInput(packet: Pick<Packet, 'algorithm' | 'data' | 'password'>): Bytes {
  const { algorithm, data, password } = packet;
  return encodeUtf8(canonicalize({ algorithm, data, password }));
}

function fits(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}

function isBase64(value: unknown): value is string {
  return typeof value === 'string' && decodeBase64(value) !== undefined;
}
