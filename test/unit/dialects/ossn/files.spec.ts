import { SystemClock } from '../../../../src/kernel/clock.js';
import { TimeOrderedIds } from '../../../../src/kernel/id-source.js';
import { newAttachmentId } from '../../../../src/dialects/social/attachment-id.js';
import { newFileDetails, storedNameOf } from '../../../../src/dialects/social/ossn/files/file-details.js';
import { extensionOf, type FileKind, kindOf, shownName, slugOf } from '../../../../src/dialects/social/ossn/files/file-names.js';

const ids = new TimeOrderedIds(new SystemClock());

describe('names of files', () => {
  it.each([
    ['Mein Übersicht v2 (final).pdf', 'mein-ubersicht-v2-final.pdf'],
    ['Screen 5.24.40 PM.pdf', 'screen-52440-pm.pdf'],
    ['PLAN.PDF', 'plan.PDF'],
    ['dummy.pdf', 'dummy.pdf'],
    ['a__b--c  d.png', 'a-b-c-d.png'],
    ['-x-.gif', 'x.gif'],
    ['Straße & Ærø Łódź.jpg', 'strasse-aero-lodz.jpg'],
    ['日本.pdf', 'file.pdf'],
    ['.pdf', 'file.pdf'],
    ['..%2f..%2fetc.pdf', '2f2fetc.pdf'],
    ['a?b#c.pdf', 'abc.pdf'],
    ["<script>alert('x')</script>.pdf", 'scriptalertxscript.pdf'],
    ['noextension', 'noextension'],
  ])('OSSN-24 %j has the address %j', (name, slug) => expect(slugOf(name)).toBe(slug));

  it.each([
    ['offer.pdf', 'offer.pdf'],
    ['/home/user/dummy.pdf', 'dummy.pdf'],
    ['C:\\Users\\x\\plan.pdf', 'plan.pdf'],
    ['../../etc/passwd.pdf', 'passwd.pdf'],
    ['<b>x.pdf', '_b_x.pdf'],
    [`"it's" & more.pdf`, '_it_s_ _ more.pdf'],
    ['a\0b\nc\u007f.pdf', 'a_b_c_.pdf'],
    ['evil\u202efdp.exe.pdf', 'evil_fdp.exe.pdf'],
    ['Übersicht 日本 ✓.pdf', 'Übersicht 日本 ✓.pdf'],
    ['half\ud800.pdf', 'half\ufffd.pdf'],
  ])('OSSN-24 %j is shown as %j', (uploaded, shown) => expect(shownName(uploaded)).toBe(shown));

  it('OSSN-24 a long name is cut before its extension', () => {
    const name = shownName(`${'é'.repeat(500)}.docx`);
    expect([...name]).toHaveLength(200);
    expect(name.endsWith('é.docx')).toBe(true);
    expect(slugOf(`${'word '.repeat(100)}.pdf`)).toMatch(/^[a-z-]{1,120}\.pdf$/);
  });

  it('OSSN-23 eight extensions are taken, in any letter case', () => {
    const pictures = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
    const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
    const kind = (name: string, mediaType: string): FileKind | null => kindOf({ name, mediaType });
    for (const extension of ['jpg', 'png', 'jpeg', 'jfif', 'gif', 'webp', 'JPG', 'WebP']) {
      for (const type of pictures) expect(kind(`a.${extension}`, type)).toBe('image');
      for (const type of ['application/octet-stream', 'application/pdf', docx, 'image/svg+xml', 'image/tiff', '']) expect(kind(`a.${extension}`, type)).toBeNull();
    }
    for (const [extension, type] of [['docx', docx], ['pdf', 'application/pdf'], ['PDF', 'application/pdf']] as const) {
      expect(kind(`a.${extension}`, type)).toBe('file');
      for (const other of ['application/octet-stream', 'application/zip', ...pictures]) expect(kind(`a.${extension}`, other)).toBeNull();
    }
    for (const name of ['a.php', 'a.svg', 'a.pdf.php', 'a.html', 'pdf', 'a.', '', 'a.pdf ', 'a.doc', 'a.pdf;x', 'constructor']) {
      for (const type of [...pictures, 'application/pdf', docx]) expect([name, kind(name, type)]).toEqual([name, null]);
    }
    expect(extensionOf('x.PDF')).toBe('PDF');
  });

  it('OSSN-24 the stored name is 32 random hex digits and the extension in lower case', () => {
    const details = newFileDetails('PLAN.PDF', ids);
    expect(details.stored_name).toMatch(/^[0-9a-f]{32}\.pdf$/);
    expect(newFileDetails('PLAN.PDF', ids)).not.toEqual(details);
    const file = { wireId: '612', name: 'PLAN.PDF', mediaType: '', byteSize: 1, sha256: Buffer.alloc(32), storageKey: '' };
    expect(storedNameOf({ ...file, details })).toBe(details.stored_name);
  });

  it('a file of another tongue has a stored name too, always the same', () => {
    const file = { wireId: '612', name: 'a.PNG', mediaType: '', byteSize: 1, sha256: Buffer.alloc(32), storageKey: '' };
    for (const details of [{}, null, { stored_name: '../x' }, { stored_name: 7 }]) expect(storedNameOf({ ...file, details })).toMatch(/^[0-9a-f]{32}\.png$/);
    expect(storedNameOf({ ...file, details: {} })).toBe(storedNameOf({ ...file, details: null }));
    expect(storedNameOf({ ...file, details: {} })).not.toBe(storedNameOf({ ...file, wireId: '613', details: {} }));
  });

  it('OSSN-25 ids of files are random digits below 2^53', () => {
    const made = Array.from({ length: 2000 }, () => newAttachmentId(ids));
    expect(new Set(made).size).toBe(2000);
    for (const id of made) {
      expect(id).toMatch(/^[1-9][0-9]{12,15}$/);
      expect(Number.isSafeInteger(Number(id))).toBe(true);
    }
    // the highest bits vary: they are spread over the whole range
    const high = new Set(made.map((id) => BigInt(id) >> 49n));
    expect(high.size).toBe(16);
  });
});
