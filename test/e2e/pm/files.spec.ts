import { jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { Config } from '../../../src/config/config.js';
import { AttachmentSweeper } from '../../../src/core/attachments/attachment-sweeper.js';
import { DeleteUser } from '../../../src/core/accounts/delete-user.js';
import { SendDirectMessage } from '../../../src/core/conversations/send-direct-message.js';
import { Housekeeper } from '../../../src/core/maintenance/housekeeper.js';
import { type Answer, ask, faultsOf, fetchUrl, type Loose, newFriends, newUser, type PmUser } from '../../support/clients/pm.js';
import { openFilesBelow } from '../../support/blobs.js';
import { exifSegment, pictures, png, withSegments } from '../../support/pictures.js';
import { startApp, type TestApp } from '../../support/app.js';
import { TestClock } from '../../support/store.js';

const HOUR_MS = 3_600_000;
const PUBLIC_URL = 'https://post.example';
const FILE_MAX = 200_000;
const clock = new TestClock();
const outcome = (answer: Answer) => [answer.status, faultsOf(answer)];
const md5 = (content: string | Buffer) => createHash('md5').update(content).digest('hex');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let app: TestApp;
let mira: PmUser;
let jonas: PmUser;
let olga: PmUser;
beforeAll(async () => {
  app = await startApp({ clock, env: { PUBLIC_URL, PM_FILE_MAX: String(FILE_MAX), PM_CORS_ORIGINS: 'https://community.example' } });
});
beforeEach(async () => {
  clock.advance(HOUR_MS);
  [mira, jonas, olga] = (await newFriends(app, 3)) as [PmUser, PmUser, PmUser];
});
afterEach(async () => {
  // whatever a test did, nothing stays open and nothing half-written stays behind
  await settled();
  expect([openFilesBelow(folder()), temporary()]).toEqual([[], []]);
});
afterAll(() => app.close());

const folder = () => join(app.app.get(Config, { strict: false }).house.DATA_DIR, 'files');
const list = (path: string): string[] => {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
};
const temporary = () => list(join(folder(), 'tmp'));
const storedFiles = () => list(folder()).filter((name) => name !== 'tmp').flatMap((shard) => list(join(folder(), shard)));
/** Files are closed a moment after the answer. */
async function settled(): Promise<void> {
  for (let attempt = 0; attempt < 100 && temporary().length + openFilesBelow(folder()).length > 0; attempt += 1) await new Promise((resolve) => setTimeout(resolve, 20));
}
const sweep = () => app.app.get(AttachmentSweeper, { strict: false }).sweep();

/** Brings a file in pieces. @returns the answer to each */
async function bringParts(who: PmUser, parts: readonly { index: number; content: string | Buffer }[], fields: Record<string, string | number> = {}): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const { index, content } of parts) {
    const uuid = answers[0]?.body?.file_uuid as string | undefined;
    answers.push(await who.brings({ content, name: 'talk.mp4' }, { partindex: index, totalparts: parts.length, ...(uuid === undefined ? {} : { uuid }), ...fields }));
  }
  return answers;
}

describe('a file in one piece', () => {
  test('PM-70 is taken with 200 and an address and a uuid', async () => {
    const { status, body, headers } = await mira.brings({ content: 'minutes of the meeting', name: 'minutes.txt' }, { duration: '12.5', totalfilesize: 22, md5: md5('minutes of the meeting').toUpperCase(), filetype: 'text/plain' });
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('json')]);
    expect(body).toEqual({ file_uuid: expect.stringMatching(UUID), file_url: expect.stringContaining(`${PUBLIC_URL}/api/v2/pm/file/`) });
    expect((await fetchUrl(app, body.file_url)).bytes.toString()).toBe('minutes of the meeting');
    const { file } = await mira.wrote(jonas, '', { file_uuid: body.file_uuid });
    expect(file).toEqual({ uuid: body.file_uuid, filename: 'minutes.txt', filesize: 22, mimetype: 'application/octet-stream', duration: 12.5, url: expect.any(String), thumbnail: null });
  });

  test('PM-70 PM-10 without a file: 400 on the field, whatever the form of the body', async () => {
    for (const answer of [
      await mira.brings(null, { filename: 'x' }),
      await mira.asks('POST', '/api/v2/pm/upload/', { file: {} }),
      await mira.asks('POST', '/api/v2/pm/upload/', 'file=abc', { 'Content-Type': 'application/x-www-form-urlencoded' }),
      await mira.asks('POST', '/api/v2/pm/upload/'),
      await mira.brings({ content: 'x', field: 'other' }),
    ]) expect([answer.text, ...outcome(answer)]).toEqual([answer.text, 400, ['file: required']]);
    expect(outcome(await mira.brings({ content: '' }))).toEqual([400, ['file: invalid']]);
  });

  test('PM-70 PM-17 a body that is not a whole multipart body is refused and leaves nothing', async () => {
    const before = storedFiles().length;
    const type = { 'Content-Type': 'multipart/form-data; boundary=x' };
    for (const body of ['', 'nonsense', '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf']) {
      expect([body, ...outcome(await mira.asks('POST', '/api/v2/pm/upload/', body, type))]).toEqual([body, 400, ['parse_error']]);
    }
    expect(storedFiles().length).toBe(before);
  });

  test('PM-70 size or MD5 that differ from what was told: 400 on the field, and nothing is kept', async () => {
    const before = storedFiles().length;
    for (const [field, value] of [['totalfilesize', 5], ['totalfilesize', 'x'], ['totalfilesize', -1], ['md5', md5('else')], ['md5', 'x'], ['duration', 'x'], ['duration', -1], ['totalparts', 0], ['partindex', -1], ['partindex', 'x']] as const) {
      expect([field, value, ...outcome(await mira.brings({ content: 'four' }, { [field]: value }))]).toEqual([field, value, 400, [`${field}: invalid`]]);
    }
    expect(storedFiles().length).toBe(before);
  });

  test('PM-71 every field also goes by its earlier name', async () => {
    const { body } = await mira.brings({ content: 'old', field: 'qqfile', name: 'x' }, { qqfilename: 'old.txt', qqtotalfilesize: 3, qqmd5: md5('old'), qqduration: 4 });
    expect((await mira.wrote(jonas, '', { file_uuid: body.file_uuid })).file).toMatchObject({ filename: 'old.txt', duration: 4 });
    const first = await mira.brings({ content: 'one', field: 'qqfile' }, { qqpartindex: 0, qqtotalparts: 2 });
    const uuid = first.body.file_uuid;
    expect((await mira.brings({ content: 'two', field: 'qqfile' }, { qqpartindex: 1, qqtotalparts: 2, qquuid: uuid })).body).toEqual({ file_uuid: uuid });
    const done = await mira.done({ qquuid: uuid, qqfilename: 'both.txt', qqtotalparts: 2, qqtotalfilesize: 6 });
    expect((await fetchUrl(app, done.body.file_url)).bytes.toString()).toBe('onetwo');
    const thumbnail = await mira.brings({ content: png(), field: 'qqfile' }, { qqparentuuid: uuid });
    expect(thumbnail.body.parent_file_uuid).toBe(uuid);
  });

  test('PM-77 over the size: 413, up to it: taken', async () => {
    expect((await mira.brings({ content: Buffer.alloc(FILE_MAX, 7) })).status).toBe(200);
    expect(outcome(await mira.brings({ content: Buffer.alloc(FILE_MAX + 1, 7) }))).toEqual([413, ['too_large']]);
    expect(outcome(await mira.brings({ content: Buffer.alloc(5 * FILE_MAX) }))).toEqual([413, ['too_large']]);
  });

  test.each([
    ['../../etc/passwd', 'passwd'], ['C:\\Users\\mira\\plan.txt', 'plan.txt'], ['a"b\'c`.txt', 'abc.txt'], ['a\r\nb\u0007.txt', 'ab.txt'], ['..', 'file'], ['', 'file'], ['a/', 'file'],
    [`${'é'.repeat(300)}.jpeg`, `${'é'.repeat(250)}.jpeg`], ['gpj.\u202etxt', 'gpj.txt'], ['<b>.txt', '&lt;b>.txt'], ['Übersicht (final) – 2.pdf', 'Übersicht (final) – 2.pdf'],
  ])('PM-77 PM-110 the name %j becomes %j', async (told, shown) => {
    const { body } = await mira.brings({ content: 'x', name: 'blob' }, { filename: told === '' ? '/' : told });
    expect((await mira.wrote(jonas, '', { file_uuid: body.file_uuid })).file.filename).toBe(shown);
    // and never a path
    expect(storedFiles().every((name) => /^[0-9a-f]{64}$/.test(name))).toBe(true);
  });

  test('PM-27 what it is decides its content, not what the client says', async () => {
    const file = async (content: Buffer | string, name: string, type: string): Promise<Loose> =>
      (await mira.wrote(jonas, '', { file_uuid: await mira.brought({ content, name, type }, { filetype: type }) })).file;
    const html = await file('<script>alert(1)</script>', 'a.png', 'image/png');
    expect([html.mimetype, html.thumbnail]).toEqual(['application/octet-stream', null]);
    const svg = await file('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'a.svg', 'image/svg+xml');
    expect([svg.mimetype, svg.thumbnail]).toEqual(['application/octet-stream', null]);
    const picture = await file(png(), 'a.html', 'text/html');
    expect([picture.mimetype, picture.thumbnail]).toEqual(['image/png', picture.url]);
  });

  test('PM-27 a picture is stored without what it tells beside its pixels', async () => {
    const content = withSegments(pictures.jpeg, exifSegment(6));
    const { body } = await mira.brings({ content, name: 'trip.jpg' }, { totalfilesize: content.length, md5: md5(content) });
    const { bytes } = await fetchUrl(app, body.file_url);
    expect([bytes.length < content.length, bytes.includes('GPS') || bytes.includes('SecretCam')]).toEqual([true, false]);
    expect((await mira.wrote(jonas, '', { file_uuid: body.file_uuid })).file.filesize).toBe(bytes.length);
    // said once more at the end, as it was
    expect((await mira.done({ uuid: body.file_uuid, filename: 'trip.jpg', totalfilesize: content.length, md5: md5(content) })).status).toBe(200);
  });
});

describe('a file in parts', () => {
  const [a, b, c] = ['first,', 'second,', 'third'];

  test('PM-72 PM-73 one uuid for all parts; done puts them together', async () => {
    const answers = await bringParts(mira, [a, b, c].map((content, index) => ({ index, content })));
    const uuid = answers[0]!.body.file_uuid;
    expect(answers.map((answer) => [answer.status, answer.body])).toEqual(Array(3).fill([200, { file_uuid: uuid }]));
    const done = await mira.done({ uuid, filename: 'talk.mp4', totalparts: 3, totalfilesize: 18, md5: md5('first,second,third') });
    expect([done.status, done.body]).toEqual([200, { file_uuid: uuid, file_url: expect.any(String) }]);
    expect((await fetchUrl(app, done.body.file_url)).bytes.toString()).toBe('first,second,third');
    expect((await mira.wrote(jonas, '', { file_uuid: uuid })).file).toMatchObject({ uuid, filename: 'talk.mp4', filesize: 18 });
  });

  test('PM-72 in any order, also beginning with another than the first; a repeated part takes the place', async () => {
    const answers = await bringParts(mira, [{ index: 2, content: c }, { index: 0, content: 'wrong' }, { index: 1, content: b }]);
    const uuid = answers[0]!.body.file_uuid;
    expect((await mira.brings({ content: a }, { partindex: 0, totalparts: 3, uuid })).body).toEqual({ file_uuid: uuid });
    const { body } = await mira.done({ uuid, filename: 'x' });
    expect((await fetchUrl(app, body.file_url)).bytes.toString()).toBe('first,second,third');
  });

  test('PM-72 two files side by side, and all parts of one at the same moment', async () => {
    const first = await mira.brings({ content: a }, { partindex: 0, totalparts: 3 });
    const other = await mira.brings({ content: 'other' }, { partindex: 0, totalparts: 1 });
    expect(other.body.file_uuid).not.toBe(first.body.file_uuid);
    const uuid = first.body.file_uuid;
    await Promise.all([mira.brings({ content: b }, { partindex: 1, totalparts: 3, uuid }), mira.brings({ content: c }, { partindex: 2, totalparts: 3, uuid }), mira.brings({ content: c }, { partindex: 2, totalparts: 3, uuid })]);
    const { body } = await mira.done({ uuid, filename: 'x' });
    expect((await fetchUrl(app, body.file_url)).bytes.toString()).toBe('first,second,third');
  });

  test('PM-72 the name comes from the header of the part where nobody says it', async () => {
    const [answer] = await bringParts(mira, [{ index: 0, content: a }]);
    await mira.done({ uuid: answer!.body.file_uuid });
    expect((await mira.wrote(jonas, '', { file_uuid: answer!.body.file_uuid })).file.filename).toBe('talk.mp4');
  });

  test('PM-73 ?done and ?done/, as JSON, multipart and url-encoded', async () => {
    const send = {
      json: (fields: Record<string, string>, query: string) => mira.asks('POST', `/api/v2/pm/upload/${query}`, fields),
      multipart: (fields: Record<string, string>, query: string) => mira.brings(null, fields, query),
      urlencoded: (fields: Record<string, string>, query: string) => mira.asks('POST', `/api/v2/pm/upload/${query}`, new URLSearchParams(fields), { 'Content-Type': 'application/x-www-form-urlencoded' }),
    };
    for (const query of ['?done', '?done/', '?done=1']) {
      for (const [form, sent] of Object.entries(send)) {
        const [part] = await bringParts(mira, [{ index: 0, content: a }]);
        const uuid = part!.body.file_uuid;
        const { status, body } = await sent({ uuid, filename: 'x.txt', totalparts: '1' }, query);
        expect([query, form, status, body?.file_uuid]).toEqual([query, form, 200, uuid]);
        expect((await mira.wrote(jonas, '', { file_uuid: uuid })).file.filename).toBe('x.txt');
      }
    }
  });

  test('PM-73 PM-72 done is also said after a file in one piece, and repeating it is harmless', async () => {
    const uuid = await mira.brought({ content: 'whole', name: 'blob' });
    for (const totalparts of ['1', 'null', undefined]) {
      const answer = await mira.done({ uuid, filename: 'whole.txt', ...(totalparts === undefined ? {} : { totalparts }) });
      expect([answer.status, answer.body.file_uuid]).toEqual([200, uuid]);
    }
    expect((await mira.wrote(jonas, '', { file_uuid: uuid })).file.filename).toBe('whole.txt');
    for (let round = 0; round < 10; round += 1) {
      const [part] = await bringParts(mira, [{ index: 0, content: a }]);
      const all = await Promise.all(Array.from({ length: 12 }, () => mira.done({ uuid: part!.body.file_uuid, filename: 'x' })));
      expect([round, ...new Set(all.map((answer) => answer.status))]).toEqual([round, 200]);
    }
  });

  test('PM-73 a part missing, other numbers than told, no uuid: 400 on the field; then it can still be finished', async () => {
    const answers = await bringParts(mira, [{ index: 0, content: a }, { index: 2, content: c }], { totalparts: 3 });
    const uuid = answers[0]!.body.file_uuid;
    expect(outcome(await mira.done({ uuid, filename: 'x' }))).toEqual([400, ['partindex: invalid']]);
    await mira.brings({ content: b }, { partindex: 1, totalparts: 3, uuid });
    for (const [more, field] of [[{ totalparts: 2 }, 'totalparts'], [{ totalparts: 4 }, 'totalparts'], [{ totalparts: 'x' }, 'totalparts'], [{ totalfilesize: 17 }, 'totalfilesize'], [{ md5: md5('else') }, 'md5']] as const) {
      expect([more, ...outcome(await mira.done({ uuid, filename: 'x', ...more }))]).toEqual([more, 400, [`${field}: invalid`]]);
    }
    expect(outcome(await mira.done({ filename: 'x' }))).toEqual([400, ['uuid: required']]);
    expect(outcome(await mira.done({ uuid: { a: 1 } }))).toEqual([400, ['uuid: invalid']]);
    expect((await mira.done({ uuid, filename: 'x', totalparts: 3 })).status).toBe(200);
    for (const more of [{ totalparts: 2 }, { totalfilesize: 1 }, { md5: md5('else') }]) expect((await mira.done({ uuid, ...more })).status).toBe(400);
  });

  test('PM-72 parts that fit no file are refused', async () => {
    const [first] = await bringParts(mira, [{ index: 0, content: a }], { totalparts: 2 });
    const uuid = first!.body.file_uuid;
    for (const [fields, field] of [[{ partindex: 2, totalparts: 2 }, 'partindex'], [{ partindex: 1, totalparts: 3 }, 'totalparts'], [{ partindex: 10_000 }, 'partindex'], [{ partindex: 1, totalparts: 10_001 }, 'totalparts']] as const) {
      expect([fields, ...outcome(await mira.brings({ content: b }, { ...fields, uuid }))]).toEqual([fields, 400, [`${field}: invalid`]]);
    }
    await mira.brings({ content: b }, { partindex: 1, uuid });
    await mira.done({ uuid });
    expect(outcome(await mira.brings({ content: b }, { partindex: 1, uuid }))).toEqual([400, ['uuid: invalid']]);
  });

  test('PM-77 the parts together are bounded like a file: 413', async () => {
    const content = Buffer.alloc(FILE_MAX / 2, 1);
    const answers = await bringParts(mira, [0, 1, 2].map((index) => ({ index, content: index < 2 ? content : 'x' })));
    expect(answers.map(outcome)).toEqual([[200, []], [200, []], [413, ['too_large']]]);
    // the same part again is no more than before
    expect((await mira.brings({ content }, { partindex: 1, uuid: answers[0]!.body.file_uuid })).status).toBe(200);
  });

  test('PM-73 PM-77 PM-111 unknown uuids and those of others: 404, and nothing of them changes', async () => {
    const [first] = await bringParts(mira, [{ index: 0, content: a }], { totalparts: 1 });
    const uuid = first!.body.file_uuid;
    for (const foreign of [uuid, 'unknown', `${uuid}\u0000`, 'x'.repeat(5000)]) {
      expect([foreign, ...outcome(await olga.brings({ content: 'evil' }, { partindex: 0, uuid: foreign }))]).toEqual([foreign, 404, ['not_found']]);
      expect([foreign, ...outcome(await olga.done({ uuid: foreign, filename: 'evil' }))]).toEqual([foreign, 404, ['not_found']]);
      expect([foreign, ...outcome(await olga.brings({ content: png() }, { parentuuid: foreign }))]).toEqual([foreign, 404, ['not_found']]);
    }
    const { body } = await mira.done({ uuid, filename: 'mine' });
    expect((await fetchUrl(app, body.file_url)).bytes.toString()).toBe(a);
  });
});

describe('small pictures', () => {
  test('PM-74 an upload that names a parent; sent by either uuid, the message carries the parent', async () => {
    const uuid = await mira.brought({ content: 'a long film', name: 'film.mp4' });
    const { status, body } = await mira.brings({ content: png(3, 3), name: 'small.png' }, { parentuuid: uuid });
    expect([status, body]).toEqual([200, { file_url: expect.any(String), file_uuid: expect.stringMatching(UUID), parent_file_uuid: uuid }]);
    expect(body.file_uuid).not.toBe(uuid);
    for (const sent of [body.file_uuid, uuid, body.file_uuid]) {
      const { file } = await mira.wrote(jonas, '', { file_uuid: sent });
      expect(file).toMatchObject({ uuid, filename: 'film.mp4', filesize: 11, mimetype: 'application/octet-stream' });
      const [whole, small] = [await fetchUrl(app, file.url), await fetchUrl(app, file.thumbnail)];
      expect([whole.bytes.toString(), small.bytes.equals(png(3, 3)), small.headers.get('content-type')]).toEqual(['a long film', true, 'image/png']);
    }
    expect((await fetchUrl(app, body.file_url)).bytes.equals(png(3, 3))).toBe(true);
  });

  test('PM-74 a later one takes the place; it goes with the message and with nothing else', async () => {
    const uuid = await mira.brought({ content: 'film', name: 'film.mp4' });
    await mira.brings({ content: png(3, 3) }, { parentuuid: uuid });
    const { body } = await mira.brings({ content: png(4, 4) }, { parentuuid: uuid });
    const sent = await mira.wrote(jonas, '', { file_uuid: body.file_uuid });
    expect((await fetchUrl(app, sent.file.thumbnail)).bytes.equals(png(4, 4))).toBe(true);
    await mira.takesBack(sent.id);
    for (const url of [sent.file.thumbnail, sent.file.url, body.file_url]) expect((await fetchUrl(app, url)).status).toBe(404);
    // a small picture has none of its own
    expect((await mira.brings({ content: png() }, { parentuuid: body.file_uuid })).status).toBe(404);
  });

  test('PM-27 a picture with one shows that, without one itself', async () => {
    const bare = await mira.wrote(jonas, '', { file_uuid: await mira.brought({ content: png(9, 9), name: 'a.png' }) });
    expect(bare.file.thumbnail).toBe(bare.file.url);
    const uuid = await mira.brought({ content: png(9, 9), name: 'a.png' });
    await mira.brings({ content: png(2, 2) }, { parentuuid: uuid });
    const { file } = await mira.wrote(jonas, '', { file_uuid: uuid });
    expect([file.thumbnail === file.url, (await fetchUrl(app, file.thumbnail)).bytes.equals(png(2, 2))]).toEqual([false, true]);
  });
});

describe('files in messages', () => {
  test('PM-34 unknown, unfinished and somebody else’s are told apart by nobody', async () => {
    const [part] = await bringParts(mira, [{ index: 0, content: 'x' }], { totalparts: 1 });
    const foreign = await olga.brought({ content: 'hers', name: 'x' });
    const sent = (await olga.wrote(jonas, '', { file_uuid: foreign })).file.uuid;
    const answers = await Promise.all(['unknown', '', part!.body.file_uuid, foreign, sent, 5, true, {}, [foreign], 'x'.repeat(300), 'a\u0000'].map((file_uuid) => mira.writes(jonas, 'x', { file_uuid })));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(outcome(answers[0]!)).toEqual([400, ['file_uuid: does_not_exist']]);
    expect(await jonas.texts(mira)).toEqual([]);
  });

  test('PM-33 PM-34 with a file the text may be empty or absent, and null is no file', async () => {
    const uuid = await mira.brought({ content: 'x', name: 'x.txt' });
    for (const message of ['', undefined, null, ' ', 'words']) {
      const { status, body } = await mira.asks('POST', '/api/v2/pm/', { recipients: [jonas.id], file_uuid: uuid, ...(message === undefined ? {} : { message }) });
      expect([message, status, body[0]?.message]).toEqual([message, 201, message ?? '']);
    }
    expect(outcome(await mira.writes(jonas, '', { file_uuid: null }))).toEqual([400, ['message: required']]);
    expect((await mira.writes(jonas, 'x', { file_uuid: null })).body[0].file).toBeNull();
  });

  test('PM-34 to several people, and again by its owner: also after a day, while a message carries it', async () => {
    const uuid = await mira.brought({ content: 'plan', name: 'plan.txt' });
    const [first, second] = (await mira.writes([jonas, olga], '', { file_uuid: uuid })).body;
    expect([first.file.uuid, second.file.uuid]).toEqual([uuid, uuid]);
    clock.advance(30 * HOUR_MS);
    await app.app.get(Housekeeper, { strict: false }).sweep();
    await sweep();
    expect(await app.sql('SELECT 1 FROM pm_uploads WHERE uuid = $1', [uuid])).toEqual([]);
    const { file } = await mira.wrote(olga, '', { file_uuid: uuid });
    expect((await fetchUrl(app, file.url)).bytes.toString()).toBe('plan');
    // whoever received it does not own it
    expect(outcome(await jonas.writes(olga, '', { file_uuid: uuid }))).toEqual([400, ['file_uuid: does_not_exist']]);
  });

  test('PM-35 a refused message leaves its file to be sent later', async () => {
    const uuid = await mira.brought({ content: 'x', name: 'x.txt' });
    await jonas.follows(mira);
    expect((await mira.writes(jonas, '', { file_uuid: uuid })).status).toBe(403);
    await jonas.follows(mira);
    expect((await mira.writes(jonas, '', { file_uuid: uuid })).status).toBe(201);
  });

  test('PM-75 the address opens without a token, for one file in one role, until it ends; reading makes a new one', async () => {
    const uuid = await mira.brought({ content: 'x', name: 'x.txt' });
    const other = await mira.brought({ content: 'other', name: 'y.txt' });
    await mira.brings({ content: png() }, { parentuuid: uuid });
    const { file, id } = await mira.wrote(jonas, '', { file_uuid: uuid });
    const { url } = file;
    expect(url.startsWith(`${PUBLIC_URL}/api/v2/pm/file/${uuid}/?`)).toBe(true);
    for (const wrong of [
      url.split('?')[0]!, url.replace(uuid, other), url.replace('/?', '/thumbnail/?'), url.replace(/e=(\d+)/, (_all: string, e: string) => `e=${Number(e) + 9999}`),
      url.replace(/s=.{10}/, 's=AAAAAAAAAA'), `${url}&e=1`, url.replace(/s=[^&]*/, 's='), url.replace(uuid, 'constructor'), url.replace(uuid, '%00'),
      file.thumbnail.replace('/thumbnail/?', '/?'),
    ]) expect([wrong, (await fetchUrl(app, wrong)).status]).toEqual([wrong, 404]);
    expect((await ask(app, { path: url.replace(PUBLIC_URL, '').split('?')[0]!, token: mira.person.token })).status).toBe(404);
    clock.advance(23.5 * HOUR_MS);
    expect((await fetchUrl(app, url)).status).toBe(200);
    clock.advance(2 * HOUR_MS);
    expect((await fetchUrl(app, url)).status).toBe(404);
    const fresh = (await jonas.one(id)).body.file.url;
    expect((await fetchUrl(app, fresh)).status).toBe(200);
  });

  test('PM-75 ranges, HEAD, and 304 for who has it', async () => {
    const { body } = await mira.brings({ content: 'abcdefghij', name: 'x.bin' });
    const part = await fetchUrl(app, body.file_url, { Range: 'bytes=2-4' });
    expect([part.status, part.bytes.toString(), part.headers.get('content-range')]).toEqual([206, 'cde', 'bytes 2-4/10']);
    expect((await fetchUrl(app, body.file_url, { Range: 'bytes=20-' })).status).toBe(416);
    const head = await fetchUrl(app, body.file_url, {}, 'HEAD');
    expect([head.status, head.bytes.length, head.headers.get('content-length'), head.headers.get('accept-ranges')]).toEqual([200, 0, '10', 'bytes']);
    expect((await fetchUrl(app, body.file_url, { 'If-None-Match': head.headers.get('etag')! })).status).toBe(304);
  });

  test('PM-76 PM-09 serving is harmless, and pages of listed origins may fetch', async () => {
    for (const [content, name, type] of [['<script>alert(1)</script>', 'a"; evil.html', 'text/html'], ['<svg onload="alert(1)"/>', 'a.svg', 'image/svg+xml'], [png(), 'ä.png', 'image/png']] as const) {
      const { body } = await mira.brings({ content, name: 'blob', type }, { filename: name });
      const { headers } = await fetchUrl(app, body.file_url, { Origin: 'https://community.example' });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-disposition')).toMatch(/^attachment; filename="?[^"]*"?(; filename\*=UTF-8''[^;]*)?$/);
      expect(headers.get('content-security-policy')!.split(/; ?/).sort()).toEqual(["default-src 'none'", 'sandbox']);
      expect(headers.get('content-type')).toBe(content === png() || Buffer.isBuffer(content) ? 'image/png' : 'application/octet-stream');
      expect([headers.get('access-control-allow-origin'), headers.get('cross-origin-resource-policy')]).toEqual(['https://community.example', 'cross-origin']);
      expect(headers.get('cache-control')).toBe('private, no-cache');
    }
  });
});

describe('what is kept, and for how long', () => {
  test('PM-77 unfinished files, and finished ones that nobody sends, vanish after 24 hours', async () => {
    const [part] = await bringParts(mira, [{ index: 0, content: 'half of it' }], { totalparts: 2 });
    const whole = await mira.brings({ content: 'whole', name: 'x' });
    clock.advance(24 * HOUR_MS - 1000);
    expect([(await fetchUrl(app, whole.body.file_url)).status, (await mira.brings({ content: 'more' }, { partindex: 1, uuid: part!.body.file_uuid })).status]).toEqual([200, 200]);
    clock.advance(2000);
    expect((await mira.done({ uuid: part!.body.file_uuid })).status).toBe(404);
    expect(outcome(await mira.writes(jonas, '', { file_uuid: whole.body.file_uuid }))).toEqual([400, ['file_uuid: does_not_exist']]);
    await app.app.get(Housekeeper, { strict: false }).sweep();
    expect(await app.sql('SELECT 1 FROM pm_uploads u JOIN mailboxes b ON b.id = u.owner_id WHERE b.user_id = $1', [mira.id])).toEqual([]);
  });

  test('PM-77 what waits for one user is bounded, whole or in parts, and what is sent no longer waits', async () => {
    const content = Buffer.alloc(FILE_MAX, 1);
    const uuids: string[] = [];
    for (let count = 0; count < 20; count += 1) {
      content.writeUInt32BE(count);
      uuids.push(await mira.brought({ content, name: 'x.bin' }));
    }
    for (const fields of [{}, { partindex: 0 }, { parentuuid: uuids[0]! }]) expect(outcome(await mira.brings({ content: 'more' }, fields))).toEqual([413, ['too_large']]);
    expect((await jonas.brings({ content: 'his' })).status).toBe(200);
    await mira.wrote(jonas, '', { file_uuid: uuids[0] });
    expect((await mira.brings({ content: 'more' })).status).toBe(200);
  });

  test('PM-77 the bound holds for those who come at the same moment', async () => {
    const content = Buffer.alloc(FILE_MAX, 2);
    for (let count = 0; count < 18; count += 1) {
      content.writeUInt32BE(count);
      await mira.brought({ content, name: 'x.bin' });
    }
    const answers = await Promise.all([0, 1, 2, 3, 4, 5].map((index) => mira.brings({ content: Buffer.alloc(FILE_MAX, 10 + index) }, index % 2 ? {} : { partindex: 0 })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 413, 413, 413, 413]);
  });

  test('PM-77 many tiny parts count for more than their bytes', async () => {
    const { body } = await mira.brings({ content: 'x' }, { partindex: 0 });
    await app.sql(
      `INSERT INTO pm_upload_parts (owner_id, upload_id, part_index, byte_size, storage_key)
       SELECT owner_id, id, n, 1, repeat('a', 64) FROM pm_uploads, generate_series(1, 300) AS n WHERE uuid = $1`,
      [body.file_uuid],
    );
    expect(outcome(await mira.brings({ content: 'x' }, { partindex: 301, uuid: body.file_uuid }))).toEqual([413, ['too_large']]);
  });

  test('PM-77 PM-62 bytes stay as long as a part, a file, a small picture or a message needs them, and no longer', async () => {
    const [part] = await bringParts(mira, [{ index: 0, content: 'part canary' }], { totalparts: 2 });
    const uuid = await mira.brought({ content: 'file canary', name: 'x' });
    await mira.brings({ content: png(7, 7) }, { parentuuid: uuid });
    const sent = await mira.wrote(jonas, '', { file_uuid: uuid });
    const waiting = await mira.brings({ content: 'waiting canary', name: 'x' });
    const has = (content: string | Buffer) => storedFiles().includes(createHash('sha256').update(content).digest('hex'));
    clock.advance(3 * HOUR_MS);
    await sweep();
    expect([has('part canary'), has('file canary'), has(png(7, 7)), has('waiting canary')]).toEqual([true, true, true, true]);
    await mira.takesBack(sent.id);
    await sweep();
    expect([has('part canary'), has('file canary'), has(png(7, 7)), has('waiting canary')]).toEqual([true, false, false, true]);
    await mira.brings({ content: 'other half' }, { partindex: 1, uuid: part!.body.file_uuid });
    await mira.done({ uuid: part!.body.file_uuid });
    clock.advance(3 * HOUR_MS);
    await sweep();
    expect([has('part canary'), has('part canaryother half'), (await fetchUrl(app, waiting.body.file_url)).status]).toEqual([false, true, 200]);
    clock.advance(24 * HOUR_MS);
    await app.app.get(Housekeeper, { strict: false }).sweep();
    await sweep();
    expect([has('part canaryother half'), has('waiting canary')]).toEqual([false, false]);
  });

  test('PM-62 what was taken back has left no name and no bytes, though its upload would have stayed a day', async () => {
    const uuid = await mira.brought({ content: 'names canary', name: 'canary-name.txt' }, { duration: '7.25' });
    const { body } = await mira.brings({ content: png(13, 13), name: 'canary-picture.png' }, { parentuuid: uuid });
    const sent = await mira.wrote(jonas, '', { file_uuid: body.file_uuid });
    // the small picture still stands for the file, under the name the message gives it
    const again = await mira.wrote(olga, '', { file_uuid: body.file_uuid });
    expect([sent.file.filename, again.file.filename, again.file.uuid]).toEqual(['canary-name.txt', 'canary-name.txt', uuid]);
    expect((await mira.done({ uuid, filename: 'canary-later.txt' })).status).toBe(200);
    for (const { id } of [sent, again]) await mira.takesBack(id);
    clock.advance(3 * HOUR_MS);
    await sweep();
    const tables = ['pm_uploads', 'attachments', 'messages', 'deliveries', 'events'];
    const rows = await Promise.all(tables.map((table) => app.sql(`SELECT 1 FROM ${table} t WHERE t::text LIKE '%canary-%'`)));
    const has = (content: string | Buffer) => storedFiles().includes(createHash('sha256').update(content).digest('hex'));
    expect([rows.map((found) => found.length), has('names canary'), has(png(13, 13))]).toEqual([tables.map(() => 0), false, false]);
  });

  test('a file that is sent at the end of its day is not swept from under the message', async () => {
    const uuid = await mira.brought({ content: 'last minute canary', name: 'x' });
    clock.advance(24 * HOUR_MS - 1000);
    const sent = await mira.wrote(jonas, '', { file_uuid: uuid });
    clock.advance(2000);
    await app.app.get(Housekeeper, { strict: false }).sweep();
    await sweep();
    expect((await fetchUrl(app, sent.file.url)).bytes.toString()).toBe('last minute canary');
  });

  test('nor between its being found and its being sent', async () => {
    const uuid = await mira.brought({ content: 'very last minute canary', name: 'x' });
    await mira.brings({ content: png(11, 11) }, { parentuuid: uuid });
    clock.advance(24 * HOUR_MS - 1000);
    const sending = app.app.get(SendDirectMessage, { strict: false });
    const toAll = sending.toAll.bind(sending);
    const slow = jest.spyOn(sending, 'toAll').mockImplementationOnce(async (command) => {
      clock.advance(2000);
      await app.app.get(Housekeeper, { strict: false }).sweep();
      await sweep();
      return toAll(command);
    });
    const { file } = await mira.wrote(jonas, '', { file_uuid: uuid });
    slow.mockRestore();
    expect([(await fetchUrl(app, file.url)).bytes.toString(), (await fetchUrl(app, file.thumbnail)).status]).toEqual(['very last minute canary', 200]);
  });

  test('files of an account that is deleted go with it, sent or not', async () => {
    const waiting = await mira.brings({ content: 'x', name: 'x' });
    const sent = await mira.wrote(jonas, '', { file_uuid: await mira.brought({ content: 'y', name: 'y' }) });
    await app.app.get(DeleteUser, { strict: false }).execute(String(mira.id));
    for (const url of [waiting.body.file_url, sent.file.url]) expect((await fetchUrl(app, url)).status).toBe(404);
  });

  test('uploads that break off leave nothing, however many', async () => {
    const before = storedFiles().length;
    await Promise.all(Array.from({ length: 40 }, (_, index) => breakOff(mira.person.token, index)));
    await settled();
    expect([temporary(), openFilesBelow(folder()), storedFiles().length]).toEqual([[], [], before]);
  });

  test('an upload is written to the disk while it comes in, not held in memory', async () => {
    const big = await startApp({ db: app.db, clock, env: { PM_FILE_MAX: String(256 * 1024 * 1024) } });
    const person = await newUser(big);
    const chunk = Buffer.alloc(1024 * 1024, 3);
    const base = process.memoryUsage();
    let peak = 0;
    const answer = await stream(big, person.person.token, 240, chunk, () => {
      const { arrayBuffers, external } = process.memoryUsage();
      peak = Math.max(peak, Math.max(arrayBuffers, external) - Math.max(base.arrayBuffers, base.external));
    });
    await big.close();
    expect(answer).toBe(200);
    // what was freed and not collected yet counts, on both sides of the line
    expect(peak).toBeLessThan(120 * 1024 * 1024);
  });
});

describe('strangers', () => {
  test('PM-11 without a token: 401 everywhere but at signed addresses', async () => {
    const { id } = await mira.wrote(jonas, 'x');
    for (const [method, path] of [
      ['POST', '/api/v2/pm/'], ['GET', '/api/v2/pm/'], ['DELETE', '/api/v2/pm/'], ['GET', `/api/v2/pm/${id}/`], ['DELETE', `/api/v2/pm/${id}/`], ['POST', '/api/v2/pm/upload/'],
      ['POST', '/api/v2/pm/upload/?done'], ['POST', '/api/v2/pm/read/'], ['GET', '/api/v2/notification/'], ['GET', '/api/v2/notification/unseen/count/'], ['POST', '/api/v2/notification/read/'],
    ] as const) expect([method, path, ...outcome(await ask(app, { method, path }))]).toEqual([method, path, 401, ['not_authenticated']]);
  });
});

/** Sends the beginning of an upload and cuts the line. */
function breakOff(token: string, index: number): Promise<void> {
  return new Promise((resolve) => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'multipart/form-data; boundary=x', 'Content-Length': '150000' };
    const request = httpRequest(`${app.url}/api/v2/pm/upload/`, { method: 'POST', headers });
    request.on('error', () => undefined).on('close', () => resolve());
    request.write(`--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n${'y'.repeat(1000 * index)}`);
    setTimeout(() => request.destroy(), 50 + index);
  });
}

/** Sends a file of so many chunks, one after the other. @returns the status of the answer */
function stream(server: TestApp, token: string, count: number, chunk: Buffer, look: () => void): Promise<number> {
  const [head, tail] = ['--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n', '\r\n--x--\r\n'];
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'multipart/form-data; boundary=x', 'Content-Length': String(head.length + count * chunk.length + tail.length) };
    const request = httpRequest(`${server.url}/api/v2/pm/upload/`, { method: 'POST', headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
    request.write(head);
    const next = (left: number): void => {
      look();
      if (left === 0) request.end(tail);
      else if (request.write(chunk)) setImmediate(next, left - 1);
      else request.once('drain', () => next(left - 1));
    };
    next(count);
  });
}
