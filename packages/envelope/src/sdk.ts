import { type Backend } from './backend/backend.js';
import { fingerprintOf } from './keys/fingerprint.js';
import { parsePrivateKey, type PrivateKey } from './keys/private-key.js';
import { type PublicKey } from './keys/public-key.js';
import { decryptExport, encryptExport, type ExportFile, type Scrypt } from './identity/export.js';
import { generateEncryptionKey, generateIdentity, type Identity, identityFromFile, identityToFile, type IdentityType } from './identity/identity.js';
import { type Message, type MessageDraft, type PacketAddress } from './inner/message.js';
import { type InnerPart, openMessage, type OpenedMessage, verifyMessage } from './inner/open.js';
import { sealMessage } from './inner/seal.js';
import { openFile, type SealedFile, sealFile } from './inner/sealed-file.js';
import { signMessage, type SigningContext } from './inner/sign.js';
import { type Packet } from './outer/packet.js';
import { type Body, openPacket, sealPacket, type SealPacketOptions } from './outer/seal.js';
import { type SealedLayer } from './suites/layer.js';
import { type SuiteId } from './suites/registry.js';

/** Options that do not take the randomness away. */
export type PublicSealOptions = Omit<SealPacketOptions, 'inputs'>;

/** The functions of the client, bound to one back end. */
export interface Sdk {
  readonly backend: Backend;
  /** Draws the keys of a new user. */
  readonly generateIdentity: (type?: IdentityType) => Promise<Identity>;
  /** Draws another encryption key of the same kind. */
  readonly generateEncryptionKey: (type?: IdentityType) => Promise<PrivateKey>;
  /** Writes an identity as a file under a passphrase. */
  readonly exportIdentity: (identity: Identity, passphrase: string) => Promise<ExportFile>;
  /** Reads what exportIdentity wrote. @throws ExportError, EnvelopeError */
  readonly importIdentity: (file: unknown, passphrase: string) => Promise<Identity>;
  /** Reads PEM of PKCS#8. @throws EnvelopeError `unsupported_key` */
  readonly parsePrivateKey: (pem: string) => Promise<PrivateKey>;
  /** SHA-256 of a key in hex. */
  readonly fingerprint: (key: PublicKey) => Promise<string>;
  /** @throws EnvelopeError, JcsError */
  readonly signMessage: (draft: MessageDraft, identity: PrivateKey, context: SigningContext) => Promise<Message>;
  /** @throws EnvelopeError */
  readonly sealMessage: (message: Message, address: PacketAddress, recipient: PublicKey, algorithm: SuiteId, options?: Pick<PublicSealOptions, 'padTo'>) => Promise<SealedLayer>;
  /** @throws EnvelopeError */
  readonly sealPacket: (packet: Packet, server: PublicKey, algorithm: SuiteId, options?: PublicSealOptions) => Promise<Body>;
  /** Opens an outer layer with a server's key. @throws EnvelopeError */
  readonly openPacket: (body: unknown, server: PrivateKey) => Promise<Packet>;
  /** Opens and verifies an inner part. @throws EnvelopeError */
  readonly openMessage: (part: InnerPart, ...keys: readonly PrivateKey[]) => Promise<OpenedMessage>;
  /** Verifies a Message that is open already. @throws EnvelopeError */
  readonly verifyMessage: (message: Message, context: SigningContext) => Promise<PublicKey>;
  /** Seals a file for a Message of type 4. */
  readonly sealFile: (plaintext: Uint8Array) => Promise<SealedFile>;
  /** @throws EnvelopeError `undecryptable` */
  readonly openFile: (data: Uint8Array, key: Uint8Array) => Promise<Uint8Array>;
}

/**
 * Binds the client's functions to a back end.
 *
 * @param scrypt for exports; a back end has none of its own
 */
export function createSdk(backend: Backend, scrypt: Scrypt): Sdk {
  return {
    backend,
    generateIdentity: (type) => generateIdentity(backend, type),
    generateEncryptionKey: (type) => generateEncryptionKey(backend, type),
    exportIdentity: (identity, passphrase) => encryptExport(backend, scrypt, identityToFile(identity), passphrase),
    importIdentity: async (file, passphrase) => identityFromFile(backend, await decryptExport(backend, scrypt, file, passphrase)),
    parsePrivateKey: (pem) => parsePrivateKey(backend, pem),
    fingerprint: (key) => fingerprintOf(backend, key),
    signMessage: (draft, identity, context) => signMessage(backend, draft, identity, context),
    sealMessage: (message, address, recipient, algorithm, { padTo } = {}) =>
      sealMessage(backend, message, address, recipient, algorithm, padTo === undefined ? {} : { padTo }),
    sealPacket: (packet, server, algorithm, { padTo, nameKey } = {}) =>
      sealPacket(backend, packet, server, algorithm, { ...(padTo !== undefined && { padTo }), ...(nameKey !== undefined && { nameKey }) }),
    openPacket: async (body, server) => (await openPacket(backend, body, server)).packet,
    openMessage: (part, ...keys) => openMessage(backend, part, ...keys),
    verifyMessage: (message, context) => verifyMessage(backend, message, context),
    sealFile: (plaintext) => sealFile(backend, plaintext),
    openFile: (data, key) => openFile(backend, data, key),
  };
}
