import { type FileHandle, open, opendir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type BlobKey, type BlobStat, BlobStore, type BlobWriter, type ByteRange, type OpenBlob,
} from '../../kernel/blob-store.js';
import { type Clock } from '../../kernel/clock.js';
import { type IdSource } from '../../kernel/id-source.js';
import { limits } from '../../kernel/limits.js';
import { BlobFolder, isKey, isTemporary, keyOfAside } from './blob-folder.js';
import { diskFault, unlessAbsent } from './disk-fault.js';
import { FsBlobWriter } from './fs-blob-writer.js';
import { renewFile } from './renew-file.js';

const READ_AHEAD_BYTES = 64 * 1024;
/** A file that is renewed while it is being swept is away from its place for less than this. */
const MOVED_MS = 50;

/**
 * A blob store in a folder of the file system. Several processes may share the folder; each file
 * appears and vanishes by one rename. Makes the folder when the first bytes come in.
 */
export class FsBlobStore extends BlobStore {
  private readonly folder: BlobFolder;

  /** @param root the folder; its parent must be on the same file system for good */
  constructor(
    root: string,
    private readonly clock: Clock,
    ids: IdSource,
  ) {
    super();
    this.folder = new BlobFolder(root, ids);
  }

  create(): Promise<BlobWriter> {
    return FsBlobWriter.create(this.folder, this.clock);
  }

  async read(key: BlobKey, range?: ByteRange): Promise<OpenBlob | null> {
    const handle = (await this.openFile(key)) ?? (await pause(MOVED_MS).then(() => this.openFile(key)));
    if (!handle) return null;
    try {
      const { size } = await handle.stat();
      const part = range ? { start: range.offset, end: range.offset + range.length - 1 } : {};
      return { size, stream: handle.createReadStream({ ...part, highWaterMark: READ_AHEAD_BYTES }) };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  private async openFile(key: BlobKey): Promise<FileHandle | null> {
    try {
      return await unlessAbsent(open(this.folder.placeOf(key), 'r'));
    } catch (error) {
      throw diskFault(error);
    }
  }

  async stat(key: BlobKey): Promise<BlobStat | null> {
    const found = await unlessAbsent(stat(this.folder.placeOf(key)));
    return found && { size: found.size, renewedAt: found.mtime };
  }

  renew(key: BlobKey): Promise<boolean> {
    return renewFile(this.folder.placeOf(key), null, this.clock);
  }

  async *renewedBefore(time: Date): AsyncIterable<readonly BlobKey[]> {
    const shards = (await unlessAbsent(readdir(this.folder.root))) ?? [];
    let page: BlobKey[] = [];
    for (const shard of shards.filter((name) => /^[0-9a-f]{2}$/.test(name)).sort()) {
      for await (const key of this.keysIn(shard)) {
        const found = await this.stat(key);
        if (!found || found.renewedAt >= time) continue;
        page.push(key);
        if (page.length < limits.sweep_keys_max) continue;
        yield page;
        page = [];
      }
    }
    if (page.length > 0) yield page;
  }

  /**
   * Moves the file out of its place first and looks at its time then. Whoever accepts the same
   * bytes either did so before the move, and the time tells, or does so after it, and finds the
   * place empty and puts a file of their own there. Removing the file at its place could hit one
   * that was renewed or replaced after the look.
   */
  async removeStale(key: BlobKey, renewedBefore: Date): Promise<boolean> {
    const seen = await this.stat(key);
    if (!seen || seen.renewedAt >= renewedBefore) return false;
    const aside = this.folder.asidePath(key);
    await this.folder.prepare();
    const moved = await unlessAbsent(rename(this.folder.placeOf(key), aside).then(() => stat(aside)));
    if (!moved) return false;
    if (moved.mtime >= renewedBefore) {
      await this.putBack(aside, key);
      return false;
    }
    return (await unlessAbsent(rm(aside).then(() => true))) ?? false;
  }

  async removeLeftovers(writtenBefore: Date): Promise<number> {
    let removed = 0;
    for (const name of (await unlessAbsent(readdir(this.folder.temporary))) ?? []) {
      const path = join(this.folder.temporary, name);
      const key = keyOfAside(name);
      if (key !== null) await this.putBack(path, key);
      else if (isTemporary(name)) {
        const found = await unlessAbsent(stat(path));
        if (!found || found.mtime >= writtenBefore) continue;
        await rm(path, { force: true });
        removed += 1;
      }
    }
    return removed;
  }

  /**
   * Gives moved bytes their place again, also those of a process that died after the move. Their
   * time is set first: they may take the place of a file that was accepted a moment ago.
   */
  private async putBack(aside: string, key: BlobKey): Promise<void> {
    const now = new Date(this.clock.now());
    await unlessAbsent(utimes(aside, now, now).then(() => rename(aside, this.folder.placeOf(key))));
  }

  private async *keysIn(shard: string): AsyncIterable<BlobKey> {
    const folder = await unlessAbsent(opendir(join(this.folder.root, shard)));
    if (!folder) return;
    for await (const entry of folder) if (isKey(entry.name) && entry.name.startsWith(shard)) yield entry.name;
  }
}
