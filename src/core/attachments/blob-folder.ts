import { chmod, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assert } from '../../kernel/assert.js';
import { type BlobKey } from '../../kernel/blob-store.js';
import { type IdSource } from '../../kernel/id-source.js';
import { systemCode } from './disk-fault.js';

const FOLDER_MODE = 0o700;
const NAME_BYTES = 16;
const KEY = /^[0-9a-f]{64}$/;
const TEMPORARY = /^[0-9a-f]{32}$/;
const ASIDE = /^([0-9a-f]{64})\.[0-9a-f]{32}\.aside$/;

/**
 * The folder of a blob store and the names in it:
 *
 *     ab/ab12…          stored bytes, named by their digest
 *     tmp/9f3c…         bytes that are coming in
 *     tmp/ab12….9f3c….aside   stored bytes that are being removed
 *
 * No name ever comes from a client.
 */
export class BlobFolder {
  readonly temporary: string;
  private made: Promise<void> | null = null;
  private readonly shards = new Map<string, Promise<void>>();

  constructor(
    readonly root: string,
    private readonly ids: IdSource,
  ) {
    this.temporary = join(root, 'tmp');
  }

  /** @returns where the bytes of a key lie, or would */
  placeOf(key: BlobKey): string {
    assert(KEY.test(key), 'a blob key is 64 lower-case hex digits');
    return join(this.root, key.slice(0, 2), key);
  }

  /** @returns a new name for bytes that come in */
  temporaryPath(): string {
    return join(this.temporary, this.ids.bytes(NAME_BYTES).toString('hex'));
  }

  /** @returns a new name for stored bytes that are about to be removed */
  asidePath(key: BlobKey): string {
    return join(this.temporary, `${key}.${this.ids.bytes(NAME_BYTES).toString('hex')}.aside`);
  }

  /** Makes the folder and that for temporary files. */
  async prepare(): Promise<void> {
    this.made ??= this.make();
    try {
      await this.made;
    } catch (error) {
      this.made = null;
      throw error;
    }
  }

  /** Makes the folder of a key so that it outlives a power cut. */
  async prepareFor(key: BlobKey): Promise<void> {
    const shard = dirname(this.placeOf(key));
    let ready = this.shards.get(shard);
    if (!ready) {
      // synced also where it is there: whoever made it may not have come to that
      ready = this.prepare().then(() => makeFolder(shard)).then(() => syncFolder(this.root));
      this.shards.set(shard, ready);
    }
    try {
      await ready;
    } catch (error) {
      this.shards.delete(shard);
      throw error;
    }
  }

  /** Forgets which folders are there, after one was found missing. */
  forget(): void {
    this.made = null;
    this.shards.clear();
  }

  private async make(): Promise<void> {
    await mkdir(this.root, { recursive: true, mode: FOLDER_MODE });
    await chmod(this.root, FOLDER_MODE);
    await syncFolder(dirname(this.root));
    await makeFolder(this.temporary);
  }
}

/** @returns whether a file name is that of stored bytes */
export function isKey(name: string): boolean {
  return KEY.test(name);
}

/** @returns whether a file name is that of bytes coming in */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/** @returns the key of bytes that were being removed, or null for any other file name */
export function keyOfAside(name: string): BlobKey | null {
  return ASIDE.exec(name)?.[1] ?? null;
}

/** Makes the names in a folder outlive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  // folders cannot be opened there, and their names are kept by the file system's journal
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: FOLDER_MODE });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}
