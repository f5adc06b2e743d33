/**
 * For tests and test vectors only: the same functions with the random parts given. A content key,
 * an IV or an ephemeral key that is used twice breaks what it protects.
 */
export { checkBaseUrl, originOf, parseHost } from './client/address.js';
export { type Backend, BackendLimit } from './backend/backend.js';
export { ForgeBackend, type X25519Source } from './backend/forge.js';
export { NodeBackend } from './backend/node.js';
export { nodeX25519 } from './backend/node-x25519.js';
export { WebBackend } from './backend/web.js';
export { paddedLength, pad } from './base/padding.js';
export { smallOrderEncodings } from './keys/small-order.js';
export { parsePrivateKey, privateKeyFromPkcs8, privateKeyFromRaw, privateKeyPem } from './keys/private-key.js';
export { modulusBytes } from './keys/public-key.js';
export { fingerprintOf } from './keys/fingerprint.js';
export { innerContext, type Message, type MessageDraft, messageText, type PacketAddress, signatureInput } from './inner/message.js';
export { openMessage, verifyMessage } from './inner/open.js';
export { sealMessage } from './inner/seal.js';
export { signMessage } from './inner/sign.js';
export { openPacket, packetText, sealPacket, sealPlaintext } from './outer/seal.js';
export { openContent, sealContent } from './suites/content.js';
export { hpkeOpen, hpkeSchedule, hpkeSeal } from './suites/hpke.js';
export { drawInputs, type LayerInputs, openLayer, type SealedLayer, sealLayer, wrapKey } from './suites/layer.js';
export { makeVectors } from './vectors/make.js';
export { runVectors, type VectorResult } from './vectors/run.js';
