import { orientationOf } from '../../../src/media/orientation.js';
import {
  cameraExif, cameraWebp, exifSegment, gifExtension, pictures, png, PNG_SIGNATURE, pngChunk, pngHeader, riff, segment,
  webpChunk, webpHeader, withExtensions, withSegments,
} from '../../support/pictures.js';
import { clean, outcome, plan } from './support.js';

const minimalExif = (orientation: number) => Buffer.from(`4d4d002a0000000800010112000300000001000${orientation}000000000000`, 'hex');
const exifMark = Buffer.from('Exif\0\0', 'latin1');

describe('a picture without metadata', () => {
  it.each([
    ['jpeg', pictures.jpeg, 24, 16], ['jpeg', pictures.progressiveJpeg, 24, 16], ['png', png(), 24, 16], ['gif', pictures.gif, 8, 8],
    ['webp', pictures.webp, 24, 16], ['webp', pictures.losslessWebp, 24, 16], ['webp', pictures.animatedWebp, 8, 8],
  ] as const)('stays as it is (%s)', async (family, bytes, width, height) => {
    expect(await plan(family, bytes)).toMatchObject({ width, height, changed: false });
    expect(await clean(family, bytes)).toEqual(bytes);
  });
});

describe('JPEG', () => {
  it('loses place, camera, comments, thumbnails and private segments; pixels stay', async () => {
    for (const original of [pictures.jpeg, pictures.progressiveJpeg]) {
      const loaded = withSegments(
        original,
        exifSegment(1), segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0<x>SecretCam</x>'), segment(0xed, 'Photoshop 3.0\0SecretCity'),
        segment(0xfe, 'secret comment'), segment(0xe0, 'JFXX\0\x10thumb'), segment(0xe2, 'MPF\0secret'), segment(0xef, 'secret'),
      );
      expect(await clean('jpeg', loaded)).toEqual(original);
    }
  });

  it('keeps colour profiles and the colour mark', async () => {
    const loaded = withSegments(pictures.jpeg, segment(0xe2, 'ICC_PROFILE\0\x01\x01profile'), segment(0xee, 'Adobe\0d\0\0\0\0\x01'));
    expect(await clean('jpeg', loaded)).toEqual(loaded);
  });

  it.each([2, 3, 4, 5, 6, 7, 8])('keeps orientation %i and nothing else of Exif', async (orientation) => {
    const cleaned = await clean('jpeg', withSegments(pictures.jpeg, exifSegment(orientation)));
    expect(cleaned).toEqual(withSegments(pictures.jpeg, segment(0xe1, Buffer.concat([exifMark, minimalExif(orientation)]))));
    expect(orientationOf(minimalExif(orientation))).toBe(orientation);
    expect(cleaned.includes('SecretCam')).toBe(false);
    expect(cleaned.includes('GPS')).toBe(false);
  });

  it('loses what stands between its scans and after its end', async () => {
    const { progressiveJpeg } = pictures;
    const scan = progressiveJpeg.indexOf(Buffer.from([0xff, 0xc4]), progressiveJpeg.indexOf(Buffer.from([0xff, 0xda])));
    const between = Buffer.concat([progressiveJpeg.subarray(0, scan), segment(0xfe, 'secret'), exifSegment(), progressiveJpeg.subarray(scan)]);
    expect(await clean('jpeg', between)).toEqual(progressiveJpeg);
    const second = withSegments(pictures.jpeg, exifSegment());
    expect(await clean('jpeg', Buffer.concat([pictures.jpeg, second]))).toEqual(pictures.jpeg);
  });

  it('loses the thumbnail in its first header', async () => {
    const header = Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01RGB', 'latin1');
    const bare = Buffer.concat([pictures.jpeg.subarray(0, 2), pictures.jpeg.subarray(20)]);
    const expected = withSegments(bare, segment(0xe0, 'JFIF\0\x01\x01\0\0\x01\0\x01\0\0'));
    expect(await clean('jpeg', withSegments(bare, segment(0xe0, header)))).toEqual(expected);
  });

  it('gets the end it lacks where it stops within its pixels', async () => {
    const cut = pictures.jpeg.subarray(0, -2);
    expect(await clean('jpeg', cut)).toEqual(pictures.jpeg);
    expect(await clean('jpeg', Buffer.concat([cut, Buffer.from([0xff])]))).toEqual(Buffer.concat([cut, Buffer.from([0xff, 0xff, 0xd9])]));
  });

  it('is copied byte by byte where it is long', async () => {
    const end = pictures.jpeg.length - 2;
    const pixels = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7) % 251));
    const long = Buffer.concat([pictures.jpeg.subarray(0, end), pixels, pictures.jpeg.subarray(end)]);
    expect(await clean('jpeg', withSegments(long, segment(0xfe, 'x'.repeat(60_000))))).toEqual(long);
  });

  it('may hold stuffed bytes, restarts and fill bytes at the edge of what is read at a time', async () => {
    const end = pictures.jpeg.length - 2;
    const marks = Buffer.from('ff00ffd0ffffd7ff00', 'hex');
    for (let size = 65_536 - 4; size < 65_536 + 16; size += 1) {
      const long = Buffer.concat([pictures.jpeg.subarray(0, end), Buffer.alloc(size - end - 2 - marks.length, 1), marks, pictures.jpeg.subarray(end)]);
      expect(long.length).toBe(size);
      expect((await plan('jpeg', long)).changed).toBe(false);
    }
  });

  it.each([
    ['no frame', Buffer.concat([pictures.jpeg.subarray(0, 20), Buffer.from([0xff, 0xd9])])],
    ['no scan', Buffer.concat([pictures.jpeg.subarray(0, pictures.jpeg.indexOf(Buffer.from([0xff, 0xda]))), Buffer.from([0xff, 0xd9])])],
    ['only a start', Buffer.from([0xff, 0xd8, 0xff])],
    ['a segment longer than the file', withSegments(pictures.jpeg.subarray(0, 60), Buffer.from([0xff, 0xfe, 0xff, 0xff]))],
    ['a segment shorter than its own length', withSegments(pictures.jpeg, Buffer.from([0xff, 0xfe, 0x00, 0x01]))],
    ['rubbish between segments', withSegments(pictures.jpeg, Buffer.from('rubbish'))],
    ['a marker that does not exist', withSegments(pictures.jpeg, segment(0x02, 'x'))],
    ['no height', Buffer.from(pictures.jpeg.toString('latin1').replace('\x08\x00\x10\x00\x18', '\x08\x00\x00\x00\x18'), 'latin1')],
    ['no width', Buffer.from(pictures.jpeg.toString('latin1').replace('\x08\x00\x10\x00\x18', '\x08\x00\x10\x00\x00'), 'latin1')],
  ])('is refused with %s', async (_what, bytes) => {
    expect(await outcome(plan('jpeg', bytes))).toBe('refused');
  });

  it('tells its size whatever it is', async () => {
    const wide = Buffer.from(pictures.jpeg.toString('latin1').replace('\x08\x00\x10\x00\x18', '\x08\xff\xfe\x13\x89'), 'latin1');
    expect(await plan('jpeg', wide)).toMatchObject({ width: 5001, height: 65_534 });
  });
});

test('what cannot be read as Exif is upright', () => {
  const broken = cameraExif(6, 'MM');
  broken.write('XX', 'latin1');
  const long = cameraExif(6);
  long.writeUInt16LE(4, 24);
  const far = cameraExif(6);
  far.writeUInt32LE(0xffffffff, 4);
  for (const bytes of [broken, long, far, cameraExif(0), cameraExif(9), cameraExif(6).subarray(0, 30), Buffer.alloc(0), exifMark]) expect(orientationOf(bytes)).toBe(1);
  expect(orientationOf(cameraExif(6))).toBe(6);
});

describe('PNG', () => {
  const hidden = [
    pngChunk('eXIf', cameraExif(1)), pngChunk('tEXt', 'Author\0SecretCam'), pngChunk('zTXt', 'x'), pngChunk('iTXt', 'XML:com.adobe.xmp'),
    pngChunk('tIME', '1234567'), pngChunk('prVt', 'private'), pngChunk('caBX', 'maker'),
  ];
  const shown = [
    pngChunk('gAMA', '\0\0\xb1\x8f'), pngChunk('pHYs', Buffer.alloc(9)), pngChunk('iCCP', 'p\0\0x'), pngChunk('tRNS', '\0\x01'),
    pngChunk('acTL', Buffer.alloc(8)), pngChunk('fcTL', Buffer.alloc(26)),
  ];

  it('loses text, time, place and private chunks; what shows stays', async () => {
    expect(await clean('png', png(24, 16, ...hidden, ...shown))).toEqual(png(24, 16, ...shown));
  });

  it.each([3, 6, 8])('keeps orientation %i and nothing else of Exif', async (orientation) => {
    for (const order of ['II', 'MM'] as const) {
      const cleaned = await clean('png', png(24, 16, pngChunk('eXIf', cameraExif(orientation, order))));
      expect(cleaned).toEqual(png(24, 16, pngChunk('eXIf', minimalExif(orientation))));
    }
  });

  it('loses whatever follows its end', async () => {
    expect(await clean('png', Buffer.concat([png(), Buffer.from('<script>')]))).toEqual(png());
  });

  const [data, end] = [png().subarray(33, -12), png().subarray(-12)];
  it.each([
    ['a flipped bit in its pixels', Buffer.concat([png().subarray(0, 45), Buffer.from([png()[45] ?? 0 ^ 1]).map((byte) => byte ^ 1), png().subarray(46)])],
    ['no pixels', Buffer.concat([PNG_SIGNATURE, pngHeader(1, 1), end])],
    ['no header', Buffer.concat([PNG_SIGNATURE, data, end])],
    ['two headers', png(24, 16, pngHeader(24, 16))],
    ['no end', png().subarray(0, -12)],
    ['an unknown critical chunk', png(24, 16, pngChunk('CgBI', 'x'))],
    ['a width of none', png(0, 16)],
    ['a chunk longer than the file', Buffer.concat([PNG_SIGNATURE, pngHeader(1, 1), Buffer.from('7fffffff49444154', 'hex'), end])],
    ['a chunk of a negative length', Buffer.concat([PNG_SIGNATURE, pngHeader(1, 1), Buffer.from('ffffffff74455874', 'hex'), data, end])],
    ['a colour type that does not exist', Buffer.concat([PNG_SIGNATURE, pngChunk('IHDR', '\0\0\0\x01\0\0\0\x01\x08\x05\0\0\0'), data, end])],
  ])('is refused with %s', async (_what, bytes) => {
    expect(await outcome(plan('png', bytes))).toBe('refused');
  });
});

describe('WebP', () => {
  it('loses Exif and XMP, and says so in its header', async () => {
    expect(await clean('webp', cameraWebp(1))).toEqual(riff(webpHeader(0), pictures.webp.subarray(12)));
  });

  it('keeps an orientation and nothing else of Exif, with or without the mark before it', async () => {
    const expected = riff(webpHeader(8), pictures.webp.subarray(12), webpChunk('EXIF', minimalExif(6)));
    expect(await clean('webp', cameraWebp(6))).toEqual(expected);
    const marked = riff(webpHeader(8), pictures.webp.subarray(12), webpChunk('EXIF', Buffer.concat([exifMark, cameraExif(6)])));
    expect(await clean('webp', marked)).toEqual(expected);
  });

  it('keeps animations, and loses unknown chunks and whatever follows its end', async () => {
    const { animatedWebp } = pictures;
    const loaded = riff(animatedWebp.subarray(12), webpChunk('SECR', 'secret'));
    expect(await clean('webp', Buffer.concat([loaded, Buffer.from('more')]))).toEqual(animatedWebp);
  });

  it.each([
    ['a file shorter than it says', pictures.webp.subarray(0, -2)],
    ['a chunk longer than the file', riff(Buffer.from('VP8 \xff\xff\xff\xff', 'latin1'), pictures.webp.subarray(20))],
    ['no picture', riff(webpHeader(0))],
    ['a broken frame', riff(webpChunk('VP8 ', Buffer.alloc(32)))],
    ['metadata first', riff(webpChunk('EXIF', cameraExif()), pictures.webp.subarray(12))],
    ['two headers', riff(webpHeader(0), webpHeader(0), pictures.webp.subarray(12))],
  ])('is refused with %s', async (_what, bytes) => {
    expect(await outcome(plan('webp', bytes))).toBe('refused');
  });

  it('tells the size of its canvas', async () => {
    expect(await plan('webp', riff(webpHeader(0, 5001, 70_000), pictures.webp.subarray(12)))).toMatchObject({ width: 5001, height: 70_000 });
  });
});

describe('GIF', () => {
  it('loses comments and the data of applications; loops stay', async () => {
    const loaded = withExtensions(
      gifExtension(0xfe, 'secret', 'place'), gifExtension(0xff, 'XMP DataXMP', '<x>SecretCam</x>'), gifExtension(0xff, 'short', 'x'), gifExtension(0xce, 'name'),
    );
    expect(await clean('gif', loaded)).toEqual(pictures.gif);
    expect(pictures.gif.includes('NETSCAPE2.0')).toBe(true);
  });

  it('loses whatever follows its end, and gets the end it lacks', async () => {
    expect(await clean('gif', Buffer.concat([pictures.gif, Buffer.from('<script>')]))).toEqual(pictures.gif);
    expect(await clean('gif', pictures.gif.subarray(0, -1))).toEqual(pictures.gif);
  });

  it('counts frames that are larger than its screen', async () => {
    const at = pictures.gif.indexOf(0x2c);
    const large = Buffer.from(pictures.gif);
    large.writeUInt16LE(6000, at + 5);
    expect(await plan('gif', large)).toMatchObject({ width: 6000, height: 8 });
  });

  it.each([
    ['no picture', Buffer.concat([pictures.gif.subarray(0, 19), Buffer.from([0x3b])])],
    ['a stop within a block', pictures.gif.subarray(0, -5)],
    ['an unknown block', Buffer.concat([pictures.gif.subarray(0, -1), Buffer.from([0x42, 0, 0x3b])])],
    ['a colour table longer than the file', Buffer.concat([Buffer.from('GIF89a\x08\0\x08\0\xf7\0\0', 'latin1')])],
  ])('is refused with %s', async (_what, bytes) => {
    expect(await outcome(plan('gif', bytes))).toBe('refused');
  });
});
