import { chmod, mkdir, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EmbeddedUnavailable } from './embedded-unavailable.js';
import { messageOf } from './errors.js';
import { fitsSocket, openDataFolder, shortPrivateFolder } from './folders.js';
import { SOCKET_PORT } from './settings.js';

/** Where everything lies. All paths are absolute and without symbolic links. */
export interface Layout {
  /** the server's data folder */
  readonly dataFolder: string;
  /** PostgreSQL's data folder inside it */
  readonly cluster: string;
  /** private folder of the Unix socket: inside the data folder, or a short one outside */
  readonly socketFolder: string;
  readonly logFolder: string;
  readonly log: string;
}

/** The shell that pg_ctl uses would read these in a path. */
const SHELL_SIGNS = /["$`\\\n]/;

/** @returns the path of the socket itself */
export function socketPath(socketFolder: string): string {
  return join(socketFolder, `.s.PGSQL.${SOCKET_PORT}`);
}

/**
 * Makes the data folder and the socket folder, and settles all paths.
 *
 * @param dataDir the server's data folder, as configured
 * @throws EmbeddedUnavailable when a folder cannot be made, or is not ours
 */
export async function openLayout(dataDir: string): Promise<Layout> {
  try {
    const dataFolder = await openDataFolder(dataDir);
    if (SHELL_SIGNS.test(dataFolder)) {
      throw new Error(`the path ${dataFolder} contains one of the signs " $ \` \\, which PostgreSQL's programs cannot take`);
    }
    const cluster = join(dataFolder, 'postgres');
    const logFolder = join(cluster, 'log');
    return { dataFolder, cluster, logFolder, log: join(logFolder, 'postgres.log'), socketFolder: await socketFolderOf(dataFolder) };
  } catch (error) {
    const why = messageOf(error);
    throw new EmbeddedUnavailable(`the data folder ${dataDir} cannot be used (${why})`, { cause: error });
  }
}

/** Always a folder of its own, so that it can be given to the account that runs PostgreSQL. */
async function socketFolderOf(dataFolder: string): Promise<string> {
  const inside = join(dataFolder, 'run');
  const folder = fitsSocket(socketPath(inside)) ? inside : join(await shortPrivateFolder(dataFolder), 'run');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  return folder;
}

/** Removes a socket folder outside the data folder, unless something is left in it. */
export async function closeLayout({ dataFolder, socketFolder }: Layout): Promise<void> {
  if (dirname(socketFolder) === dataFolder) return;
  await rmdir(socketFolder)
    .then(() => rmdir(dirname(socketFolder)))
    .catch(() => undefined);
}
