import { type Answer, faultsOf, fetchUrl, type Loose, type PmUser, userOf } from '../../support/clients/pm.js';
import { form, type OssnUser, outcomeOf, send, Site, type WireAnswer } from '../../support/clients/ossn.js';
import { pdf } from '../../support/documents.js';
import { png } from '../../support/pictures.js';
import { startApp, type TestApp } from '../../support/app.js';
import { TestClock } from '../../support/store.js';

const clock = new TestClock();
const PUBLIC_URL = 'https://post.example';
const FORBIDDEN = [403, ['permission_denied']];
const outcome = (answer: Answer) => [answer.status, faultsOf(answer)];

/** One person who speaks both tongues. */
interface Both {
  readonly ossn: OssnUser;
  readonly pm: PmUser;
}

let app: TestApp;
let site: Site;
let ines: Both;
let olu: Both;
beforeAll(async () => {
  app = await startApp({ clock, env: { PUBLIC_URL } });
  site = new Site(app.url);
});
beforeEach(async () => {
  clock.advance(3_600_000);
  [ines, olu] = [await both('Ines'), await both('Olu')];
  await ines.pm.follows(olu.pm);
  await olu.pm.follows(ines.pm);
});
afterAll(() => app.close());

async function both(name: string): Promise<Both> {
  const ossn = await site.user(name);
  return { ossn, pm: await userOf(app, ossn.guid) };
}

const say = (from: Both, to: Both, text: string): Promise<Loose> => site.message(from.ossn, to.ossn, text);
/** A conversation as OSSN shows it to one of the two. */
const listed = async (reader: Both, partner: Both, more: Record<string, string | number> = {}): Promise<Loose[]> => {
  const { list } = await site.payload('v2.0/message/list', { guid: reader.ossn.guid, to: partner.ossn.guid, ...more });
  return list === false ? [] : list;
};
const messages = async (of: Both): Promise<number> => (await site.payload('v1.0/notifications_count', { guid: of.ossn.guid })).messages;
const remove = (id: number, by: Both, type?: string) => site.payload('v1.0/message_delete', { id, guid: by.ossn.guid, type });
const shown = async (reader: Both, partner: Both): Promise<Loose[]> => (await reader.pm.reads(partner.pm)).body.results;
/** As shown, without marking anything. */
const peeked = async (reader: Both, partner: Both): Promise<Loose[]> => (await reader.pm.reads(partner.pm, '&before_message=9007199254740991')).body.results;
const ossnFile = (address: string): Promise<WireAnswer> => send(app.url, { method: 'GET', path: address.slice(PUBLIC_URL.length) });

describe('one conversation, two tongues', () => {
  test('PM-23 people and messages have the same ids in both, and one order', async () => {
    const ids = [(await say(ines, olu, 'one')).id, (await olu.pm.wrote(ines.pm, 'two')).id, (await say(olu, ines, 'three')).id, (await ines.pm.wrote(olu.pm, 'four')).id];
    for (const [reader, partner] of [[ines, olu], [olu, ines]] as const) {
      expect((await shown(reader, partner)).map((message) => [message.id, message.message, message.sender_id])).toEqual([
        [ids[0], 'one', ines.ossn.guid], [ids[1], 'two', olu.ossn.guid], [ids[2], 'three', olu.ossn.guid], [ids[3], 'four', ines.ossn.guid],
      ]);
      expect((await listed(reader, partner)).map((message) => [message.id, message.message, message.message_from])).toEqual([
        [ids[0], 'one', ines.ossn.guid], [ids[1], 'two', olu.ossn.guid], [ids[2], 'three', olu.ossn.guid], [ids[3], 'four', ines.ossn.guid],
      ]);
    }
    expect((await ines.pm.snippets()).body.results.map((snippet: Loose) => snippet.headline)).toEqual(['four']);
    expect((await site.payload('v1.0/message_recent', { guid: ines.ossn.guid })).list.map((message: Loose) => message.id)).toEqual([ids[3]]);
  });

  test('PM-22 a message of the other tongue has the same shape', async () => {
    await say(ines, olu, 'Lunch?');
    const [foreign] = await shown(olu, ines);
    const own = await ines.pm.wrote(olu.pm, 'Dinner?');
    expect(Object.keys(foreign).sort()).toEqual(Object.keys(own).sort());
    expect(foreign).toMatchObject({ status: 'created', file: null, group: null, thread_id: own.thread_id });
  });
});

describe('read by the recipient', () => {
  test('PM-55 sent through OSSN, read through PM: viewed, and counted nowhere any more', async () => {
    await say(ines, olu, 'one');
    await say(ines, olu, 'two');
    expect([await messages(olu), (await olu.pm.snippetOf(ines.pm)).unread_count, await olu.pm.unseen()]).toEqual([2, 2, 2]);
    expect([(await olu.pm.snippetOf(ines.pm)).thread_status, (await ines.pm.snippetOf(olu.pm)).thread_status]).toEqual(['new', 'seen']);
    expect((await listed(ines, olu)).map(({ viewed }) => viewed)).toEqual(['0', '0']);
    await olu.pm.reads(ines.pm);
    expect((await listed(ines, olu)).map(({ viewed }) => viewed)).toEqual(['1', '1']);
    expect([await messages(olu), (await olu.pm.snippetOf(ines.pm)).thread_status, await olu.pm.unseen()]).toEqual([0, 'seen', 0]);
    expect((await site.payload('v2.0/message/new', { to: olu.ossn.guid, from: ines.ossn.guid })).list).toBe(false);
  });

  test('PM-91 sent through PM, marked through OSSN: the thread is seen and its notifications read', async () => {
    await ines.pm.wrote(olu.pm, 'one');
    await ines.pm.wrote(olu.pm, 'two');
    expect((await site.payload('v2.0/message/new', { to: olu.ossn.guid, from: ines.ossn.guid })).list.map((message: Loose) => message.message)).toEqual(['two', 'one']);
    expect([await messages(olu), await olu.pm.unseen()]).toEqual([2, 2]);
    await listed(olu, ines, { markallread: 1 });
    expect([await messages(olu), await olu.pm.unseen(), (await olu.pm.snippetOf(ines.pm)).thread_status]).toEqual([0, 0, 'seen']);
    expect((await olu.pm.notifications()).body.results.map((item: Loose) => item.is_new)).toEqual([false, false]);
  });

  test('PM-37 an answer through PM has seen what came through OSSN', async () => {
    await say(ines, olu, 'Lunch?');
    await olu.pm.wrote(ines.pm, 'Yes!');
    expect((await listed(ines, olu)).map(({ viewed }) => viewed)).toEqual(['1', '0']);
    expect([await messages(olu), await messages(ines)]).toEqual([0, 1]);
  });

  test('PM-91 being told of a message is not reading it', async () => {
    await say(ines, olu, 'Lunch?');
    await olu.pm.notifications();
    expect([(await listed(ines, olu))[0].viewed, await messages(olu), await olu.pm.unseen()]).toEqual(['0', 1, 0]);
  });
});

describe('taken back for both', () => {
  test.each([['OSSN', 'PM'], ['PM', 'OSSN'], ['PM', 'PM'], ['OSSN', 'OSSN']])('PM-61 sent through %s, taken back through %s within 60 seconds', async (sentBy, takenBy) => {
    const { id } = sentBy === 'PM' ? await ines.pm.wrote(olu.pm, 'Oops') : await say(ines, olu, 'Oops');
    clock.advance(59_000);
    if (takenBy === 'PM') {
      expect((await ines.pm.takesBack(id)).status).toBe(204);
      for (const [reader, partner] of [[ines, olu], [olu, ines]] as const) expect([await listed(reader, partner), await shown(reader, partner)]).toEqual([[], []]);
      expect((await site.post('v1.0/message_recent', { guid: olu.ossn.guid })).body.payload.list).toBe(false);
    } else {
      await remove(id, ines);
      for (const [reader, partner] of [[ines, olu], [olu, ines]] as const) {
        expect(await listed(reader, partner)).toMatchObject([{ id, message: '', is_deleted: '1' }]);
        expect(await shown(reader, partner)).toMatchObject([{ id, message: 'Message delete', status: 'hidden' }]);
      }
    }
    expect([await messages(olu), (await app.sql("SELECT 1 FROM messages WHERE body = 'Oops'")).length]).toEqual([0, 0]);
  });

  test.each([['OSSN', 'PM'], ['PM', 'OSSN']])('PM-61 sent through %s, taken back through %s later: the place stays in both', async (sentBy, takenBy) => {
    const { id } = sentBy === 'PM' ? await ines.pm.wrote(olu.pm, 'Oops') : await say(ines, olu, 'Oops');
    clock.advance(60_000);
    if (takenBy === 'PM') await ines.pm.takesBack(id);
    else await remove(id, ines);
    for (const [reader, partner] of [[ines, olu], [olu, ines]] as const) {
      expect(await listed(reader, partner)).toMatchObject([{ id, message: '', is_deleted: '1' }]);
      expect(await shown(reader, partner)).toMatchObject([{ id, message: 'Message delete', status: 'hidden', file: null }]);
      expect((await reader.pm.snippetOf(partner.pm)).headline).toBe('Message delete');
    }
    // and once more through the other one
    expect([(await ines.pm.takesBack(id)).status, await remove(id, ines)]).toEqual([204, true]);
  });

  test('PM-60 only the sender may, in either tongue', async () => {
    const { id } = await say(ines, olu, 'mine');
    expect(outcome(await olu.pm.takesBack(id))).toEqual(FORBIDDEN);
    const sent = await ines.pm.wrote(olu.pm, 'mine, too');
    expect((await site.post('v1.0/message_delete', { id: sent.id, guid: olu.ossn.guid })).body.code).toBe('200');
    expect((await shown(olu, ines)).map(({ message }) => message)).toEqual(['mine', 'mine, too']);
  });
});

describe('removed from one view', () => {
  test('through OSSN: gone for that side in PM, and the other keeps it', async () => {
    const first = await ines.pm.wrote(olu.pm, 'one');
    await ines.pm.wrote(olu.pm, 'two');
    await remove(first.id, olu, 'me');
    expect([(await shown(olu, ines)).map(({ message }) => message), (await olu.pm.one(first.id)).status]).toEqual([['two'], 404]);
    expect((await olu.pm.notifications()).body.results.length).toBe(1);
    expect([(await shown(ines, olu)).map(({ message }) => message), (await ines.pm.one(first.id)).status]).toEqual([['one', 'two'], 200]);
    expect((await listed(ines, olu))[0]).toMatchObject({ id: first.id, is_deleted_from: '', is_deleted_to: '1' });
  });

  test('PM-63 through PM: the thread is empty for that side in OSSN, and the other sees who removed it', async () => {
    await say(ines, olu, 'one');
    await olu.pm.wrote(ines.pm, 'two');
    expect((await olu.pm.clears(ines.pm)).status).toBe(204);
    expect([await listed(olu, ines), await shown(olu, ines), await messages(olu)]).toEqual([[], [], 0]);
    expect((await listed(ines, olu)).map((message) => [message.message, message.is_deleted_from, message.is_deleted_to])).toEqual([['one', '', '1'], ['two', '1', '']]);
    expect((await peeked(ines, olu)).map(({ message }) => message)).toEqual(['one', 'two']);
    await say(ines, olu, 'three');
    expect([(await listed(olu, ines)).map(({ message }) => message), (await peeked(olu, ines)).map(({ message }) => message), await messages(olu)]).toEqual([['three'], ['three'], 1]);
  });
});

describe('who may write', () => {
  test('PM-44 OSSN needs no follow, PM does, also for an answer to what came through OSSN', async () => {
    const [ada, ben] = [await both('Ada'), await both('Ben')];
    await say(ada, ben, 'Hello');
    expect(outcome(await ben.pm.writes(ada.pm, 'Hello to you'))).toEqual(FORBIDDEN);
    expect((await shown(ben, ada)).length).toBe(1);
    await ada.pm.follows(ben.pm);
    expect((await ben.pm.writes(ada.pm, 'Hello to you')).status).toBe(201);
    // a friendship is no follow
    const [cleo, dan] = [await both('Cleo'), await both('Dan')];
    await site.payload('v1.0/user_add_friend', { user_a: cleo.ossn.guid, user_b: dan.ossn.guid });
    await site.payload('v1.0/user_add_friend', { user_a: dan.ossn.guid, user_b: cleo.ossn.guid });
    expect(outcome(await cleo.pm.writes(dan.pm, 'Hi'))).toEqual(FORBIDDEN);
  });

  test.each(['OSSN', 'PM'])('PM-96 PM-47 a block set through %s holds in both, and is shown in both', async (tongue) => {
    if (tongue === 'OSSN') await site.payload('v2.0/user/block', { guid: olu.ossn.guid, to_block_guid: ines.ossn.guid });
    else await olu.pm.hides(ines.pm);
    for (const [from, to] of [[ines, olu], [olu, ines]] as const) {
      expect(outcome(await from.pm.writes(to.pm, 'x'))).toEqual(FORBIDDEN);
      expect(outcomeOf(await site.post('v2.0/message/send', { from: from.ossn.guid, to: to.ossn.guid, message: 'x' }))[0]).toBe('200');
    }
    expect((await site.payload('v2.0/user/blocklist', { guid: olu.ossn.guid })).list.map((user: Loose) => user.guid)).toEqual([ines.ossn.guid]);
    expect((await olu.pm.asks('GET', `/api/v2/user/${ines.pm.id}/is_hidden/`)).body).toEqual({ is_hidden: true });
    if (tongue === 'OSSN') await olu.pm.hides(ines.pm);
    else await site.payload('v2.0/user/unblock', { guid: olu.ossn.guid, to_unblock_guid: ines.ossn.guid });
    expect([(await ines.pm.writes(olu.pm, 'x')).status, (await say(olu, ines, 'x')).message]).toEqual([201, 'x']);
  });
});

describe('files', () => {
  const sendFile = async (content: Buffer, filename: string): Promise<Loose> =>
    (await site.upload('v2.0/message/send', { from: ines.ossn.guid, to: olu.ossn.guid, message: 'see this' }, { filename, content })).body.payload;

  test('PM-27 sent through OSSN, shown and fetched through PM', async () => {
    const sent = await sendFile(pdf('plan'), 'plan.pdf');
    const [{ file, message }] = await shown(olu, ines);
    expect(message).toBe('see this');
    expect(file).toEqual({ uuid: sent.attachment_guid, filename: 'plan.pdf', filesize: pdf('plan').length, mimetype: 'application/pdf', duration: null, url: expect.any(String), thumbnail: null });
    const fetched = await fetchUrl(app, file.url);
    expect([fetched.status, fetched.bytes.equals(pdf('plan')), fetched.headers.get('content-disposition')]).toEqual([200, true, expect.stringMatching(/^attachment/)]);
    const picture = await sendFile(png(6, 6), 'harbour.png');
    const last = (await shown(olu, ines)).at(-1).file;
    expect([last.uuid, last.mimetype, last.thumbnail]).toEqual([picture.attachment_guid, 'image/png', last.url]);
  });

  test('PM-34 sent through OSSN, sent again through PM by its owner and nobody else', async () => {
    const { attachment_guid } = await sendFile(pdf('plan'), 'plan.pdf');
    const again = await ines.pm.wrote(olu.pm, '', { file_uuid: attachment_guid });
    expect([again.file.filename, (await fetchUrl(app, again.file.url)).bytes.equals(pdf('plan'))]).toEqual(['plan.pdf', true]);
    expect(outcome(await olu.pm.writes(ines.pm, '', { file_uuid: attachment_guid }))).toEqual([400, ['file_uuid: does_not_exist']]);
  });

  test('a type OSSN knows, sent through PM, is an attachment there', async () => {
    const content = png(5, 5);
    const uuid = await ines.pm.brought({ content, name: 'harbour.png' });
    await ines.pm.brings({ content: png(2, 2) }, { parentuuid: uuid });
    const { id } = await ines.pm.wrote(olu.pm, '', { file_uuid: uuid });
    const [message] = await listed(olu, ines);
    expect(message).toMatchObject({ id, message: '', attachment_name: 'harbour.png', type_of_attachment: 'image', attachment_guid: expect.stringMatching(/^\d+$/) });
    const fetched = await ossnFile(message.attachment_url);
    expect([fetched.status, fetched.headers['content-type'], Number(fetched.headers['content-length'])]).toEqual([200, 'image/png', content.length]);
    const document = await ines.pm.wrote(olu.pm, 'and this', { file_uuid: await ines.pm.brought({ content: pdf('x'), name: 'plan.pdf' }) });
    expect((await listed(olu, ines)).at(-1)).toMatchObject({ id: document.id, message: 'and this', attachment_name: 'plan.pdf', type_of_attachment: 'file' });
  });

  test('any other type is told there by its name', async () => {
    await ines.pm.wrote(olu.pm, '', { file_uuid: await ines.pm.brought({ content: 'x', name: 'notes <1>.txt' }) });
    await ines.pm.wrote(olu.pm, 'my notes', { file_uuid: await ines.pm.brought({ content: 'x', name: 'notes.txt' }) });
    const list = await listed(olu, ines);
    expect(list.map(({ message }) => message)).toEqual(['[notes &lt;1&gt;.txt]', expect.stringMatching(/^my notes<br \/>\n\[notes\.txt\]$/)]);
    for (const message of list) expect(message).not.toHaveProperty('attachment_guid');
  });

  test('OSSN-23 what is not what its name says is told there by its name, too, and cannot be fetched there', async () => {
    const names = ['menu.pdf', 'harbour.png', 'photo.jpg', 'letter.docx'];
    for (const name of names) await ines.pm.wrote(olu.pm, '', { file_uuid: await ines.pm.brought({ content: '<svg><script>1</script></svg>', name }) });
    await ines.pm.wrote(olu.pm, '', { file_uuid: await ines.pm.brought({ content: pdf('x'), name: 'plan.png' }) });
    const list = await listed(olu, ines);
    expect(list.map(({ message }) => message)).toEqual([...names, 'plan.png'].map((name) => `[${name}]`));
    for (const message of list) expect(message).not.toHaveProperty('attachment_guid');
    await ines.pm.wrote(olu.pm, '', { file_uuid: await ines.pm.brought({ content: pdf('x'), name: 'plan.pdf' }) });
    const wireIds = await app.sql<{ wire_id: string }>('SELECT wire_id FROM attachments ORDER BY id DESC LIMIT 6');
    const statuses = wireIds.map(async ({ wire_id: id }) => (await ossnFile(`${PUBLIC_URL}/messages/attachment/${id}?api_key_token=${site.key}`)).status);
    expect(await Promise.all(statuses)).toEqual([200, 404, 404, 404, 404, 404]);
  });

  test.each([['OSSN', 'PM'], ['PM', 'OSSN']])('PM-62 sent through %s, taken back through %s: the file opens at no address of either', async (sentBy, takenBy) => {
    const sent = sentBy === 'OSSN' ? await sendFile(pdf('gone'), 'gone.pdf') : await ines.pm.wrote(olu.pm, '', { file_uuid: await ines.pm.brought({ content: pdf('gone'), name: 'gone.pdf' }) });
    const [{ file }] = await peeked(olu, ines);
    const [{ attachment_url }] = await listed(olu, ines);
    expect([(await fetchUrl(app, file.url)).status, (await ossnFile(attachment_url)).status]).toEqual([200, 200]);
    if (takenBy === 'PM') await ines.pm.takesBack(sent.id);
    else await remove(sent.id, ines);
    expect([(await fetchUrl(app, file.url)).status, (await ossnFile(attachment_url)).status]).toEqual([404, 404]);
  });

  test('PM-75 an address of one tongue opens nothing of the other', async () => {
    const sent = await sendFile(pdf('plan'), 'plan.pdf');
    const [{ file }] = await shown(olu, ines);
    const pmQuery = file.url.split('?')[1]!;
    const ossnQuery = sent.attachment_url.split('?')[1]!;
    expect((await ossnFile(`${sent.attachment_url.split('?')[0]}?${pmQuery}`)).status).toBe(404);
    expect((await fetchUrl(app, `${file.url.split('?')[0]}?${ossnQuery}`)).status).toBe(404);
  });
});

describe('text', () => {
  test('PM-110 OSSN encodes it as HTML, PM only what could open a tag; both show what was typed', async () => {
    const typed = '<b>1 < 2 & "3" > 2</b> \u{1f986}';
    await say(ines, olu, typed);
    await ines.pm.wrote(olu.pm, typed);
    const encoded = '&lt;b&gt;1 &lt; 2 &amp; &quot;3&quot; &gt; 2&lt;/b&gt; &#x1f986;';
    expect((await listed(olu, ines)).map(({ message }) => message)).toEqual([encoded, encoded]);
    const safe = '&lt;b>1 < 2 & "3" > 2&lt;/b> \u{1f986}';
    expect((await shown(olu, ines)).map(({ message }) => message)).toEqual([safe, safe]);
    const bodies = await app.sql<{ body: Buffer }>('SELECT body FROM messages ORDER BY id DESC LIMIT 2');
    expect(bodies.map(({ body }) => body.toString())).toEqual([typed, typed]);
  });
});

describe('accounts', () => {
  test('PM-28 PM-50 an account that is deleted through OSSN takes its threads with it, and nobody can write to it', async () => {
    await say(ines, olu, 'one');
    await olu.pm.wrote(ines.pm, 'two');
    await site.payload('v2.0/user/delete', { guid: ines.ossn.guid });
    expect([(await olu.pm.snippets()).body.count, await olu.pm.unseen(), (await ines.pm.snippets()).status]).toEqual([0, 0, 401]);
    expect(outcome(await olu.pm.writes(ines.pm, 'x'))).toEqual(FORBIDDEN);
    expect((await olu.pm.reads(ines.pm)).status).toBe(404);
  });

  test('a credential of one tongue opens nothing of the other', async () => {
    const asKey = await send(app.url, { method: 'POST', path: '/api/v2.0/message/list', body: form({ api_key_token: ines.pm.person.token, guid: ines.ossn.guid, to: olu.ossn.guid }), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
    expect(asKey.body.code).not.toBe('100');
    const answer = await fetch(`${app.url}/api/v2/user/me/`, { headers: { Authorization: `Bearer ${site.key}` } });
    expect(answer.status).toBe(401);
  });
});
