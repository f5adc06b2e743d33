/** The Envelope client for browsers: its platform back end is WebCrypto. */
import { WebBackend } from './backend/web.js';
import { BackendLimit } from './backend/backend.js';
import { type ClientOptions, EnvelopeClient } from './client/client.js';
import { createSdk } from './sdk.js';

export * from './public.js';
export { WebBackend } from './backend/web.js';

/** The client's functions with the platform's back end. Exports need an scrypt, which browsers lack: createSdk takes one. */
export const sdk = createSdk(new WebBackend(), () => {
  throw new BackendLimit('web', 'scrypt: give createSdk one');
});

export const {
  generateIdentity,
  generateEncryptionKey,
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
