/** How a camera was held: 1 upright, 2 to 8 turned or mirrored as TIFF and Exif say. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const TAG = 0x0112;
const TYPE_SHORT = 3;
const ENTRY_BYTES = 12;
const EXIF_MARK = Buffer.from('Exif\0\0', 'latin1');

/** @returns whether the bytes begin with the mark that stands before Exif data in JPEG files */
export function hasExifMark(bytes: Buffer): boolean {
  return bytes.subarray(0, EXIF_MARK.length).equals(EXIF_MARK);
}

/**
 * Reads the orientation out of Exif data. Total: what cannot be read is upright.
 *
 * @param exif a TIFF structure, with or without the mark before it; the beginning suffices
 */
export function orientationOf(exif: Buffer): Orientation {
  const tiff = hasExifMark(exif) ? exif.subarray(EXIF_MARK.length) : exif;
  if (tiff.length < 8) return 1;
  const order = tiff.toString('latin1', 0, 2);
  if (order !== 'II' && order !== 'MM') return 1;
  const little = order === 'II';
  const short = (at: number): number => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const long = (at: number): number => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const directory = long(4);
  if (short(2) !== 42 || directory + 2 > tiff.length) return 1;
  const entries = Math.min(short(directory), Math.floor((tiff.length - directory - 2) / ENTRY_BYTES));
  for (let index = 0; index < entries; index += 1) {
    const at = directory + 2 + index * ENTRY_BYTES;
    if (short(at) !== TAG) continue;
    const value = short(at + 8);
    return short(at + 2) === TYPE_SHORT && value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}

/** @returns a TIFF structure that says the orientation and nothing else */
export function tiffWithOrientation(orientation: Orientation): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write('MM', 0, 'latin1');
  tiff.writeUInt16BE(42, 2);
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(1, 8);
  tiff.writeUInt16BE(TAG, 10);
  tiff.writeUInt16BE(TYPE_SHORT, 12);
  tiff.writeUInt32BE(1, 14);
  tiff.writeUInt16BE(orientation, 18);
  return tiff;
}

/** @returns the same with the mark before it, as JPEG files have it */
export function exifWithOrientation(orientation: Orientation): Buffer {
  return Buffer.concat([EXIF_MARK, tiffWithOrientation(orientation)]);
}
