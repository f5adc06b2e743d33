import { type RandomAccess } from '../kernel/blob-store.js';
import { WINDOW_BYTES } from './byte-window.js';

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const ENTRIES_MAX = 10_000;
const COMMENT_BYTES_MAX = 0xffff;

/**
 * Lists the names in a ZIP archive from the directory at its end (APPNOTE 6.3.10, without Zip64).
 * Nothing is unpacked. Total: for anything that is not such an archive the list just ends.
 *
 * @returns names as they stand there, at most 10,000
 */
export async function* zipEntryNames(bytes: RandomAccess): AsyncIterable<string> {
  const directory = await findDirectory(bytes);
  if (!directory) return;
  const buffer = Buffer.allocUnsafe(WINDOW_BYTES);
  let { from } = directory;
  for (let count = 0; count < ENTRIES_MAX && from < directory.to; ) {
    const view = buffer.subarray(0, await bytes.readInto(buffer.subarray(0, Math.min(WINDOW_BYTES, directory.to - from)), from));
    let at = 0;
    for (; count < ENTRIES_MAX; count += 1) {
      const entry = entryAt(view, at);
      if (entry === 'cut') break;
      if (entry === null) return;
      yield entry.name;
      at += entry.bytes;
    }
    // an entry larger than the window is no honest one
    if (at === 0) return;
    from += at;
  }
}

interface Directory {
  readonly from: number;
  readonly to: number;
}

async function findDirectory(bytes: RandomAccess): Promise<Directory | null> {
  const tail = Buffer.allocUnsafe(Math.min(bytes.size, END_BYTES + COMMENT_BYTES_MAX));
  const start = bytes.size - tail.length;
  if ((await bytes.readInto(tail, start)) !== tail.length) return null;
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) !== END_SIGNATURE) continue;
    const commentBytes = tail.readUInt16LE(at + 20);
    if (at + END_BYTES + commentBytes !== tail.length) continue;
    const size = tail.readUInt32LE(at + 12);
    const to = start + at;
    // counted from its end, so that bytes before the archive do no harm
    return size <= to ? { from: to - size, to } : null;
  }
  return null;
}

function entryAt(view: Buffer, at: number): { name: string; bytes: number } | 'cut' | null {
  if (at + ENTRY_BYTES > view.length) return 'cut';
  if (view.readUInt32LE(at) !== ENTRY_SIGNATURE) return null;
  const nameBytes = view.readUInt16LE(at + 28);
  const bytes = ENTRY_BYTES + nameBytes + view.readUInt16LE(at + 30) + view.readUInt16LE(at + 32);
  if (at + bytes > view.length) return 'cut';
  return { name: view.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes), bytes };
}
