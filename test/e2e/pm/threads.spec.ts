import { jest } from '@jest/globals';
import { Conversations } from '../../../src/core/conversations/conversations.js';
import { type Answer, faultsOf, fetchUrl, type Loose, newFriends, newUser, type PmUser } from '../../support/clients/pm.js';
import { startApp, type TestApp } from '../../support/app.js';
import { TestClock } from '../../support/store.js';

const clock = new TestClock();
const PUBLIC_URL = 'https://post.example/community';
const outcome = (answer: Answer) => [answer.status, faultsOf(answer)];
const idsOf = (answer: Answer): number[] => answer.body.results.map((item: Loose) => item.id);

let app: TestApp;
let mira: PmUser;
let jonas: PmUser;
let olga: PmUser;
beforeAll(async () => {
  app = await startApp({ clock, env: { PUBLIC_URL } });
});
beforeEach(async () => {
  clock.advance(3_600_000);
  [mira, jonas, olga] = (await newFriends(app, 3)) as [PmUser, PmUser, PmUser];
});
afterAll(() => app.close());

/** Follows an address that the server wrote. */
function follow(who: PmUser, url: string): Promise<Answer> {
  expect(url.startsWith(`${PUBLIC_URL}/api/v2/`)).toBe(true);
  return who.asks('GET', url.slice(PUBLIC_URL.length));
}

describe('snippets', () => {
  test('PM-25 PM-50 one for each thread, last activity first, with everything a client looks at', async () => {
    const first = await mira.wrote(jonas, 'Lunch?');
    clock.advance(1000);
    await mira.wrote(olga, 'Hello Olga');
    clock.advance(1000);
    const last = await jonas.wrote(mira, 'Yes!');
    const { status, body } = await mira.snippets();
    expect([status, body.count, body.next, body.previous]).toEqual([200, 2, null, null]);
    expect(body.results.map((snippet: Loose) => snippet.headline)).toEqual(['Yes!', 'Hello Olga']);
    expect(body.results[0]).toEqual({
      id: first.thread_id, headline: 'Yes!', sender: expect.objectContaining({ id: jonas.id }), receiver: expect.objectContaining({ id: mira.id }), group: null,
      created_at: first.created_at, last_message_at: last.created_at, thread_status: 'new', unread_count: 1,
    });
    expect(body.results[1]).toMatchObject({ thread_status: 'seen', unread_count: 0 });
    expect((await jonas.snippets()).body.results[0]).toMatchObject({ id: first.thread_id, thread_status: 'seen', headline: 'Yes!' });
  });

  test('PM-26 the headline is at most 160 characters, cut through none of them, and safe to insert', async () => {
    await mira.wrote(jonas, `<b>${'👩‍👩‍👧'.repeat(200)}`);
    const { headline } = await jonas.snippetOf(mira);
    const shown = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(headline)].map((part) => part.segment);
    expect([shown.length, shown.slice(0, 6).join(''), shown.at(-2), shown.at(-1)]).toEqual([163, '&lt;b>', '👩‍👩‍👧', '…']);
    await mira.wrote(jonas, 'x'.repeat(160));
    expect((await jonas.snippetOf(mira)).headline).toBe('x'.repeat(160));
    await mira.wrote(jonas, `a${'\u0301'.repeat(9_000)}`);
    expect((await jonas.snippetOf(mira)).headline.length).toBeLessThan(2_000);
    await mira.wrote(jonas, '1 < 2 & 3 > 2');
    expect((await jonas.snippetOf(mira)).headline).toBe('1 < 2 & 3 > 2');
  });

  test('PM-26 of a message that is only a file: its name', async () => {
    await mira.wrote(jonas, '', { file_uuid: await mira.brought({ content: 'x', name: 'plan <b>.txt' }) });
    expect((await jonas.snippetOf(mira)).headline).toBe('plan &lt;b>.txt');
    await mira.wrote(jonas, 'With words', { file_uuid: await mira.brought({ content: 'y', name: 'plan.txt' }) });
    expect((await jonas.snippetOf(mira)).headline).toBe('With words');
  });

  test('PM-50 PM-20 PM-21 pages of threads, on the public address', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, () => newUser(app)));
    for (const one of people) {
      await one.follows(mira);
      await mira.wrote(one, 'Hello');
    }
    const first = await mira.snippets('?limit=2&x=%26');
    expect([first.body.count, first.body.previous, first.body.results.length]).toEqual([5, null, 2]);
    const second = await follow(mira, first.body.next);
    const third = await follow(mira, second.body.next);
    expect([third.body.next, third.body.results.length]).toEqual([null, 1]);
    expect(new Set([first, second, third].flatMap(idsOf)).size).toBe(5);
    expect(idsOf(await follow(mira, second.body.previous))).toEqual(idsOf(first));
    expect(new URL(first.body.next).searchParams.get('x')).toBe('&');
    for (const query of ['?limit=-1', '?limit=x', '?offset=-5', '?limit=1e9', '?offset=99999999999999999999', '?limit=0', '?limit[]=1']) {
      expect([query, (await mira.snippets(query)).status]).toEqual([query, 200]);
    }
    for (const offset of ['50', '99999999999999999999']) expect((await mira.snippets(`?offset=${offset}`)).body).toMatchObject({ count: 5, next: null, results: [] });
  });
});

describe('threads', () => {
  async function talk(count: number): Promise<number[]> {
    const ids: number[] = [];
    for (let number = 1; number <= count; number += 1) ids.push((await (number % 2 ? mira.wrote(jonas, `m${number}`) : jonas.wrote(mira, `m${number}`))).id);
    return ids;
  }

  test('PM-51 by thread or by the other person; where both are given the person decides', async () => {
    const { thread_id } = await mira.wrote(jonas, 'Lunch?');
    const other = await mira.wrote(olga, 'Hello Olga');
    const texts = async (query: string) => (await mira.snippets(query)).body.results.map((message: Loose) => message.message);
    expect(await texts(`?thread=${thread_id}`)).toEqual(['Lunch?']);
    expect(await texts(`?user=${jonas.id}`)).toEqual(['Lunch?']);
    expect(await texts(`?thread=${other.thread_id}&user=${jonas.id}`)).toEqual(['Lunch?']);
    expect(outcome(await mira.snippets('?group=1'))).toEqual([403, ['permission_denied']]);
  });

  test('PM-10 PM-51 what a script has not set counts as not given', async () => {
    const { thread_id } = await mira.wrote(jonas, 'Lunch?');
    expect((await mira.snippets(`?thread=undefined&user=${jonas.id}`)).body.results[0].message).toBe('Lunch?');
    expect((await mira.snippets(`?thread=${thread_id}&user=undefined`)).body.results[0].message).toBe('Lunch?');
    expect((await mira.snippets('?thread=undefined&user=')).body.results[0].headline).toBe('Lunch?');
    for (const query of ['?thread=0', '?thread=-1', '?thread=abc', '?thread=1e3', '?thread=9007199254740993', '?thread=999999999', '?user=0', '?user=x', '?user=%00', "?user=1'", '?user=99999999']) {
      expect([query, ...outcome(await mira.snippets(query))]).toEqual([query, 404, ['not_found']]);
    }
  });

  test('PM-52 a page is the newest messages, oldest first; next leads to older ones, previous to newer', async () => {
    const ids = await talk(7);
    const first = await mira.reads(jonas, '&limit=3');
    expect([first.body.count, first.body.previous, idsOf(first)]).toEqual([7, null, ids.slice(4)]);
    const second = await follow(mira, first.body.next);
    expect(idsOf(second)).toEqual(ids.slice(1, 4));
    const third = await follow(mira, second.body.next);
    expect([idsOf(third), third.body.next]).toEqual([ids.slice(0, 1), null]);
    expect(idsOf(await follow(mira, second.body.previous))).toEqual(ids.slice(4));
    expect(new URL(first.body.next).searchParams.get('user')).toBe(String(jonas.id));
  });

  test('PM-53 before_message leaves out itself and what is newer, from_message what is older', async () => {
    const ids = await talk(7);
    const read = async (query: string) => {
      const answer = await mira.reads(jonas, query);
      return [idsOf(answer), answer.body.count, answer.body.next !== null];
    };
    expect(await read(`&before_message=${ids[4]}`)).toEqual([ids.slice(0, 4), 4, false]);
    expect(await read(`&before_message=${ids[4]}&limit=2`)).toEqual([ids.slice(2, 4), 4, true]);
    expect(await read(`&from_message=${ids[4]}`)).toEqual([ids.slice(4), 3, false]);
    expect(await read(`&from_message=${ids[2]}&before_message=${ids[5]}&limit=2`)).toEqual([ids.slice(3, 5), 3, true]);
    expect(await read(`&before_message=${ids[0]}`)).toEqual([[], 0, false]);
    const beyond = '9'.repeat(30);
    expect(await read(`&before_message=${beyond}`)).toEqual([ids, 7, false]);
    expect(await read(`&from_message=${beyond}`)).toEqual([[], 0, false]);
    for (const odd of ['x', '-1', '1e3', '', 'undefined']) expect(await read(`&before_message=${odd}`)).toEqual([ids, 7, false]);
  });

  test('PM-53 a client that walks back by the first id it holds sees every message once', async () => {
    const ids = await talk(9);
    const first = await mira.reads(jonas, '&limit=2');
    let held = idsOf(first);
    for (let { next } = first.body; next !== null; ) {
      const url = new URL(next);
      url.searchParams.delete('offset');
      url.searchParams.set('before_message', String(held[0]));
      const page = await follow(mira, url.toString());
      held = [...idsOf(page), ...held];
      ({ next } = page.body);
    }
    expect(held).toEqual(ids);
  });

  test('PM-54 nobody has written yet: an empty page; an unknown person: 404', async () => {
    const { status, body } = await mira.reads(jonas);
    expect([status, body]).toEqual([200, { count: 0, next: null, previous: null, results: [] }]);
    expect(outcome(await mira.snippets('?user=987654321'))).toEqual([404, ['not_found']]);
  });

  test('PM-55 PM-93 reading the newest page marks the thread and its notifications as seen, an older page does not', async () => {
    const sent: Loose[] = [];
    for (const text of ['one', 'two', 'three']) sent.push(await mira.wrote(jonas, text));
    await jonas.reads(mira, `&before_message=${sent[2].id}`);
    await jonas.reads(mira, '&offset=1');
    await jonas.one(sent[2].id);
    expect([(await jonas.snippetOf(mira)).thread_status, await jonas.unseen()]).toEqual(['new', 3]);
    await jonas.reads(mira, '&limit=1');
    expect([(await jonas.snippetOf(mira)).thread_status, (await jonas.snippetOf(mira)).unread_count, await jonas.unseen()]).toEqual(['seen', 0, 0]);
    expect((await jonas.notifications()).body.results.map((notice: Loose) => notice.is_new)).toEqual([false, false, false]);
  });

  test('PM-55 what comes in while the page is read stays new', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [page] = await Promise.all([jonas.reads(mira), mira.wrote(jonas, `m${round}`)]);
      const shown = new Set(idsOf(page));
      const fresh = (await app.sql<{ number: string }>("SELECT d.number FROM deliveries d JOIN mailboxes b ON b.id = d.recipient_id WHERE b.user_id = $1 AND d.read_at IS NULL", [jonas.id])).map((row) => Number(row.number));
      expect(fresh.filter((number) => shown.has(number))).toEqual([]);
      expect((await jonas.snippetOf(mira)).unread_count).toBe(fresh.length);
    }
  });

  test('PM-55 marks up to the newest message shown; withdrawn ones behind it do not count', async () => {
    await mira.wrote(jonas, 'one');
    const conversations = app.app.get(Conversations, { strict: false });
    const page = conversations.page.bind(conversations);
    const late: Loose[] = [];
    const reading = jest.spyOn(conversations, 'page').mockImplementationOnce(async (command) => {
      const found = await page(command);
      for (const text of ['two', 'three']) late.push(await mira.wrote(jonas, text));
      return found;
    });
    expect(await jonas.texts(mira)).toEqual(['one']);
    reading.mockRestore();
    expect([(await jonas.snippetOf(mira)).unread_count, await jonas.unseen()]).toEqual([2, 2]);
    clock.advance(60_000);
    await mira.takesBack(late[1].id);
    expect((await jonas.snippetOf(mira)).unread_count).toBe(1);
    await conversations.markRead({ reader: String(jonas.id), partner: String(mira.id), upTo: late[0].id });
    expect((await jonas.snippetOf(mira)).unread_count).toBe(0);
  });

  test('a thread can be marked as seen without reading it', async () => {
    const { thread_id } = await mira.wrote(jonas, 'one');
    expect((await jonas.asks('POST', '/api/v2/pm/read/', { thread: thread_id })).status).toBe(204);
    expect((await jonas.snippetOf(mira)).thread_status).toBe('seen');
    expect(outcome(await jonas.asks('POST', '/api/v2/pm/read/', {}))).toEqual([400, ['non_field_errors: required']]);
    expect((await olga.asks('POST', '/api/v2/pm/read/', { thread: thread_id })).status).toBe(404);
  });

  test('PM-56 PM-111 one message, for its two sides and nobody else', async () => {
    const { id } = await mira.wrote(jonas, 'Lunch?');
    for (const one of [mira, jonas]) expect((await one.one(id)).body.message).toBe('Lunch?');
    expect(outcome(await olga.one(id))).toEqual([404, ['not_found']]);
    for (const odd of ['x', '0', `0${id}`, `+${id}`, '-1', '1e3', '9007199254740993', '99999999999999999999', '%00', `${id}.0`, `${id}%20`]) {
      expect([odd, ...outcome(await mira.one(odd))]).toEqual([odd, 404, ['not_found']]);
    }
  });

  test('PM-57 there is no edit', async () => {
    const { id } = await mira.wrote(jonas, 'Lunch?');
    for (const method of ['PUT', 'PATCH']) expect(outcome(await mira.asks(method, `/api/v2/pm/${id}/`, { message: 'Dinner?' }))).toEqual([405, ['method_not_allowed']]);
    expect((await mira.one(id)).body.message).toBe('Lunch?');
  });

  test('PM-110 texts come back as they were, but open no tag', async () => {
    const plain = 'a < b, 1 < 2 & 3 > 2, <3, "quotes", é\r\n🦆';
    const markup = '<img src=x onerror=alert(1)> </b> <!-- --> <?php <svg/onload=x>';
    await mira.wrote(jonas, plain);
    await mira.wrote(jonas, markup);
    expect(await jonas.texts(mira)).toEqual([plain, markup.replaceAll(/<(?=[a-z/!?])/g, '&lt;')]);
    const stored = await app.sql<{ body: Buffer }>('SELECT body FROM messages ORDER BY id DESC LIMIT 1');
    expect(stored[0]!.body.toString()).toBe(markup);
  });
});

describe('taking a message back', () => {
  test('PM-60 only the sender may: 403 for the recipient, 404 for strangers and for nothing', async () => {
    const { id } = await mira.wrote(jonas, 'Lunch?');
    expect(outcome(await jonas.takesBack(id))).toEqual([403, ['permission_denied']]);
    for (const answer of [await olga.takesBack(id), await mira.takesBack(999_999_999), await mira.takesBack('x'), await mira.takesBack('1e3')]) {
      expect(outcome(answer)).toEqual([404, ['not_found']]);
    }
    const { status, text, headers } = await mira.takesBack(id);
    expect([status, text, headers.get('content-type')]).toEqual([204, '', null]);
  });

  test('PM-61 PM-24 within 60 seconds it is gone for both, everywhere', async () => {
    await mira.wrote(jonas, 'First');
    const { id } = await mira.wrote(jonas, 'Oops');
    clock.advance(59_999);
    await mira.takesBack(id);
    for (const [one, other] of [[mira, jonas], [jonas, mira]] as const) {
      expect((await one.one(id)).status).toBe(404);
      expect((await one.snippetOf(other)).headline).toBe('First');
      expect(await one.texts(other)).toEqual(['First']);
    }
    expect((await jonas.notifications()).body.results.map((notice: Loose) => notice.aggregated[0].message.message)).toEqual(['First']);
    expect(outcome(await mira.takesBack(id))).toEqual([404, ['not_found']]);
  });

  test('PM-61 PM-50 the only message of a thread takes the thread with it', async () => {
    const { id } = await mira.wrote(jonas, 'Oops');
    expect(await jonas.unseen()).toBe(1);
    await mira.takesBack(id);
    expect([await jonas.unseen(), (await jonas.snippets()).body.count, (await mira.snippets()).body.count]).toEqual([0, 0, 0]);
  });

  test('PM-61 PM-24 at 60 seconds its place stays, with other words in it', async () => {
    const uuid = await mira.brought({ content: 'a file', name: 'plan.txt' });
    const { id } = await mira.wrote(jonas, 'Oops', { file_uuid: uuid });
    clock.advance(60_000);
    expect((await mira.takesBack(id)).status).toBe(204);
    for (const [one, other] of [[mira, jonas], [jonas, mira]] as const) {
      for (const shown of [(await one.one(id)).body, (await one.reads(other)).body.results[0]]) {
        expect(shown).toMatchObject({ id, status: 'hidden', message: 'Message delete', file: null });
      }
      expect((await one.snippetOf(other)).headline).toBe('Message delete');
    }
    expect((await mira.takesBack(id)).status).toBe(204);
    expect(outcome(await jonas.takesBack(id))).toEqual([403, ['permission_denied']]);
  });

  test('PM-61 the words can be others', async () => {
    const { id } = await mira.wrote(jonas, 'Oops');
    clock.advance(60_000);
    await mira.takesBack(id);
    const other = await startApp({ db: app.db, clock, env: { PM_WITHDRAWN_TEXT: 'Taken back <by> its sender' } });
    const answer = await fetch(`${other.url}/api/v2/pm/${id}/`, { headers: { Authorization: `Bearer ${jonas.person.token}` } });
    const { message } = (await answer.json());
    await other.close();
    expect(message).toBe('Taken back &lt;by> its sender');
  });

  test.each([['early', 0], ['late', 60_000]])('PM-62 taken back %s, text and file leave the store, and the address of the file opens nothing', async (_name, age) => {
    const uuid = await mira.brought({ content: 'canary-file', name: 'plan.txt' });
    const [sent, copy] = (await mira.writes([jonas, olga], 'canary-text', { file_uuid: uuid })).body;
    const { url } = sent.file;
    expect((await fetchUrl(app, url)).bytes.toString()).toBe('canary-file');
    clock.advance(age);
    await mira.takesBack(sent.id);
    const left = () => app.sql("SELECT (SELECT count(*)::int FROM messages WHERE body = 'canary-text') AS texts, (SELECT count(*)::int FROM attachments WHERE details ->> 'uuid' = $1) AS files", [uuid]);
    // another living message carries it
    expect([(await fetchUrl(app, url)).status, await left()]).toEqual([200, [{ texts: 1, files: 1 }]]);
    await mira.takesBack(copy.id);
    expect([(await fetchUrl(app, url)).status, await left()]).toEqual([404, [{ texts: 0, files: 0 }]]);
    expect(outcome(await mira.writes(jonas, '', { file_uuid: uuid }))).toEqual([400, ['file_uuid: does_not_exist']]);
  });

  test('PM-61 two at once: the message is gone, and nothing else is', async () => {
    await mira.wrote(jonas, 'First');
    const { id } = await mira.wrote(jonas, 'Oops');
    const answers = await Promise.all([mira.takesBack(id), mira.takesBack(id), jonas.texts(mira)]);
    expect(answers.slice(0, 2).map((answer) => (answer as Answer).status).sort()).toEqual([204, 404]);
    expect([await jonas.texts(mira), (await jonas.snippetOf(mira)).unread_count]).toEqual([['First'], 0]);
  });
});

describe('deleting a thread', () => {
  test('PM-63 hides it for the caller only', async () => {
    const { thread_id, id } = await mira.wrote(jonas, 'Lunch?');
    await jonas.wrote(mira, 'Yes!');
    const { status, text } = await mira.asks('DELETE', `/api/v2/pm/?thread=${thread_id}`);
    expect([status, text]).toEqual([204, '']);
    expect([await mira.texts(jonas), (await mira.snippets()).body.count, (await mira.one(id)).status, await mira.unseen()]).toEqual([[], 0, 404, 0]);
    expect([await jonas.texts(mira), (await jonas.snippets()).body.count, (await jonas.one(id)).status]).toEqual([['Lunch?', 'Yes!'], 1, 200]);
    expect((await mira.asks('DELETE', `/api/v2/pm/?thread=${thread_id}`)).status).toBe(404);
  });

  test('PM-63 by the other person, and with a thread that a script has not set', async () => {
    await mira.wrote(jonas, 'Lunch?');
    expect((await mira.asks('DELETE', `/api/v2/pm/?thread=undefined&user=${jonas.id}`)).status).toBe(204);
    expect((await mira.snippets()).body.count).toBe(0);
    expect((await mira.clears(jonas)).status).toBe(404);
    expect((await mira.clears(await newUser(app))).status).toBe(404);
  });

  test('PM-63 the earlier form: the hide key makes the id that of a thread', async () => {
    const { thread_id, id } = await mira.wrote(jonas, 'Lunch?');
    expect((await olga.asks('DELETE', `/api/v2/pm/${thread_id}/?hide=1`)).status).toBe(404);
    expect((await mira.asks('DELETE', `/api/v2/pm/${thread_id}/?hide=1`)).status).toBe(204);
    expect([(await mira.snippets()).body.count, (await jonas.one(id)).status]).toEqual([0, 200]);
  });

  test('PM-63 without thread and user: 400, and nothing is touched; others threads: 404', async () => {
    const { thread_id } = await mira.wrote(jonas, 'Lunch?');
    for (const query of ['', '?thread=undefined', '?thread=&user=null', '?id=1']) {
      expect([query, ...outcome(await mira.asks('DELETE', `/api/v2/pm/${query}`))]).toEqual([query, 400, ['non_field_errors: required']]);
    }
    for (const query of [`?thread=${thread_id}`, '?thread=x', '?user=987654321', '?thread=99999999']) {
      expect([query, ...outcome(await olga.asks('DELETE', `/api/v2/pm/${query}`))]).toEqual([query, 404, ['not_found']]);
    }
    expect([await mira.texts(jonas), await jonas.texts(mira)]).toEqual([['Lunch?'], ['Lunch?']]);
  });

  test('PM-64 a later message brings it back with what came after', async () => {
    const first = await mira.wrote(jonas, 'Old');
    await mira.clears(jonas);
    const later = await jonas.wrote(mira, 'New');
    expect([later.thread_id, await mira.texts(jonas), (await mira.snippetOf(jonas)).unread_count]).toEqual([first.thread_id, ['New'], 0]);
    expect((await mira.reads(jonas, `&from_message=${first.id}`)).body).toMatchObject({ count: 1 });
    expect(await jonas.texts(mira)).toEqual(['Old', 'New']);
  });

  test('PM-63 PM-62 what both have deleted is gone for good, the file with it', async () => {
    const sent = await mira.wrote(jonas, 'Old', { file_uuid: await mira.brought({ content: 'x', name: 'x.txt' }) });
    await mira.clears(jonas);
    expect((await fetchUrl(app, sent.file.url)).status).toBe(200);
    await jonas.clears(mira);
    expect([(await fetchUrl(app, sent.file.url)).status, await app.sql('SELECT 1 FROM messages WHERE number = $1', [sent.id])]).toEqual([404, []]);
  });
});

describe('people who are gone', () => {
  test('PM-28 an account that is switched off is shown as deleted, and its threads stay readable', async () => {
    await mira.wrote(jonas, 'Lunch?');
    await app.sql('UPDATE users SET disabled_at = now() WHERE id = $1', [mira.id]);
    const snippet = await jonas.snippetOf(mira);
    expect(snippet.sender).toMatchObject({ id: mira.id, deleted: true, username: `deleted-${mira.id}`, real_name: '' });
    expect(await jonas.texts(mira)).toEqual(['Lunch?']);
  });

  test('PM-28 how the reader stands to the people is shown with them', async () => {
    const stranger = await newUser(app);
    await jonas.follows(stranger);
    await stranger.wrote(jonas, 'Hello');
    const { sender, receiver } = (await jonas.reads(stranger)).body.results[0];
    expect([sender.connection_status, receiver.connection_status, receiver.email]).toEqual(['followed', null, undefined]);
  });
});
