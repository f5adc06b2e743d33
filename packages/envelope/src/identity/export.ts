import { decodeBase64, encodeBase64 } from '../base/base64.js';
import { type Bytes, concat, decodeUtf8, encodeUtf8, wipe } from '../base/bytes.js';
import { canonicalize } from '../base/jcs.js';
import { parseObject } from '../base/json.js';
import { type Awaitable, type Backend } from '../backend/backend.js';
import { contextBytes } from '../suites/context.js';

/** scrypt. @param cost N; the memory is 128 * N * blockSize bytes */
export type Scrypt = (passphrase: Bytes, salt: Bytes, cost: number, blockSize: number, parallel: number, length: number) => Awaitable<Bytes>;

/** A file of secrets under a passphrase. */
export interface ExportFile {
  readonly format: 'polypost-envelope-export/1';
  readonly kdf: { readonly name: 'scrypt'; readonly n: number; readonly r: number; readonly p: number; readonly salt: string };
  /** IV, ciphertext and tag of AES-256-GCM */
  readonly data: string;
}

/** A file that is none, or a passphrase that does not fit: it cannot be told which. */
export class ExportError extends Error {
  override readonly name = 'ExportError';

  constructor() {
    super('The file is no export of an identity, it is damaged, or the passphrase does not fit.');
  }
}

const COST = 2 ** 17;
/** What a file may ask for, so that a foreign one cannot take all memory: 512 MiB. */
const COST_MAX = 2 ** 19;
const BLOCK_SIZE = 8;
const IV_BYTES = 12;

/** Encrypts a value of JSON under a passphrase: scrypt, then AES-256-GCM. */
export async function encryptExport(backend: Backend, scrypt: Scrypt, value: unknown, passphrase: string): Promise<ExportFile> {
  const [salt, iv] = [backend.random(16), backend.random(IV_BYTES)];
  const kdf = { name: 'scrypt', n: COST, r: BLOCK_SIZE, p: 1, salt: encodeBase64(salt) } as const;
  const key = await scrypt(encodeUtf8(passphrase.normalize('NFC')), salt, kdf.n, kdf.r, kdf.p, 32);
  const sealed = await backend.gcmSeal(key, iv, exportContext(kdf), encodeUtf8(canonicalize(value)));
  wipe(key);
  return { format: 'polypost-envelope-export/1', kdf, data: encodeBase64(concat(iv, sealed)) };
}

/** Decrypts what encryptExport made. @throws ExportError */
export async function decryptExport(backend: Backend, scrypt: Scrypt, file: unknown, passphrase: string): Promise<Record<string, unknown>> {
  const { kdf, salt, data } = readFile(file);
  const key = await scrypt(encodeUtf8(passphrase.normalize('NFC')), salt, kdf.n, kdf.r, kdf.p, 32);
  const plaintext = await backend.gcmOpen(key, data.slice(0, IV_BYTES), exportContext(kdf), data.slice(IV_BYTES));
  wipe(key);
  const value = plaintext && parseObject(decodeUtf8(plaintext) ?? '');
  if (value === undefined) throw new ExportError();
  return value;
}

function readFile(file: unknown): { kdf: ExportFile['kdf']; salt: Bytes; data: Bytes } {
  const { format, kdf, data } = (file ?? {}) as Partial<ExportFile>;
  const salt = decodeBase64(String(kdf?.salt ?? ''));
  const sealed = decodeBase64(String(data ?? ''));
  if (format !== 'polypost-envelope-export/1' || kdf?.name !== 'scrypt' || salt === undefined || sealed === undefined) throw new ExportError();
  const isSound = Number.isInteger(Math.log2(kdf.n)) && kdf.n > 1 && kdf.n <= COST_MAX && kdf.r === BLOCK_SIZE && kdf.p === 1;
  if (!isSound) throw new ExportError();
  return { kdf, salt, data: sealed };
}

function exportContext(kdf: ExportFile['kdf']): Bytes {
  return contextBytes('export', canonicalize(kdf));
}
