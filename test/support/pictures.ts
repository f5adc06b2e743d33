import { crc32, deflateSync } from 'node:zlib';

/** Small pictures every decoder shows, made by common encoders without any metadata. */
export const pictures = {
  /** 24 x 16, baseline */
  jpeg: Buffer.from(
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAQABgDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAQF/8QAFRABAQAAAAAAAAAAAAAAAAAAABP/xAAVAQEBAAAAAAAAAAAAAAAAAAAABf/EABYRAAMAAAAAAAAAAAAAAAAAAAAVYf/aAAwDAQACEQMRAD8AxqFEtCigthUYUqoJaAtgYU//2Q==',
    'base64',
  ),
  /** 24 x 16, progressive: several scans with tables between them */
  progressiveJpeg: Buffer.from(
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wgARCAAQABgDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAME/8QAFQEBAQAAAAAAAAAAAAAAAAAAAAT/2gAMAwEAAhADEAAAAcSSiqqQ/8QAFRABAQAAAAAAAAAAAAAAAAAAABH/2gAIAQEAAQUCqqqq/8QAFREBAQAAAAAAAAAAAAAAAAAAABT/2gAIAQMBAT8BoUP/xAAVEQEBAAAAAAAAAAAAAAAAAAAAFP/aAAgBAgEBPwGZM//EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEABj8CX//EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEAAT8hQH//2gAMAwEAAgADAAAAEPPP/8QAFREBAQAAAAAAAAAAAAAAAAAAAHH/2gAIAQMBAT8QpT//xAAVEQEBAAAAAAAAAAAAAAAAAAAAcf/aAAgBAgEBPxCEP//EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEAAT8QQH//2Q==',
    'base64',
  ),
  /** 24 x 16, lossy */
  webp: Buffer.from(
    'UklGRloAAABXRUJQVlA4IE4AAABwAwCdASoYABAAPxFysFA/pqSisAgD8CIJbDuAGMTurNUB7UYA/uwxnpIHADmY/7uvrDf/4JCn59PFMIQa164XSN6fEyNg7s+2Gu1wAAA=',
    'base64',
  ),
  /** 24 x 16 */
  losslessWebp: Buffer.from(
    'UklGRkwAAABXRUJQVlA4TEAAAAAvF8ADAH8AEIT/cQsT8ff/+U+WAVVk21BBBRVUUEEFFVRQQQUVVFBBBRX8bYaI/ufn4+Xh5uLkYGdjZWFmYmQg',
    'base64',
  ),
  /** 8 x 8, two frames */
  animatedWebp: Buffer.from(
    'UklGRoQAAABXRUJQVlA4WAoAAAACAAAABwAABwAAQU5JTQYAAAAAAP//AABBTk1GKAAAAAAAAAAAAAcAAAcAAGQAAAJWUDhMDwAAAC8HwAEABxD9j/4HIqL/AQBBTk1GKAAAAAAAAAAAAAcAAAcAAGQAAABWUDhMDwAAAC8HwAEABxDR//4HIqL/AQA=',
    'base64',
  ),
  /** 8 x 8, two frames, loops */
  gif: Buffer.from(
    'R0lGODlhCAAIAPAAAP8AAAAAACH5BAAAAAAAIf8LTkVUU0NBUEUyLjADAQAAACwAAAAACAAIAAACB4SPqcvtXQAAIfkEAAAAAAAsAAAAAAgACACAAAD/AAAAAgeEj6nL7V0AADs=',
    'base64',
  ),
} as const;

/** @returns a TIFF structure as a camera writes it: a maker, an orientation, a place */
export function cameraExif(orientation = 6, order: 'II' | 'MM' = 'II'): Buffer {
  const little = order === 'II';
  const tiff = Buffer.alloc(96);
  const short = (value: number, at: number): unknown => (little ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at));
  const long = (value: number, at: number): unknown => (little ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at));
  tiff.write(order, 0, 'latin1');
  short(42, 2);
  long(8, 4);
  short(3, 8);
  const entries: readonly (readonly [tag: number, type: number, count: number, value: number])[] = [
    [0x010f, 2, 10, 60], [0x0112, 3, 1, orientation], [0x8825, 4, 1, 72],
  ];
  entries.forEach(([tag, type, count, value], index) => {
    const at = 10 + index * 12;
    short(tag, at);
    short(type, at + 2);
    long(count, at + 4);
    if (type === 3) short(value, at + 8);
    else long(value, at + 8);
  });
  tiff.write('SecretCam\0', 60, 'latin1');
  tiff.write('GPS 47.36N 8.55E', 72, 'latin1');
  return tiff;
}

/** One JPEG segment. */
export function segment(marker: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content as string, 'latin1');
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(bytes.length + 2, 2);
  return Buffer.concat([head, bytes]);
}

/** A JPEG with segments put in after its start, before whatever it had. */
export function withSegments(jpeg: Buffer, ...segments: readonly Buffer[]): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

export const exifSegment = (orientation = 6): Buffer => segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), cameraExif(orientation)]));

/** One PNG chunk. */
export function pngChunk(type: string, content: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(content as string, 'latin1');
  const chunk = Buffer.alloc(12 + bytes.length);
  chunk.writeUInt32BE(bytes.length, 0);
  chunk.write(type, 4, 'latin1');
  bytes.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + bytes.length)), 8 + bytes.length);
  return chunk;
}

export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export function pngHeader(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  return pngChunk('IHDR', header);
}

/** A grey PNG of any size, with chunks between its header and its pixels. */
export function png(width = 24, height = 16, ...chunks: readonly Buffer[]): Buffer {
  const pixels = deflateSync(Buffer.alloc((width + 1) * height, 0));
  return Buffer.concat([PNG_SIGNATURE, pngHeader(width, height), ...chunks, pngChunk('IDAT', pixels), pngChunk('IEND')]);
}

/** One WebP chunk. */
export function webpChunk(type: string, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content as string, 'latin1');
  const head = Buffer.alloc(8);
  head.write(type, 0, 'latin1');
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes, Buffer.alloc(bytes.length % 2)]);
}

export function riff(...chunks: readonly Buffer[]): Buffer {
  const content = Buffer.concat(chunks);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(content.length + 4, 4);
  return Buffer.concat([head, content]);
}

/** The header of an extended WebP. Flags: 8 Exif, 4 XMP, 2 animation. */
export function webpHeader(flags: number, width = 24, height = 16): Buffer {
  const header = Buffer.alloc(10);
  header[0] = flags;
  header.writeUIntLE(width - 1, 4, 3);
  header.writeUIntLE(height - 1, 7, 3);
  return webpChunk('VP8X', header);
}

/** The lossy WebP in the extended form, with Exif and XMP after it. */
export function cameraWebp(orientation = 6): Buffer {
  return riff(webpHeader(12), pictures.webp.subarray(12), webpChunk('EXIF', cameraExif(orientation)), webpChunk('XMP ', '<x>SecretCam GPS</x>!'));
}

/** A GIF extension with its blocks. */
export function gifExtension(label: number, ...blocks: readonly string[]): Buffer {
  return Buffer.concat([
    Buffer.from([0x21, label]),
    ...blocks.map((block) => Buffer.concat([Buffer.from([block.length]), Buffer.from(block, 'latin1')])),
    Buffer.from([0]),
  ]);
}

/** The GIF with extensions before its end. */
export function withExtensions(...extensions: readonly Buffer[]): Buffer {
  return Buffer.concat([pictures.gif.subarray(0, -1), ...extensions, Buffer.from([0x3b])]);
}
