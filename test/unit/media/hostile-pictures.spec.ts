import fc from 'fast-check';
import { planPicture, type PictureFamily } from '../../../src/media/clean-picture.js';
import { sniff } from '../../../src/media/sniff.js';
import { docx, pdf } from '../../support/documents.js';
import {
  cameraExif, cameraWebp, exifSegment, gifExtension, pictures, png, PNG_SIGNATURE, pngChunk, pngHeader, riff, segment, webpChunk, withExtensions,
  withSegments,
} from '../../support/pictures.js';
import { accessTo, clean, outcome, plan } from './support.js';

const loaded: readonly (readonly [PictureFamily, Buffer])[] = [
  ['jpeg', withSegments(pictures.jpeg, exifSegment(), segment(0xfe, 'comment'))],
  ['jpeg', withSegments(pictures.progressiveJpeg, exifSegment())],
  ['png', png(24, 16, pngChunk('eXIf', cameraExif()), pngChunk('tEXt', 'Author\0me'))],
  ['gif', withExtensions(gifExtension(0xfe, 'comment'))],
  ['webp', cameraWebp()],
  ['webp', pictures.animatedWebp],
];

/** Cuts, flips, inserts and repeats at random places. */
const mutation = fc.record({
  at: fc.nat(), length: fc.nat(64), byte: fc.nat(255), kind: fc.constantFrom('set', 'cut', 'insert', 'repeat', 'truncate', 'length'),
});

function mutate(bytes: Buffer, changes: readonly { at: number; length: number; byte: number; kind: string }[]): Buffer {
  let result = Buffer.from(bytes);
  for (const { at: far, length, byte, kind } of changes) {
    const at = result.length === 0 ? 0 : far % result.length;
    const [before, after] = [result.subarray(0, at), result.subarray(at)];
    if (kind === 'set') result = Buffer.concat([before, Buffer.from([byte]), after.subarray(1)]);
    else if (kind === 'cut') result = Buffer.concat([before, after.subarray(length)]);
    else if (kind === 'insert') result = Buffer.concat([before, Buffer.alloc(length, byte), after]);
    else if (kind === 'repeat') result = Buffer.concat([before, after.subarray(0, length), after]);
    else if (kind === 'truncate') result = Buffer.from(before);
    else result = Buffer.concat([before, Buffer.alloc(4, 0xff), after.subarray(4)]);
  }
  return result;
}

describe('hostile pictures', () => {
  it.each(loaded)('changed at random are refused or cleaned for good (%s)', async (family, bytes) => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (changes) => {
        const hostile = mutate(bytes, changes);
        const cleaned = await outcome(clean(family, hostile));
        if (cleaned === 'refused') return;
        // what was cleaned is a whole picture, and there is nothing left to clean
        expect(await clean(family, cleaned)).toEqual(cleaned);
      }),
      { numRuns: 1500 },
    );
  });

  it.each(loaded)('cut anywhere are refused or whole (%s)', async (family, bytes) => {
    for (let length = 0; length < bytes.length; length += 1) {
      const cleaned = await outcome(clean(family, bytes.subarray(0, length)));
      if (cleaned !== 'refused') expect(await clean(family, cleaned)).toEqual(cleaned);
    }
  });

  it('of random bytes are refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        for (const family of ['jpeg', 'png', 'gif', 'webp'] as const) expect(await outcome(plan(family, Buffer.from(bytes)))).toBe('refused');
      }),
    );
  });

  const MIB = 1024 * 1024;
  const picture = pictures.webp.subarray(12);
  const many: readonly (readonly [string, PictureFamily, 'refused' | 'whole', Buffer])[] = [
    ['segments of nothing', 'jpeg', 'refused', withSegments(pictures.jpeg, Buffer.alloc(4 * MIB, segment(0xfe, '')))],
    ['fill bytes', 'jpeg', 'whole', withSegments(pictures.jpeg, Buffer.alloc(4 * MIB, 0xff), segment(0xfe, '').subarray(1))],
    ['stuffed bytes', 'jpeg', 'whole', Buffer.concat([pictures.jpeg.subarray(0, -2), Buffer.alloc(8 * MIB, Buffer.from([0xff, 0])), Buffer.from([0xff, 0xd9])])],
    ['scans of nothing', 'jpeg', 'refused', Buffer.concat([pictures.jpeg.subarray(0, -2), Buffer.alloc(4 * MIB, Buffer.concat([segment(0xda, '\0\0\0\0'), Buffer.from('x')]))])],
    ['chunks of nothing', 'png', 'refused', Buffer.concat([PNG_SIGNATURE, pngHeader(1, 1), Buffer.alloc(6 * MIB, Buffer.concat([pngChunk('tEXt'), pngChunk('gAMA')]))])],
    ['blocks of one byte', 'gif', 'whole', Buffer.concat([pictures.gif.subarray(0, -1), Buffer.from([0x21, 0xfe]), Buffer.alloc(8 * MIB, Buffer.from([1, 65])), Buffer.from([0, 0x3b])])],
    ['extensions of nothing', 'gif', 'refused', Buffer.concat([pictures.gif.subarray(0, -1), Buffer.alloc(3 * MIB, gifExtension(0xfe))])],
    ['chunks of nothing', 'webp', 'refused', riff(picture, Buffer.alloc(5 * MIB, webpChunk('SECR', '')))],
    ['chunks of nothing after Exif', 'webp', 'refused', riff(picture, webpChunk('EXIF', cameraExif()), Buffer.alloc(5 * MIB, webpChunk('SECR', '')))],
  ];

  it.each(many)('with megabytes of %s (%s) are %s, read once, in time that grows with them', async (_what, family, expected, bytes) => {
    const access = accessTo(bytes);
    const startedMs = performance.now();
    const found = await outcome(planPicture(family, access));
    expect(performance.now() - startedMs).toBeLessThan(3000);
    expect(access.readBytes).toBeLessThan(3 * bytes.length);
    expect(found === 'refused' ? found : 'whole').toBe(expected);
  });

  it('of any length cost the same small number of bytes in memory', async () => {
    const zeros = Buffer.alloc(64 * 1024);
    const tail = Buffer.concat([Buffer.from([0xff, 0xd9])]);
    const head = pictures.jpeg.subarray(0, -2);
    const size = head.length + 300 * MIB + tail.length;
    // bytes that exist only while they are looked at
    const source = {
      size,
      readInto: async (target: Uint8Array, offset: number) => {
        target.set(zeros.subarray(0, target.length));
        if (offset < head.length) target.set(head.subarray(offset, offset + target.length));
        if (offset + target.length > size - 2) target.set(tail.subarray(Math.max(0, offset - (size - 2))), Math.max(0, size - 2 - offset));
        return Math.min(target.length, size - offset);
      },
    };
    const before = process.memoryUsage();
    expect(await planPicture('jpeg', source)).toMatchObject({ width: 24, changed: false });
    const after = process.memoryUsage();
    expect(after.external + after.arrayBuffers - before.external - before.arrayBuffers).toBeLessThan(8 * MIB);
  });
});

describe('hostile files', () => {
  it('changed at random are told to be something', async () => {
    const files = [...loaded.map(([, bytes]) => bytes), docx(), pdf(), Buffer.from('ftypheic'), Buffer.from('ID3\x04\0\0\x7f\x7f\x7f\x7f')];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), fc.array(mutation, { maxLength: 4 }), async (bytes, changes) => {
        const { mediaType } = await sniff(accessTo(mutate(bytes, changes)));
        expect(mediaType).toMatch(/^[a-z]+\/[a-z0-9.+-]+$/i);
        expect(mediaType).not.toMatch(/html|svg|\bxml|javascript|^text\//);
      }),
      { numRuns: 3000 },
    );
  });
});
