/** The Envelope client for Node: its platform back end is node:crypto. */
import { scrypt as nodeScrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { NodeBackend } from './backend/node.js';
import { EnvelopeClient, type ClientOptions } from './client/client.js';
import { type Scrypt } from './identity/export.js';
import { createSdk } from './sdk.js';

export * from './public.js';
export { FileStore } from './client/file-store.node.js';
export { NodeBackend } from './backend/node.js';

const derive = promisify<Uint8Array, Uint8Array, number, { N: number; r: number; p: number; maxmem: number }, Buffer<ArrayBuffer>>(nodeScrypt);

/** scrypt of Node, off the event loop. */
export const scrypt: Scrypt = (passphrase, salt, cost, blockSize, parallel, length) =>
  derive(passphrase, salt, length, { N: cost, r: blockSize, p: parallel, maxmem: 256 * cost * blockSize });

/** The client's functions with the platform's back end. */
export const sdk = createSdk(new NodeBackend(), scrypt);

export const {
  generateIdentity,
  generateEncryptionKey,
  exportIdentity,
  importIdentity,
  parsePrivateKey,
  fingerprint,
  signMessage,
  sealMessage,
  sealPacket,
  openPacket,
  openMessage,
  verifyMessage,
  sealFile,
  openFile,
} = sdk;

/** A client with the platform's back end. */
export function createClient(options: ClientOptions = {}): EnvelopeClient {
  return new EnvelopeClient(sdk.backend, options);
}
