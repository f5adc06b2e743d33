import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A key of keys.json. Weak keys, which no sender may use, have no private half. */
export interface VectorKey {
  readonly type: string;
  readonly private_pem?: string;
  readonly public_pem: string;
  readonly fingerprint: string;
}

/** keys.json. */
export interface VectorKeys {
  readonly format: 'polypost-envelope-keys/1';
  readonly keys: Readonly<Record<string, VectorKey>>;
}

/** The random parts of one layer, in hex. */
export interface VectorLayer {
  readonly cek_hex: string;
  readonly iv_hex: string;
  readonly aad_utf8: string;
  readonly oaep_seed_hex?: string;
  readonly hpke_ephemeral_private_hex?: string;
}

/** What has to come out. */
export type Expectation =
  | { readonly outcome: 'ok' }
  | { readonly outcome: 'error'; readonly stage: 'outer' | 'inner'; readonly code: string; readonly layer?: string };

/** One test vector. */
export interface Vector {
  readonly name: string;
  readonly server_key: string;
  readonly user_key: string;
  readonly sender_key?: string;
  readonly body: unknown;
  readonly packet?: Readonly<Record<string, unknown>>;
  readonly message?: Readonly<Record<string, unknown>>;
  readonly packet_plaintext_b64?: string;
  readonly message_plaintext_b64?: string;
  readonly inputs?: {
    readonly outer: VectorLayer;
    readonly inner: VectorLayer;
    readonly signature: {
      readonly algorithm: string;
      readonly input_utf8: string;
      readonly input_sha256: string;
      readonly pss_salt_hex?: string;
    };
  };
  readonly expect: Expectation;
  readonly why?: string;
}

/** A file of test vectors. */
export interface VectorFile {
  readonly format: 'polypost-envelope-vectors/1';
  /** name of the file of keys in the same folder */
  readonly keys: string;
  readonly vectors: readonly Vector[];
}

/** A folder that holds no test vectors of this layout. */
export class VectorFormatError extends Error {
  override readonly name = 'VectorFormatError';
}

/** Reads a file of JSON. @throws VectorFormatError when it is none or of another format */
export async function readJson<T extends { readonly format: string }>(folder: string, name: string, format: T['format']): Promise<T | undefined> {
  let value: T | null;
  try {
    value = JSON.parse(await readFile(join(folder, name), 'utf8')) as T | null;
  } catch (error) {
    throw new VectorFormatError(`${name} cannot be read: ${error instanceof SyntaxError ? 'it is no JSON' : (error as NodeJS.ErrnoException).code}`);
  }
  return value?.format === format ? value : undefined;
}
