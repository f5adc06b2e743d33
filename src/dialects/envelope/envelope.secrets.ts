import { createSecretKey, type KeyObject } from 'node:crypto';
import { type EnvelopeVariables } from './envelope.config.js';
import { keyedHash } from '../../crypto/keyed-hash.js';
import { type IdSource } from '../../kernel/id-source.js';

/** What begins a secret tells its kind to people and to scanners of leaked ones. */
const PREFIXES = { token: 'ppt1_', session: 'pps1_', invite: 'ppi1_' } as const;
const SECRET_BYTES = 32;
const DOMAIN = 'polypost/envelope/secret/v1';

export type SecretKind = keyof typeof PREFIXES;

/** Makes tokens, sessions and invites, and the keyed hashes they are found by. */
export class AccessSecrets {
  private readonly pepper: KeyObject;

  constructor(
    variables: Pick<EnvelopeVariables, 'ENVELOPE_TOKEN_PEPPER'>,
    private readonly ids: IdSource,
  ) {
    this.pepper = createSecretKey(Buffer.from(variables.ENVELOPE_TOKEN_PEPPER, 'utf8'));
  }

  /** @returns the secret, which is shown once, and its hash, which is kept */
  make(kind: SecretKind): { secret: string; hash: Buffer } {
    const secret = PREFIXES[kind] + this.ids.bytes(SECRET_BYTES).toString('base64url');
    return { secret, hash: this.hash(kind, secret) };
  }

  /** 32 bytes. A secret of one kind is never found under another. */
  hash(kind: SecretKind, secret: string): Buffer {
    return keyedHash(this.pepper, DOMAIN, `${kind}\n`, secret);
  }
}
