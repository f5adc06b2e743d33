import { must } from './broken-media.js';
import { type ByteWindow } from './byte-window.js';
import { exifWithOrientation, hasExifMark, orientationOf } from './orientation.js';
import { PlanBuilder, type PicturePlan } from './picture.js';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;
const COM = 0xfe;
const JFIF_BYTES = 14;

/** Tables, restart intervals and the rest that decoding needs: DHT, DAC, DQT, DNL, DRI, DHP, EXP. */
const NEEDED = new Set([0xc4, 0xcc, 0xdb, 0xdc, 0xdd, 0xde, 0xdf]);
/** Frame headers, all kinds of them. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);

/**
 * Walks through a JPEG file (ITU-T T.81, JFIF 1.02). Kept: what decoding and colour need (frames,
 * tables, scans, JFIF without its thumbnail, ICC profiles, Adobe's colour mark). Everything else
 * goes: Exif, XMP, IPTC, comments, maker's segments, and whatever follows the end of the picture,
 * such as further pictures with metadata of their own. An orientation other than upright stays,
 * in an Exif segment that holds nothing else.
 *
 * A file that ends within a scan is a picture to every decoder; it gets the end mark it lacks.
 *
 * @throws DomainError attachment_refused
 */
export async function planJpeg(bytes: ByteWindow): Promise<PicturePlan> {
  const walk = new JpegWalk(bytes);
  await walk.run();
  return walk.plan.build();
}

class JpegWalk {
  readonly plan: PlanBuilder;
  private jfif = false;
  private exif = false;
  private scans = 0;

  constructor(private readonly bytes: ByteWindow) {
    this.plan = new PlanBuilder(bytes.size);
  }

  async run(): Promise<void> {
    const start = await this.bytes.take(2);
    must(start[0] === 0xff && start[1] === SOI);
    this.plan.keep(0, 2);
    for (;;) {
      const from = this.bytes.position;
      const marker = await this.marker();
      if (marker === EOI) {
        must(this.scans > 0);
        this.plan.keep(this.bytes.position - 2, this.bytes.position);
        return;
      }
      this.plan.count();
      if (marker === SOS) {
        await this.scan(from);
        if (this.bytes.left > 0) continue;
        this.plan.insert(Buffer.from([0xff, EOI]));
        return;
      }
      await this.segment(marker, from);
    }
  }

  /** @returns the code after 0xff, of which there may be several */
  private async marker(): Promise<number> {
    must((await this.bytes.take(1))[0] === 0xff);
    for (;;) {
      const view = await this.bytes.rest();
      let index = 0;
      while (index < view.length && view[index] === 0xff) index += 1;
      const code = view[index];
      this.bytes.skip(code === undefined ? index : index + 1);
      if (code !== undefined) return code;
    }
  }

  private async segment(marker: number, from: number): Promise<void> {
    const length = (await this.bytes.peek(2)).readUInt16BE();
    must(length >= 2);
    const segment = await this.bytes.take(length);
    const content = segment.subarray(2);
    if (FRAMES.has(marker)) this.frame(content);
    if (FRAMES.has(marker) || NEEDED.has(marker)) this.plan.keep(from, this.bytes.position);
    else if (marker >= APP0 && marker <= APP15) this.application(marker, content, from);
    else must(marker === COM);
  }

  /** Precision, height, width, components: width and height as the standard orders them. */
  private frame(content: Buffer): void {
    must(content.length >= 6);
    this.plan.measure(content.readUInt16BE(3), content.readUInt16BE(1));
  }

  private application(marker: number, content: Buffer, from: number): void {
    const to = this.bytes.position;
    if (marker === APP0 && begins(content, 'JFIF\0')) this.jfifHeader(content, from, to);
    else if (marker === APP1 && hasExifMark(content)) this.exifData(content);
    else if (marker === APP2 && begins(content, 'ICC_PROFILE\0')) this.plan.keep(from, to);
    else if (marker === APP14 && begins(content, 'Adobe')) this.plan.keep(from, to);
  }

  private jfifHeader(content: Buffer, from: number, to: number): void {
    if (this.jfif || content.length < JFIF_BYTES) return;
    this.jfif = true;
    if (content.length === JFIF_BYTES) {
      this.plan.keep(from, to);
      return;
    }
    // a thumbnail may show what was cut from the picture later
    const header = Buffer.concat([Buffer.from([0xff, APP0, 0, JFIF_BYTES + 2]), content.subarray(0, JFIF_BYTES)]);
    header.fill(0, header.length - 2);
    this.plan.insert(header);
  }

  private exifData(content: Buffer): void {
    if (this.exif || this.scans > 0) return;
    this.exif = true;
    const orientation = orientationOf(content);
    if (orientation === 1) return;
    const exif = exifWithOrientation(orientation);
    this.plan.insert(Buffer.concat([Buffer.from([0xff, APP1, 0, exif.length + 2]), exif]));
  }

  /** A scan header and the coded data after it, up to the next marker or the end of the file. */
  private async scan(from: number): Promise<void> {
    must(this.plan.width > 0);
    const length = (await this.bytes.peek(2)).readUInt16BE();
    must(length >= 6);
    await this.bytes.take(length);
    const dataFrom = this.bytes.position;
    await this.toNextMarker();
    must(this.bytes.position > dataFrom);
    this.scans += 1;
    this.plan.keep(from, this.bytes.position);
  }

  private async toNextMarker(): Promise<void> {
    while (this.bytes.left > 0) {
      // two at least, so that a last 0xff is looked at again together with what follows it
      const view = await this.bytes.rest(Math.min(2, this.bytes.left));
      const at = view.length === 1 ? 1 : markerIn(view);
      this.bytes.skip(at);
      if (at < view.length - 1) return;
    }
  }
}

/**
 * @returns where a marker begins that ends coded data; the last byte where that is 0xff, whose
 *   meaning the next view tells; otherwise the length of the view
 */
function markerIn(view: Buffer): number {
  let at = view.indexOf(0xff);
  while (at !== -1 && at < view.length - 1) {
    const next = view[at + 1] ?? 0;
    const coded = next === 0 || (next >= 0xd0 && next <= 0xd7);
    if (!coded && next !== 0xff) return at;
    at = view.indexOf(0xff, next === 0xff ? at + 1 : at + 2);
  }
  return at === -1 ? view.length : at;
}

function begins(content: Buffer, text: string): boolean {
  return content.subarray(0, text.length).equals(Buffer.from(text, 'latin1'));
}
