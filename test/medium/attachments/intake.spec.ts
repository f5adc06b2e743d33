import { AttachmentIntake, extensionOf, type FileRules } from '../../../src/core/attachments/attachment-intake.js';
import { docx, pdf, zip } from '../../support/documents.js';
import { openBlobs, openFilesBelow, type TestBlobs } from '../../support/blobs.js';
import { cameraWebp, exifSegment, gifExtension, pictures, png, pngChunk, withExtensions, withSegments } from '../../support/pictures.js';
import { buffer } from 'node:stream/consumers';

const picture = ['jpeg', 'png', 'gif', 'webp'] as const;
const strict: FileRules = {
  allowed: { jpg: picture, png: picture, webp: picture, gif: picture, pdf: ['pdf'], docx: ['docx'] },
  emptyAllowed: false,
  pictureSideMax: 5000,
  brokenPictures: 'refuse',
};
const open: FileRules = { allowed: null, emptyAllowed: true, pictureSideMax: null, brokenPictures: 'as_bytes' };
const intake = new AttachmentIntake();

let blobs: TestBlobs;
beforeEach(() => (blobs = openBlobs()));
afterEach(() => {
  expect(openFilesBelow(blobs.root)).toEqual([]);
  blobs.close();
});

async function examine(bytes: Buffer | string, name: string, rules: FileRules = strict) {
  const blob = await blobs.receive(bytes);
  const result = await intake.examine(blob, name, rules);
  const kept = await blob.accept().then((key) => blobs.store.read(key));
  return { ...result, kept: await buffer(kept!.stream) };
}

describe('a file that has come in', () => {
  it.each([
    ['a.jpg', pictures.jpeg, 'image/jpeg', 24], ['a.JPG', png(), 'image/png', 24], ['a.png', pictures.gif, 'image/gif', 8], ['a.webp', pictures.webp, 'image/webp', 24],
    ['x.y.pdf', pdf(), 'application/pdf', null], ['a.DOCX', docx(), 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', null],
  ])('is taken as what it is (%s)', async (name, bytes, mediaType, width) => {
    expect(await examine(bytes, name)).toMatchObject({ refused: null, mediaType, width, kept: bytes });
  });

  it.each([
    ['empty', 'a.pdf', ''], ['extension', 'a.php', pdf()], ['extension', 'a', pdf()], ['extension', 'pdf', pdf()], ['extension', 'a.pdf.', pdf()],
    ['extension', 'a.constructor', pdf()], ['extension', 'a.pdf/b', pdf()], ['content', 'a.pdf', '<?php'], ['content', 'a.docx', zip({ a: 'b' })],
    ['content', 'a.docx', pdf()], ['content', 'a.jpg', '<svg xmlns="http://www.w3.org/2000/svg"/>'], ['content', 'a.pdf', png()],
    ['broken_picture', 'a.png', png().subarray(0, 40)], ['broken_picture', 'a.jpg', pictures.jpeg.subarray(0, 100)],
    ['too_large_picture', 'a.png', png(5001, 1)], ['too_large_picture', 'a.png', png(1, 5001)],
  ])('is refused: %s (%s)', async (refused, name, bytes) => {
    const blob = await blobs.receive(bytes);
    expect(await intake.examine(blob, name, strict)).toEqual({ refused });
    await blob.discard();
    expect(blobs.files()).toEqual([]);
  });

  it('may be exactly as large a picture as the rules say', async () => {
    expect(await examine(png(5000, 1), 'a.png')).toMatchObject({ refused: null, width: 5000, height: 1 });
  });

  it.each([
    ['a.jpg', withSegments(pictures.jpeg, exifSegment(6))], ['a.png', png(24, 16, pngChunk('tEXt', 'Place\0SecretCam'))],
    ['a.webp', cameraWebp()], ['a.gif', withExtensions(gifExtension(0xfe, 'SecretCam'))],
  ])('is kept without place and camera (%s), under the digest of what is kept', async (name, bytes) => {
    const { kept, refused } = await examine(bytes, name);
    expect(refused).toBeNull();
    for (const secret of ['SecretCam', 'GPS']) expect(kept.includes(secret)).toBe(false);
    expect(kept.length).toBeLessThan(bytes.length);
    expect(blobs.files()).toHaveLength(1);
  });

  it('may be anything where the rules take anything', async () => {
    const unknown = { refused: null, family: 'other', mediaType: 'application/octet-stream', width: null, height: null };
    expect(await examine('', 'x', open)).toMatchObject(unknown);
    expect(await examine('<script>', 'page.html', open)).toMatchObject(unknown);
    expect(await examine(png().subarray(0, 40), 'a.png', open)).toMatchObject({ ...unknown, kept: png().subarray(0, 40) });
    expect(await examine(png(9000, 1), 'a', open)).toMatchObject({ refused: null, mediaType: 'image/png', width: 9000 });
  });
});

test('the extension of a name is what follows its last dot', () => {
  expect(['a.PDF', 'a.b.c', 'a', '.', 'a.', '.x', 'dir.x/a', 'dir.x\\a', `a.${'x'.repeat(40)}`].map(extensionOf)).toEqual(['pdf', 'c', '', '', '', 'x', '', '', '']);
});
