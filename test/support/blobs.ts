import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FsBlobStore } from '../../src/core/attachments/fs-blob-store.js';
import { type ReceivedBlob } from '../../src/kernel/blob-store.js';
import { type Clock, SystemClock } from '../../src/kernel/clock.js';
import { TimeOrderedIds } from '../../src/kernel/id-source.js';

/** A blob store in a folder of its own. */
export interface TestBlobs {
  readonly store: FsBlobStore;
  readonly root: string;
  /** another process on the same folder */
  another(): FsBlobStore;
  /** takes bytes in; they are not accepted yet */
  receive(bytes: Buffer | string): Promise<ReceivedBlob>;
  /** stored and temporary files, as paths below the folder */
  files(): string[];
  /** where the bytes of a key lie */
  place(key: string): string;
  close(): void;
}

export function openBlobs(clock: Clock = new SystemClock()): TestBlobs {
  const folder = mkdtempSync(join(tmpdir(), 'polypost-blobs-'));
  const root = join(folder, 'files');
  const make = () => new FsBlobStore(root, clock, new TimeOrderedIds(clock));
  const store = make();
  return {
    store,
    root,
    another: make,
    receive: async (bytes) => {
      const writer = await store.create();
      await writer.write(Buffer.from(bytes as string));
      return writer.finish();
    },
    files: () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
        .sort(),
    place: (key) => join(root, key.slice(0, 2), key),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** @returns the files below a folder that this process holds open; empty where the system does not tell */
export function openFilesBelow(folder: string): string[] {
  try {
    return readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        const path = readlinkSync(`/proc/self/fd/${fd}`);
        return path.startsWith(folder) ? [path] : [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
