import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { assert } from '../../kernel/assert.js';
import { type BlobKey, type BlobWriter, type RandomAccess, type ReceivedBlob } from '../../kernel/blob-store.js';
import { type Clock } from '../../kernel/clock.js';
import { type BlobFolder, syncFolder } from './blob-folder.js';
import { diskFault, systemCode } from './disk-fault.js';
import { renewFile } from './renew-file.js';

const FILE_MODE = 0o600;

/** Writes bytes into a temporary file and digests them on the way. */
export class FsBlobWriter implements BlobWriter {
  private readonly hash = createHash('sha256');
  private size = 0;
  private ended: Promise<void> | null = null;

  private constructor(
    private readonly folder: BlobFolder,
    private readonly clock: Clock,
    private readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** @throws DomainError overloaded when the disk is full or handles have run out */
  static async create(folder: BlobFolder, clock: Clock): Promise<FsBlobWriter> {
    try {
      await folder.prepare();
      const path = folder.temporaryPath();
      return new FsBlobWriter(folder, clock, path, await openNew(path, folder));
    } catch (error) {
      throw diskFault(error);
    }
  }

  async write(chunk: Uint8Array): Promise<void> {
    assert(!this.ended, 'a blob writer takes nothing after its end');
    this.hash.update(chunk);
    this.size += chunk.length;
    try {
      for (let done = 0; done < chunk.length; ) {
        const { bytesWritten } = await this.handle.write(chunk, done, chunk.length - done);
        done += bytesWritten;
      }
    } catch (error) {
      throw diskFault(error);
    }
  }

  async finish(): Promise<ReceivedBlob> {
    return new FsReceivedBlob(this.folder, this.clock, await this.end());
  }

  /** Ends like finish, for whoever knows what to do with a file. */
  async end(): Promise<WrittenFile> {
    assert(!this.ended, 'a blob writer ends once');
    this.ended = this.handle.close();
    try {
      await this.ended;
    } catch (error) {
      await this.abort();
      throw diskFault(error);
    }
    return { path: this.path, size: this.size, sha256: this.hash.digest() };
  }

  async abort(): Promise<void> {
    this.ended ??= this.handle.close();
    await this.ended.catch(() => undefined);
    await removeQuietly(this.path);
  }
}

/** A closed temporary file. */
interface WrittenFile {
  readonly path: string;
  /** in bytes */
  readonly size: number;
  readonly sha256: Buffer;
}

/** A temporary file with everything in it. */
class FsReceivedBlob implements ReceivedBlob {
  private accepting: Promise<void> | null = null;
  private discarded = false;

  constructor(
    private readonly folder: BlobFolder,
    private readonly clock: Clock,
    private file: WrittenFile,
  ) {}

  get key(): BlobKey {
    return this.file.sha256.toString('hex');
  }

  get size(): number {
    return this.file.size;
  }

  get sha256(): Buffer {
    return this.file.sha256;
  }

  async inspect<T>(work: (bytes: RandomAccess) => Promise<T>): Promise<T> {
    const handle = await open(this.file.path, 'r').catch((error: unknown) => Promise.reject(diskFault(error) as Error));
    try {
      return await work({ size: this.size, readInto: (target, offset) => readFully(handle, target, offset) });
    } finally {
      await handle.close();
    }
  }

  async rewrite(make: (bytes: RandomAccess) => AsyncIterable<Uint8Array>): Promise<void> {
    assert(!this.discarded && !this.accepting, 'only received bytes can be rewritten');
    const writer = await FsBlobWriter.create(this.folder, this.clock);
    try {
      await this.inspect(async (bytes) => {
        for await (const chunk of make(bytes)) await writer.write(chunk);
      });
    } catch (error) {
      await writer.abort();
      throw error;
    }
    const { path } = this.file;
    this.file = await writer.end();
    await removeQuietly(path);
  }

  async accept(): Promise<BlobKey> {
    assert(!this.discarded, 'discarded bytes cannot be accepted');
    this.accepting ??= this.store();
    try {
      await this.accepting;
    } catch (error) {
      this.accepting = null;
      throw diskFault(error);
    }
    return this.key;
  }

  async discard(): Promise<void> {
    const accepted = await this.accepting?.then(() => true, () => false);
    if (accepted) return;
    this.discarded = true;
    await removeQuietly(this.file.path);
  }

  /**
   * The order is what makes it safe: the bytes are on the disk before they get their name, and
   * the name is on the disk before the caller commits the row that mentions it. A crash in
   * between leaves bytes without a row, which are swept.
   */
  private async store(): Promise<void> {
    await this.folder.prepareFor(this.key);
    const place = this.folder.placeOf(this.key);
    if (await renewFile(place, this.size, this.clock)) await rm(this.file.path, { force: true });
    else await this.moveTo(place);
    // also for bytes that were there: whoever brought them may not have come to it yet
    await syncFolder(dirname(place));
  }

  private async moveTo(place: string): Promise<void> {
    const now = new Date(this.clock.now());
    const handle = await open(this.file.path, 'r+');
    try {
      await handle.utimes(now, now);
      await handle.sync();
    } finally {
      await handle.close();
    }
    try {
      await rename(this.file.path, place);
    } catch (error) {
      await this.moveAgain(place, error);
    }
  }

  /** Once more where the folder was taken away, or where an open file cannot be replaced. */
  private async moveAgain(place: string, error: unknown): Promise<void> {
    if (systemCode(error) === 'ENOENT') {
      this.folder.forget();
      await this.folder.prepareFor(this.key);
      await rename(this.file.path, place);
    } else if (await renewFile(place, this.size, this.clock)) {
      await rm(this.file.path, { force: true });
    } else {
      throw error;
    }
  }
}

/** The folder may have been taken away under a running server: then it is made again, once. */
async function openNew(path: string, folder: BlobFolder): Promise<FileHandle> {
  try {
    return await open(path, 'wx', FILE_MODE);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    folder.forget();
    await folder.prepare();
    return open(path, 'wx', FILE_MODE);
  }
}

async function readFully(handle: FileHandle, target: Uint8Array, offset: number): Promise<number> {
  let filled = 0;
  while (filled < target.length) {
    const { bytesRead } = await handle.read(target, filled, target.length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** What cannot be removed now is swept later. */
async function removeQuietly(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}
