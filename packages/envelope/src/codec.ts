/**
 * What a message server needs: the encodings, the registry, the outer layer, and signatures of
 * logins and discovery. Nothing reachable from here can open an inner part; a layer rule sees to it.
 */
import { toHex } from './base/bytes.js';
import { sha256 } from './backend/node-primitives.js';
import { type PublicKey } from './keys/public-key.js';
import { type Packet, packetDigestInput } from './outer/packet.js';

export { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from './base/base64.js';
export { type Bytes, concat, decodeUtf8, encodeUtf8, equalBytes, fromHex, toHex, wipe } from './base/bytes.js';
export { parseDate, writeDate } from './base/dates.js';
export { type EnvelopeCode, EnvelopeError, type Layer } from './base/errors.js';
export { canonicalize, JcsError } from './base/jcs.js';
export { isObject, nestsDeeper, parseObject, stripPadding } from './base/json.js';
export { FINGERPRINT, LIMITS, MESSAGE_ID, PACKET_ID, TOKEN, USER_ID, USER_NAME } from './base/limits.js';
export { NodeBackend } from './backend/node.js';
export { sign, verify } from './backend/node-primitives.js';
export { type PrivateKey, privateKeyFromPkcs8, privateKeyFromRaw } from './keys/private-key.js';
export { type KeyType, parsePublicKey, type PublicKey, publicKeyFromSpki, publicKeyPem } from './keys/public-key.js';
export { type OuterBody, parseOuterBody } from './outer/body.js';
export { openOuter, OuterKey } from './outer/opener.js';
export { type Packet, type PacketLimits, parsePacket } from './outer/packet.js';
export { type ServerDocument, serverDocumentInput, type ServerKey, signServerDocument, verifyServerDocument } from './signing/server-document.js';
export { type AuthClaim, authInput, keyStatementInput, outerContext, PROTOCOL } from './suites/context.js';
export { findSuite, type SignatureScheme, type Suite, SUITE_IDS, type SuiteId, suiteOf, suitesFor } from './suites/registry.js';

/** Fingerprint of a public key, and its `kid`: SHA-256 of its SubjectPublicKeyInfo in lower-case hex. */
export function fingerprint(key: PublicKey): string {
  return toHex(sha256(key.spki));
}

/** SHA-256 of what two copies of one Packet have in common; 32 bytes. */
export function packetDigest(packet: Pick<Packet, 'algorithm' | 'data' | 'password'>): Uint8Array<ArrayBuffer> {
  return sha256(packetDigestInput(packet));
}
