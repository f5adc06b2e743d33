import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCode } from './errors.js';
import { fitsSocket, openDataFolder, shortPrivateFolder } from './folders.js';

/** Another server uses the data folder. The message is a sentence for the console. */
export class DataFolderBusy extends Error {
  override readonly name = 'DataFolderBusy';

  constructor(folder: string) {
    super(`Another server already uses the data folder ${folder}: stop it first, or set DATA_DIR to another folder.`);
  }
}

/** What a socket in the folder says of its process. */
type Answer =
  /** it has the folder */
  | 'held'
  /** it wants the folder and is still asking around */
  | 'asking'
  /** no process is behind it any more */
  | 'dead';

const NAME = /^server\.[0-9a-f]{16}\.lock\.sock$/;
const ANSWER_MS_MAX = 2000;
const ASK_AGAIN_MS = 20;

/**
 * Sees to it that one server at a time uses a data folder. The system gives the lock back when the
 * process ends in whatever way: nothing stale is left to clear by hand.
 *
 * Each process listens on a socket of a name of its own, `server.<random>.lock.sock`, and only then
 * asks all others. It has the folder when nobody alive has it and nobody of a smaller name wants
 * it. Names are never used twice, so clearing away a dead socket cannot hit a living one, as it
 * could with one common name: two starts would see the same dead socket, and the slower one would
 * remove the socket of the faster.
 */
export class DataFolderLock {
  private constructor(
    private readonly server: Server,
    private readonly sockets: ReadonlySet<Socket>,
    private readonly place: Place,
    private readonly file: string | null,
  ) {}

  /**
   * @param dataDir the server's data folder; made (mode 0700) when missing
   * @throws DataFolderBusy when another living process has it
   */
  static async acquire(dataDir: string): Promise<DataFolderLock> {
    const folder = await openDataFolder(dataDir);
    const place = await Place.of(folder);
    const sockets = new Set<Socket>();
    let state: Answer = 'asking';
    const server = createServer((socket) => {
      sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy()));
      socket.end(state);
    });
    const lock = new DataFolderLock(server, sockets, place, process.platform === 'win32' ? null : newName());
    try {
      await lock.listen(folder);
      if (await lock.isTaken()) throw new DataFolderBusy(folder);
      state = 'held';
      server.unref();
      return lock;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Gives the folder back. May be called more than once. */
  async release(): Promise<void> {
    if (this.file !== null) await rm(join(this.place.path, this.file), { force: true }).catch(() => undefined);
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    await this.place.close();
  }

  /** The file gets its name when its socket listens: before that it would look dead to others. */
  private async listen(folder: string): Promise<void> {
    if (this.file === null) {
      // a Windows pipe has no file to go stale: its name is simply taken or not
      return listenOn(this.server, pipeOf(folder)).catch((error: unknown) => {
        throw isCode(error, 'EADDRINUSE', 'EACCES') ? new DataFolderBusy(folder) : error;
      });
    }
    const early = join(this.place.path, this.file.replace('.sock', '.new'));
    await listenOn(this.server, early);
    await rename(early, join(this.place.path, this.file));
  }

  private async isTaken(): Promise<boolean> {
    if (this.file === null) return false;
    for (const name of await readdir(this.place.path)) {
      if (name === this.file || !NAME.test(name)) continue;
      const path = join(this.place.path, name);
      let answer = await ask(path);
      // it has not seen us, or steps back when it does: wait for which
      while (answer === 'asking' && name > this.file) {
        await sleep(ASK_AGAIN_MS);
        answer = await ask(path);
      }
      if (answer !== 'dead') return true;
      await rm(path, { force: true });
    }
    return false;
  }
}

/** Where the sockets of a data folder lie, by a path short enough for a socket. */
class Place {
  private constructor(
    readonly path: string,
    private readonly handle: FileHandle | null,
  ) {}

  static async of(folder: string): Promise<Place> {
    if (process.platform === 'win32' || fitsSocket(join(folder, newName()))) return new Place(folder, null);
    // on Linux an open folder has a short name too; elsewhere temporary folders are per user and stable
    if (process.platform !== 'linux') return new Place(await shortPrivateFolder(folder), null);
    const handle = await open(folder, 'r');
    return new Place(`/proc/self/fd/${handle.fd}`, handle);
  }

  async close(): Promise<void> {
    await this.handle?.close();
  }
}

function newName(): string {
  return `server.${randomBytes(8).toString('hex')}.lock.sock`;
}

function pipeOf(folder: string): string {
  const hash = createHash('sha256').update(folder.toLowerCase()).digest('hex').slice(0, 32);
  return `\\\\.\\pipe\\polypost-${hash}`;
}

function listenOn(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject).on('error', () => undefined);
      resolve();
    });
  });
}

/** Asks the process behind a socket. One that is alive but too busy to answer counts as holder. */
async function ask(path: string): Promise<Answer> {
  for (;;) {
    const answer = await askOnce(path);
    if (answer !== 'hung up') return answer;
    // it ends right now, or gives the folder back: a moment later nobody is there
    await sleep(ASK_AGAIN_MS);
  }
}

function askOnce(path: string): Promise<Answer | 'hung up'> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(path);
    socket.setEncoding('utf8').setTimeout(ANSWER_MS_MAX, () => {
      resolve('held');
      socket.destroy();
    });
    socket.on('data', (part: string) => (text += part));
    socket.on('end', () => resolve(text === 'held' || text === 'asking' ? text : 'hung up'));
    socket.on('error', (error) => {
      if (isCode(error, 'ECONNREFUSED', 'ENOENT')) return resolve('dead');
      resolve(isCode(error, 'ECONNRESET', 'EPIPE') ? 'hung up' : 'held');
    });
  });
}
