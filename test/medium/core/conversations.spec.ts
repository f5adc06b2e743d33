import { Activity } from '../../../src/core/accounts/activity.js';
import { Credentials } from '../../../src/core/accounts/credentials.js';
import { DeleteUser } from '../../../src/core/accounts/delete-user.js';
import { Login } from '../../../src/core/accounts/login.js';
import { Users } from '../../../src/core/accounts/users.js';
import { Conversations } from '../../../src/core/conversations/conversations.js';
import { DirectAttachments } from '../../../src/core/conversations/direct-attachments.js';
import { Notices } from '../../../src/core/conversations/notices.js';
import { SendDirectMessage, type SendDirectMessageCommand } from '../../../src/core/conversations/send-direct-message.js';
import { WithdrawMessage } from '../../../src/core/conversations/withdraw-message.js';
import { Blocks } from '../../../src/core/relations/blocks.js';
import { Follows } from '../../../src/core/relations/follows.js';
import { Friendships } from '../../../src/core/relations/friendships.js';
import { Passwords } from '../../../src/crypto/passwords.js';
import { type DomainError } from '../../../src/kernel/domain-error.js';
import { type Id } from '../../../src/kernel/id-source.js';
import { openStore, type TestStore } from '../../support/store.js';

let t: TestStore;
let users: Users;
let login: Login;
let credentials: Credentials;
let activity: Activity;
let send: SendDirectMessage;
let conversations: Conversations;
let withdraw: WithdrawMessage;
let files: DirectAttachments;
let friends: Friendships;
let blocks: Blocks;
let follows: Follows;
let notices: Notices;
let deleteUser: DeleteUser;

beforeAll(async () => {
  t = await openStore();
  const passwords = new Passwords(t.ids);
  users = new Users(t.store, t.clock, passwords);
  login = new Login(t.store, passwords);
  activity = new Activity(t.store, t.clock);
  credentials = new Credentials(t.store, t.clock, t.ids, activity);
  send = new SendDirectMessage(t.store, t.clock, t.ids);
  conversations = new Conversations(t.store, t.clock, t.ids);
  withdraw = new WithdrawMessage(t.store, t.clock, t.ids);
  files = new DirectAttachments(t.store);
  friends = new Friendships(t.store, t.clock);
  blocks = new Blocks(t.store, t.clock);
  follows = new Follows(t.store, t.clock);
  notices = new Notices(t.store, t.clock);
  deleteUser = new DeleteUser(t.store, t.clock);
});
afterAll(async () => {
  await activity.onModuleDestroy();
  await t.close();
});

const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', (error: DomainError) => error.code);
let named = 0;

async function person(over: Partial<Parameters<Users['register']>[0]> = {}): Promise<Id> {
  named += 1;
  const user = await users.register({
    username: `Person${named}`, email: `person${named}@example.org`, password: null, firstName: 'Per', lastName: 'Son',
    birthdate: '1990-02-03', gender: 'female', validated: true, ...over,
  });
  return user.id;
}

const say = async (from: Id, to: Id, text: string, over: Partial<SendDirectMessageCommand> = {}): Promise<number> =>
  (await send.execute({ from, to, text, origin: 'test', ...over })).message.number;

const texts = async (reader: Id, partner: Id, skip = 0, take = 100): Promise<string[]> =>
  (await conversations.page({ reader, partner, skip, take })).messages.map((message) => message.text);

/** What the maintained row says, and what counting the messages says. */
async function counters(reader: Id, partner: Id): Promise<{ kept: unknown; counted: unknown }> {
  const page = await conversations.page({ reader, partner, skip: 0, take: 1000 });
  const unread = await conversations.unread({ reader, partner, take: 1000 });
  const kept = (await conversations.unreadTotals(reader)).find((total) => total.partner === partner)?.count ?? 0;
  return { kept: { total: page.total, unread: kept }, counted: { total: page.messages.length, unread: unread.length } };
}

describe('accounts', () => {
  it('names and addresses are unique whatever their letter case, also for twenty at once', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, (_, i) => codeOf(person({ username: i % 2 ? 'Twenty' : 'twenty', email: null }))));
    expect(results.filter((r) => r === 'done')).toHaveLength(1);
    expect(results.filter((r) => r === 'duplicate')).toHaveLength(19);
    await person({ email: 'Same@example.org' });
    await expect(person({ email: 'same@EXAMPLE.org' })).rejects.toMatchObject({ code: 'duplicate', facts: { field: 'email' } });
    expect((await users.byUsername('TWENTY'))?.username.toLowerCase()).toBe('twenty');
  });

  it('logs in by name or address with the right password only, and never shows a hash', async () => {
    await person({ username: 'Ada1815', email: 'ada@example.org', password: 'näch$te Analytical' });
    await person({ username: 'Pending', password: 'secret1', validated: false });
    const outcome = async (name: string, password: string) => (await login.execute({ login: name, password })).outcome;
    expect(await outcome('ada1815', 'näch$te Analytical')).toBe('ok');
    expect(await outcome('ADA@example.org', 'näch$te Analytical')).toBe('ok');
    expect(await outcome('ada1815', 'näch$te analytical')).toBe('wrong_password');
    expect(await outcome('nobody', 'x')).toBe('unknown');
    expect(await outcome('Pending', 'wrong')).toBe('not_validated');
    const [row] = await t.db.sql(`SELECT password_hash FROM users WHERE username = 'Ada1815'`);
    expect(row!.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(JSON.stringify(await users.byUsername('ada1815'))).not.toContain('argon2');
  });

  it('a credential works for its dialect, until it expires or is revoked, and is stored as a hash', async () => {
    const id = await person();
    const { secret, id: key } = await credentials.issue({ dialect: 'a', kind: 'user', userId: id, prefix: 'k_', lifetimeSeconds: 60, scopes: ['x'] });
    expect(await credentials.verify({ dialect: 'a', secret })).toMatchObject({ id: key, kind: 'user', userId: id, scopes: ['x'] });
    expect(await credentials.verify({ dialect: 'b', secret })).toBeNull();
    expect(await credentials.verify({ dialect: 'a', secret: `${secret}x` })).toBeNull();
    const both = await Promise.all([credentials.verify({ dialect: 'a', secret }), credentials.verify({ dialect: 'a', secret: 'k_no' })]);
    expect(both.map((c) => c?.id)).toEqual([key, undefined]);
    t.clock.advance(60_001);
    expect(await credentials.verify({ dialect: 'a', secret })).toBeNull();
    const second = await credentials.issue({ dialect: 'a', kind: 'site', userId: null, prefix: 'k_', lifetimeSeconds: null });
    expect(await credentials.revokeSecret('a', second.secret)).toBe(true);
    expect(await credentials.verify({ dialect: 'a', secret: second.secret })).toBeNull();
    const rows = await t.db.sql('SELECT * FROM credentials');
    expect(JSON.stringify(rows)).not.toContain(secret.slice(2, 20));
  });
});

describe('conversations', () => {
  it('both sides see what was said, newest first, in pages and before a number', async () => {
    const [ada, ben] = [await person(), await person()];
    const numbers: number[] = [];
    for (let i = 0; i < 12; i += 1) numbers.push(await say(i % 3 ? ada : ben, i % 3 ? ben : ada, `m${i}`));
    expect(numbers).toEqual([...numbers].sort((x, y) => x - y));
    const all = Array.from({ length: 12 }, (_, i) => `m${11 - i}`);
    expect(await texts(ada, ben)).toEqual(all);
    expect(await texts(ben, ada)).toEqual(all);
    expect([...(await texts(ada, ben, 0, 5)), ...(await texts(ada, ben, 5, 5)), ...(await texts(ada, ben, 10, 5))]).toEqual(all);
    const before = await conversations.page({ reader: ben, partner: ada, skip: 0, take: 3, before: numbers[5]! });
    expect(before.messages.map((message) => message.text)).toEqual(['m4', 'm3', 'm2']);
    expect(before.total).toBe(12);
    const last = before.messages[0]!;
    expect([last.from, last.to]).toEqual([ada, ben]);
    expect(await conversations.page({ reader: ada, partner: await person(), skip: 0, take: 3 })).toEqual({ total: 0, messages: [] });
  });

  it('reading marks one direction only, and counts agree after every step, under 40 at once', async () => {
    const [ada, ben] = [await person(), await person()];
    const first = await Promise.all(Array.from({ length: 20 }, (_, i) => say(ada, ben, `a${i}`)));
    await Promise.all([
      ...Array.from({ length: 15 }, (_, i) => say(ben, ada, `b${i}`)),
      ...Array.from({ length: 5 }, () => conversations.markRead({ reader: ben, partner: ada })),
      ...Array.from({ length: 15 }, (_, i) => say(ada, ben, `c${i}`)),
      ...first.slice(0, 8).map((number) => withdraw.forBoth({ by: ada, number })),
      ...first.slice(5, 12).map((number) => withdraw.fromOwnView({ by: ben, number })),
      ...first.slice(10, 14).map((number) => withdraw.fromOwnView({ by: ada, number })),
    ]);
    for (const [reader, partner] of [[ada, ben], [ben, ada]] as const) {
      const { kept, counted } = await counters(reader, partner);
      expect(kept).toEqual(counted);
    }
    await conversations.markRead({ reader: ben, partner: ada });
    expect((await counters(ben, ada)).kept).toMatchObject({ unread: 0 });
    expect((await counters(ada, ben)).kept).toMatchObject({ unread: 15 });
    const { messages } = await conversations.page({ reader: ada, partner: ben, skip: 0, take: 1000 });
    const isRead = (from: Id) => new Set(messages.filter((message) => message.from === from && !message.removedByRecipient).map((message) => message.readAt !== null));
    expect([isRead(ada), isRead(ben)]).toEqual([new Set([true]), new Set([false])]);
  });

  it('a withdrawn message leaves its place, without text or file, and only its sender withdraws', async () => {
    const [ada, ben, carl] = [await person(), await person(), await person()];
    const attachment = {
      wireId: '77001', name: 'plan.pdf', mediaType: 'application/pdf', byteSize: 12, sha256: Buffer.alloc(32, 5), storageKey: 'k1', details: { image: false },
    };
    const number = await say(ada, ben, 'with a file', { attachment });
    const [seen] = (await conversations.page({ reader: ben, partner: ada, skip: 0, take: 1 })).messages;
    expect(seen!.attachment).toEqual(attachment);
    expect(await files.find('77001')).toMatchObject({ from: ada, to: ben, attachment: { storageKey: 'k1' } });
    expect(await codeOf(withdraw.forBoth({ by: ben, number }))).toBe('message_not_found');
    expect(await codeOf(withdraw.forBoth({ by: carl, number }))).toBe('message_not_found');
    await withdraw.forBoth({ by: ada, number });
    await withdraw.forBoth({ by: ada, number });
    const [after] = (await conversations.page({ reader: ben, partner: ada, skip: 0, take: 1 })).messages;
    expect(after).toMatchObject({ number, text: '', withdrawn: true, attachment: null });
    expect(await files.find('77001')).toBeNull();
    expect(await t.db.sql(`SELECT 1 FROM messages WHERE body = 'with a file'::bytea`)).toEqual([]);
  });

  it('what one side removes stays for the other; what both remove is gone; recents follow', async () => {
    const [ada, ben] = [await person(), await person()];
    const older = await say(ada, ben, 'older');
    const newer = await say(ben, ada, 'newer');
    await withdraw.fromOwnView({ by: ada, number: newer });
    expect(await texts(ada, ben)).toEqual(['older']);
    expect(await texts(ben, ada)).toEqual(['newer', 'older']);
    const recent = await conversations.recent({ reader: ada, skip: 0, take: 5 });
    expect(recent.entries.map((entry) => [entry.partner, entry.message.text])).toEqual([[ben, 'older']]);
    await withdraw.fromOwnView({ by: ben, number: newer });
    expect(await t.db.sql('SELECT 1 FROM messages WHERE number = $1', [newer])).toEqual([]);
    await withdraw.fromOwnView({ by: ada, number: older });
    expect(await conversations.recent({ reader: ada, skip: 0, take: 5 })).toEqual({ total: 0, entries: [] });
    expect((await conversations.recent({ reader: ben, skip: 0, take: 5 })).total).toBe(1);
  });

  it('recents are the latest message of each conversation, newest first', async () => {
    const [ada, ben, carl] = [await person(), await person(), await person()];
    await say(ada, ben, 'to ben');
    await say(carl, ada, 'from carl');
    await say(ben, ada, 'ben again');
    const { total, entries } = await conversations.recent({ reader: ada, skip: 0, take: 10 });
    expect([total, entries.map((entry) => entry.message.text)]).toEqual([2, ['ben again', 'from carl']]);
    expect(await conversations.unreadTotals(ada)).toEqual([{ partner: ben, count: 1 }, { partner: carl, count: 1 }]);
  });

  it('a repeated send returns the stored message', async () => {
    const [ada, ben] = [await person(), await person()];
    const once = { scope: 's', key: 'k', digest: Buffer.from('d'), lifetimeSeconds: 60 };
    const number = await say(ada, ben, 'once', { once });
    expect(await send.execute({ from: ada, to: ben, text: 'once', origin: 'test', once })).toMatchObject({ replayed: true, message: { number, text: 'once' } });
    expect(await texts(ben, ada)).toEqual(['once']);
  });
});

describe('views, notices and several recipients', () => {
  it('clearing empties one view; later messages show; what both cleared is gone for good', async () => {
    const [ada, ben] = [await person(), await person()];
    for (let i = 0; i < 5; i += 1) await say(i % 2 ? ada : ben, i % 2 ? ben : ada, `canary-clear-${i}`);
    expect(await conversations.clear({ reader: ada, partner: ben })).toBe(true);
    expect(await conversations.clear({ reader: ada, partner: ben })).toBe(false);
    expect(await texts(ada, ben)).toEqual([]);
    expect(await texts(ben, ada)).toHaveLength(5);
    expect((await conversations.recent({ reader: ada, skip: 0, take: 5 })).total).toBe(0);
    const number = await say(ben, ada, 'later');
    expect(await texts(ada, ben)).toEqual(['later']);
    expect(await counters(ada, ben)).toEqual({ kept: { total: 1, unread: 1 }, counted: { total: 1, unread: 1 } });
    expect(await conversations.message(ada, number - 1)).toBeNull();
    expect((await conversations.message(ada, number))?.text).toBe('later');
    await conversations.clear({ reader: ben, partner: ada });
    expect(await t.db.sql(`SELECT 1 FROM messages WHERE body LIKE 'canary-clear%'::bytea`)).toEqual([]);
    expect(await texts(ada, ben)).toEqual(['later']);
  });

  it('an erased message is gone for both, counts and latest message included', async () => {
    const [ada, ben] = [await person(), await person()];
    await say(ada, ben, 'first');
    const second = await say(ada, ben, 'second');
    expect(await codeOf(withdraw.erase({ by: ben, number: second }))).toBe('message_not_found');
    await withdraw.erase({ by: ada, number: second });
    expect([await texts(ada, ben), await texts(ben, ada)]).toEqual([['first'], ['first']]);
    expect((await conversations.recent({ reader: ben, skip: 0, take: 5 })).entries[0]).toMatchObject({ unreadCount: 1, message: { text: 'first' } });
    expect((await counters(ben, ada)).kept).toEqual({ total: 1, unread: 1 });
    expect(await conversations.message(ben, second)).toBeNull();
    expect(await codeOf(withdraw.erase({ by: ada, number: second }))).toBe('message_not_found');
  });

  it('a range of numbers is paged and counted', async () => {
    const [ada, ben] = [await person(), await person()];
    const numbers: number[] = [];
    for (let i = 0; i < 6; i += 1) numbers.push(await say(i % 2 ? ada : ben, i % 2 ? ben : ada, `r${i}`));
    const range = { reader: ada, partner: ben, from: numbers[1]!, before: numbers[4]! };
    const page = await conversations.page({ ...range, skip: 0, take: 10 });
    expect([await conversations.countRange(range), page.messages.map((message) => message.text)]).toEqual([3, ['r3', 'r2', 'r1']]);
    const id = (await conversations.idOf(ada, ben))!;
    expect(await conversations.idOf(ben, ada)).toBe(id);
    expect(await conversations.byId(ben, id)).toMatchObject({ partner: ada, unreadCount: 3 });
    expect(await conversations.byId(await person(), id)).toBeNull();
  });

  it('notices: new until listed by number or read, gone with their message', async () => {
    const [ada, ben, carl] = [await person(), await person(), await person()];
    const numbers = [await say(ada, ben, 'n1'), await say(carl, ben, 'n2'), await say(ada, ben, 'n3')];
    const seen = async () => (await notices.list({ reader: ben, take: 10 })).map((notice) => [notice.message.text, notice.isNew]);
    expect(await seen()).toEqual([['n3', true], ['n2', true], ['n1', true]]);
    await notices.markNoticed(ben, [numbers[1]!, 999_999]);
    await notices.markNoticed(ada, [numbers[0]!]);
    expect([await notices.countNew(ben), await seen()]).toEqual([2, [['n3', true], ['n2', false], ['n1', true]]]);
    await conversations.markRead({ reader: ben, partner: ada });
    expect(await notices.countNew(ben)).toBe(0);
    await withdraw.erase({ by: carl, number: numbers[1]! });
    expect((await seen()).map(([text]) => text)).toEqual(['n3', 'n1']);
    expect((await notices.list({ reader: ben, take: 10, before: numbers[2]! })).map((notice) => notice.message.text)).toEqual(['n1']);
    await conversations.clear({ reader: ben, partner: ada });
    expect(await seen()).toEqual([]);
  });

  it('to several: each follows the sender, or nobody gets anything; a repeat returns the same', async () => {
    const [ada, ben, carl] = [await person(), await person(), await person()];
    const once = { scope: 's', key: `all-${ada}`, digest: Buffer.from('d'), lifetimeSeconds: 60 };
    const command = { from: ada, to: [ben, carl], text: 'to all', origin: 'test', followed: true, once };
    await follows.toggle(ben, ada);
    expect(await codeOf(send.toAll(command))).toBe('not_followed');
    expect(await texts(ben, ada)).toEqual([]);
    await follows.toggle(carl, ada);
    const sent = await send.toAll(command);
    expect(sent.messages.map((message) => message.to)).toEqual([ben, carl]);
    expect(new Set(sent.conversationIds).size).toBe(2);
    const again = await send.toAll(command);
    expect(again).toMatchObject({ replayed: true, conversationIds: sent.conversationIds });
    expect(again.messages.map((message) => message.number)).toEqual(sent.messages.map((message) => message.number));
    await follows.toggle(carl, ada);
    expect(await codeOf(send.toAll({ ...command, once: { ...once, key: 'next' } }))).toBe('not_followed');
    expect([await texts(ben, ada), await texts(carl, ada)]).toEqual([['to all'], ['to all']]);
  });

  it('follow lists put mutual ones first; the search finds followers by part of a name, literally', async () => {
    const ada = await person({ username: 'SearchedAda', firstName: 'Ada', lastName: '100%_sure' });
    const [ben, carl] = [await person({ username: 'benNeedle' }), await person({ firstName: 'Carl', lastName: 'Needle%' })];
    await follows.toggle(ben, ada);
    await follows.toggle(carl, ada);
    await follows.toggle(ada, carl);
    expect(await follows.followers(ada, { skip: 0, take: 9 })).toEqual({ total: 2, ids: [carl, ben] });
    expect(await follows.followers(ada, { skip: 0, take: 9, mutual: false })).toEqual({ total: 1, ids: [ben] });
    expect(await follows.followedOf(ada, [ben, carl])).toEqual(new Set([carl]));
    const found = async (text: string, by = ada) => (await users.search({ by, text, followersOnly: true, skip: 0, take: 9 })).users.map((user) => user.id);
    expect((await found('NEEDLE')).sort()).toEqual([ben, carl].sort());
    expect(await found('needle%')).toEqual([carl]);
    expect(await found('')).toEqual([]);
    expect(await found('ada', carl)).toEqual([ada]);
    await blocks.toggle(ben, ada);
    expect(await found('needle')).toEqual([carl]);
    await expect(follows.toggle(ada, ben)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await follows.toggle(ben, carl)).toBe(true);
    expect(await follows.toggle(ben, carl)).toBe(false);
  });
});

describe('relations', () => {
  it('a block stops messages both ways, and 20 sends race it without a stray', async () => {
    const [ada, ben] = [await person(), await person()];
    await say(ada, ben, 'before');
    const racing = await Promise.all([
      blocks.block(ben, ada).then(() => 'blocked'),
      ...Array.from({ length: 20 }, () => codeOf(say(ada, ben, 'racing'))),
    ]);
    const stored = racing.filter((r) => r === 'done').length;
    expect(await texts(ben, ada)).toHaveLength(1 + stored);
    expect(await codeOf(say(ada, ben, 'after'))).toBe('forbidden');
    expect(await codeOf(say(ben, ada, 'after'))).toBe('forbidden');
    expect(await blocks.blockedBy(ben)).toEqual([ada]);
    await blocks.unblock(ben, ada);
    expect(await codeOf(say(ben, ada, 'free'))).toBe('done');
  });

  it('asking both ways makes a friendship, 50 askers leave no double, blocks and oneself do not', async () => {
    const [ada, ben, carl] = [await person(), await person(), await person()];
    expect(await friends.ask(ada, ben)).toEqual({ isFriend: false, requestExists: true, done: true });
    expect(await friends.requestsTo(ben)).toEqual([ada]);
    await Promise.all(Array.from({ length: 50 }, (_, i) => (i % 2 ? friends.ask(ben, ada) : friends.ask(ada, ben))));
    expect(await friends.status(ben, ada)).toEqual({ isFriend: true, requestExists: true });
    expect(await friends.friendsOf(ada, { skip: 0, take: 10 })).toEqual({ total: 1, ids: [ben] });
    expect(await friends.requestCount(ben)).toBe(0);
    expect(await friends.ask(ada, ada)).toMatchObject({ done: false });
    await blocks.block(carl, ada);
    expect(await friends.ask(ada, carl)).toEqual({ isFriend: false, requestExists: false, done: false });
    await friends.remove(ben, ada);
    expect(await friends.status(ada, ben)).toEqual({ isFriend: false, requestExists: false });
  });
});

describe('deletion of an account', () => {
  it('takes messages on both sides, relations, keys and the name with it', async () => {
    const [ada, ben, carl] = [await person({ username: 'GoneSoon', email: 'gone@example.org' }), await person(), await person()];
    await say(ada, ben, 'canary-out');
    await say(ben, ada, 'canary-in');
    await say(ben, carl, 'stays');
    await friends.ask(ada, ben);
    const { secret } = await credentials.issue({ dialect: 'a', kind: 'user', userId: ada, prefix: 'k_', lifetimeSeconds: null });
    expect(await deleteUser.execute(ada)).toBe(true);
    expect(await deleteUser.execute(ada)).toBe(false);
    expect(await users.byId(ada)).toBeNull();
    expect(await users.byUsername('GoneSoon')).toBeNull();
    expect(await credentials.verify({ dialect: 'a', secret })).toBeNull();
    expect((await conversations.recent({ reader: ben, skip: 0, take: 9 })).entries.map((entry) => entry.message.text)).toEqual(['stays']);
    expect(await friends.requestsTo(ben)).toEqual([]);
    expect(await t.db.sql(`SELECT 1 FROM messages WHERE body LIKE 'canary%'::bytea`)).toEqual([]);
    expect(await t.db.sql(`SELECT 1 FROM users WHERE username = 'GoneSoon' OR email = 'gone@example.org'`)).toEqual([]);
    expect(await codeOf(say(ben, ada, 'late'))).toBe('forbidden');
    await deleteUser.finish();
    t.clock.advance(61_000);
    await deleteUser.finish();
    expect(await t.db.sql('SELECT 1 FROM users WHERE id = $1 AND purged_at IS NOT NULL', [ada])).toHaveLength(1);
    expect(await codeOf(person({ username: 'GoneSoon', email: 'gone@example.org' }))).toBe('done');
  });
});

describe('activity', () => {
  it('is written in the background, at most every five seconds', async () => {
    const ada = await person();
    activity.user(ada);
    activity.user(ada);
    await activity.onModuleDestroy();
    const first = (await users.byId(ada))!.lastActivityAt!.getTime();
    expect(first).toBe(t.clock.now());
    t.clock.advance(4_000);
    activity.user(ada);
    await activity.onModuleDestroy();
    expect((await users.byId(ada))!.lastActivityAt!.getTime()).toBe(first);
    t.clock.advance(1_001);
    activity.user(ada);
    await activity.onModuleDestroy();
    expect((await users.byId(ada))!.lastActivityAt!.getTime()).toBe(t.clock.now());
  });
});
