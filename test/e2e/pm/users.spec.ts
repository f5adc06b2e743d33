import { startApp, type TestApp } from '../../support/app.js';
import { ask, faultsOf, newPerson, type Person } from './people.js';

let app: TestApp;
let ada: Person;
let ben: Person;
let eve: Person;
beforeAll(async () => {
  app = await startApp({ env: { PUBLIC_URL: 'https://post.example' } });
});
beforeEach(async () => {
  [ada, ben, eve] = [await newPerson(app), await newPerson(app), await newPerson(app)];
});
afterAll(() => app.close());

const follow = (who: Person, whom: Person) => who.asks('POST', `/api/v2/user/${whom.id}/follow/`);
const hide = (who: Person, whom: Person) => who.asks('POST', `/api/v2/user/${whom.id}/hide/`);
const USER_MEMBERS = [
  'avatar', 'bio', 'community_badge', 'connection_status', 'cover', 'date_joined', 'deleted', 'description', 'ext_id', 'followers_counter',
  'followings_counter', 'gender', 'id', 'location', 'real_name', 'reg_approved', 'reputation', 'tags', 'username', 'website',
];

describe('users', () => {
  test('PM-98 me shows the caller to himself', async () => {
    const me = await newPerson(app, { username: 'mira-1', firstName: 'Mira', lastName: 'Holm', email: 'mira@example.org' });
    await follow(ada, me);
    const { status, body } = await me.asks('GET', '/api/v2/user/me/');
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(
      [...USER_MEMBERS, 'email', 'email_isvalid', 'permission', 'role', 'unseen_interactions_counter', 'unseen_notification_banners_counter'].sort(),
    );
    expect(body).toMatchObject({
      id: Number(me.id), username: 'mira-1', real_name: 'Mira Holm', email: 'mira@example.org', email_isvalid: true, permission: {}, role: null,
      unseen_interactions_counter: 0, unseen_notification_banners_counter: 0, followers_counter: 1, followings_counter: 0, deleted: false,
      community_badge: false, avatar: null, tags: [], reg_approved: true,
    });
  });

  test('PM-98 a user is shown with whether the caller may write to him', async () => {
    const canWrite = async (who: Person, whom: Person) => (await who.asks('GET', `/api/v2/user/${whom.id}/`)).body.can_send_pm_to;
    expect(await canWrite(ada, ben)).toBe(false);
    await follow(ben, ada);
    expect([await canWrite(ada, ben), await canWrite(ben, ada), await canWrite(ada, ada)]).toEqual([true, false, false]);
    await hide(ben, ada);
    expect(await canWrite(ada, ben)).toBe(false);
    await hide(ben, ada);
    await hide(ada, ben);
    expect(await canWrite(ada, ben)).toBe(false);
    await hide(ada, ben);
    await app.sql('UPDATE users SET disabled_at = now() WHERE id = $1', [ben.id]);
    expect(await canWrite(ada, ben)).toBe(false);
  });

  test('PM-48 staff may write to everybody, but not across a hide', async () => {
    await app.sql("UPDATE users SET role = 'moderator' WHERE id = $1", [ada.id]);
    const { body } = await ada.asks('GET', `/api/v2/user/${ben.id}/`);
    expect(body.can_send_pm_to).toBe(true);
    await hide(ben, ada);
    expect((await ada.asks('GET', `/api/v2/user/${ben.id}/`)).body.can_send_pm_to).toBe(false);
  });

  test('PM-28 others see neither e-mail address nor anything else that is not theirs', async () => {
    const { body, text } = await ada.asks('GET', `/api/v2/user/${ben.id}/`);
    expect(Object.keys(body).sort()).toEqual([...USER_MEMBERS, 'can_send_pm_to'].sort());
    expect(text).not.toContain('example.org');
    expect(body).toMatchObject({ id: Number(ben.id), deleted: false, connection_status: null });
    await follow(ada, ben);
    expect((await ada.asks('GET', `/api/v2/user/${ben.id}/`)).body.connection_status).toBe('followed');
  });

  test('PM-28 an account that is switched off keeps its id and nothing else', async () => {
    await app.sql('UPDATE users SET disabled_at = now() WHERE id = $1', [ben.id]);
    const { body } = await ada.asks('GET', `/api/v2/user/${ben.id}/`);
    expect(body).toMatchObject({ id: Number(ben.id), deleted: true, username: `deleted-${ben.id}`, real_name: '', date_joined: null });
  });

  test('PM-47 the token of an account that is switched off opens nothing', async () => {
    await app.sql('UPDATE users SET disabled_at = now() WHERE id = $1', [ben.id]);
    const answer = await ben.asks('GET', '/api/v2/user/me/');
    expect([answer.status, faultsOf(answer)]).toEqual([403, ['permission_denied']]);
  });

  test('PM-110 names come inert', async () => {
    const odd = await newPerson(app, { firstName: '<img src=x onerror=alert(1)>', lastName: '1 < 2 & 3 > 2' });
    const { body } = await ada.asks('GET', `/api/v2/user/${odd.id}/`);
    expect(body.real_name).toBe('&lt;img src=x onerror=alert(1)> 1 < 2 & 3 > 2');
  });

  test.each(['0', '-1', '01', '1.0', '1e3', 'x', '9007199254740993', '99999999999999999999', '%00', '%20', '999999999'])(
    'PM-10 the id %p is nobody and nothing else', async (id) => {
      for (const path of ['', 'is_followed/', 'is_hidden_by/', 'followers/']) {
        const answer = await ada.asks('GET', `/api/v2/user/${id}/${path}`);
        expect([path, answer.status, faultsOf(answer)]).toEqual([path, 404, ['not_found']]);
      }
      for (const path of ['follow/', 'hide/']) expect((await ada.asks('POST', `/api/v2/user/${id}/${path}`)).status).toBe(404);
    },
  );
});

describe('following', () => {
  test('PM-94 follow is a toggle, answered without a body', async () => {
    const answers = [await follow(ada, ben), await ada.asks('GET', `/api/v2/user/${ben.id}/is_followed/`), await ben.asks('GET', `/api/v2/user/${ada.id}/is_follower/`)];
    expect(answers.map(({ status, text }) => [status, text])).toEqual([[204, ''], [200, '{"is_followed":true}'], [200, '{"is_follower":true}']]);
    expect((await ben.asks('GET', `/api/v2/user/${ada.id}/is_followed/`)).body).toEqual({ is_followed: false });
    await follow(ada, ben);
    expect((await ada.asks('GET', `/api/v2/user/${ben.id}/is_followed/`)).body).toEqual({ is_followed: false });
  });

  test('PM-05 a POST with a content type and no body is fine', async () => {
    const answer = await ask(app, { method: 'POST', path: `/api/v2/user/${ben.id}/follow/`, token: ada.token, headers: { 'Content-Type': 'application/json', 'Content-Length': '0' } });
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([204, '', null]);
  });

  test('PM-94 oneself is 400, across a hide 403', async () => {
    const self = await follow(ada, ada);
    expect([self.status, faultsOf(self)]).toEqual([400, ['user: invalid']]);
    await hide(ben, ada);
    for (const [who, whom] of [[ada, ben], [ben, ada]] as const) {
      const answer = await follow(who, whom);
      expect([answer.status, faultsOf(answer)]).toEqual([403, ['permission_denied']]);
    }
  });

  test('PM-94 calls at the same time leave a valid state', async () => {
    const answers = await Promise.all(Array.from({ length: 9 }, () => follow(ada, ben)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    const { body } = await ada.asks('GET', `/api/v2/user/${ben.id}/is_followed/`);
    expect(body).toEqual({ is_followed: true });
    expect((await ben.asks('GET', `/api/v2/user/${ben.id}/followers/`)).body.count).toBe(1);
  });

  test('PM-95 lists show mutual ones first and can be narrowed to them', async () => {
    const [one, two, three] = [await newPerson(app), await newPerson(app), await newPerson(app)];
    for (const who of [one, two, three]) await follow(who, ada);
    await follow(ada, three);
    const ids = async (query: string) => (await ben.asks('GET', `/api/v2/user/${ada.id}/followers/${query}`)).body.results.map((user: { id: number }) => String(user.id));
    expect(await ids('')).toEqual([three.id, one.id, two.id]);
    expect([await ids('?mutual=1'), await ids('?mutual=0')]).toEqual([[three.id], [one.id, two.id]]);
    expect(await ids('?mutual=undefined')).toEqual([three.id, one.id, two.id]);
    const { body } = await ben.asks('GET', `/api/v2/user/${ada.id}/followings/`);
    expect([body.count, body.results[0].id]).toEqual([1, Number(three.id)]);
    expect(Object.keys(body.results[0]).sort()).toEqual(USER_MEMBERS);
  });

  test('PM-95 statuses of many at once', async () => {
    await follow(ada, ben);
    const { status, body } = await ada.asks('POST', '/api/v2/user/connection/statuses/', { users: [Number(ben.id), Number(eve.id), Number(ben.id), 999999999] });
    expect([status, body]).toEqual([200, { connection_statuses: { [ben.id]: 'followed', [eve.id]: null, 999999999: null } }]);
    const refused = async (users: unknown) => {
      const answer = await ada.asks('POST', '/api/v2/user/connection/statuses/', { users });
      return [answer.status, ...faultsOf(answer)];
    };
    expect(await refused(undefined)).toEqual([400, 'users: required']);
    expect(await refused([1.5])).toEqual([400, 'users: invalid']);
    expect(await refused([{}])).toEqual([400, 'users: invalid']);
    expect(await refused(Array.from({ length: 201 }, (_, index) => index + 1))).toEqual([400, 'users: max_length']);
    expect((await ada.asks('POST', '/api/v2/user/connection/statuses/', { users: Array.from({ length: 200 }, (_, index) => index + 1) })).status).toBe(200);
  });
});

describe('hiding', () => {
  test('PM-96 hide is a toggle and keeps what was followed', async () => {
    await follow(ada, ben);
    expect(await hide(ada, ben)).toMatchObject({ status: 204, text: '' });
    expect((await ada.asks('GET', `/api/v2/user/${ben.id}/is_hidden/`)).body).toEqual({ is_hidden: true });
    expect((await ben.asks('GET', `/api/v2/user/${ada.id}/is_hidden_by/`)).body).toEqual({ is_hidden_by: true });
    expect((await ben.asks('GET', `/api/v2/user/${ada.id}/is_hidden/`)).body).toEqual({ is_hidden: false });
    expect((await ada.asks('GET', `/api/v2/user/${ben.id}/is_followed/`)).body).toEqual({ is_followed: true });
    await hide(ada, ben);
    expect((await ada.asks('GET', `/api/v2/user/${ben.id}/is_hidden/`)).body).toEqual({ is_hidden: false });
    expect(faultsOf(await hide(ada, ada))).toEqual(['user: invalid']);
  });

  test('PM-96 the hidden are listed page by page', async () => {
    for (const whom of [ben, eve]) await hide(ada, whom);
    const users = (await ada.asks('GET', '/api/v2/user/hidden_users/?limit=1')).body;
    expect([users.count, users.results.map((user: { id: number }) => user.id), users.previous]).toEqual([2, [Number(ben.id)], null]);
    expect(users.next).toBe('https://post.example/api/v2/user/hidden_users/?limit=1&offset=1');
    const ids = (await ada.asks('GET', '/api/v2/user/hidden_users_id/?limit=1&offset=1')).body;
    expect(ids).toEqual({ count: 2, next: null, previous: 'https://post.example/api/v2/user/hidden_users_id/?limit=1&offset=0', results: [Number(eve.id)] });
    expect((await ben.asks('GET', '/api/v2/user/hidden_users_id/')).body.count).toBe(0);
  });
});

describe('finding recipients', () => {
  const found = async (who: Person, query: string) =>
    (await who.asks('GET', `/api/v2/pm/search/${query}`)).body.results.map((user: { id: number }) => String(user.id));

  test('PM-80 finds those who follow the caller, by username and name, in any letter case', async () => {
    const [one, two] = [await newPerson(app, { username: 'findme-100pc', firstName: 'Zoe', lastName: 'Quist' }), await newPerson(app, { username: 'other-find', firstName: 'Findme', lastName: '' })];
    expect(await found(ada, '?user=findme')).toEqual([]);
    await follow(one, ada);
    await follow(two, ada);
    expect((await found(ada, '?user=FINDME')).sort()).toEqual([one.id, two.id].sort());
    expect(await found(ada, '?user=zoe%20q')).toEqual([one.id]);
    expect(await found(ada, '?user=findme&x=1')).toHaveLength(2);
    for (const nothing of ['', '?user=', '?user=%20', '?user=%25', '?user=_', '?user=undefined']) expect([nothing, await found(ada, nothing)]).toEqual([nothing, []]);
    await hide(one, ada);
    expect(await found(ada, '?user=findme')).toEqual([two.id]);
    await app.sql('UPDATE users SET disabled_at = now() WHERE id = $1', [two.id]);
    expect(await found(ada, '?user=findme')).toEqual([]);
  });

  test('PM-80 staff finds everybody but himself', async () => {
    const [staff, one] = [await newPerson(app, { username: 'staffy-1' }), await newPerson(app, { username: 'staffy-2' })];
    await app.sql("UPDATE users SET role = 'admin' WHERE id = $1", [staff.id]);
    expect(await found(staff, '?user=staffy')).toEqual([one.id]);
  });

  test('PM-20 PM-21 pages lead on while there is something, on the public address, with what else was asked', async () => {
    const people = await Promise.all(Array.from({ length: 3 }, (_, index) => newPerson(app, { username: `paged-${index}` })));
    for (const who of people) await follow(who, ada);
    const first = await ask(app, { path: '/api/v2/pm/search/?user=paged&limit=2&z=%26', token: ada.token, headers: { 'X-Forwarded-Host': 'evil.example' } });
    expect(first.body).toMatchObject({ count: 3, previous: null, next: 'https://post.example/api/v2/pm/search/?user=paged&limit=2&z=%26&offset=2' });
    const second = await ada.asks('GET', new URL(first.body.next).pathname + new URL(first.body.next).search);
    expect(second.body).toMatchObject({ count: 3, next: null, previous: 'https://post.example/api/v2/pm/search/?user=paged&limit=2&z=%26&offset=0' });
    expect([first.body.results.length, second.body.results.length]).toEqual([2, 1]);
    const beyond = await ada.asks('GET', '/api/v2/pm/search/?user=paged&offset=100');
    expect(beyond.body).toMatchObject({ count: 3, next: null, results: [] });
  });

  test.each(['limit=-1', 'limit=x', 'limit=0', 'limit=1e9', 'limit=999999999999999999999', 'offset=-5', 'offset=x', 'offset=99999999999999999999', 'limit=&offset=', 'limit=1&limit=2'])(
    'PM-21 %s never fails', async (query) => {
      const { status, body } = await ada.asks('GET', `/api/v2/pm/search/?user=person&${query}`);
      expect([status, typeof body.count]).toEqual([200, 'number']);
    },
  );
});

describe('settings', () => {
  test('PM-99 are the caller\'s own and change one by one', async () => {
    const path = `/api/v2/user/${ada.id}/settings/`;
    const all = { qa_frequency: 0, email_notification_not_qa: 1, mobile_notifications_scmty: 1, show_toast_notifications: 1, toast_notifications_emit_sound: 1 };
    expect((await ada.asks('GET', path)).body).toEqual(all);
    const changed = await ada.asks('PATCH', path, { qa_frequency: -1, show_toast_notifications: 0, role: 'admin' });
    expect([changed.status, changed.body]).toEqual([200, { ...all, qa_frequency: -1, show_toast_notifications: 0 }]);
    expect((await ada.asks('PATCH', path, { toast_notifications_emit_sound: 0 })).body).toEqual({ ...all, qa_frequency: -1, show_toast_notifications: 0, toast_notifications_emit_sound: 0 });
    expect((await ada.asks('GET', path)).body).toMatchObject({ qa_frequency: -1, toast_notifications_emit_sound: 0 });
    const wrong = await ada.asks('PATCH', path, { qa_frequency: 2, show_toast_notifications: 'x' });
    expect([wrong.status, faultsOf(wrong)]).toEqual([400, ['qa_frequency: invalid', 'show_toast_notifications: invalid']]);
    for (const method of ['GET', 'PATCH']) expect((await ben.asks(method, path, method === 'GET' ? undefined : {})).status).toBe(403);
  });
});

describe('switches', () => {
  test('PM-100 work without a token and tell that there are messages', async () => {
    const { status, body } = await ask(app, { path: '/api/v2/dynamic_preference/' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ count: 2, next: null, previous: null });
    const values = Object.fromEntries(body.results.map((entry: { section: string; name: string; value: unknown }) => [`${entry.section}.${entry.name}`, entry.value]));
    expect(values).toEqual({ 'addons.private_messages_enabled': true, 'configurations.follow_enabled': true });
    const features = await ask(app, { path: '/api/v2/feature/' });
    expect(features.body.results.every((entry: object) => 'id' in entry && 'name' in entry && 'enabled' in entry)).toBe(true);
  });
});
