import { Credentials } from '../../../src/core/accounts/credentials.js';
import { CREDENTIALS, KEY_KINDS, KEY_PREFIX } from '../../../src/dialects/social/ossn/ossn.credentials.js';
import { startApp, type TestApp } from '../../support/app.js';
import { besides, form, type OssnUser, outcomeOf, send, Site, SITE_KEY } from '../../support/clients/ossn.js';

let app: TestApp;
let site: Site;
let ines: OssnUser;
let olu: OssnUser;
let inesKey: Site;

const INVALID = ['106', 'Invalid API KEY token'];

async function issue(kind: string, userId: number | null, scopes: string[] = []): Promise<{ id: string; caller: Site; secret: string }> {
  const { id, secret } = await app.app.get(Credentials).issue({
    dialect: CREDENTIALS, kind, userId: userId === null ? null : String(userId), prefix: KEY_PREFIX, scopes, lifetimeSeconds: null,
  });
  return { id, secret, caller: new Site(app.url, secret) };
}

beforeAll(async () => {
  app = await startApp({ env: { OSSN_SITE_KEY_PREVIOUS: 'an-older-site-key-0123456789abcdef012345' } });
  site = new Site(app.url);
  [ines, olu] = [await site.user('Ines'), await site.user('Olu')];
  inesKey = (await issue(KEY_KINDS.user, ines.guid)).caller;
});
afterAll(() => app.close());

describe('where the key travels', () => {
  it('OSSN-11 as api_key_token, or as a bearer token; no other name', async () => {
    const details = { guid: ines.guid };
    expect((await site.get('v1.0/user_details', details)).body.code).toBe('100');
    expect((await site.post('v1.0/user_details', details)).body.code).toBe('100');
    const bare = new Site(app.url, '');
    for (const headers of [{ Authorization: `Bearer ${SITE_KEY}` }, { authorization: `bearer  ${SITE_KEY}` }]) {
      expect((await bare.post('v1.0/user_details', details, headers as unknown as Record<string, string>)).body.code).toBe('100');
    }
    expect(outcomeOf(await send(app.url, { method: 'GET', path: `/api/v2.0/components/list_enabled?${form({ api_key: SITE_KEY })}` }))).toEqual(INVALID);
    for (const headers of [{ 'X-Api-Key': SITE_KEY }, { api_key_token: SITE_KEY }, { Authorization: `Basic ${SITE_KEY}` }, { Authorization: SITE_KEY }]) {
      expect(outcomeOf(await bare.post('v1.0/user_details', details, headers as unknown as Record<string, string>))).toEqual(INVALID);
    }
    // a wrong parameter is not rescued by a right header
    expect(outcomeOf(await new Site(app.url, 'wrong').post('v1.0/user_details', details, { Authorization: `Bearer ${SITE_KEY}` }))).toEqual(INVALID);
  });

  it('OSSN-13 an older site key still opens', async () => {
    expect((await new Site(app.url, 'an-older-site-key-0123456789abcdef012345').post('v1.0/user_details', { guid: ines.guid })).body.code).toBe('100');
  });
});

describe('what a key may do', () => {
  it('OSSN-12 a key of one user acts for that user alone, in every operation', async () => {
    const acting: [string, string, Record<string, string | number>][] = [
      ['v2.0/message/send', 'from', { to: olu.guid, message: 'x' }],
      ['v1.0/message_add', 'from', { to: olu.guid, message: 'x' }],
      ['v2.0/message/list', 'guid', { to: olu.guid }],
      ['v1.0/message_list', 'guid', { to: olu.guid }],
      ['v2.0/message/new', 'to', { from: olu.guid }],
      ['v1.0/message_new', 'to', { from: olu.guid }],
      ['v1.0/message_recent', 'guid', {}],
      ['v1.0/message_delete', 'guid', { id: 1 }],
      ['v1.0/unread_mesages_count_custom', 'guid', {}],
      ['v1.0/user_edit', 'guid', {}],
      ['v1.0/user_add_friend', 'user_a', { user_b: olu.guid }],
      ['v1.0/user_remove_friend', 'user_a', { user_b: olu.guid }],
      ['v1.0/user_is_friend', 'user_a', { user_b: olu.guid }],
      ['v1.0/user_friends', 'guid', {}],
      ['v1.0/user_friend_requests', 'guid', {}],
      ['v2.0/user/block', 'guid', { to_block_guid: olu.guid }],
      ['v2.0/user/unblock', 'guid', { to_unblock_guid: olu.guid }],
      ['v2.0/user/blocklist', 'guid', {}],
      ['v1.0/notifications_count', 'guid', {}],
      ['v1.0/notifications_list_user', 'owner_guid', {}],
      ['v2.0/notification/mark_all_read', 'guid', {}],
    ];
    for (const [operation, name, fields] of acting) {
      for (const other of [olu.guid, 999_999, '', `${ines.guid}abc`]) {
        expect([operation, other, ...outcomeOf(await inesKey.post(operation, { ...fields, [name]: other }))]).toEqual([operation, other, ...INVALID]);
      }
      expect([operation, ...outcomeOf(await inesKey.post(operation, fields))]).toEqual([operation, ...INVALID]);
      expect([operation, outcomeOf(await inesKey.post(operation, { ...fields, [name]: ines.guid }))]).not.toEqual([operation, INVALID]);
    }
    await site.payload('v2.0/user/unblock', { guid: ines.guid, to_unblock_guid: olu.guid });
  });

  it('OSSN-12 a key of one user neither makes nor deletes accounts', async () => {
    for (const operation of ['v1.0/user_add', 'v2.0/user/delete']) expect(outcomeOf(await inesKey.post(operation, { guid: ines.guid }))).toEqual(INVALID);
    expect((await inesKey.post('v2.0/components/list_enabled')).body.code).toBe('100');
  });

  it('OSSN-12 a key of the site acts for everybody, unless it is limited to some operations', async () => {
    const { caller } = await issue(KEY_KINDS.site, null);
    expect((await caller.post('v2.0/message/send', { from: ines.guid, to: olu.guid, message: 'x' })).body.code).toBe('100');
    expect((await caller.post('v2.0/message/send', { from: olu.guid, to: ines.guid, message: 'x' })).body.code).toBe('100');
    const limited = (await issue(KEY_KINDS.site, null, ['v2.0/message/send'])).caller;
    expect((await limited.post('v2.0/message/send', { from: ines.guid, to: olu.guid, message: 'x' })).body.code).toBe('100');
    for (const operation of ['v1.0/message_add', 'v2.0/message/list', 'v1.0/user_add', 'v2.0/user/delete', 'v2.0/components/list_enabled']) {
      expect(outcomeOf(await limited.post(operation, { from: ines.guid, to: olu.guid, message: 'x' }))).toEqual(INVALID);
    }
  });

  it('OSSN-15 a key of one user sees e-mail address and birth date of nobody else', async () => {
    const other = await inesKey.payload('v1.0/user_details', { guid: olu.guid });
    expect(other).toMatchObject({ guid: olu.guid, email: '', birthdate: '' });
    expect(await inesKey.payload('v1.0/user_details', { guid: ines.guid })).toMatchObject({ email: ines.email, birthdate: '24/05/1990' });
    expect(await site.payload('v1.0/user_details', { guid: olu.guid })).toMatchObject({ email: olu.email, birthdate: '24/05/1990' });
    await site.payload('v2.0/user/block', { guid: ines.guid, to_block_guid: olu.guid });
    expect((await inesKey.payload('v2.0/user/blocklist', { guid: ines.guid })).list[0]).toMatchObject({ guid: olu.guid, email: '', birthdate: '' });
    await site.payload('v2.0/user/unblock', { guid: ines.guid, to_unblock_guid: olu.guid });
  });

  it('OSSN-12 credentials of other kinds and other dialects open nothing', async () => {
    const session = await issue(KEY_KINDS.session, ines.guid);
    expect(outcomeOf(await session.caller.post('v1.0/user_details', { guid: ines.guid }))).toEqual(INVALID);
    const foreign = await app.app.get(Credentials).issue({ dialect: 'other', kind: KEY_KINDS.site, userId: null, prefix: '', lifetimeSeconds: null });
    expect(outcomeOf(await new Site(app.url, foreign.secret).post('v1.0/user_details', { guid: ines.guid }))).toEqual(INVALID);
  });
});

describe('OSSN-13 keys are kept well', () => {
  it('OSSN-13 holds 256 random bits, kept as a hash, revocable, with the time of its last use', async () => {
    const { id, secret, caller } = await issue(KEY_KINDS.user, olu.guid);
    expect(secret).toMatch(new RegExp(`^${KEY_PREFIX}[A-Za-z0-9_-]{43}$`));
    const rows = await app.sql('SELECT * FROM credentials WHERE id = $1', [id]);
    expect(JSON.stringify(rows)).not.toContain(secret.slice(KEY_PREFIX.length));
    expect((await caller.post('v1.0/user_details', { guid: olu.guid })).body.code).toBe('100');
    const credentials = app.app.get(Credentials);
    const mine = async () => (await credentials.list({ dialect: CREDENTIALS })).find((key) => key.id === id);
    for (let tries = 0; tries < 50 && !(await mine())?.lastUsedAt; tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await mine())?.lastUsedAt).toBeInstanceOf(Date);
    expect(await credentials.revoke(CREDENTIALS, id)).toBe(true);
    expect(outcomeOf(await caller.post('v1.0/user_details', { guid: olu.guid }))).toEqual(INVALID);
  });

  it('OSSN-13 no secret of a request stands in the log', async () => {
    const canaries = { password: 'canary-password-1', current_password: 'canary-password-2', new_password: 'canary-password-3', api_key_token: 'canary-key-4' };
    for (const operation of ['v1.0/user_authenticate', 'v1.0/user_edit', 'v1.0/user_add', 'v2.0/message/send', 'v2.0/nothing', 'v9.9/x']) {
      const caller = new Site(app.url, canaries.api_key_token);
      await caller.get(operation, canaries);
      await caller.post(operation, canaries);
      await site.get(operation, { ...canaries, api_key_token: SITE_KEY });
      await caller.upload(operation, { ...canaries, message: 'canary-text-5' });
    }
    await send(app.url, { method: 'GET', path: `/messages/attachment/612/a.pdf?${form(canaries)}`, headers: { Cookie: 'ossn_session=canary-session-6' } });
    const logs = app.logs();
    expect(logs).toContain('/api/v1.0/user_authenticate');
    expect(logs).not.toContain('canary');
    expect(logs).not.toContain(SITE_KEY);
    expect(logs).not.toContain(inesKey.key);
  });

  it('OSSN-13 wrong keys are limited per address, right ones are not', async () => {
    await besides({ db: app.db, env: { RATE_LIMITS: 'ossn.bad_key=3/600' } }, async (limited) => {
      const wrong = new Site(limited.url, 'wrong');
      const statuses: number[] = [];
      for (let i = 0; i < 5; i += 1) statuses.push((await wrong.post('v1.0/user_details', {})).status);
      expect(statuses).toEqual([200, 200, 200, 429, 429]);
      const refused = await wrong.post('v1.0/user_details', {});
      expect([refused.body.code, refused.body.payload, Number(refused.headers['retry-after']) > 0]).toEqual(['200', false, true]);
      expect((await limited.post('v1.0/user_details', { guid: ines.guid })).body.code).toBe('100');
    });
  });
});
