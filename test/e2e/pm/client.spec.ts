import { jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { fetchUrl, type Loose, newUser, type PmUser } from '../../support/clients/pm.js';
import { png } from '../../support/pictures.js';
import { startApp, type TestApp } from '../../support/app.js';
import { TestClock } from '../../support/store.js';

// The published client of the API, as it is: what it sends and what it can read is not ours to say.
const { PrivateMessageService, UserService, NotificationService, http, formatHttpError, formatHttpErrorCode, generateJWTToken } = createRequire(import.meta.url)(
  '@selfcommunity/api-services',
);

const JWT_SECRET = 'test-jwt-secret-0123456789abcdef0123456789';
// the client mints its tokens by the clock of the machine
const clock = new TestClock(Date.now());
const md5 = (content: string | Buffer) => createHash('md5').update(content).digest('hex');

let app: TestApp;
let mira: PmUser;
let jonas: PmUser;
let olga: PmUser;
beforeAll(async () => {
  app = await startApp({ clock, env: { PM_JWT_SECRET: JWT_SECRET } });
  http.setBasePortal(app.url);
});
beforeEach(async () => {
  // it says on the console what the server refuses
  for (const method of ['warn', 'info', 'log'] as const) jest.spyOn(console, method).mockImplementation(() => undefined);
  [mira, jonas, olga] = [await newUser(app), await newUser(app), await newUser(app)];
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => app.close());

const as = (who: PmUser) => http.setAuthorizeToken(who.person.token);
const multipart = { headers: { 'Content-Type': 'multipart/form-data' } };

/** @returns what the client makes of a refusal */
async function refusal(work: Promise<unknown>): Promise<{ status: number; error: Loose; code: Loose }> {
  try {
    await work;
  } catch (error) {
    return { status: (error as Loose).response?.status, error: formatHttpError(error), code: formatHttpErrorCode(error) };
  }
  throw new Error('the server took it');
}

function form(fields: Record<string, string | Buffer>, name = 'blob'): FormData {
  const data = new FormData();
  for (const [field, value] of Object.entries(fields)) {
    if (field === 'file') data.append(field, new Blob([new Uint8Array(Buffer.from(value as string))]), name);
    else data.append(field, value as string);
  }
  return data;
}

/** Jonas follows Mira, through the client. */
async function followed(): Promise<void> {
  as(jonas);
  expect(await UserService.followUser(mira.id)).toBe('');
  as(mira);
}

describe('the published client', () => {
  test('PM-44 PM-94 PM-45 writes only to those who follow: before that it reads a refusal, after that a message', async () => {
    as(mira);
    const before = await refusal(PrivateMessageService.sendAMessage({ recipients: [jonas.id], message: 'Lunch?' }));
    expect([before.status, before.code, typeof before.error.error]).toEqual([403, { error: 'permission_denied' }, 'string']);
    expect(await UserService.checkUserFollower(jonas.id)).toEqual({ is_follower: false });
    await followed();
    expect(await UserService.checkUserFollower(jonas.id)).toEqual({ is_follower: true });
    expect((await UserService.getSpecificUser(jonas.id)).can_send_pm_to).toBe(true);
    const sent = await PrivateMessageService.sendAMessage({ recipients: [jonas.id], message: 'Lunch?' });
    expect([sent.sender_id, sent.sender.id, sent.receiver.id, sent.message, sent.status, sent.file]).toEqual([mira.id, mira.id, jonas.id, 'Lunch?', 'created', null]);
    // an unfollow, and it is over
    as(jonas);
    await UserService.followUser(mira.id);
    as(mira);
    expect((await refusal(PrivateMessageService.sendAMessage({ recipients: jonas.id, message: 'Lunch?' }))).status).toBe(403);
  });

  test('PM-40 PM-41 gets one message for the first form of the request, a list for that of the web interface', async () => {
    await followed();
    const one = await PrivateMessageService.sendAMessage({ recipients: jonas.id, message: 'as typed by the package' });
    expect([Array.isArray(one), one.message, one.length]).toEqual([false, 'as typed by the package', undefined]);
    const list = await PrivateMessageService.sendAMessage({ recipients: [jonas.id], message: 'as the interface sends it', file_uuid: null });
    expect([list.length, list[0].message, list[0].receiver.id]).toEqual([1, 'as the interface sends it', jonas.id]);
  });

  test('PM-16 takes errors apart by field and by code', async () => {
    await followed();
    const blank = await refusal(PrivateMessageService.sendAMessage({ recipients: [987654321], message: '' }));
    expect([blank.status, blank.code]).toEqual([400, { messageError: { error: 'required' } }]);
    const unknown = await refusal(PrivateMessageService.sendAMessage({ recipients: [987654321], message: 'x', file_uuid: 'nothing' }));
    expect(unknown.code).toEqual({ recipientsError: { error: 'does_not_exist' }, fileUuidError: { error: 'does_not_exist' } });
    expect(unknown.error.recipientsError.error.length).toBeGreaterThan(0);
    http.setAuthorizeToken('pppm_nonsense');
    const stranger = await refusal(PrivateMessageService.getAllSnippets());
    expect([stranger.status, stranger.code]).toEqual([401, { error: 'authentication_failed' }]);
  });

  test('PM-25 PM-50 lists threads that the interface takes for conversations of two', async () => {
    await followed();
    await PrivateMessageService.sendAMessage({ recipients: [jonas.id], message: 'Lunch?' });
    as(jonas);
    const { count, next, results } = await PrivateMessageService.getAllSnippets();
    expect([count, next]).toEqual([1, null]);
    const [snippet] = results;
    // the interface asks `group !== null`, of messages as well
    expect([snippet.group, snippet.thread_status, snippet.headline, snippet.sender.id, snippet.receiver.id]).toEqual([null, 'new', 'Lunch?', mira.id, jonas.id]);
    const thread = await PrivateMessageService.getAThread({ thread: snippet.id });
    expect(thread.results.map((message: Loose) => [message.message, message.group, message.thread_id])).toEqual([['Lunch?', null, snippet.id]]);
    expect((await PrivateMessageService.getAllSnippets()).results[0].thread_status).toBe('seen');
  });

  test('PM-51 PM-10 PM-52 PM-53 reads threads by their id or by the person, page by page', async () => {
    await followed();
    const sent: Loose[] = [];
    for (const message of ['one', 'two', 'three', 'four', 'five']) sent.push(await PrivateMessageService.sendAMessage({ recipients: jonas.id, message }));
    const texts = async (params: object) => (await PrivateMessageService.getAThread(params)).results.map((message: Loose) => message.message);
    expect(await texts({ thread: undefined, user: jonas.id })).toEqual(['one', 'two', 'three', 'four', 'five']);
    expect(await texts({ thread: sent[0].thread_id, limit: 2 })).toEqual(['four', 'five']);
    expect(await texts({ user: jonas.id, limit: 2, before_message: sent[3].id })).toEqual(['two', 'three']);
    expect(await texts({ user: jonas.id, from_message: sent[3].id })).toEqual(['four', 'five']);
    expect(await texts({ user: olga.id })).toEqual([]);
    expect((await refusal(PrivateMessageService.getAThread({ thread: 99999999 }))).status).toBe(404);
  });

  test('PM-56 PM-60 PM-63 PM-04 reads one message, takes it back, deletes the thread', async () => {
    await followed();
    const { id, thread_id } = await PrivateMessageService.sendAMessage({ recipients: jonas.id, message: 'Lunch?' });
    expect((await PrivateMessageService.getASingleMessage(id)).message).toBe('Lunch?');
    as(jonas);
    expect((await refusal(PrivateMessageService.deleteAMessage(id))).status).toBe(403);
    as(olga);
    expect((await refusal(PrivateMessageService.getASingleMessage(id))).status).toBe(404);
    as(mira);
    expect(await PrivateMessageService.deleteAMessage(id)).toBe('');
    expect((await refusal(PrivateMessageService.getASingleMessage(id))).status).toBe(404);
    await PrivateMessageService.sendAMessage({ recipients: jonas.id, message: 'Dinner?' });
    as(jonas);
    expect(await PrivateMessageService.deleteAThread({ thread: thread_id })).toBe('');
    expect((await PrivateMessageService.getAllSnippets()).count).toBe(0);
    as(mira);
    expect(await PrivateMessageService.deleteAThread({ user: jonas.id })).toBe('');
  });

  test('PM-61 takes a message back late: its place stays', async () => {
    await followed();
    const { id } = await PrivateMessageService.sendAMessage({ recipients: jonas.id, message: 'Lunch?' });
    clock.advance(60_000);
    await PrivateMessageService.deleteAMessage(id);
    expect(await PrivateMessageService.getASingleMessage(id)).toMatchObject({ status: 'hidden', message: 'Message delete', file: null });
  });

  test('PM-70 PM-73 PM-34 brings a file in one piece and sends it', async () => {
    await followed();
    const media = await PrivateMessageService.uploadMedia(form({ file: png(20, 10), md5: md5(png(20, 10)), filetype: 'image/png' }, 'harbour.png'), multipart);
    expect(media).toEqual({ file_url: expect.any(String), file_uuid: expect.any(String) });
    expect(await PrivateMessageService.chunkUploadDone({ uuid: media.file_uuid, filename: 'harbour.png' })).toMatchObject({ file_uuid: media.file_uuid });
    const [sent] = await PrivateMessageService.sendAMessage({ recipients: [jonas.id], message: '', file_uuid: media.file_uuid });
    expect(sent.file).toMatchObject({ uuid: media.file_uuid, filename: 'harbour.png', filesize: png(20, 10).length, mimetype: 'image/png' });
    expect(sent.file.thumbnail).toBe(sent.file.url);
    expect((await fetchUrl(app, sent.file.url)).bytes.equals(png(20, 10))).toBe(true);
  });

  test('PM-72 PM-74 brings a file in parts and its small picture, and sends it by the uuid of the picture', async () => {
    await followed();
    const content = Buffer.from(Array.from({ length: 5_000 }, (_, index) => index % 251));
    let uuid: string | undefined;
    for (const index of [0, 1, 2]) {
      const part = form({ file: content.subarray(index * 2000, (index + 1) * 2000), partindex: String(index), totalparts: '3', ...(uuid === undefined ? {} : { uuid }) }, 'film.mp4');
      const answer = await PrivateMessageService.uploadMediaInChunks(part, multipart);
      expect(answer.file_uuid).toBe(uuid ?? answer.file_uuid);
      uuid = answer.file_uuid;
    }
    const done = await PrivateMessageService.chunkUploadDone(form({ uuid: uuid!, filename: 'film.mp4', totalparts: '3' }), multipart);
    expect((await fetchUrl(app, done.file_url)).bytes.equals(content)).toBe(true);
    const thumbnail = await PrivateMessageService.uploadThumbnail(form({ file: png(8, 8), parentuuid: uuid! }, 'film.jpg'), multipart);
    expect(thumbnail).toEqual({ file_url: expect.any(String), file_uuid: expect.any(String), parent_file_uuid: uuid });
    const [sent] = await PrivateMessageService.sendAMessage({ recipients: [jonas.id], message: '', file_uuid: thumbnail.file_uuid });
    expect(sent.file).toMatchObject({ uuid, filename: 'film.mp4', filesize: 5_000 });
    expect((await fetchUrl(app, sent.file.thumbnail)).bytes.equals(png(8, 8))).toBe(true);
    as(jonas);
    expect((await PrivateMessageService.getAllSnippets()).results[0].headline).toBe('film.mp4');
  });

  test('PM-10 PM-70 a caller who forgets the header of an upload reads what is missing', async () => {
    as(mira);
    const { status, code } = await refusal(PrivateMessageService.uploadMedia(form({ file: 'x' }, 'x.txt')));
    expect([status, code]).toEqual([400, { fileError: { error: 'required' } }]);
  });

  test('PM-80 finds those who follow', async () => {
    await followed();
    const { username } = (await UserService.getSpecificUser(jonas.id));
    const { count, results } = await PrivateMessageService.searchUser(username.toUpperCase());
    expect([count, results.map((user: Loose) => user.id)]).toEqual([1, [jonas.id]]);
    as(olga);
    expect((await PrivateMessageService.searchUser(username)).count).toBe(0);
  });

  test('PM-90 PM-91 PM-92 counts, lists and marks notifications', async () => {
    await followed();
    const first = await PrivateMessageService.sendAMessage({ recipients: jonas.id, message: 'one' });
    await PrivateMessageService.sendAMessage({ recipients: jonas.id, message: 'two' });
    as(jonas);
    expect(await NotificationService.getUnseenNotification()).toEqual({ count: 2 });
    expect(await NotificationService.markReadNotification([String(first.id)])).toBe('');
    const { results } = await NotificationService.listUserNotification();
    expect(results.map((item: Loose) => [item.is_new, item.aggregated[0].type, item.aggregated[0].message.message])).toEqual([[true, 'private_message', 'two'], [false, 'private_message', 'one']]);
    expect((await UserService.getCurrentUser()).unseen_interactions_counter).toBe(0);
  });

  test('PM-12 is let in with the tokens it mints itself', async () => {
    http.setAuthorizeToken(await generateJWTToken(mira.id, JWT_SECRET));
    expect((await UserService.getCurrentUser()).id).toBe(mira.id);
  });
});
