import { must } from './broken-media.js';
import { type ByteWindow } from './byte-window.js';
import { PlanBuilder, type PicturePlan } from './picture.js';

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const PLAIN_TEXT = 0x01;
const CONTROL = 0xf9;
const APPLICATION = 0xff;
/** Loops of an animation, and the colour profile. Everything else is of no use to a viewer. */
const KEPT_APPLICATIONS = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0', 'ICCRGBG1012']);

/**
 * Walks through a GIF file (GIF89a). Kept: pictures, their timing and captions, loops. Comments
 * and the data of applications (XMP among them) go, as does whatever follows the end. A file that
 * ends between two blocks gets the end mark it lacks.
 *
 * @throws DomainError attachment_refused
 */
export async function planGif(bytes: ByteWindow): Promise<PicturePlan> {
  const plan = new PlanBuilder(bytes.size);
  const screen = await bytes.take(13);
  must(/^GIF8[79]a$/.test(screen.toString('latin1', 0, 6)));
  plan.measure(screen.readUInt16LE(6), screen.readUInt16LE(8));
  bytes.skip(coloursBytes(screen[10]));
  plan.keep(0, bytes.position);
  for (let images = 0; ; plan.count()) {
    const from = bytes.position;
    const kind = bytes.left === 0 ? null : (await bytes.take(1))[0];
    if (kind === null || kind === TRAILER) {
      must(images > 0);
      if (kind === null) plan.insert(Buffer.from([TRAILER]));
      else plan.keep(from, bytes.position);
      return plan.build();
    }
    const isImage = kind === IMAGE;
    must(isImage || kind === EXTENSION);
    const keep = isImage ? await image(bytes, plan) : await extension(bytes);
    images += isImage ? 1 : 0;
    if (keep) plan.keep(from, bytes.position);
  }
}

async function image(bytes: ByteWindow, plan: PlanBuilder): Promise<true> {
  const descriptor = await bytes.take(9);
  // a frame may reach over the edge of the screen; what it takes to decode it counts
  plan.measure(descriptor.readUInt16LE(4), descriptor.readUInt16LE(6));
  bytes.skip(coloursBytes(descriptor[8]));
  const codeSize = (await bytes.take(1))[0] ?? 0;
  must(codeSize >= 1 && codeSize <= 11);
  await skipBlocks(bytes);
  return true;
}

/** @returns whether the extension shows in the picture */
async function extension(bytes: ByteWindow): Promise<boolean> {
  const label = (await bytes.take(1))[0];
  const first = (await bytes.peek(1))[0] ?? 0;
  const name = label === APPLICATION && first === 11 ? (await bytes.peek(12)).toString('latin1', 1) : '';
  await skipBlocks(bytes);
  if (label === APPLICATION) return KEPT_APPLICATIONS.has(name);
  return label === CONTROL || label === PLAIN_TEXT;
}

/** @returns bytes of a colour table, from the flags that announce it */
function coloursBytes(flags = 0): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/** Moves on over sub-blocks, each led by its length, to behind the empty one that ends them. */
async function skipBlocks(bytes: ByteWindow): Promise<void> {
  for (;;) {
    const view = await bytes.rest();
    let at = 0;
    while (at < view.length) {
      const length = view[at] ?? 0;
      at += 1 + length;
      if (length > 0) continue;
      bytes.skip(at);
      return;
    }
    bytes.skip(at);
  }
}
