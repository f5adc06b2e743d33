import { open, readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type Environment } from '../../config/read-variables.js';
import { systemErrorCode } from '../../config/system-error.js';
import { askSecret } from '../ask-secret.js';
import { CliError, exitCodes } from '../cli-error.js';

/** A pair as the server makes it and a key file holds it. */
export interface KeyPair {
  readonly private_key: string;
  readonly public_key: string;
}

/**
 * Finds the private key: in a file, in KEYINBOX_PRIVATE_KEY, or asked for on the terminal. Never on
 * the command line, which every user of the machine can see.
 *
 * @param file path of a key file, `-` for the standard input, or undefined
 * @throws CliError when there is none
 */
export async function findPrivateKey(file: string | undefined, env: Environment): Promise<string> {
  if (file !== undefined) return keyIn(file === '-' ? await text(process.stdin) : await readKeyFile(file));
  const given = env['KEYINBOX_PRIVATE_KEY'] ?? '';
  if (given !== '') return given.trim();
  if (process.stdin.isTTY) return askSecret('Private key');
  throw new CliError('no private key: give --key-file FILE, --key-file - or KEYINBOX_PRIVATE_KEY', exitCodes.usage);
}

/**
 * Writes a pair to a new file that only its owner can read.
 *
 * @throws CliError when the file is there already or cannot be written
 */
export async function writeKeyFile(path: string, pair: KeyPair): Promise<void> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ private_key: pair.private_key, public_key: pair.public_key }, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = systemErrorCode(error);
    throw new CliError(code === 'EEXIST' ? `${path} is there already and is not overwritten` : `${path} cannot be written (${code ?? 'unknown error'})`);
  }
}

async function readKeyFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError(`${path} cannot be read (${systemErrorCode(error) ?? 'unknown error'})`, exitCodes.usage);
  }
}

/** A key file of ours, or the bare key. */
function keyIn(content: string): string {
  const trimmed = content.trim();
  if (!trimmed.startsWith('{')) return checked(trimmed);
  try {
    const { private_key: key } = JSON.parse(trimmed) as Partial<KeyPair>;
    return checked(typeof key === 'string' ? key : '');
  } catch (error) {
    if (error instanceof CliError) throw error;
    // the parser's message would quote the file
    throw new CliError('the key file is not valid JSON', exitCodes.usage);
  }
}

function checked(key: string): string {
  if (/^\S+$/.test(key)) return key;
  throw new CliError('the key file holds no private key', exitCodes.usage);
}
