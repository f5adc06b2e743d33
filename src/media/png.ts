import { crc32 } from 'node:zlib';
import { must } from './broken-media.js';
import { type ByteWindow } from './byte-window.js';
import { orientationOf, tiffWithOrientation } from './orientation.js';
import { PlanBuilder, type PicturePlan } from './picture.js';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const HEADER_BYTES = 13;
/** length, type and checksum of a chunk */
const FRAME_BYTES = 12;
const EXIF_BYTES_MAX = 64 * 1024 - FRAME_BYTES;

const CRITICAL = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND']);
/** What else shows in the picture: transparency, colour, size of a pixel, animation. */
const KEPT = new Set([
  'tRNS', 'cHRM', 'gAMA', 'iCCP', 'sBIT', 'sRGB', 'cICP', 'mDCV', 'cLLI', 'bKGD', 'hIST', 'pHYs', 'sPLT', 'acTL', 'fcTL', 'fdAT',
]);
/** Bit depths allowed for each colour type. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16],
};

/**
 * Walks through a PNG file (W3C PNG, third edition). Kept: the critical chunks, whose checksums
 * must be right, and those that show. Everything else goes (Exif, text, time, private chunks), as
 * does whatever follows the end. An orientation other than upright stays, in an Exif chunk that
 * holds nothing else.
 *
 * @throws DomainError attachment_refused
 */
export async function planPng(bytes: ByteWindow): Promise<PicturePlan> {
  const plan = new PlanBuilder(bytes.size);
  must((await bytes.take(SIGNATURE.length)).equals(SIGNATURE));
  plan.keep(0, bytes.position);
  let data = false;
  for (let first = true; ; first = false) {
    plan.count();
    const chunk = await readChunk(bytes);
    must((chunk.type === 'IHDR') === first);
    if (first) readHeader(await bytes.peek(HEADER_BYTES), chunk.length, plan);
    if (chunk.type === 'eXIf') await keepOrientation(bytes, chunk, plan);
    if (CRITICAL.has(chunk.type)) await checkSum(bytes, chunk);
    // an unknown chunk that a decoder must understand is one it cannot decode
    else must(/^[a-z]/.test(chunk.type));
    bytes.position = chunk.to;
    if (CRITICAL.has(chunk.type) || KEPT.has(chunk.type)) plan.keep(chunk.from, chunk.to);
    data ||= chunk.type === 'IDAT';
    if (chunk.type === 'IEND') break;
  }
  must(data);
  return plan.build();
}

interface Chunk {
  readonly type: string;
  /** of the content, in bytes */
  readonly length: number;
  readonly from: number;
  readonly to: number;
}

async function readChunk(bytes: ByteWindow): Promise<Chunk> {
  const from = bytes.position;
  const head = await bytes.take(8);
  const length = head.readUInt32BE(0);
  const type = head.toString('latin1', 4, 8);
  const to = from + FRAME_BYTES + length;
  must(/^[A-Za-z]{4}$/.test(type) && to <= bytes.size);
  return { type, length, from, to };
}

function readHeader(header: Buffer, length: number, plan: PlanBuilder): void {
  const [depth = 0, colour = 0, compression, filter, interlace = 9] = header.subarray(8);
  must(length === HEADER_BYTES && DEPTHS[colour]?.includes(depth) && compression === 0 && filter === 0 && interlace <= 1);
  plan.measure(header.readUInt32BE(0), header.readUInt32BE(4));
}

async function keepOrientation(bytes: ByteWindow, chunk: Chunk, plan: PlanBuilder): Promise<void> {
  const orientation = orientationOf(await bytes.peek(Math.min(chunk.length, EXIF_BYTES_MAX)));
  if (orientation !== 1) plan.insert(makeChunk('eXIf', tiffWithOrientation(orientation)));
}

/** Reads the chunk through to the end of its checksum. */
async function checkSum(bytes: ByteWindow, chunk: Chunk): Promise<void> {
  bytes.position = chunk.from + 4;
  let sum = 0;
  for (let left = chunk.length + 4; left > 0; ) {
    const view = (await bytes.rest()).subarray(0, left);
    sum = crc32(view, sum);
    left -= view.length;
    bytes.skip(view.length);
  }
  must((await bytes.take(4)).readUInt32BE() === sum);
}

function makeChunk(type: string, content: Buffer): Buffer {
  const chunk = Buffer.alloc(FRAME_BYTES + content.length);
  chunk.writeUInt32BE(content.length, 0);
  chunk.write(type, 4, 'latin1');
  content.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + content.length)), 8 + content.length);
  return chunk;
}
