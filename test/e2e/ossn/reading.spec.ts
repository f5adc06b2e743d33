import { startApp, type TestApp } from '../../support/app.js';
import { type OssnUser, outcomeOf, Site, type WireAnswer } from '../../support/clients/ossn.js';
import { pdf } from '../../support/documents.js';
import { TestClock } from '../../support/store.js';
import { Credentials } from '../../../src/core/accounts/credentials.js';

let app: TestApp;
let site: Site;
const clock = new TestClock();

beforeAll(async () => {
  app = await startApp({ clock });
  site = new Site(app.url);
});
afterAll(() => app.close());

const UNKNOWN_IN_LIST = ['200', 'No such a user exists'];
type Wire = WireAnswer['body'];
const texts = (list: Wire): string[] => list.map(({ message }: Wire) => message);
const two = async (): Promise<[OssnUser, OssnUser]> => [await site.user('Ines'), await site.user('Olu')];

async function talk(from: OssnUser, to: OssnUser, count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let i = 1; i <= count; i += 1) ids.push((await site.message(from, to, `m${i}`)).id);
  return ids;
}

describe.each([['v2.0/message/list'], ['v1.0/message_list']])('%s', (operation) => {
  it('OSSN-28 pages of ten, the newest first, each in the order of writing, false at the end', async () => {
    const [ines, olu] = await two();
    await talk(ines, olu, 25);
    const page = async (offset?: string) => site.payload(operation, { guid: olu.guid, to: ines.guid, offset });
    const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `m${from + i}`);
    const first = await page();
    expect(Object.keys(first as object)).toEqual(['list', 'withuser', 'count', 'offset']);
    expect([texts(first.list), first.count, first.offset]).toEqual([range(16, 25), 25, false]);
    for (const [offset, expected] of [['1', range(16, 25)], ['2', range(6, 15)], ['3', range(1, 5)]] as const) {
      const { list, count, offset: echo } = await page(offset);
      expect([texts(list), count, echo]).toEqual([expected, 25, offset]);
    }
    for (const offset of ['4', '999999999', '999999999999999', '9'.repeat(23)]) expect(await page(offset)).toMatchObject({ list: false, count: 25, offset });
    for (const offset of ['0', '-1', 'abc', '1.5', '']) {
      const { list, count, offset: echo } = await page(offset);
      expect([offset, texts(list), count, echo]).toEqual([offset, range(16, 25), 25, false]);
    }
  });

  it('OSSN-28 page_limit alone is ignored; with before_id both are a cursor that stays put', async () => {
    const [ines, olu] = await two();
    const ids = await talk(ines, olu, 25);
    expect((await site.payload(operation, { guid: olu.guid, to: ines.guid, page_limit: 3 })).list).toHaveLength(10);
    const before = async (id: number, limit?: number) => texts((await site.payload(operation, { guid: olu.guid, to: ines.guid, before_id: id, page_limit: limit })).list);
    expect(await before(ids[5]!, 3)).toEqual(['m3', 'm4', 'm5']);
    await site.message(ines, olu, 'arrives');
    expect(await before(ids[5]!, 3)).toEqual(['m3', 'm4', 'm5']);
    expect(await before(ids[20]!)).toHaveLength(10);
    expect(await before(ids[24]!, 1000)).toHaveLength(24);
    expect(await site.payload(operation, { guid: olu.guid, to: ines.guid, before_id: ids[0], offset: '7' })).toMatchObject({ list: false, count: 26, offset: false });
  });

  it('OSSN-28 both sides see the same, nobody else does, and oneself is empty', async () => {
    const [ines, olu] = await two();
    const third = await site.user('Third');
    await site.message(ines, olu, 'one');
    await site.message(olu, ines, 'two');
    for (const [guid, to] of [[ines.guid, olu.guid], [olu.guid, ines.guid]]) expect(texts((await site.payload(operation, { guid, to })).list)).toEqual(['one', 'two']);
    for (const [guid, to] of [[third.guid, olu.guid], [ines.guid, third.guid], [ines.guid, ines.guid]]) {
      expect(await site.payload(operation, { guid, to })).toMatchObject({ list: false, count: 0, offset: false });
    }
  });

  it('OSSN-28 OSSN-31 markallread marks what was received, after the page was read, and in this direction only', async () => {
    const [ines, olu] = await two();
    await site.message(ines, olu, 'to olu');
    await site.message(olu, ines, 'to ines');
    const viewed = async (guid: number, to: number, markallread?: string) =>
      (await site.payload(operation, { guid, to, markallread })).list.map((message: Wire) => [message.message, message.viewed]);
    const fresh = [['to olu', '0'], ['to ines', '0']];
    expect(await viewed(olu.guid, ines.guid)).toEqual(fresh);
    for (const other of ['0', 'true', 'yes', '']) expect(await viewed(olu.guid, ines.guid, other)).toEqual(fresh);
    expect(await viewed(olu.guid, ines.guid, '1')).toEqual(fresh);
    // the sender sees it as well
    for (const [guid, to] of [[olu.guid, ines.guid], [ines.guid, olu.guid]] as const) expect(await viewed(guid, to)).toEqual([['to olu', '1'], ['to ines', '0']]);
  });

  it('OSSN-09 OSSN-28 unknown and missing users are 200, not 103 or 106', async () => {
    const [ines, olu] = await two();
    for (const fields of [{ guid: ines.guid }, { to: olu.guid }, {}, { guid: ines.guid, to: 999_999 }, { guid: 'x', to: olu.guid }, { guid: 0, to: olu.guid }]) {
      expect(outcomeOf(await site.post(operation, fields))).toEqual(UNKNOWN_IN_LIST);
    }
  });

  it('OSSN-28 the form of withuser', async () => {
    const [ines, olu] = await two();
    const { withuser } = await site.payload(operation, { guid: olu.guid, to: ines.guid });
    const v2 = operation.startsWith('v2');
    expect(Object.keys(withuser as object)).toEqual(['guid', 'fullname', 'username', 'icon', ...(v2 ? ['is_online'] : [])]);
    expect(Object.keys(withuser.icon as object)).toEqual(v2 ? ['small', 'smaller'] : ['small']);
    expect([withuser.guid, typeof withuser.is_online]).toEqual([ines.guid, v2 ? 'boolean' : 'undefined']);
  });
});

describe.each([['v2.0/message/new'], ['v1.0/message_new']])('%s', (operation) => {
  const unread = (reader: OssnUser, partner: OssnUser, markallread?: string) => site.payload(operation, { to: reader.guid, from: partner.guid, markallread });

  it('OSSN-27 unread messages of one sender, newest first, false where there are none', async () => {
    const [ines, olu] = await two();
    const third = await site.user('Third');
    expect(await unread(olu, ines)).toMatchObject({ list: false });
    await talk(ines, olu, 3);
    await site.message(third, olu, 'of another');
    await site.message(olu, ines, 'answer');
    const found = await unread(olu, ines);
    expect(Object.keys(found as object)).toEqual(['list', 'withuser']);
    expect(texts(found.list)).toEqual(['m3', 'm2', 'm1']);
    expect(found.withuser).toMatchObject({ guid: ines.guid });
    expect(Object.keys(found.withuser as object)).toEqual(['guid', 'fullname', 'username', 'icon', ...(operation.startsWith('v2') ? ['is_online'] : [])]);
    expect(texts((await unread(ines, olu)).list)).toEqual(['answer']);
  });

  it('OSSN-27 OSSN-31 markallread works in v1.0, after the list was made, and has no effect in v2.0', async () => {
    const [ines, olu] = await two();
    await talk(ines, olu, 2);
    expect((await unread(olu, ines, '1')).list.map(({ viewed }: Wire) => viewed)).toEqual(['0', '0']);
    const after = await unread(olu, ines);
    if (operation.startsWith('v1')) expect(after.list).toBe(false);
    else expect(texts(after.list)).toEqual(['m2', 'm1']);
  });

  it('OSSN-27 OSSN-31 what was removed or deleted for both is neither new nor counted', async () => {
    const [ines, olu] = await two();
    const [gone, removed] = await talk(ines, olu, 3);
    await site.payload('v1.0/message_delete', { id: gone, guid: ines.guid });
    await site.payload('v1.0/message_delete', { id: removed, guid: olu.guid, type: 'me' });
    expect(texts((await unread(olu, ines)).list)).toEqual(['m3']);
    expect(await site.payload('v1.0/notifications_count', { guid: olu.guid })).toMatchObject({ messages: 1 });
  });

  it('OSSN-09 OSSN-27 unknown and missing users are 200', async () => {
    const [ines] = await two();
    for (const fields of [{ to: ines.guid }, { from: ines.guid }, {}, { to: ines.guid, from: 999_999 }, { guid: ines.guid, from: ines.guid }]) {
      expect(outcomeOf(await site.post(operation, fields))).toEqual(UNKNOWN_IN_LIST);
    }
  });

  it('OSSN-27 gives at most 500', async () => {
    const [ines, olu] = await two();
    for (let round = 0; round < 11; round += 1) await Promise.all(Array.from({ length: 46 }, (_, i) => site.message(ines, olu, `m${round}-${i}`)));
    expect((await unread(olu, ines)).list).toHaveLength(500);
  });
});

describe('v1.0/message_recent', () => {
  const recent = (reader: OssnUser, offset?: string) => site.payload('v1.0/message_recent', { guid: reader.guid, offset });

  it('OSSN-29 the latest message of each conversation, newest first, ten on a page', async () => {
    const reader = await site.user('Reader');
    expect(await recent(reader)).toEqual({ list: false, offset: 1, count: false });
    const partners = await Promise.all(Array.from({ length: 12 }, (_, i) => site.user(`Partner${String.fromCharCode(65 + i)}`)));
    for (const [index, partner] of partners.entries()) {
      await site.message(partner, reader, `first ${index}`);
      await site.message(reader, partner, `latest ${index}`);
    }
    const found = await recent(reader);
    expect(Object.keys(found as object)).toEqual(['list', 'offset', 'count']);
    expect([texts(found.list), found.offset, found.count]).toEqual([[11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map((i) => `latest ${i}`), 1, 12]);
    expect(await recent(reader, '2')).toMatchObject({ offset: '2', count: 12, list: [{ message: 'latest 1' }, { message: 'latest 0' }] });
    for (const offset of ['3', '999999999999999', '9'.repeat(23)]) expect(await recent(reader, offset)).toMatchObject({ list: false, offset });
    for (const offset of ['0', '-3', 'x']) expect(await recent(reader, offset)).toMatchObject({ offset: 1, count: 12 });
    expect((await recent(partners[0]!)).list).toHaveLength(1);
  });

  it('OSSN-29 the text is encoded, its line breaks are real ones without <br />', async () => {
    const [ines, olu] = await two();
    await site.message(ines, olu, 'a & b\nc\r\nd');
    expect((await recent(olu)).list[0]).toMatchObject({ message: 'a &amp; b\nc\r\nd', answered: 0 });
  });

  it('OSSN-29 answered tells of a reply the reader no longer sees', async () => {
    const [ines, olu] = await two();
    await site.message(ines, olu, 'question');
    const reply = await site.message(olu, ines, 'reply');
    await site.payload('v1.0/message_delete', { id: reply.id, guid: olu.guid, type: 'me' });
    expect((await recent(olu)).list[0]).toMatchObject({ message: 'question', answered: 1 });
  });

  it('OSSN-09 OSSN-29 unknown and missing users are 200', async () => {
    for (const fields of [{}, { guid: 999_999 }, { guid: 'x' }, { guid: 0 }]) expect(outcomeOf(await site.post('v1.0/message_recent', fields))).toEqual(UNKNOWN_IN_LIST);
  });
});

describe('v1.0/message_delete', () => {
  const FAILED = ['200', 'Message delete failed'];
  const remove = (id: number | string | undefined, guid: number | undefined, type?: string) => site.post('v1.0/message_delete', { id, guid, type });
  const listed = async (reader: OssnUser, partner: OssnUser) => (await site.payload('v2.0/message/list', { guid: reader.guid, to: partner.guid })).list;

  it('OSSN-30 the sender empties it for both; the place stays, the text is gone for good', async () => {
    const [ines, olu] = await two();
    await site.message(ines, olu, 'before');
    const { id } = await site.message(ines, olu, 'a secret nobody keeps');
    await site.payload('v2.0/message/list', { guid: olu.guid, to: ines.guid, markallread: 1 });
    const answer = await remove(id, ines.guid);
    expect([answer.body.payload, ...outcomeOf(answer)]).toEqual([true, '100', 'Request successfully executed']);
    for (const list of [await listed(ines, olu), await listed(olu, ines)]) {
      expect(list[1]).toMatchObject({ id, message: '', viewed: '1', is_deleted: '1', is_deleted_from: '', is_deleted_to: '' });
      expect(list[0]).not.toHaveProperty('is_deleted');
    }
    expect((await remove(id, ines.guid)).body.payload).toBe(true);
    expect((await remove(id, ines.guid, 'all')).body.payload).toBe(true);
    const [row] = await app.sql<{ row: string }>('SELECT messages::text AS row FROM messages WHERE number = $1', [id]);
    expect(row!.row).not.toContain(Buffer.from('a secret').toString('hex'));
  });

  it('OSSN-30 nobody else may, and nonsense fails', async () => {
    const [ines, olu] = await two();
    const third = await site.user('Third');
    const { id } = await site.message(ines, olu, 'mine');
    for (const [given, guid] of [[id, olu.guid], [id, third.guid], [id, undefined], [id, 999_999], [undefined, ines.guid], [999_999_999, ines.guid], ['x', ines.guid], [0, ines.guid], ['9'.repeat(20), ines.guid]] as const) {
      expect([given, guid, ...outcomeOf(await remove(given, guid))]).toEqual([given, guid, ...FAILED]);
    }
    expect(outcomeOf(await remove(id, ines.guid, 'everything'))).toEqual(FAILED);
    expect(texts(await listed(olu, ines))).toEqual(['mine']);
  });

  it('OSSN-30 type=me removes it from one view alone', async () => {
    const [ines, olu] = await two();
    const { id } = await site.message(ines, olu, 'shared');
    const third = await site.user('Third');
    expect(outcomeOf(await remove(id, third.guid, 'me'))).toEqual(FAILED);
    expect((await remove(id, olu.guid, 'me')).body.payload).toBe(true);
    expect(await listed(olu, ines)).toBe(false);
    expect((await listed(ines, olu))[0]).toMatchObject({ id, message: 'shared', is_deleted_from: '', is_deleted_to: '1' });
    const other = await site.message(ines, olu, 'second');
    await remove(other.id, ines.guid, 'me');
    expect(texts(await listed(ines, olu))).toEqual(['shared']);
    expect((await listed(olu, ines))[0]).toMatchObject({ message: 'second', is_deleted_from: '1', is_deleted_to: '' });
  });
});

describe('OSSN-17 keys and types on the wire', () => {
  const FILE = { attachment_guid: 'string', attachment_name: 'string' };
  const MARKS = { is_deleted_from: 'string', is_deleted_to: 'string' };
  const ids = { id: 'number', message_from: 'number', message_to: 'number', message: 'string', viewed: 'string', time: 'number' };
  const people = { ...ids, message_from: 'object', message_to: 'object' };
  const stored = { 'file:attachment': 'string' };
  const link = { type_of_attachment: 'string', attachment_url: 'string' };

  it.each<[string, (a: OssnUser, b: OssnUser) => Record<string, number>, object, object]>([
    ['v2.0/message/list', (a, b) => ({ guid: b.guid, to: a.guid }), { ...ids, ...MARKS }, { ...FILE, ...link }],
    ['v1.0/message_list', (a, b) => ({ guid: b.guid, to: a.guid }), { data: 'object', ...people, ...MARKS }, { ...FILE, ...link }],
    ['v2.0/message/new', (a, b) => ({ to: b.guid, from: a.guid }), { data: 'object', ...ids, ...MARKS, type_of_attachment: 'boolean', attachment_name: 'object', attachment_url: 'object' }, { ...FILE, ...link }],
    ['v1.0/message_new', (a, b) => ({ to: b.guid, from: a.guid }), { data: 'object', ...people, ...MARKS }, { ...stored, ...FILE }],
    ['v1.0/message_recent', (_, b) => ({ guid: b.guid }), { data: 'object', ...people, ...MARKS, answered: 'number' }, { ...stored, ...FILE }],
  ])('OSSN-17 %s', async (operation, fields, plain, extra) => {
    const types = (message: object) => Object.fromEntries(Object.entries(message).map(([key, value]) => [key, typeof value]));
    for (const file of [undefined, { filename: 'offer.pdf', content: pdf() }]) {
      const [ines, olu] = await two();
      await site.upload('v2.0/message/send', { from: ines.guid, to: olu.guid, message: 'x' }, file);
      const [message] = (await site.payload(operation, fields(ines, olu))).list;
      expect(types(message as object)).toEqual(file ? { ...plain, ...extra } : plain);
      if ('data' in message) expect(message.data).toEqual({});
    }
  });
});

describe('being online', () => {
  it('OSSN-31 counts calls with the own key for ten seconds, and nobody else’s', async () => {
    const [ines, olu] = await two();
    const isOnline = async () => (await site.payload('v2.0/message/list', { guid: olu.guid, to: ines.guid })).withuser.is_online;
    expect(await isOnline()).toBe(false);
    const { secret } = await app.app.get(Credentials).issue({ dialect: 'ossn', kind: 'user', userId: String(ines.guid), prefix: '', lifetimeSeconds: null });
    await new Site(app.url, secret).payload('v1.0/message_recent', { guid: ines.guid });
    for (let tries = 0; tries < 50 && !(await isOnline()); tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await isOnline()).toBe(true);
    clock.advance(10_000);
    expect(await isOnline()).toBe(true);
    clock.advance(1_000);
    expect(await isOnline()).toBe(false);
  });
});
