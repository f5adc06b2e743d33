import { createHash } from 'node:crypto';
import { lstat, mkdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCode } from './errors.js';

/** macOS takes 104 bytes for a socket path, the closing zero included; Linux a few more. */
const SOCKET_PATH_BYTES_MAX = 103;
/** What will lie in a short folder: the sockets of the database and of the data folder's lock. */
const LONGEST_SOCKET_NAME = 'server.0123456789abcdef.lock.sock';

/** @returns whether every supported system takes this path for a Unix socket */
export function fitsSocket(path: string): boolean {
  return Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX;
}

/** @returns the numeric user this process runs as; 0 where the system has no such thing */
export function ownUid(): number {
  return process.geteuid?.() ?? 0;
}

/**
 * Makes the data folder if it is missing (mode 0700) and leaves the mode of an existing one alone:
 * the private parts inside have folders of mode 0700 of their own.
 *
 * @returns its absolute path without symbolic links, which is how the system shows it elsewhere
 */
export async function openDataFolder(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  return realpath(dataDir);
}

/**
 * A short private folder outside a data folder whose own path is too long for a socket.
 * Its name is foreseeable, so whoever may write to the temporary folder could have made it first:
 * only a real folder of ours that nobody else can write to is taken.
 *
 * @param folder absolute path of the data folder
 * @throws Error (one sentence) when the folder exists and is not ours
 */
export async function shortPrivateFolder(folder: string): Promise<string> {
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const name = `polypost-${ownUid()}-${hash}`;
  const wanted = join(tmpdir(), name);
  const short = fitsSocket(join(wanted, LONGEST_SOCKET_NAME)) ? wanted : join('/tmp', name);
  await mkdir(short, { mode: 0o700 }).catch((error: unknown) => {
    if (!isCode(error, 'EEXIST')) throw error;
  });
  const found = await lstat(short);
  const ours = found.isDirectory() && found.uid === ownUid() && (found.mode & 0o022) === 0;
  if (!ours) throw new Error(`the folder ${short} exists and is not a private folder of this user`);
  return short;
}
