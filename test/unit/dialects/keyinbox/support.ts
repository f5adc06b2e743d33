import { randomBytes } from 'node:crypto';
import { type Config } from '../../../../src/config/config.js';
import { SealedBox } from '../../../../src/crypto/sealed-box.js';
import { KeyInboxVariables } from '../../../../src/dialects/keyinbox/keyinbox.config.js';
import { KeyInboxKeys, type PrivateKey, type PublicKey } from '../../../../src/dialects/keyinbox/keyinbox.keys.js';
import { KeyInboxFault } from '../../../../src/dialects/keyinbox/keyinbox.faults.js';
import { type KeyChecks } from '../../../../src/dialects/keyinbox/keyinbox.parse.js';
import { KeyInboxSeal } from '../../../../src/dialects/keyinbox/keyinbox.seal.js';
import { type IdSource } from '../../../../src/kernel/id-source.js';

export const NETWORK_SECRET = 'example-network-secret-0123456789abcdef';
export const PEPPER = 'test-lookup-pepper-0123456789abcdef01234';

export const ids: IdSource = { next: () => '1', bytes: (count) => randomBytes(count) };

/** Settings of the dialect alone, with the rest as nobody asks for it. */
export function configOf(values: Partial<KeyInboxVariables> = {}): Config {
  const section = Object.assign(new KeyInboxVariables(), {
    KEYINBOX_NETWORK_SECRET: NETWORK_SECRET,
    KEYINBOX_NETWORK_SECRET_PREVIOUS: [],
    KEYINBOX_LOOKUP_PEPPER: PEPPER,
    ...values,
  });
  return { section: () => section, publicUrl: 'http://localhost:3000' } as unknown as Config;
}

export const keys = new KeyInboxKeys(configOf());
export const seal = new KeyInboxSeal(new SealedBox(ids));

/** The checks of keys without a rate limiter. */
export const checks: KeyChecks = {
  privateKey: (value) => keys.readPrivate(String(value)) ?? refuse('invalid_private_key'),
  publicKey: (value) => keys.readPublic(String(value)) ?? refuse('invalid_public_key'),
};

export interface Somebody {
  readonly privateText: string;
  readonly publicText: string;
  readonly privateKey: PrivateKey;
  readonly publicKey: PublicKey;
}

export function somebody(): Somebody {
  const issued = keys.issue();
  const privateKey = keys.readPrivate(issued.privateKey)!;
  return { privateText: issued.privateKey, publicText: issued.publicKey, privateKey, publicKey: privateKey.publicKey };
}

/** @returns the wire code of the fault the work ends in, with the name of the parameter at fault */
export function faultOf(work: () => unknown): string {
  try {
    work();
    return 'none';
  } catch (error) {
    if (!(error instanceof KeyInboxFault)) throw error;
    return error.facts.field === undefined ? error.wireCode : `${error.wireCode} ${error.facts.field}`;
  }
}

function refuse(code: 'invalid_private_key' | 'invalid_public_key'): never {
  throw new KeyInboxFault(code);
}
