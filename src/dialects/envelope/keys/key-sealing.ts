import { keyedHash } from '../../../crypto/keyed-hash.js';
import { type SecretBox } from '../../../crypto/secret-box.js';
import { type EnvelopeVariables } from '../envelope.config.js';

const DOMAIN = 'polypost/envelope/server-keys/v1';

/** Seals the private keys of the server under a secret that is not in the database. */
export class KeySealing {
  private readonly current: Buffer;
  private readonly all: readonly Buffer[];

  constructor(
    variables: Pick<EnvelopeVariables, 'ENVELOPE_KEY_ENCRYPTION_KEY' | 'ENVELOPE_KEY_ENCRYPTION_KEY_PREVIOUS'>,
    private readonly box: SecretBox,
  ) {
    this.current = derived(variables.ENVELOPE_KEY_ENCRYPTION_KEY);
    this.all = [this.current, ...variables.ENVELOPE_KEY_ENCRYPTION_KEY_PREVIOUS.map(derived)];
  }

  /** @param kid what the sealed key belongs to: it opens under no other id */
  seal(kid: string, pkcs8: Uint8Array): Buffer {
    return this.box.seal(this.current, Buffer.from(kid), Buffer.from(pkcs8));
  }

  /** @returns PKCS#8 and whether it has to be sealed anew; null when no secret of ours opens it */
  open(kid: string, sealed: Buffer): { pkcs8: Buffer; isOld: boolean } | null {
    for (const key of this.all) {
      try {
        return { pkcs8: this.box.open(key, Buffer.from(kid), sealed), isOld: key !== this.current };
      } catch {
        // the next one
      }
    }
    return null;
  }
}

function derived(secret: string): Buffer {
  return keyedHash(Buffer.from(secret, 'utf8'), DOMAIN);
}
