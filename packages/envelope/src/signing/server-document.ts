import { decodeBase64, encodeBase64 } from '../base/base64.js';
import { type Bytes } from '../base/bytes.js';
import { canonicalize, JcsError } from '../base/jcs.js';
import { without } from '../base/json.js';
import { type Backend } from '../backend/backend.js';
import { type PrivateKey } from '../keys/private-key.js';
import { type PublicKey } from '../keys/public-key.js';
import { contextBytes } from '../suites/context.js';

/** A server's key as discovery shows it. */
export interface ServerKey {
  readonly kid: string;
  /** PEM */
  readonly public_key: string;
  readonly algorithms: readonly string[];
  readonly status: 'current' | 'previous';
  /** end of its life, RFC 3339 */
  readonly not_after: string;
}

/** What a server says of itself, signed by its identity key. Members that are not known are covered too. */
export interface ServerDocument {
  readonly protocol: string;
  readonly host: string;
  readonly base_url: string;
  /** PEM, Ed25519 */
  readonly identity_key: string;
  readonly keys: readonly ServerKey[];
  /** in the server's order of preference */
  readonly algorithms: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly registration: 'open' | 'invite' | 'closed';
  readonly issued_at: string;
  readonly expires_at: string;
  readonly signature: string;
}

/** Input of the signature of a server document. @throws JcsError */
export function serverDocumentInput(document: Readonly<Record<string, unknown>>): Bytes {
  return contextBytes('server', canonicalize(without(document, 'signature')));
}

/** Signs a server document with the server's Ed25519 identity key. */
export async function signServerDocument(
  backend: Pick<Backend, 'sign'>,
  document: Omit<ServerDocument, 'signature'>,
  identity: PrivateKey,
): Promise<ServerDocument> {
  const signature = await backend.sign(identity, 'EdDSA', serverDocumentInput({ ...document }));
  return { ...document, signature: encodeBase64(signature) };
}

/** Whether the identity key signed this document. */
export async function verifyServerDocument(
  backend: Pick<Backend, 'verify'>,
  document: Readonly<Record<string, unknown>>,
  identity: PublicKey,
): Promise<boolean> {
  const signature = typeof document.signature === 'string' ? decodeBase64(document.signature) : undefined;
  if (signature === undefined || identity.type !== 'ed25519') return false;
  try {
    return await backend.verify(identity, 'EdDSA', serverDocumentInput(document), signature);
  } catch (error) {
    if (error instanceof JcsError) return false;
    throw error;
  }
}
