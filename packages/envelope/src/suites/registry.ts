import { type KeyType } from '../keys/public-key.js';

/** How the content key travels in `password`. */
export type Wrap = { readonly kind: 'hpke-x25519' } | { readonly kind: 'rsa-oaep'; readonly hash: 'SHA-1' | 'SHA-256' };

/** How `data` is encrypted. */
export type ContentCipher = 'A256GCM' | 'A256CBC-HS512';

/** How a key signs. */
export type SignatureScheme = 'EdDSA' | 'PS256' | 'RS256';

/** Names of the suites, in the order we prefer them. */
export const SUITE_IDS = ['HPKE-X25519+A256GCM', 'RSA-OAEP-256+A256GCM', 'RSA-OAEP+A256CBC-HS512'] as const;
/** A name of the registry. */
export type SuiteId = (typeof SUITE_IDS)[number];

/** Everything that a name of the registry fixes. */
export interface Suite {
  readonly id: SuiteId;
  /** kind of key it seals to */
  readonly keyType: KeyType;
  readonly wrap: Wrap;
  readonly content: ContentCipher;
  /** lengths in bytes */
  readonly contentKeyBytes: number;
  readonly ivBytes: number;
  readonly tagBytes: number;
  /** how an RSA sender signs a message whose inner layer uses this suite */
  readonly rsaSignature: 'PS256' | 'RS256';
}

const GCM = { content: 'A256GCM', contentKeyBytes: 32, ivBytes: 12, tagBytes: 16, rsaSignature: 'PS256' } as const;
const CBC = { content: 'A256CBC-HS512', contentKeyBytes: 64, ivBytes: 16, tagBytes: 32, rsaSignature: 'RS256' } as const;

const SUITES: ReadonlyMap<string, Suite> = new Map(
  (
    [
      { id: 'HPKE-X25519+A256GCM', keyType: 'x25519', wrap: { kind: 'hpke-x25519' }, ...GCM },
      { id: 'RSA-OAEP-256+A256GCM', keyType: 'rsa', wrap: { kind: 'rsa-oaep', hash: 'SHA-256' }, ...GCM },
      { id: 'RSA-OAEP+A256CBC-HS512', keyType: 'rsa', wrap: { kind: 'rsa-oaep', hash: 'SHA-1' }, ...CBC },
    ] satisfies Suite[]
  ).map((suite) => [suite.id, suite]),
);

/**
 * The suite of a name: exact, case-sensitive, no aliases.
 *
 * @returns undefined when no suite has this name
 */
export function findSuite(name: string): Suite | undefined {
  return SUITES.get(name);
}

/** The suite of a name known to be one. */
export function suiteOf(id: SuiteId): Suite {
  const suite = SUITES.get(id);
  if (suite === undefined) throw new TypeError('not a suite');
  return suite;
}

/** Suites that seal to keys of a kind, in order of preference. */
export function suitesFor(type: KeyType): readonly SuiteId[] {
  return SUITE_IDS.filter((id) => suiteOf(id).keyType === type);
}

/**
 * How a sender's key signs: decided by its kind and the inner suite, never by trial.
 *
 * @returns undefined for a kind of key that cannot sign
 */
export function messageSignature(type: KeyType, inner: Suite): SignatureScheme | undefined {
  if (type === 'ed25519') return 'EdDSA';
  return type === 'rsa' ? inner.rsaSignature : undefined;
}
