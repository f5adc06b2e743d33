import { chmod, copyFile, lchown, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { run, tellingLine } from './command.js';
import { EmbeddedUnavailable } from './embedded-unavailable.js';
import { isCode } from './errors.js';
import { ownUid } from './folders.js';
import { type Layout } from './layout.js';
import { type PlatformPackage } from './platform-package.js';
import { letPass, type Programs, uidsRootMayUse } from './run-as.js';
import { DATABASE_NAME, SETTINGS_FILE, settingsText } from './settings.js';

/** The log is moved aside at this size, so that the two files never hold more than twice as much. */
export const LOG_BYTES_MAX = 4 * 1024 * 1024;

/**
 * @returns whether the cluster exists
 * @throws EmbeddedUnavailable, with nothing touched, when the folder holds data of another major
 *   version, of another user, or something that is no cluster
 */
export async function checkCluster({ cluster }: Layout, found: PlatformPackage): Promise<boolean> {
  const names = await readdir(cluster).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return [];
    throw new EmbeddedUnavailable(`the folder ${cluster} cannot be read`, { cause: error });
  });
  if (names.length === 0) return false;
  const version = (await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  if (version === '') throw new EmbeddedUnavailable(`the folder ${cluster} is not empty and holds no PostgreSQL data`);
  if (version !== found.major) {
    throw new EmbeddedUnavailable(
      `the data in ${cluster} was written by PostgreSQL ${version}, and this release brings PostgreSQL ${found.major}`,
      { instead: `go back to the release that wrote it, or set DATABASE_URL to a PostgreSQL server that has its data` },
    );
  }
  const { uid } = await stat(cluster);
  if (uid !== ownUid() && !(ownUid() === 0 && (await uidsRootMayUse()).includes(uid))) {
    throw new EmbeddedUnavailable(`the folder ${cluster} belongs to another user (number ${uid})`, {
      instead: 'start as that user, change the owner of the folder, or set DATABASE_URL to use a PostgreSQL server of your own',
    });
  }
  return true;
}

/**
 * Makes a cluster in a folder of a name never used before and moves it into place when it is whole.
 * An interrupted start leaves only such a folder, which the next one clears away.
 *
 * @throws EmbeddedUnavailable when initdb fails
 */
export async function makeCluster(layout: Layout, programs: Programs): Promise<void> {
  const { cluster, dataFolder } = layout;
  const prefix = `${basename(cluster)}.init-`;
  for (const name of await readdir(dataFolder)) {
    if (name.startsWith(prefix)) await removeTree(join(dataFolder, name));
  }
  const half = await mkdtemp(join(dataFolder, prefix));
  try {
    await giveTo(half, programs);
    const { code, output } = await run(
      programs.call('initdb', [
        '-D', half, '--username', DATABASE_NAME, '--encoding=UTF8',
        // sorts by code point and folds case by Unicode, alike on every system and for ever
        '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C',
        '--auth-local=trust', '--auth-host=reject', '--no-instructions',
      ]),
      '/',
    );
    if (code !== 0) throw new EmbeddedUnavailable(`initdb failed in ${dataFolder} (${tellingLine(output)})`);
    await writeSynced(join(half, 'postgresql.conf'), `\ninclude '${SETTINGS_FILE}'\n`, 'a');
    await rename(half, cluster);
    await syncFolder(dataFolder);
  } catch (error) {
    await removeTree(half);
    throw error;
  }
}

/**
 * Brings an existing cluster into the state a start needs: files owned by the account that runs
 * it, mode 0700, our settings, a log folder. Only while no server runs on it.
 */
export async function prepareCluster(layout: Layout, programs: Programs): Promise<void> {
  await chmod(layout.cluster, 0o700);
  await mkdir(layout.logFolder, { recursive: true, mode: 0o700 });
  await writeSettings(layout);
  await giveTo(layout.cluster, programs);
  await giveTo(layout.logFolder, programs);
  await giveTo(layout.socketFolder, programs);
  if (programs.way === 'account') await letPass(dirname(layout.socketFolder));
}

/** @returns whether the settings changed */
export async function writeSettings({ cluster, socketFolder }: Layout): Promise<boolean> {
  const path = join(cluster, SETTINGS_FILE);
  const text = settingsText(socketFolder);
  if ((await readFile(path, 'utf8').catch(() => '')) === text) return false;
  const owner = await stat(cluster);
  await writeSynced(`${path}.new`, text, 'w');
  if (ownUid() === 0) await lchown(`${path}.new`, owner.uid, owner.gid);
  await rename(`${path}.new`, path);
  return true;
}

/** Keeps the log and one older file below the bound. The server goes on appending to the same file. */
export async function boundLog(layout: Layout): Promise<void> {
  if ((await logSize(layout)) <= LOG_BYTES_MAX) return;
  await copyFile(layout.log, `${layout.log}.1`);
  await truncate(layout.log, 0);
}

/** @returns size of the log in bytes; 0 without one */
export async function logSize({ log }: Layout): Promise<number> {
  return (await stat(log).catch(() => null))?.size ?? 0;
}

/** @returns what the log has gained since it had a size of so many bytes */
export async function logSince({ log }: Layout, bytes: number): Promise<string> {
  return (await readFile(log).catch(() => Buffer.alloc(0))).subarray(bytes).toString('utf8');
}

/** Only root can give files away, and only root ever needs to: others are direct owners. */
async function giveTo(folder: string, { owner }: Programs): Promise<void> {
  if (ownUid() !== 0) return;
  const { uid, gid } = await stat(folder);
  if (uid === owner.uid && gid === owner.gid) return;
  const names = await readdir(folder, { recursive: true });
  // the top goes last: a change of owner that was interrupted is taken up again
  for (const name of [...names, '.']) await lchown(join(folder, name), owner.uid, owner.gid);
}

async function removeTree(folder: string): Promise<void> {
  // an initdb whose parent was killed may go on writing for a moment
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

async function writeSynced(path: string, text: string, flag: 'a' | 'w'): Promise<void> {
  await writeFile(path, text, { flag, mode: 0o600, flush: true });
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
