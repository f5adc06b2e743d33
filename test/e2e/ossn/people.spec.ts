import { startApp, type TestApp } from '../../support/app.js';
import { besides, type OssnUser, outcomeOf, send, Site } from '../../support/clients/ossn.js';
import { pdf } from '../../support/documents.js';

let app: TestApp;
let site: Site;

beforeAll(async () => {
  app = await startApp();
  site = new Site(app.url);
});
afterAll(() => app.close());

const UNKNOWN = ['103', 'No such a user exists'];
const EMPTY = ['106', 'One or more input expected , is empty. Please make sure you send all required inputs'];
const FORM = { firstname: 'Ines', lastname: 'Roth', password: 'secret', gender: 'female', birthdate: '24/05/1990' };
const form = (username: string, email = `${username}@harbour.example`) => ({ ...FORM, username, email, reemail: email });
const two = async (): Promise<[OssnUser, OssnUser]> => [await site.user('Ines'), await site.user('Olu')];
const FULL = ['guid', 'first_name', 'last_name', 'fullname', 'username', 'email', 'birthdate', 'gender', 'is_verified_user', 'icon', 'cover_url', 'language'];

describe('accounts', () => {
  it('OSSN-32 user_add answers with the trimmed user, and the account is good at once', async () => {
    const answer = await site.post('v1.0/user_add', { ...form('newcomer', 'New@Harbour.example'), firstname: 'x'.repeat(40) });
    expect(answer.body.payload).toEqual({ guid: expect.any(Number), fullname: `${'x'.repeat(30)} Roth`, username: 'newcomer', icon: { small: expect.stringContaining('/avatar/newcomer/small/') } });
    expect(await site.payload('v1.0/user_details', { username: 'NEWCOMER' })).toMatchObject({ email: 'new@harbour.example', birthdate: '24/05/1990', gender: 'female' });
    expect((await site.post('v1.0/user_authenticate', { username: 'newcomer', password: 'secret' })).body.code).toBe('100');
  });

  it('OSSN-32 OSSN-33 refusals, in their order', async () => {
    const outcome = async (fields: Record<string, string>) => outcomeOf(await site.post('v1.0/user_add', fields));
    await site.payload('v1.0/user_add', form('taken1'));
    expect(await outcome({})).toEqual(['103', 'Please make sure you provided all the fields, missing (username,firstname,lastname,email,reemail,password,gender,birthdate)']);
    expect(await outcome({ ...form('abc'), gender: 'x', reemail: 'y', password: '1' })).toEqual(['103', 'invalidgender']);
    expect(await outcome({ ...form('abc'), reemail: 'y', password: '1' })).toEqual(['103', 'email:error:matching']);
    expect(await outcome({ ...form('abc'), password: '1' })).toEqual(['103', 'username:error']);
    expect(await outcome({ ...form('taken1', 'nonsense'), password: '12345' })).toEqual(['107', 6]);
    expect(await outcome(form('TAKEN1', 'nonsense'))).toEqual(['103', 'username:inuse']);
    expect(await outcome(form('fresh1', 'TAKEN1@harbour.example'))).toEqual(['103', 'email:inuse']);
    expect(await outcome(form('fresh1', 'nonsense'))).toEqual(['103', 'email:invalid']);
    const short = await site.post('v1.0/user_add', { ...form('fresh1'), password: '12345' });
    expect([short.status, short.text.includes('"code":"107","message":6}')]).toEqual([200, true]);
  });

  it('OSSN-32 of many who want one name at once, one gets it', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => site.post('v1.0/user_add', form('wanted1', `wanted${i}@harbour.example`))));
    expect(answers.map(({ body }) => body.code).sort()).toEqual(['100', ...Array<string>(7).fill('103')]);
    const emails = await Promise.all(Array.from({ length: 4 }, (_, i) => site.post('v1.0/user_add', form(`wanter${i}`, 'same@harbour.example'))));
    expect(emails.filter(({ body }) => body.message === 'email:inuse')).toHaveLength(3);
  });

  it('OSSN-35 user_details: the last of guid, username, email wins', async () => {
    const [ines, olu] = await two();
    const details = async (fields: Record<string, string | number>) => outcomeOf(await site.post('v1.0/user_details', fields));
    const full = await site.payload('v1.0/user_details', { guid: ines.guid });
    expect(Object.keys(full as object)).toEqual(FULL);
    expect(Object.keys(full.icon as object)).toEqual(['topbar', 'smaller', 'small', 'larger', 'large']);
    expect((await site.payload('v1.0/user_details', { guid: ines.guid, username: olu.username })).guid).toBe(olu.guid);
    expect((await site.payload('v1.0/user_details', { guid: ines.guid, username: ines.username, email: olu.email.toUpperCase() })).guid).toBe(olu.guid);
    for (const fields of [{}, { guid: 0 }, { guid: 'x' }, { guid: 999_999 }, { guid: ines.guid, username: 'nobodyatall' }, { guid: ines.guid, email: 'nobody@x.example' }]) expect(await details(fields as never)).toEqual(UNKNOWN);
  });

  it('OSSN-35 user_edit needs the password, and refuses with 103', async () => {
    const [ines, olu] = await two();
    const change = { guid: ines.guid, new_email: 'Changed@Harbour.example', new_first_name: 'Inès', new_last_name: 'Bank', current_password: ines.password };
    const outcome = async (over: Record<string, string | number>) => outcomeOf(await site.post('v1.0/user_edit', { ...change, ...over }));
    expect(await outcome({ current_password: 'wrong one' })).toEqual(['103', 'Invalid username or password!']);
    expect(await outcome({ current_password: '' })).toEqual(['103', 'Please make sure you provided all the fields, missing (current_password)']);
    expect(await outcome({ guid: 999_999 })).toEqual(UNKNOWN);
    expect(await outcome({ new_email: 'x' })).toEqual(['103', 'email:invalid']);
    expect(await outcome({ new_email: olu.email })).toEqual(['103', 'email:inuse']);
    expect(await outcome({ new_gender: 'x' })).toEqual(['103', 'invalidgender']);
    expect(await outcome({ new_password: '12345' })).toEqual(['103', 'password:error']);
    const edited = await site.payload('v1.0/user_edit', { ...change, new_password: 'another one', new_gender: 'male' });
    expect(edited).toMatchObject({ guid: ines.guid, fullname: 'Inès Bank', email: 'changed@harbour.example', gender: 'male' });
    expect(Object.keys(edited as object)).toEqual(FULL);
    expect((await site.post('v1.0/user_authenticate', { username: ines.username, password: 'another one' })).body.code).toBe('100');
  });

  it('OSSN-46 user/delete takes messages on both sides, relations and files', async () => {
    const [ines, olu] = await two();
    await site.message(olu, ines, 'to ines');
    const { body } = await site.upload('v2.0/message/send', { from: ines.guid, to: olu.guid, message: 'from ines' }, { filename: 'a.pdf', content: pdf('gone') });
    await site.payload('v1.0/user_add_friend', { user_a: ines.guid, user_b: olu.guid });
    const url = new URL(body.payload.attachment_url as string);
    const fetchFile = () => send(app.url, { method: 'GET', path: url.pathname + url.search });
    expect((await fetchFile()).status).toBe(200);
    for (const fields of [{}, { guid: 0 }, { guid: '' }]) expect(outcomeOf(await site.post('v2.0/user/delete', fields))).toEqual(EMPTY);
    for (const guid of [999_999, 'x']) expect(outcomeOf(await site.post('v2.0/user/delete', { guid }))).toEqual(UNKNOWN);
    expect(await site.payload('v2.0/user/delete', { guid: ines.guid })).toEqual({ success: true });
    expect(outcomeOf(await site.post('v2.0/user/delete', { guid: ines.guid }))).toEqual(UNKNOWN);
    expect(outcomeOf(await site.post('v1.0/user_details', { username: ines.username }))).toEqual(UNKNOWN);
    expect(outcomeOf(await site.post('v1.0/user_authenticate', { username: ines.username, password: ines.password }))).toEqual(UNKNOWN);
    expect(outcomeOf(await site.post('v2.0/message/send', { from: olu.guid, to: ines.guid, message: 'x' }))).toEqual(UNKNOWN);
    expect(await site.payload('v1.0/message_recent', { guid: olu.guid })).toEqual({ list: false, offset: 1, count: false });
    expect(await site.payload('v1.0/notifications_count', { guid: olu.guid })).toEqual({ notifications: 0, messages: 0, friends: 0 });
    expect((await fetchFile()).status).toBe(404);
    expect(Number((await app.sql("SELECT count(*) AS n FROM messages WHERE convert_from(body, 'UTF8') IN ('to ines', 'from ines')"))[0]!['n'])).toBe(0);
  });

  it('OSSN-46 an administrator is not deleted', async () => {
    const boss = await site.user('Boss');
    await app.sql("UPDATE users SET role = 'admin' WHERE id = $1", [boss.guid]);
    expect(outcomeOf(await site.post('v2.0/user/delete', { guid: boss.guid }))).toEqual(UNKNOWN);
    expect((await site.payload('v1.0/user_details', { guid: boss.guid })).guid).toBe(boss.guid);
  });
});

describe('user_authenticate', () => {
  it('OSSN-34 by name or e-mail address, with a session cookie and the full user', async () => {
    const [ines] = await two();
    for (const username of [ines.username, ines.username.toUpperCase(), ines.email]) {
      const answer = await site.post('v1.0/user_authenticate', { username, password: ines.password });
      expect([answer.status, answer.body.code, answer.body.payload.guid]).toEqual([200, '100', ines.guid]);
      expect(Object.keys(answer.body.payload as object)).toEqual(FULL);
      expect(answer.headers['set-cookie']).toEqual([expect.stringMatching(/^ossn_session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)]);
    }
    expect((await site.get('v1.0/user_authenticate', { username: ines.username, password: ines.password })).body.code).toBe('100');
    expect((await site.post('v1.0/user_details', { guid: ines.guid })).headers['set-cookie']).toBeUndefined();
  });

  it('OSSN-34 unknown 103, wrong password 105, not validated 104 whatever the password', async () => {
    const [ines, olu] = await two();
    const outcome = async (username: string | undefined, password?: string) => outcomeOf(await site.post('v1.0/user_authenticate', { username, password }));
    expect(await outcome('nobodyatall', 'x')).toEqual(UNKNOWN);
    expect(await outcome(undefined)).toEqual(UNKNOWN);
    const wrong = await site.post('v1.0/user_authenticate', { username: ines.username, password: 'wrong' });
    expect([...outcomeOf(wrong), wrong.headers['set-cookie']]).toEqual(['105', 'Invalid username or password!', undefined]);
    expect(await outcome(ines.email, '')).toEqual(['105', 'Invalid username or password!']);
    await app.sql('UPDATE users SET validated_at = NULL WHERE id = $1', [olu.guid]);
    for (const password of [olu.password, 'wrong']) expect(await outcome(olu.username, password)).toEqual(['104', 'User not validated']);
  });

  it('OSSN-34 passwords are kept as argon2id, and the cookie is Secure on https', async () => {
    const [ines] = await two();
    const [row] = await app.sql<{ password_hash: string }>('SELECT password_hash FROM users WHERE id = $1', [ines.guid]);
    expect(row!.password_hash).toMatch(/^\$argon2id\$/);
    await besides({ db: app.db, env: { PUBLIC_URL: 'https://harbour.example' } }, async (secure) => {
      const answer = await secure.post('v1.0/user_authenticate', { username: ines.username, password: ines.password });
      expect(answer.headers['set-cookie']?.[0]).toMatch(/; SameSite=Lax; Secure$/);
    });
  });

  it('OSSN-34 guessing is limited per account and per address, not for those who know', async () => {
    const [ines, olu] = await two();
    await besides({ db: app.db, env: { RATE_LIMITS: 'ossn.login_account=3/600,ossn.login_address=5/600' } }, async (limited) => {
      const statuses: number[] = [];
      for (let i = 0; i < 6; i += 1) statuses.push((await limited.post('v1.0/user_authenticate', { username: ines.username, password: ines.password })).status);
      for (let i = 0; i < 4; i += 1) statuses.push((await limited.post('v1.0/user_authenticate', { username: ines.username, password: 'wrong' })).status);
      expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 200, 429]);
      // the account is shut for the right password too, another one is not until the address is
      for (const username of [ines.username.toUpperCase(), ines.email]) {
        expect((await limited.post('v1.0/user_authenticate', { username, password: ines.password })).status).toBe(429);
      }
      expect((await limited.post('v1.0/user_authenticate', { username: olu.username, password: olu.password })).body.code).toBe('100');
      for (const username of ['nobody1', 'nobody2']) await limited.post('v1.0/user_authenticate', { username, password: 'x' });
      expect((await limited.post('v1.0/user_authenticate', { username: olu.username, password: olu.password })).status).toBe(429);
    });
  });

  it('OSSN-32 OSSN_AUTO_VALIDATE=false leaves a new account unable to log in, but able to write', async () => {
    await besides({ db: app.db, env: { OSSN_AUTO_VALIDATE: 'false' } }, async (slow) => {
      const [late, ines] = [await slow.user('Late'), await site.user('Ines')];
      expect(outcomeOf(await slow.post('v1.0/user_authenticate', { username: late.username, password: late.password }))).toEqual(['104', 'User not validated']);
      expect((await slow.message(late, ines, 'x')).message).toBe('x');
    });
  });
});

describe('friendships', () => {
  const ask = (a: OssnUser, b: OssnUser) => site.payload('v1.0/user_add_friend', { user_a: a.guid, user_b: b.guid });
  const status = (a: OssnUser, b: OssnUser) => site.payload('v1.0/user_is_friend', { user_a: a.guid, user_b: b.guid });
  const PAIR_OPERATIONS = ['v1.0/user_add_friend', 'v1.0/user_remove_friend', 'v1.0/user_is_friend'];

  it('OSSN-36 OSSN-37 OSSN-38 OSSN-40 asking, accepting, parting', async () => {
    const [ines, olu] = await two();
    expect(await status(ines, olu)).toEqual({ is_friend: false, request_exists: false });
    expect(await ask(ines, olu)).toEqual({ is_friend: false, request_exists: true, success: true });
    expect([await status(ines, olu), await status(olu, ines)]).toEqual([{ is_friend: false, request_exists: true }, { is_friend: false, request_exists: false }]);
    const requests = await site.payload('v1.0/user_friend_requests', { guid: olu.guid });
    expect(Object.keys(requests as object).sort()).toEqual(['count', 'offset', 'requests', 'total']);
    expect(requests).toMatchObject({ count: 1, total: 1, offset: false, requests: [{ guid: ines.guid }] });
    expect(Object.keys(requests.requests[0] as object)).toEqual(FULL);
    expect(await site.payload('v1.0/notifications_count', { guid: olu.guid })).toMatchObject({ friends: 1 });
    expect(await ask(olu, ines)).toEqual({ is_friend: true, request_exists: true, success: true });
    expect([await status(ines, olu), await status(olu, ines)]).toEqual(Array(2).fill({ is_friend: true, request_exists: true }));
    expect(await site.payload('v1.0/user_friend_requests', { guid: olu.guid, offset: '2' })).toEqual({ count: 0, total: 0, requests: null, offset: '2' });
    for (const [a, b] of [[ines, olu], [olu, ines], [ines, olu]] as const) {
      const parted = await site.payload('v1.0/user_remove_friend', { user_a: a.guid, user_b: b.guid });
      expect(parted).toEqual({ is_friend: false, request_exists: false, success: true });
    }
    expect([await status(ines, olu), await status(olu, ines)]).toEqual(Array(2).fill({ is_friend: false, request_exists: false }));
  });

  it('OSSN-36 fifty identical calls at once, both ways, make one friendship', async () => {
    const [ines, olu] = await two();
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => (i % 2 ? ask(ines, olu) : ask(olu, ines))));
    for (const answer of answers) expect(answer.success).toBe(true);
    for (const guid of [ines.guid, olu.guid]) expect(await site.payload('v1.0/user_friends', { guid })).toMatchObject({ total: 1, friends: [{}] });
    const counted = await app.sql("SELECT count(*) AS n FROM relations r JOIN mailboxes m ON m.id = r.from_id WHERE r.kind = 'friend' AND m.user_id IN ($1, $2)", [ines.guid, olu.guid]);
    expect(counted[0]!['n']).toBe('2');
  });

  it('OSSN-36 nobody befriends himself, or somebody across a block', async () => {
    const [ines, olu] = await two();
    expect(await ask(ines, ines)).toMatchObject({ is_friend: false, success: false });
    await site.payload('v2.0/user/block', { guid: olu.guid, to_block_guid: ines.guid });
    expect(await ask(ines, olu)).toMatchObject({ success: false });
    expect(await ask(olu, ines)).toMatchObject({ success: false });
    expect(await site.payload('v1.0/user_friends', { guid: ines.guid })).toEqual({ total: 0, friends: null, offset: 1 });
  });

  it('OSSN-36 missing 106, unknown 103', async () => {
    const [ines] = await two();
    for (const operation of PAIR_OPERATIONS) {
      expect(outcomeOf(await site.post(operation, { user_a: ines.guid }))).toEqual(EMPTY);
      expect(outcomeOf(await site.post(operation, { user_a: ines.guid, user_b: 999_999 }))).toEqual(UNKNOWN);
    }
  });

  it('OSSN-39 user_friends: pages of page_limit, null where empty', async () => {
    const ines = await site.user('Ines');
    const friends = await Promise.all(Array.from({ length: 12 }, (_, i) => site.user(`Friend${String.fromCharCode(65 + i)}`)));
    for (const friend of friends) {
      await ask(ines, friend);
      await ask(friend, ines);
    }
    const list = (fields: Record<string, string | number>) => site.payload('v1.0/user_friends', { guid: ines.guid, ...fields });
    const first = await list({});
    expect(Object.keys(first as object)).toEqual(['total', 'friends', 'offset']);
    expect([first.total, first.friends.length, first.offset, Object.keys(first.friends[0] as object)]).toEqual([12, 10, 1, FULL]);
    const second = await list({ offset: 2 });
    expect([second.total, second.friends.length, second.offset]).toEqual([12, 2, '2']);
    expect(new Set([...first.friends, ...second.friends].map(({ guid }: OssnUser) => guid)).size).toBe(12);
    expect((await list({ page_limit: 5, offset: 3 })).friends).toHaveLength(2);
    expect((await list({ page_limit: 1000 })).friends).toHaveLength(12);
    for (const offset of [3, '999999999999999']) expect(await list({ offset })).toEqual({ total: 12, friends: null, offset: String(offset) });
    for (const guid of [undefined, 999_999]) expect(outcomeOf(await site.post('v1.0/user_friends', { guid }))).toEqual(UNKNOWN);
    for (const guid of [undefined, 999_999]) expect(outcomeOf(await site.post('v1.0/user_friend_requests', { guid }))).toEqual(UNKNOWN);
  });
});

describe('blocks', () => {
  it('OSSN-41 block, unblock, blocklist', async () => {
    const [ines, olu] = await two();
    const list = () => site.payload('v2.0/user/blocklist', { guid: ines.guid });
    expect(await list()).toEqual({ list: false });
    for (let i = 0; i < 2; i += 1) expect(await site.payload('v2.0/user/block', { guid: ines.guid, to_block_guid: olu.guid })).toEqual({ success: true });
    const { list: blocked } = await list();
    expect([blocked.length, blocked[0].guid, Object.keys(blocked[0] as object)]).toEqual([1, olu.guid, FULL]);
    for (let i = 0; i < 2; i += 1) expect(await site.payload('v2.0/user/unblock', { guid: ines.guid, to_unblock_guid: olu.guid })).toEqual({ success: true });
    expect(await list()).toEqual({ list: false });
  });

  it('OSSN-41 missing 106, unknown 103, oneself 200; v1.0 has none of it', async () => {
    const ines = await site.user('Ines');
    for (const [operation, other] of [['v2.0/user/block', 'to_block_guid'], ['v2.0/user/unblock', 'to_unblock_guid']] as const) {
      expect(outcomeOf(await site.post(operation, { guid: ines.guid }))).toEqual(EMPTY);
      expect(outcomeOf(await site.post(operation, { [other]: ines.guid }))).toEqual(EMPTY);
      expect(outcomeOf(await site.post(operation, { guid: ines.guid, [other]: 999_999 }))).toEqual(UNKNOWN);
    }
    expect(outcomeOf(await site.post('v2.0/user/blocklist', {}))).toEqual(EMPTY);
    expect(outcomeOf(await site.post('v2.0/user/blocklist', { guid: 999_999 }))).toEqual(UNKNOWN);
    expect(outcomeOf(await site.post('v2.0/user/block', { guid: ines.guid, to_block_guid: ines.guid }))).toEqual(['200', 'Cannot block user! Please try again later.']);
    for (const name of ['user_block', 'user_unblock', 'user_blocklist']) expect(outcomeOf(await site.post(`v1.0/${name}`, { guid: ines.guid }))).toEqual(['101', 'Invalid Method']);
  });

  it('OSSN-42 blocking and sending at the same instant never lets a message through after the block', async () => {
    const [ines, olu] = await two();
    const [blocked, ...sent] = await Promise.all([
      site.post('v2.0/user/block', { guid: olu.guid, to_block_guid: ines.guid }),
      ...Array.from({ length: 20 }, (_, i) => site.post('v2.0/message/send', { from: ines.guid, to: olu.guid, message: `m${i}` })),
    ]);
    expect(blocked.body.code).toBe('100');
    for (const { body } of sent) expect(['100', '200']).toContain(body.code);
    const listed = (await site.payload('v2.0/message/list', { guid: olu.guid, to: ines.guid })).count;
    expect(listed).toBe(sent.filter(({ body }) => body.code === '100').length);
    expect((await site.post('v2.0/message/send', { from: ines.guid, to: olu.guid, message: 'late' })).body.code).toBe('200');
  });
});

describe('counters and notifications', () => {
  it('OSSN-43 counts unread messages of all senders and open requests', async () => {
    const [ines, olu] = await two();
    const third = await site.user('Third');
    for (const sender of [ines, ines, third]) await site.message(sender, olu, 'x');
    await site.payload('v1.0/user_add_friend', { user_a: ines.guid, user_b: olu.guid });
    const counters = { notifications: 0, messages: 3, friends: 1 };
    const answer = await site.post('v1.0/notifications_count', { guid: olu.guid });
    expect(JSON.stringify(answer.body.payload)).toBe(JSON.stringify(counters));
    for (const types of ['["like:post","comments:post"]', "['x'", "') OR 1=1 --", '["x\') OR (\'1\'=\'1"]', '{}']) expect(await site.payload('v1.0/notifications_count', { guid: olu.guid, types })).toEqual(counters);
    for (const guid of [undefined, 0, 999_999]) expect(outcomeOf(await site.post('v1.0/notifications_count', { guid }))).toEqual(['200', 'No such a user exists']);
    await site.payload('v1.0/message_new', { to: olu.guid, from: ines.guid, markallread: 1 });
    expect(await site.payload('v1.0/notifications_count', { guid: olu.guid })).toMatchObject({ messages: 1 });
  });

  it('OSSN-43 there are no notifications to list or to mark', async () => {
    const [ines] = await two();
    expect(await site.payload('v1.0/notifications_list_user', { owner_guid: ines.guid })).toEqual({ list: false, count: 0, offset: 1 });
    expect(outcomeOf(await site.post('v1.0/notifications_list_user', { owner_guid: 999_999 }))).toEqual(UNKNOWN);
    expect(await site.payload('v2.0/notification/mark_all_read', { guid: ines.guid })).toEqual({ success: true });
    expect(outcomeOf(await site.post('v2.0/notification/mark_all_read', { guid: 999_999 }))).toEqual(['200', 'No such a user exists']);
    expect(outcomeOf(await site.post('v1.0/notifications_mark_viewed', { guid: 7 }))).toEqual(['200', 'Can not mark notification as read']);
  });

  it('OSSN-44 unread messages by sender', async () => {
    const [ines, olu] = await two();
    const third = await site.user('Third');
    const count = (guid: number) => site.post('v1.0/unread_mesages_count_custom', { guid });
    expect(outcomeOf(await count(olu.guid))).toEqual(['200', 'No unread messages has been found']);
    for (const sender of [ines, third, ines]) await site.message(sender, olu, 'x');
    const { payload } = (await count(olu.guid)).body;
    expect([...payload].sort((a, b) => a.message_from - b.message_from)).toEqual([{ total: 2, message_from: ines.guid }, { total: 1, message_from: third.guid }]);
    expect(outcomeOf(await count(999_999))).toEqual(['200', 'No such a user exists']);
  });

  it('OSSN-45 v1.0 has no list of components', async () => {
    expect(outcomeOf(await site.post('v1.0/components_list_enabled'))).toEqual(['101', 'Invalid Method']);
    expect((await site.get('v2.0/components/list_enabled')).body.payload.components).toEqual(expect.arrayContaining(['OssnMessages', 'OssnBlock', 'OssnNotifications', 'OssnProfile', 'OssnServices']));
  });
});
