import { type RandomAccess } from '../kernel/blob-store.js';
import { must } from './broken-media.js';
import { ByteWindow, WINDOW_BYTES } from './byte-window.js';
import { planGif } from './gif.js';
import { planJpeg } from './jpeg.js';
import { type PicturePlan } from './picture.js';
import { planPng } from './png.js';
import { planWebp } from './webp.js';

/** Pictures that can be looked through. */
export type PictureFamily = 'jpeg' | 'png' | 'gif' | 'webp';

const PLANS: Readonly<Record<PictureFamily, (bytes: ByteWindow) => Promise<PicturePlan>>> = {
  jpeg: planJpeg,
  png: planPng,
  gif: planGif,
  webp: planWebp,
};

/** @returns whether a family is one of pictures */
export function isPicture(family: string): family is PictureFamily {
  return Object.hasOwn(PLANS, family);
}

/**
 * Looks through a picture: is its structure whole, how large is it, and what of it is metadata.
 * The compressed data itself is not decoded. Takes time in proportion to the file and the same
 * small memory for any file.
 *
 * @throws DomainError attachment_refused when the structure is broken; nothing else for any bytes
 */
export function planPicture(family: PictureFamily, bytes: RandomAccess): Promise<PicturePlan> {
  return PLANS[family](new ByteWindow(bytes));
}

/**
 * Gives the picture of a plan piece by piece, pixels untouched. Each buffer is valid until the
 * next one is asked for.
 */
export async function* cleanedPicture(plan: PicturePlan, bytes: RandomAccess): AsyncIterable<Buffer> {
  const buffer = Buffer.allocUnsafe(WINDOW_BYTES);
  for (const piece of plan.pieces) {
    if (Buffer.isBuffer(piece)) {
      yield piece;
      continue;
    }
    for (let at = piece.from; at < piece.to; ) {
      const part = buffer.subarray(0, Math.min(WINDOW_BYTES, piece.to - at));
      must((await bytes.readInto(part, at)) === part.length);
      yield part;
      at += part.length;
    }
  }
}
