import { startApp, type TestApp } from '../../support/app.js';
import { besides, form, type OssnUser, outcomeOf, send, Site } from '../../support/clients/ossn.js';
import { pdf } from '../../support/documents.js';

let app: TestApp;
let site: Site;
let ines: OssnUser;
let olu: OssnUser;

beforeAll(async () => {
  app = await startApp();
  site = new Site(app.url);
  [ines, olu] = [await site.user('Ines'), await site.user('Olu')];
});
afterAll(() => app.close());

const EMPTY = ['106', 'One or more input expected , is empty. Please make sure you send all required inputs'];
const BLANK = ['106', 'Message can not be blank'];
const UNKNOWN = ['103', 'No such a user exists'];
const NOT_SENT = ['200', 'Message can not be sent'];
const stored = async (): Promise<number> => Number((await app.sql('SELECT count(*) AS n FROM messages'))[0]!['n']);

describe.each(['v2.0/message/send', 'v1.0/message_add'])('%s', (operation) => {
  const outcome = async (fields: Record<string, string | number | undefined>) =>
    outcomeOf(await site.post(operation, { from: ines.guid, to: olu.guid, message: 'Ship it', ...fields }));

  it('OSSN-20 OSSN-26 checks in a fixed order, and what is refused is not stored', async () => {
    const before = await stored();
    for (const message of [undefined, '', ' ', ' \t\r\n\v\f ', '\0', 'a\0b']) {
      expect([message, ...(await outcome({ message, from: undefined, to: 999_999 }))]).toEqual([message, ...BLANK]);
    }
    for (const fields of [{ from: undefined }, { to: undefined }, { from: '' }, { to: 0 }, { from: '00', to: 999_999 }, { from: 'x', to: undefined }]) expect(await outcome(fields)).toEqual(EMPTY);
    for (const fields of [{ from: 999_999 }, { to: 999_999 }, { to: `${olu.guid}abc` }, { to: `${olu.guid}.0` }, { to: '-1' }, { from: 999_999, to: 999_999 }, { from: '9'.repeat(20) }]) expect(await outcome(fields)).toEqual(UNKNOWN);
    expect(await outcome({ to: ines.guid })).toEqual(NOT_SENT);
    expect(await outcome({ to: ines.guid, message: '' })).toEqual(BLANK);
    expect(await stored()).toBe(before);
  });

  it('OSSN-20 0 is a message, and 65,535 encoded bytes are the most', async () => {
    expect(await outcome({ message: '0' })).toEqual(['100', 'Request successfully executed']);
    expect((await outcome({ message: 'x'.repeat(65_535) }))[0]).toBe('100');
    expect(await outcome({ message: 'x'.repeat(65_536) })).toEqual(NOT_SENT);
    expect((await outcome({ message: '<'.repeat(16_383) }))[0]).toBe('100');
    expect(await outcome({ message: '<'.repeat(16_384) })).toEqual(NOT_SENT);
    expect(outcomeOf(await site.upload(operation, { from: ines.guid, to: olu.guid, message: 'x'.repeat(65_536) }))).toEqual(NOT_SENT);
  });

  it('OSSN-20 a recipient who is not validated yet can be written to', async () => {
    const late = await site.user('Late');
    await app.sql('UPDATE users SET validated_at = NULL WHERE id = $1', [late.guid]);
    expect((await outcome({ to: late.guid }))[0]).toBe('100');
  });

  it('OSSN-42 a block stops messages both ways with code 200, and what was written before stays', async () => {
    const [a, b] = [await site.user('Blocker'), await site.user('Blocked')];
    await site.message(a, b, 'before');
    await site.payload('v2.0/user/block', { guid: a.guid, to_block_guid: b.guid });
    expect(await outcome({ from: a.guid, to: b.guid })).toEqual(NOT_SENT);
    expect(await outcome({ from: b.guid, to: a.guid })).toEqual(NOT_SENT);
    expect(await outcome({ from: b.guid, to: a.guid, message: '' })).toEqual(BLANK);
    for (const [guid, to] of [[a.guid, b.guid], [b.guid, a.guid]]) {
      expect((await site.payload('v2.0/message/list', { guid, to })).list.map(({ message }: { message: string }) => message)).toEqual(['before']);
    }
    await site.payload('v2.0/user/unblock', { guid: a.guid, to_unblock_guid: b.guid });
    expect((await outcome({ from: b.guid, to: a.guid }))[0]).toBe('100');
  });
});

describe('what is sent', () => {
  it('OSSN-18 is kept as typed and encoded on the way out, once', async () => {
    const typed = '  C:\\new  <b>"it\'s" &lt; &</b> 😀\r\nsecond \n third\\r  ';
    const { id, message } = await site.message(ines, olu, typed);
    expect(message).toBe('C:\\new  &lt;b&gt;&quot;it&#039;s&quot; &amp;lt; &amp;&lt;/b&gt; &#x1f600;<br />\r\nsecond <br />\n third\\r');
    const [row] = await app.sql<{ body: Buffer }>('SELECT body FROM messages WHERE number = $1', [id]);
    expect(row!.body.toString('utf8')).toBe(typed.trim());
    const { list } = await site.payload('v2.0/message/list', { guid: olu.guid, to: ines.guid });
    expect(list.at(-1).message).toBe(message);
  });

  it('OSSN-18 invalid UTF-8 is refused as blank, in every kind of body', async () => {
    const key = form({ api_key_token: site.key, from: ines.guid, to: olu.guid });
    const broken = [
      await send(app.url, { method: 'GET', path: `/api/v2.0/message/send?${key}&message=a%ff` }),
      await send(app.url, { method: 'POST', path: `/api/v2.0/message/send?${key}`, body: Buffer.from('message=a\xff', 'latin1'), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
      await send(app.url, {
        method: 'POST', path: `/api/v2.0/message/send?${key}`, headers: { 'Content-Type': 'multipart/form-data; boundary=b' },
        body: Buffer.from('--b\r\nContent-Disposition: form-data; name="message"\r\n\r\na\xff\r\n--b--\r\n', 'latin1'),
      }),
    ];
    for (const answer of broken) expect(outcomeOf(answer)).toEqual(BLANK);
  });

  it('OSSN-19 a text field called attachment is ignored', async () => {
    const fields = { from: ines.guid, to: olu.guid, message: 'no file', attachment: 'offer.pdf' };
    for (const answer of [await site.post('v2.0/message/send', fields), await site.upload('v2.0/message/send', fields)]) {
      expect(answer.body.payload).not.toHaveProperty('attachment_guid');
    }
  });

  it('OSSN-10 ids stay below 2^53 and rise', async () => {
    const first = await site.message(ines, olu, 'first');
    const second = await site.message(olu, ines, 'second');
    expect(second.id).toBeGreaterThan(first.id);
    expect(Number.isSafeInteger(second.id)).toBe(true);
  });
});

describe('OSSN-22 Idempotency-Key', () => {
  const sendOnce = (key: string, over: Record<string, string | number> = {}, operation = 'v2.0/message/send') =>
    site.post(operation, { from: ines.guid, to: olu.guid, message: 'once', ...over }, { 'Idempotency-Key': key });

  it('OSSN-22 gives the first result again and stores nothing', async () => {
    const before = await stored();
    const first = await sendOnce('k1');
    const again = await sendOnce('k1');
    expect(again.body.payload).toEqual(first.body.payload);
    expect([first.headers['idempotent-replayed'], again.headers['idempotent-replayed']]).toEqual([undefined, 'true']);
    expect(await stored()).toBe(before + 1);
  });

  it('OSSN-22 of sixteen copies at once one is stored, and all get its answer', async () => {
    const before = await stored();
    const answers = await Promise.all(Array.from({ length: 16 }, () => sendOnce('race')));
    expect(new Set(answers.map(({ body }) => body.payload.id)).size).toBe(1);
    expect(await stored()).toBe(before + 1);
  });

  it('OSSN-22 with other content it is refused, and each sender has his own keys', async () => {
    await sendOnce('k2');
    expect(outcomeOf(await sendOnce('k2', { message: 'other' }))).toEqual(NOT_SENT);
    const third = await site.user('Third');
    expect(outcomeOf(await sendOnce('k2', { to: third.guid }))).toEqual(NOT_SENT);
    expect((await sendOnce('k2', { from: olu.guid, to: ines.guid })).body.code).toBe('100');
    expect((await sendOnce('')).body.payload.id).not.toBe((await sendOnce('')).body.payload.id);
  });

  it('OSSN-22 the content of a file counts', async () => {
    const withFile = (content: Buffer, filename = 'a.pdf') =>
      site.upload('v2.0/message/send', { from: ines.guid, to: olu.guid, message: 'file' }, { filename, content }, { 'Idempotency-Key': 'k3' });
    const first = await withFile(pdf('one'));
    const again = await withFile(pdf('one'));
    expect([again.body.payload.id, again.body.payload.attachment_guid]).toEqual([first.body.payload.id, first.body.payload.attachment_guid]);
    expect(outcomeOf(await withFile(pdf('two')))).toEqual(NOT_SENT);
    expect(outcomeOf(await withFile(pdf('one'), 'b.pdf'))).toEqual(NOT_SENT);
    expect(outcomeOf(await site.upload('v2.0/message/send', { from: ines.guid, to: olu.guid, message: 'file' }, undefined, { 'Idempotency-Key': 'k3' }))).toEqual(NOT_SENT);
  });
});

describe('components', () => {
  it('OSSN-20 OSSN-45 what is switched off answers 201, after the key and before anything else', async () => {
    const off = ['201', 'One or more component required for this request can not be found on remote server'];
    await besides({ db: app.db, env: { OSSN_COMPONENTS: 'OssnNotifications' } }, async (quiet) => {
      for (const operation of ['v2.0/message/send', 'v1.0/message_add', 'v2.0/message/list', 'v1.0/message_recent', 'v2.0/user/block']) {
        expect([operation, ...outcomeOf(await quiet.post(operation, {}))]).toEqual([operation, ...off]);
        expect(outcomeOf(await new Site(quiet.url, 'wrong').post(operation, {}))).toEqual(['106', 'Invalid API KEY token']);
      }
      expect(await quiet.payload('v2.0/components/list_enabled')).toEqual({ components: ['OssnNotifications', 'OssnProfile', 'OssnServices'] });
      expect(await quiet.payload('v1.0/notifications_count', { guid: ines.guid })).toMatchObject({ notifications: 0 });
    });
    expect(await site.payload('v2.0/components/list_enabled')).toEqual({ components: ['OssnBlock', 'OssnMessages', 'OssnNotifications', 'OssnProfile', 'OssnServices'] });
  });
});
