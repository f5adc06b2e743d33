import { startApp, type TestApp } from '../../support/app.js';
import { form, multipart, type OssnUser, outcomeOf, partsOf, send, Site, SITE_KEY, type WireAnswer } from '../../support/clients/ossn.js';

let app: TestApp;
let site: Site;
let ines: OssnUser;
let olu: OssnUser;

beforeAll(async () => {
  app = await startApp({ env: { OSSN_SITE_NAME: 'Harbour', PUBLIC_URL: 'https://harbour.example' } });
  site = new Site(app.url);
  [ines, olu] = [await site.user('Ines'), await site.user('Olu')];
});
afterAll(() => app.close());

const stored = async (): Promise<number> => Number((await app.sql('SELECT count(*) AS n FROM messages'))[0]!['n']);
const letter = (): Record<string, string | number> => ({ from: ines.guid, to: olu.guid, message: 'Ship it' });

function expectRefusal(answer: WireAnswer, code: string, message: string | number): void {
  expect([answer.status, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([200, 'application/json; charset=utf-8', 'no-store']);
  expect(Object.keys(answer.body as object)).toEqual(['merchant', 'url', 'time_token', 'payload', 'code', 'message']);
  expect([answer.body.payload, answer.body.code, answer.body.message]).toEqual([false, code, message]);
}

describe('every way to call', () => {
  it('OSSN-03 OSSN-19 GET, urlencoded, multipart and JSON do the same', async () => {
    const before = await stored();
    const fields = { api_key_token: SITE_KEY, ...letter() };
    const answers = [
      await site.get('v2.0/message/send', letter()),
      await site.post('v2.0/message/send', letter()),
      await site.upload('v2.0/message/send', letter()),
      await send(app.url, { method: 'POST', path: '/api/v2.0/message/send', body: JSON.stringify(fields), headers: { 'Content-Type': 'application/json' } }),
      await send(app.url, { method: 'POST', path: `/api/v2.0/message/send?${form(fields)}` }),
    ];
    for (const { body } of answers) expect(body).toMatchObject({ code: '100', payload: { message: 'Ship it', message_from: { guid: ines.guid } } });
    expect(await stored()).toBe(before + 5);
  });

  it('OSSN-03 the key may be in the query and the rest in the body, and the body wins', async () => {
    const path = `/api/v2.0/message/send?${form({ api_key_token: SITE_KEY, message: 'from the query', to: 999999 })}`;
    const urlencoded = await send(app.url, { method: 'POST', path, body: form({ ...letter(), message: 'from the body' }), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
    const { body, headers } = multipart(partsOf({ ...letter(), message: 'from the parts' }));
    const parts = await send(app.url, { method: 'POST', path, body, headers });
    expect([urlencoded.body.payload.message, parts.body.payload.message]).toEqual(['from the body', 'from the parts']);
    // a wrong key in the body outdoes a right one in the query, and the other way round
    expectRefusal(await send(app.url, { method: 'POST', path, body: form({ ...letter(), api_key_token: 'wrong' }), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }), '106', 'Invalid API KEY token');
    const right = await send(app.url, { method: 'POST', path: '/api/v2.0/message/send?api_key_token=wrong', body: form({ ...letter(), api_key_token: SITE_KEY }), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
    expect(right.body.code).toBe('100');
  });

  it('OSSN-03 an array counts as missing, in every kind of body', async () => {
    const blank = ['106', 'Message can not be blank'];
    const rest = { from: ines.guid, to: olu.guid };
    expect(outcomeOf(await site.get('v2.0/message/send', { ...rest, 'message[]': 'a' }))).toEqual(blank);
    expect(outcomeOf(await site.post('v2.0/message/send', { ...letter(), 'message[]': 'a' }))).toEqual(blank);
    expect(outcomeOf(await site.upload('v2.0/message/send', { ...rest, 'message[]': 'a' }))).toEqual(blank);
    const json = { api_key_token: SITE_KEY, ...rest, message: ['a'] };
    expect(outcomeOf(await send(app.url, { method: 'POST', path: '/api/v2.0/message/send', body: json, headers: { 'Content-Type': 'application/json' } }))).toEqual(blank);
    expect(outcomeOf(await site.post('v2.0/message/send', { ...letter(), 'api_key_token[]': SITE_KEY }))).toEqual(['106', 'Invalid API KEY token']);
  });

  it('OSSN-01 a slash at the end does no harm; letter case and further segments do', async () => {
    expect((await site.post('v2.0/message/send/', letter())).body.code).toBe('100');
    for (const name of ['v2.0/message/Send', 'v2.0/message/send/anything']) expectRefusal(await site.post(name, letter()), '101', 'Invalid Method');
  });
});

describe('the order of the checks', () => {
  it('OSSN-06 version, then name, then key', async () => {
    const nobody = new Site(app.url, '');
    for (const caller of [site, nobody]) {
      expectRefusal(await caller.post('v3.0/message/send', letter()), '107', 'Invalid API version');
      expectRefusal(await caller.post('v3.0/nothing'), '107', 'Invalid API version');
      expectRefusal(await caller.get('v2.0/nothing'), '101', 'Invalid Method');
      expectRefusal(await caller.get('v2.0/message'), '101', 'Invalid Method');
      expectRefusal(await caller.post('v2.0/message_add', letter()), '101', 'Invalid Method');
      expectRefusal(await caller.post('v1.0/message/send', letter()), '101', 'Invalid Method');
    }
    for (const key of ['', 'wrong', `${SITE_KEY}x`, SITE_KEY.slice(1), '\u00e4']) {
      expectRefusal(await new Site(app.url, key).post('v2.0/message/send', {}), '106', 'Invalid API KEY token');
      expectRefusal(await new Site(app.url, key).get('v1.0/user_details', {}), '106', 'Invalid API KEY token');
    }
    expectRefusal(await send(app.url, { method: 'POST', path: '/api/v2.0/message/send', body: form(letter()), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }), '106', 'Invalid API KEY token');
  });

  it('OSSN-47 names of walls, comments, likes and groups answer 101', async () => {
    for (const name of ['v1.0/wall_list_user', 'v1.0/comments_list', 'v1.0/like_set', 'v1.0/group_list', 'v2.0/photo/list']) expectRefusal(await site.post(name), '101', 'Invalid Method');
  });

  it('OSSN-02 /api/v1/message and /api/v2/pm/ are not this dialect', async () => {
    for (const path of ['/api/v1/message', '/api/v2/pm/', '/api/v2/pm/1/', '/api/v1', '/api/']) {
      const answer = await send(app.url, { method: 'GET', path: `${path}?api_key_token=${SITE_KEY}` });
      expect([path, answer.body?.merchant]).toEqual([path, undefined]);
      expect(answer.status).not.toBe(200);
    }
  });
});

describe('methods', () => {
  it('OSSN-04 HEAD and OPTIONS have no effect, others get 405, none stores anything', async () => {
    const before = await stored();
    const path = `/api/v2.0/message/send?${form({ api_key_token: SITE_KEY, ...letter() })}`;
    expect((await send(app.url, { method: 'HEAD', path })).status).toBe(405);
    const options = await send(app.url, { method: 'OPTIONS', path });
    expect([options.status, options.headers['allow'], options.text]).toEqual([204, 'GET, POST, OPTIONS', '']);
    for (const method of ['PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
      const answer = await send(app.url, { method, path });
      expect([method, answer.status, answer.headers['allow'], answer.body.code, answer.body.payload]).toEqual([method, 405, 'GET, POST', '200', false]);
    }
    for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method']) {
      expect((await send(app.url, { method: 'PUT', path, headers: { [name]: 'POST' } })).status).toBe(405);
    }
    expect(await stored()).toBe(before);
  });

  it('OSSN-22 a browser that fetches ahead sends nothing', async () => {
    const before = await stored();
    for (const headers of [{ 'Sec-Purpose': 'prefetch' }, { Purpose: 'prefetch' }, { 'Sec-Fetch-Dest': 'image' }, { 'Sec-Purpose': 'prefetch;prerender', 'Sec-Fetch-Dest': 'document' }]) {
      const answer = await site.get('v2.0/message/send', letter(), headers);
      expect([answer.status, answer.headers['allow'], answer.body.code]).toEqual([405, 'POST', '200']);
    }
    expect(await stored()).toBe(before);
    expect((await site.get('v2.0/message/send', letter(), { 'Sec-Fetch-Dest': 'document' })).body.code).toBe('100');
  });
});

describe('the envelope', () => {
  it('OSSN-07 has the types and the order of the original', async () => {
    const { body, text } = await site.post('v2.0/components/list_enabled');
    expect(Object.keys(body as object)).toEqual(['merchant', 'url', 'time_token', 'payload', 'code', 'message']);
    expect(text.startsWith('{"merchant":"Harbour","url":"https://harbour.example/","time_token":')).toBe(true);
    expect(Math.abs(body.time_token - Date.now() / 1000)).toBeLessThan(60);
    expect([Number.isInteger(body.time_token), typeof body.code, body.code, body.message]).toEqual([true, 'string', '100', 'Request successfully executed']);
  });

  it('OSSN-05 what the original cannot express has another status and the same form', async () => {
    const body = 'x'.repeat(1024 * 1024 + 1);
    for (const type of ['application/x-www-form-urlencoded', 'application/json']) {
      const answer = await send(app.url, { method: 'POST', path: '/api/v2.0/message/send', body, headers: { 'Content-Type': type } });
      expect([answer.status, answer.body.payload, answer.body.code, answer.headers['cache-control']]).toEqual([413, false, '200', 'no-store']);
    }
    const long = await send(app.url, { method: 'GET', path: `/api/v2.0/message/send?message=${'x'.repeat(17_000)}` });
    expect([long.status, long.body.code]).toEqual([413, '200']);
  });

  it('OSSN-05 never answers with HTML or a failure, whatever is thrown at it', async () => {
    const nasty = ['-1', '0', '99999999999999999999', '1e308', 'NaN', "' OR 1=1 --", '<b>', '\u202e', 'a'.repeat(5000), '%', '[]', '{}'];
    const names = ['guid', 'to', 'from', 'offset', 'page_limit', 'before_id', 'id', 'type', 'types', 'username', 'email', 'password', 'user_a', 'user_b', 'to_block_guid', 'message', 'markallread'];
    const operations = ['v2.0/message/list', 'v1.0/message_list', 'v2.0/message/new', 'v1.0/message_new', 'v1.0/message_recent', 'v1.0/message_delete', 'v1.0/user_details', 'v1.0/user_friends', 'v1.0/user_friend_requests', 'v1.0/user_is_friend', 'v1.0/notifications_count', 'v2.0/user/blocklist', 'v2.0/message/send', 'v1.0/message_add'];
    for (const operation of operations) {
      for (const value of nasty) {
        const fields = { ...Object.fromEntries(names.map((name) => [name, value])), guid: ines.guid, to: olu.guid };
        const answer = await site.post(operation, fields);
        expect([operation, value, answer.status, typeof answer.body?.code]).toEqual([operation, value, 200, 'string']);
      }
    }
  });

  it('a body that cannot be read counts as empty', async () => {
    const answer = await send(app.url, { method: 'POST', path: `/api/v2.0/message/send?api_key_token=${SITE_KEY}`, body: '{"from":', headers: { 'Content-Type': 'application/json' } });
    expect([answer.status, ...outcomeOf(answer)]).toEqual([200, '106', 'One or more input expected , is empty. Please make sure you send all required inputs']);
    const parts = await send(app.url, { method: 'POST', path: `/api/v2.0/message/send?api_key_token=${SITE_KEY}`, body: 'no parts', headers: { 'Content-Type': 'multipart/form-data; boundary=x' } });
    expect([parts.status, parts.body.code]).toEqual([200, '106']);
    // a type the original does not know is not read at all
    expect(outcomeOf(await send(app.url, { method: 'POST', path: `/api/v2.0/message/send?api_key_token=${SITE_KEY}`, body: form(letter()), headers: { 'Content-Type': 'text/plain' } }))).toEqual(['106', 'Message can not be blank']);
  });
});

describe('GET writes switched off', () => {
  let strict: TestApp;
  beforeAll(async () => {
    strict = await startApp({ db: app.db, env: { OSSN_ALLOW_GET_WRITES: 'false' } });
  });
  afterAll(() => strict.close());

  it('OSSN-22 GET sends and marks nothing, GET reads and POST work', async () => {
    const before = await stored();
    const caller = new Site(strict.url);
    for (const operation of ['v2.0/message/send', 'v1.0/message_add', 'v1.0/message_delete', 'v1.0/user_add', 'v1.0/user_authenticate', 'v2.0/user/block', 'v1.0/user_add_friend', 'v2.0/user/delete']) {
      const answer = await caller.get(operation, letter());
      expect([operation, answer.status, answer.headers['allow']]).toEqual([operation, 405, 'POST']);
    }
    expect(await stored()).toBe(before);
    const page = { guid: olu.guid, to: ines.guid };
    expect((await caller.get('v2.0/message/list', page)).body.code).toBe('100');
    expect((await caller.get('v2.0/message/list', { ...page, markallread: 1 })).status).toBe(405);
    expect((await caller.get('v1.0/message_new', { to: olu.guid, from: ines.guid, markallread: 1 })).status).toBe(405);
    expect((await caller.post('v2.0/message/send', letter())).body.code).toBe('100');
    expect((await caller.post('v2.0/message/list', page)).body.payload.list.at(-1).viewed).toBe('0');
  });
});
