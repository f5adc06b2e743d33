import { parseDate } from '../base/dates.js';
import { isObject } from '../base/json.js';
import { type Backend } from '../backend/backend.js';
import { fingerprintOf } from '../keys/fingerprint.js';
import { parsePublicKey, type PublicKey } from '../keys/public-key.js';
import { type ServerDocument, verifyServerDocument } from '../signing/server-document.js';
import { PROTOCOL } from '../suites/context.js';
import { findSuite, type SuiteId } from '../suites/registry.js';
import { checkBaseUrl, originOf } from './address.js';
import { NetworkError, TrustError } from './errors.js';
import { call, type Transport } from './http.js';

/** A server document whose signature was checked, and the fingerprint of the key that signed it. */
export interface KnownServer {
  readonly document: ServerDocument;
  /** fingerprint of `identity_key` */
  readonly identity: string;
}

/** What discovery needs to know. */
export interface DiscoveryContext {
  readonly backend: Backend;
  readonly transport: Transport;
  readonly allowHttp: boolean;
  /** ms since 1970 */
  readonly now: () => number;
}

/** A key to seal a Packet to, and the suite to do it with. */
export interface ServerChoice {
  readonly key: PublicKey;
  readonly algorithm: SuiteId;
}

/** Dates of two machines may differ by this much. */
const CLOCK_SKEW_MS = 10 * 60 * 1000;

/**
 * Asks a host for its document and checks it: the signature, the host, the pin, and that it is not
 * older than the one that is held.
 *
 * @param host as in an address
 * @param held what is known of the host; its identity key is the pin
 * @param pin fingerprint of the identity key from elsewhere, such as a contact card
 * @throws TrustError, RefusedError, NetworkError
 */
export async function discover(context: DiscoveryContext, host: string, held?: KnownServer, pin?: string): Promise<KnownServer> {
  const { body } = await call(context.transport, `${originOf(host, context.allowHttp)}/.well-known/polypost-envelope`);
  const document = readDocument(body);
  if (document.host !== host) throw new TrustError('wrong_host', 'The server calls itself by another host than the one that was asked.');
  const key = parsePublicKey(document.identity_key);
  if (!(await verifyServerDocument(context.backend, body, key))) {
    throw new TrustError('bad_server_signature', 'The signature of the server document is wrong.');
  }
  const identity = await fingerprintOf(context.backend, key);
  for (const pinned of [pin, held?.identity]) {
    if (pinned !== undefined && pinned !== identity) throw new TrustError('server_key_changed', 'The server has another identity key than the one that is pinned.');
  }
  if (held !== undefined && time(document.issued_at) < time(held.document.issued_at)) {
    throw new TrustError('stale_document', 'The server document is older than the one that is held.');
  }
  if (time(document.expires_at) + CLOCK_SKEW_MS < context.now()) throw new TrustError('expired_document', 'The server document has expired.');
  checkBaseUrl(document.base_url, context.allowHttp);
  return { document, identity };
}

/** Whether a document has to be fetched again. */
export function isExpired(server: KnownServer, now: number): boolean {
  return time(server.document.expires_at) <= now;
}

/**
 * The first suite of the sender's own list for which the server has a current key.
 *
 * @throws TrustError `no_common_algorithm`
 */
export async function chooseServerKey(backend: Backend, { document }: KnownServer, preference: readonly SuiteId[]): Promise<ServerChoice> {
  for (const algorithm of preference) {
    if (!document.algorithms.includes(algorithm)) continue;
    for (const offered of document.keys) {
      if (offered.status !== 'current' || !offered.algorithms.includes(algorithm)) continue;
      const key = parsePublicKey(offered.public_key);
      if (key.type === findSuite(algorithm)?.keyType && (await fingerprintOf(backend, key)) === offered.kid) return { key, algorithm };
    }
  }
  throw new TrustError('no_common_algorithm', 'The server offers no algorithm that is wanted.');
}

function readDocument(body: Record<string, unknown>): ServerDocument {
  const { protocol, host, base_url, identity_key, keys, algorithms, issued_at, expires_at, signature } = body;
  const texts = [host, base_url, identity_key, issued_at, expires_at, signature];
  const isSound =
    protocol === PROTOCOL &&
    texts.every((text) => typeof text === 'string') &&
    Array.isArray(algorithms) &&
    algorithms.every((algorithm) => typeof algorithm === 'string') &&
    Array.isArray(keys) &&
    keys.every(isServerKey) &&
    [issued_at, expires_at].every((text) => parseDate(text as string) !== undefined);
  if (!isSound) throw new NetworkError('The server has no document of this protocol.');
  return body as unknown as ServerDocument;
}

function isServerKey(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { kid, public_key, algorithms, status } = value;
  return [kid, public_key, status].every((text) => typeof text === 'string') && Array.isArray(algorithms);
}

function time(text: string): number {
  return parseDate(text) ?? Number.NEGATIVE_INFINITY;
}
