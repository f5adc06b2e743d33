import { jest } from '@jest/globals';
import { Conversations } from '../../../src/core/conversations/conversations.js';
import { DomainError } from '../../../src/kernel/domain-error.js';
import { type Answer, faultsOf, type Loose, newFriends, newUser, PmUser } from '../../support/clients/pm.js';
import { startApp, type TestApp } from '../../support/app.js';
import { TestClock } from '../../support/store.js';

const clock = new TestClock();
const FORBIDDEN = [403, ['permission_denied']];
const outcome = (answer: Answer) => [answer.status, faultsOf(answer)];

let app: TestApp;
let mira: PmUser;
let jonas: PmUser;
let olga: PmUser;
beforeAll(async () => {
  app = await startApp({ clock, env: { PUBLIC_URL: 'https://post.example', RATE_LIMITS: '' } });
});
beforeEach(async () => {
  clock.advance(3_600_000);
  [mira, jonas, olga] = [await newUser(app), await newUser(app), await newUser(app)];
});
afterAll(() => app.close());

/** Messages stored, events written and people told, of everybody. */
async function traces(): Promise<unknown> {
  return app.sql('SELECT (SELECT count(*) FROM messages) AS messages, (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM deliveries) AS deliveries');
}

describe('who may write to whom', () => {
  test('PM-44 PM-45 only to somebody who follows the sender; else 403, and nothing is stored or told', async () => {
    const before = await traces();
    expect(outcome(await mira.writes(jonas, 'Lunch?'))).toEqual(FORBIDDEN);
    // that the sender follows is neither needed nor enough
    await mira.follows(jonas);
    expect(outcome(await mira.writes(jonas, 'Lunch?'))).toEqual(FORBIDDEN);
    expect(await traces()).toEqual(before);
    expect([await jonas.unseen(), (await jonas.snippets()).body.count]).toEqual([0, 0]);
    await jonas.follows(mira);
    expect((await mira.writes(jonas, 'Lunch?')).status).toBe(201);
  });

  test('PM-46 replies are no exception, and what was written before an unfollow stays readable', async () => {
    await jonas.follows(mira);
    await mira.wrote(jonas, 'Lunch?');
    expect(outcome(await jonas.writes(mira, 'Yes!'))).toEqual(FORBIDDEN);
    await jonas.follows(mira);
    expect(outcome(await mira.writes(jonas, 'Well?'))).toEqual(FORBIDDEN);
    expect([await mira.texts(jonas), await jonas.texts(mira)]).toEqual([['Lunch?'], ['Lunch?']]);
  });

  test('PM-47 not across a hide, whoever hides whom', async () => {
    await jonas.follows(mira);
    await jonas.hides(mira);
    expect(outcome(await mira.writes(jonas, 'Lunch?'))).toEqual(FORBIDDEN);
    await jonas.hides(mira);
    await mira.hides(jonas);
    expect(outcome(await mira.writes(jonas, 'Lunch?'))).toEqual(FORBIDDEN);
    await mira.hides(jonas);
    expect((await mira.writes(jonas, 'Lunch?')).status).toBe(201);
  });

  test('PM-47 not to a deleted account or one that is switched off, nor from a blocked one', async () => {
    for (const end of ['disabled_at', 'deleted_at']) {
      const gone = await newUser(app);
      await gone.follows(mira);
      await app.sql(`UPDATE users SET ${end} = now() WHERE id = $1`, [gone.id]);
      expect([end, ...outcome(await mira.writes(gone, 'Lunch?'))]).toEqual([end, ...FORBIDDEN]);
    }
    await jonas.follows(mira);
    await app.sql('UPDATE users SET disabled_at = now() WHERE id = $1', [mira.id]);
    expect(outcome(await mira.writes(jonas, 'Lunch?'))).toEqual(FORBIDDEN);
  });

  test('PM-48 staff may write to everybody who has not hidden them, unless that is switched off', async () => {
    await app.sql("UPDATE users SET role = 'moderator' WHERE id = $1", [mira.id]);
    expect((await mira.writes(jonas, 'Please read the rules.')).status).toBe(201);
    await jonas.hides(mira);
    expect(outcome(await mira.writes(jonas, 'Please read the rules.'))).toEqual(FORBIDDEN);
    await jonas.hides(mira);
    const strict = await startApp({ db: app.db, clock, env: { PM_STAFF_WRITES_ALL: 'false' } });
    const answer = await new PmUser(strict, { ...mira.person, asks: (method, path, body) => fetchFrom(strict, mira.person.token, method, path, body) }).writes(jonas, 'Again.');
    await strict.close();
    expect(outcome(answer)).toEqual(FORBIDDEN);
  });

  test('PM-44 a follow that ends at the same moment either counts or does not, and never half', async () => {
    for (let round = 0; round < 8; round += 1) {
      const [one, two] = [await newUser(app), await newUser(app)];
      await two.follows(one);
      const [sent] = await Promise.all([one.writes(two, 'Now?'), two.follows(one)]);
      expect([201, 403]).toContain(sent.status);
      expect((await two.texts(one)).length).toBe(sent.status === 201 ? 1 : 0);
      expect(await two.unseen()).toBe(0);
    }
  });
});

describe('what is sent', () => {
  beforeEach(async () => {
    for (const one of [jonas, olga]) await one.follows(mira);
  });

  test('PM-30 PM-40 PM-42 the first form of the request: 201 and one message, without a member 0', async () => {
    const { status, body, headers } = await mira.writes(jonas, 'Lunch?');
    expect([status, headers.get('content-type')]).toEqual([201, expect.stringContaining('json')]);
    expect(Object.keys(body)).not.toContain('0');
    expect(body).toEqual({
      id: expect.any(Number), sender_id: mira.id, message: 'Lunch?', created_at: new Date(clock.now()).toISOString(), status: 'created', file: null,
      sender: expect.objectContaining({ id: mira.id, deleted: false }), receiver: expect.objectContaining({ id: jonas.id }), group: null,
      thread_id: expect.any(Number),
    });
    expect(body.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)$/);
  });

  test('PM-22 PM-24 a message has the same shape everywhere', async () => {
    const sent = await mira.wrote(jonas, 'Lunch?');
    const shapes = [
      sent,
      (await jonas.notifications()).body.results[0].aggregated[0].message,
      (await jonas.reads(mira)).body.results[0],
      (await jonas.one(sent.id)).body,
      (await mira.one(sent.id)).body,
    ];
    const members = ['created_at', 'file', 'group', 'id', 'message', 'receiver', 'sender', 'sender_id', 'status', 'thread_id'];
    for (const shape of shapes) {
      expect(Object.keys(shape).sort()).toEqual(members);
      expect(shape).toMatchObject({ id: sent.id, sender_id: mira.id, status: 'created', file: null, group: null, thread_id: sent.thread_id });
      expect([shape.sender.id, shape.receiver.id]).toEqual([mira.id, jonas.id]);
    }
  });

  test('PM-41 a list wherever the request has a file_uuid, even null, or several recipients', async () => {
    const one = (await mira.writes(jonas, 'Lunch?', { file_uuid: null })).body;
    expect([Array.isArray(one), one.length]).toEqual([true, 1]);
    const several = (await mira.writes([olga, jonas], 'Lunch?')).body;
    expect(several.map((message: Loose) => message.receiver.id)).toEqual([olga.id, jonas.id]);
    expect(Array.isArray((await mira.writes(jonas, 'Lunch?', { group: null })).body)).toBe(true);
    // twice the same is one
    expect(Array.isArray((await mira.asks('POST', '/api/v2/pm/', { recipients: [jonas.id, jonas.id], message: 'x' })).body)).toBe(false);
  });

  test('PM-43 the shape can be fixed', async () => {
    for (const [setting, more, isList] of [['list', {}, true], ['object', { file_uuid: null }, false]] as const) {
      const fixed = await startApp({ db: app.db, clock, env: { PM_SEND_SHAPE: setting } });
      const { body } = await fetchFrom(fixed, mira.person.token, 'POST', '/api/v2/pm/', { recipients: [jonas.id], message: 'x', ...more });
      await fixed.close();
      expect([setting, Array.isArray(body)]).toEqual([setting, isList]);
    }
  });

  test('PM-31 recipients are a list or a bare number, in digits or not', async () => {
    for (const recipients of [jonas.id, [jonas.id], String(jonas.id), [String(jonas.id)]]) {
      expect([recipients, (await mira.asks('POST', '/api/v2/pm/', { recipients, message: 'x' })).status]).toEqual([recipients, 201]);
    }
  });

  test.each([
    ['nothing', undefined, 'required'], ['null', null, 'required'], ['an empty list', [], 'required'], ['an empty text', '', 'invalid'], ['a fraction', 1.5, 'invalid'],
    ['zero', 0, 'invalid'], ['a negative one', -1, 'invalid'], ['true', true, 'invalid'], ['an object', { id: 1 }, 'invalid'], ['a list in a list', [[1]], 'invalid'],
    ['null in a list', [null], 'invalid'], ['a word', 'jonas', 'invalid'], ['hexadecimal digits', '0x10', 'invalid'], ['what is beyond 2^53', '9007199254740993', 'invalid'],
    ['nobody', 987654321, 'does_not_exist'],
  ])('PM-31 recipients: %s is 400', async (_name, recipients, code) => {
    expect(outcome(await mira.asks('POST', '/api/v2/pm/', { recipients, message: 'x' }))).toEqual([400, [`recipients: ${code}`]]);
  });

  test('PM-31 PM-10 a number beyond all bounds is a wrong recipient, not a broken body', async () => {
    for (const text of ['1e20', '[1e20]', '9007199254740993', '[-1e300]']) {
      const answer = await mira.asks('POST', '/api/v2/pm/', `{"recipients":${text},"message":"x"}`, { 'Content-Type': 'application/json' });
      expect([text, ...outcome(answer)]).toEqual([text, 400, ['recipients: invalid']]);
    }
  });

  test('PM-31 oneself is 400; at most fifty, repeated ones counted once', async () => {
    expect(outcome(await mira.writes([jonas, mira], 'x'))).toEqual([400, ['recipients: invalid']]);
    const ids = Array.from({ length: 51 }, (_, index) => 900_000_000 + index);
    expect(outcome(await mira.asks('POST', '/api/v2/pm/', { recipients: ids, message: 'x' }))).toEqual([400, ['recipients: max_length']]);
    const fifty = [...ids.slice(0, 50), ids[0]];
    expect(outcome(await mira.asks('POST', '/api/v2/pm/', { recipients: fifty, message: 'x' }))).toEqual([400, ['recipients: does_not_exist']]);
    const repeated = Array.from({ length: 60 }, () => jonas.id);
    expect((await mira.asks('POST', '/api/v2/pm/', { recipients: repeated, message: 'x' })).status).toBe(201);
  });

  test('PM-32 PM-23 each recipient has a message and a thread of his own, and sees nobody else', async () => {
    const [first, second] = (await mira.writes([jonas, olga], 'Lunch?')).body;
    expect(second.id).toBeGreaterThan(first.id);
    expect(second.thread_id).not.toBe(first.thread_id);
    const seen = JSON.stringify([(await jonas.reads(mira)).body, (await jonas.snippets()).body, (await jonas.notifications()).body]);
    expect(seen).not.toContain(`"id":${olga.id},`);
    expect((await jonas.one(second.id)).status).toBe(404);
    const later = await mira.wrote(jonas, 'Well?');
    expect([later.id > second.id, later.thread_id]).toEqual([true, first.thread_id]);
    for (const id of [first.id, second.id, first.thread_id]) expect(Number.isSafeInteger(id) && id > 0).toBe(true);
  });

  test('PM-35 all or nothing: one who does not follow, and nobody gets anything', async () => {
    const stranger = await newUser(app);
    const before = await traces();
    expect(outcome(await mira.writes([jonas, olga, stranger], 'Lunch?'))).toEqual(FORBIDDEN);
    expect(outcome(await mira.asks('POST', '/api/v2/pm/', { recipients: [jonas.id, 987654321], message: 'x' }))).toEqual([400, ['recipients: does_not_exist']]);
    expect(await traces()).toEqual(before);
    expect([await jonas.unseen(), await olga.unseen()]).toEqual([0, 0]);
  });

  test.each([
    ['nothing', undefined, 'required'], ['null', null, 'required'], ['an empty one', '', 'required'], ['white space', ' \n\t\u3000', 'required'], ['a number', 5, 'invalid'],
    ['a list', ['x'], 'invalid'], ['an object', {}, 'invalid'], ['a NUL in it', 'a\u0000b', 'invalid'], ['10,001 characters', 'é'.repeat(10_001), 'max_length'],
  ])('PM-33 message: %s is 400', async (_name, message, code) => {
    expect(outcome(await mira.asks('POST', '/api/v2/pm/', { recipients: [jonas.id], message }))).toEqual([400, [`message: ${code}`]]);
  });

  test('PM-33 10,000 characters of any kind, and white space at the ends, are kept as they are', async () => {
    for (const text of ['🦆'.repeat(10_000), '  two lines\r\nand a tab\t ', 'é', '\u202eabc']) {
      expect((await mira.wrote(jonas, text)).message).toBe(text);
      expect((await jonas.texts(mira)).at(-1)).toBe(text);
    }
  });

  test('PM-16 everything that is wrong is told at once', async () => {
    expect(outcome(await mira.asks('POST', '/api/v2/pm/', {}))).toEqual([400, ['recipients: required', 'message: required']]);
  });

  test('PM-36 groups: 403; with recipients 400; null counts for nothing', async () => {
    expect(outcome(await mira.asks('POST', '/api/v2/pm/', { group: 5, message: 'x' }))).toEqual(FORBIDDEN);
    expect(outcome(await mira.writes(jonas, 'x', { group: 5 }))).toEqual([400, ['non_field_errors: invalid']]);
    expect((await mira.writes(jonas, 'x', { group: null })).status).toBe(201);
  });

  test('PM-37 sending marks the thread as seen for the sender and as new for the recipient', async () => {
    await mira.follows(jonas);
    await jonas.wrote(mira, 'Lunch?');
    expect([(await mira.snippetOf(jonas)).thread_status, await mira.unseen()]).toEqual(['new', 1]);
    await mira.wrote(jonas, 'Yes!');
    expect([(await mira.snippetOf(jonas)).thread_status, await mira.unseen()]).toEqual(['seen', 0]);
    expect([(await jonas.snippetOf(mira)).thread_status, await jonas.unseen()]).toEqual(['new', 1]);
  });

  test('members that are not part of the request change nothing', async () => {
    const body = await mira.wrote(jonas, 'x', { sender_id: olga.id, created_at: '2001-01-01T00:00:00Z', status: 'hidden', id: 1, thread_id: 1, sender: { id: 1 } });
    expect(body).toMatchObject({ sender_id: mira.id, status: 'created', created_at: new Date(clock.now()).toISOString() });
  });

  test('PM-112 sends of one user are bounded, with a time to wait, and others are not held up', async () => {
    const answers = await Promise.all(Array.from({ length: 125 }, () => mira.asks('POST', '/api/v2/pm/', {})));
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused.length).toBe(5);
    expect([faultsOf(refused[0]!), Number(refused[0]!.headers.get('retry-after')) > 0]).toEqual([['throttled'], true]);
    await olga.follows(jonas);
    expect((await jonas.writes(olga, 'x')).status).toBe(201);
  });
});

describe('a send that is stored', () => {
  test('PM-37 is answered as sent even where the database goes away right after it', async () => {
    await jonas.follows(mira);
    await mira.follows(jonas);
    await jonas.wrote(mira, 'Lunch?');
    const conversations = app.app.get(Conversations, { strict: false });
    const marking = jest.spyOn(conversations, 'markRead').mockRejectedValueOnce(new DomainError('overloaded'));
    const { status } = await mira.writes(jonas, 'Yes!');
    const calls = marking.mock.calls.length;
    marking.mockRestore();
    expect([status, calls, await jonas.texts(mira)]).toEqual([201, 1, ['Lunch?', 'Yes!']]);
  });
});

describe('a send that is repeated', () => {
  beforeEach(async () => {
    for (const one of [jonas, olga]) await one.follows(mira);
  });
  const withKey = (key: string) => ({ 'Idempotency-Key': key });

  test('under one Idempotency-Key it is stored once and answered alike', async () => {
    const first = await mira.writes([jonas, olga], 'Once.', {}, withKey('k-1'));
    clock.advance(1000);
    const second = await mira.writes([jonas, olga], 'Once.', {}, withKey('k-1'));
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect([first.headers.get('idempotent-replayed'), second.headers.get('idempotent-replayed')]).toEqual([null, 'true']);
    expect(await jonas.texts(mira)).toEqual(['Once.']);
    const single = await mira.writes(jonas, 'Single.', {}, withKey('k-2'));
    expect((await mira.writes(jonas, 'Single.', {}, withKey('k-2'))).body).toEqual(single.body);
  });

  test('ten at once are one', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => mira.writes(jonas, 'Once.', {}, withKey('k-3'))));
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.body.id}`)).size).toBe(1);
    expect(await jonas.texts(mira)).toEqual(['Once.']);
  });

  test('the key with another text, or for other people, is 400; another sender has keys of his own', async () => {
    await mira.writes(jonas, 'Once.', {}, withKey('k-4'));
    for (const again of [() => mira.writes(jonas, 'Twice.', {}, withKey('k-4')), () => mira.writes(olga, 'Once.', {}, withKey('k-4'))]) {
      expect(outcome(await again())).toEqual([400, ['non_field_errors: unique']]);
    }
    await olga.follows(jonas);
    expect((await jonas.writes(olga, 'Other.', {}, withKey('k-4'))).status).toBe(201);
  });

  test('a refused one does not use up its key', async () => {
    await jonas.follows(mira);
    expect((await mira.writes(jonas, 'Once.', {}, withKey('k-5'))).status).toBe(403);
    await jonas.follows(mira);
    expect((await mira.writes(jonas, 'Once.', {}, withKey('k-5'))).status).toBe(201);
  });
});

describe('what is logged', () => {
  test('PM-113 no text, no token, no name of a file', async () => {
    const [one, two] = (await newFriends(app, 2)) as [PmUser, PmUser];
    const uuid = await one.brought({ content: 'secret canary-bytes', name: 'canary-name.txt' });
    await one.wrote(two, 'canary-text', { file_uuid: uuid });
    await one.asks('POST', '/api/v2/pm/', '{"recipients":[1],"message":"canary-text', { 'Content-Type': 'application/json' });
    await one.asks('GET', `/api/v2/pm/search/?user=canary-search`);
    await two.reads(one);
    const logs = app.logs();
    expect(logs).toContain('/api/v2/pm');
    for (const canary of ['canary-', one.person.token, two.person.token, uuid]) expect(logs).not.toContain(canary);
  });
});

/** The same person at another server on the same database. */
async function fetchFrom(server: TestApp, token: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(server.url + path, {
    method,
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}
