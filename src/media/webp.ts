import { must } from './broken-media.js';
import { type ByteWindow } from './byte-window.js';
import { type Orientation, orientationOf, tiffWithOrientation } from './orientation.js';
import { PlanBuilder, type PicturePlan } from './picture.js';

const EXIF_BYTES_MAX = 64 * 1024;
const FLAG_EXIF = 0x08;
const FLAG_XMP = 0x04;
/** Pictures, transparency, animation and colour. */
const KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
const PICTURES = new Set(['VP8 ', 'VP8L', 'ANMF']);

/**
 * Walks through a WebP file (RFC 9649). Kept: the chunks that show. Everything else goes (Exif,
 * XMP, unknown chunks), the flags of the header and the size of the file are set to fit, and
 * whatever follows the end goes. An orientation other than upright stays, in an Exif chunk that
 * holds nothing else.
 *
 * @throws DomainError attachment_refused
 */
export async function planWebp(bytes: ByteWindow): Promise<PicturePlan> {
  const plan = new PlanBuilder(bytes.size);
  const head = Buffer.from(await bytes.take(12));
  const end = 8 + head.readUInt32LE(4);
  must(head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP' && end <= bytes.size);

  const body = new PlanBuilder(bytes.size);
  const orientation = await findOrientation(bytes, end, body);
  let pictures = 0;
  let extended = false;
  for (bytes.position = 12; bytes.position < end; ) {
    body.count();
    const chunk = await readChunk(bytes, end);
    must(body.width > 0 || ['VP8 ', 'VP8L', 'VP8X'].includes(chunk.type));
    if (chunk.type === 'VP8X') {
      must(!extended && pictures === 0);
      extended = true;
    }
    await measure(bytes, chunk, body);
    if (chunk.type === 'VP8X') await keepHeader(bytes, chunk, orientation, body);
    else if (KEPT.has(chunk.type)) body.keep(chunk.from, chunk.to);
    if (PICTURES.has(chunk.type)) pictures += 1;
    bytes.position = chunk.to;
  }
  must(pictures > 0);
  if (extended && orientation !== 1) body.insert(makeChunk('EXIF', tiffWithOrientation(orientation)));
  return withHead(head, body, plan);
}

/** The size in the head counts what comes after it. */
function withHead(head: Buffer, body: PlanBuilder, plan: PlanBuilder): PicturePlan {
  const content = body.build();
  const size = 4 + body.bytes;
  if (size === head.readUInt32LE(4)) plan.keep(0, 12);
  else {
    head.writeUInt32LE(size, 4);
    plan.insert(head);
  }
  plan.measure(content.width, content.height);
  for (const piece of content.pieces) {
    if (Buffer.isBuffer(piece)) plan.insert(piece);
    else plan.keep(piece.from, piece.to);
  }
  return plan.build();
}

interface Chunk {
  readonly type: string;
  /** of the content, in bytes */
  readonly length: number;
  readonly from: number;
  /** behind the padding */
  readonly to: number;
}

async function readChunk(bytes: ByteWindow, end: number): Promise<Chunk> {
  const from = bytes.position;
  const head = await bytes.take(8);
  const length = head.readUInt32LE(4);
  const to = from + 8 + length + (length % 2);
  must(to <= end);
  return { type: head.toString('latin1', 0, 4), length, from, to };
}

/** The header, which comes first, must say whether there is Exif data, which comes last. */
async function findOrientation(bytes: ByteWindow, end: number, body: PlanBuilder): Promise<Orientation> {
  for (bytes.position = 12; bytes.position < end; body.count()) {
    const chunk = await readChunk(bytes, end);
    if (chunk.type === 'EXIF') return orientationOf(await bytes.peek(Math.min(chunk.length, EXIF_BYTES_MAX)));
    bytes.position = chunk.to;
  }
  return 1;
}

async function measure(bytes: ByteWindow, chunk: Chunk, plan: PlanBuilder): Promise<void> {
  if (chunk.type === 'VP8X') {
    must(chunk.length === 10);
    const content = await bytes.peek(10);
    plan.measure(content.readUIntLE(4, 3) + 1, content.readUIntLE(7, 3) + 1);
  } else if (chunk.type === 'ANMF') {
    must(chunk.length >= 16 + 8);
    const content = await bytes.peek(16);
    plan.measure(content.readUIntLE(6, 3) + 1, content.readUIntLE(9, 3) + 1);
  } else if (chunk.type === 'VP8 ') {
    must(chunk.length >= 10);
    const content = await bytes.peek(10);
    must(((content[0] ?? 1) & 1) === 0 && content[3] === 0x9d && content[4] === 0x01 && content[5] === 0x2a);
    plan.measure(content.readUInt16LE(6) & 0x3fff, content.readUInt16LE(8) & 0x3fff);
  } else if (chunk.type === 'VP8L') {
    must(chunk.length >= 5);
    const content = await bytes.peek(5);
    must(content[0] === 0x2f);
    const sizes = content.readUInt32LE(1);
    plan.measure((sizes & 0x3fff) + 1, ((sizes >>> 14) & 0x3fff) + 1);
  }
}

async function keepHeader(bytes: ByteWindow, chunk: Chunk, orientation: Orientation, plan: PlanBuilder): Promise<void> {
  const flags = (await bytes.peek(1))[0] ?? 0;
  const fitting = (flags & ~(FLAG_EXIF | FLAG_XMP)) | (orientation === 1 ? 0 : FLAG_EXIF);
  if (fitting === flags) {
    plan.keep(chunk.from, chunk.to);
    return;
  }
  plan.keep(chunk.from, chunk.from + 8);
  plan.insert(Buffer.from([fitting]));
  plan.keep(chunk.from + 9, chunk.to);
}

function makeChunk(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 0, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}
