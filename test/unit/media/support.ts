import { type RandomAccess } from '../../../src/kernel/blob-store.js';
import { DomainError } from '../../../src/kernel/domain-error.js';
import { cleanedPicture, planPicture, type PictureFamily } from '../../../src/media/clean-picture.js';
import { type PicturePlan } from '../../../src/media/picture.js';

/** Bytes in memory, with a count of what was read of them. */
export function accessTo(bytes: Buffer): RandomAccess & { readonly readBytes: number; readonly reads: number } {
  let readBytes = 0;
  let reads = 0;
  return {
    size: bytes.length,
    get readBytes() {
      return readBytes;
    },
    get reads() {
      return reads;
    },
    readInto: async (target, offset) => {
      const count = bytes.copy(target, 0, offset);
      readBytes += count;
      reads += 1;
      return count;
    },
  };
}

export const plan = (family: PictureFamily, bytes: Buffer): Promise<PicturePlan> => planPicture(family, accessTo(bytes));

/** @returns the picture without metadata */
export async function clean(family: PictureFamily, bytes: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of cleanedPicture(await plan(family, bytes), accessTo(bytes))) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** @returns `refused` for the one refusal there is; any other error fails the test */
export async function outcome<T>(work: Promise<T>): Promise<T | 'refused'> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'attachment_refused') return 'refused';
    throw error;
  }
}
