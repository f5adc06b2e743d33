import { createHash } from 'node:crypto';
import { DeleteUser } from '../../../src/core/accounts/delete-user.js';
import { PmClients } from '../../../src/core/pm/pm-clients.js';
import { startApp, type TestApp } from '../../support/app.js';
import { TestClock } from '../../support/store.js';
import { type Answer, ask, type Loose, newPerson, type Person } from './people.js';

const PASSWORD = 'correct horse battery';
const REDIRECT = 'https://client.example/back?x=1';
const VERIFIER = 'verifier-verifier-verifier-verifier-verifier-1';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const clock = new TestClock();

let app: TestApp;
let ada: Person;
let name = '';
let open: { id: string; secret: string | null };
let sealed: { id: string; secret: string | null };
let clients: PmClients;
beforeAll(async () => {
  app = await startApp({ clock, env: { PM_CORS_ORIGINS: 'https://client.example' } });
  clients = app.app.get(PmClients, { strict: false });
  const grants = ['password', 'refresh_token', 'authorization_code'] as const;
  open = await clients.create({ name: 'App <b>', confidential: false, redirectUris: [REDIRECT, 'com.example.app:/back'], grants });
  sealed = await clients.create({ name: 'Site', confidential: true, redirectUris: [REDIRECT], grants });
});
beforeEach(async () => {
  name = `oauth-${Math.floor(clock.now() % 1e9)}-${(serial += 1)}`;
  ada = await newPerson(app, { username: name, password: PASSWORD });
});
afterAll(() => app.close());
let serial = 0;

const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}, on = app): Promise<Answer> =>
  ask(on, { method: 'POST', path, body: new URLSearchParams(fields), headers });
const token = (fields: Record<string, string>, headers?: Record<string, string>) => post('/oauth/token/', fields, headers);
const signIn = (over: Record<string, string> = {}) => token({ grant_type: 'password', client_id: open.id, username: name, password: PASSWORD, ...over });
const refresh = (refresh_token: string, over: Record<string, string> = {}) => token({ grant_type: 'refresh_token', client_id: open.id, refresh_token, ...over });
const opens = async (access: string) => (await ask(app, { path: '/api/v2/user/me/', token: access })).status === 200;
const errorOf = ({ status, body }: Answer) => [status, body?.error];

describe('the password grant', () => {
  test('PM-14 gives tokens that open the account', async () => {
    const { status, body, headers } = await signIn();
    expect(status).toBe(200);
    expect(body).toEqual({ access_token: expect.any(String), expires_in: 36_000, token_type: 'Bearer', scope: 'read write', refresh_token: expect.any(String) });
    expect([headers.get('cache-control'), headers.get('pragma')]).toEqual(['no-store', 'no-cache']);
    expect((await ask(app, { path: '/api/v2/user/me/', token: body.access_token })).body.id).toBe(Number(ada.id));
    expect(body.access_token).toMatch(/^[A-Za-z0-9._~-]+$/);
  });

  test('PM-14 takes the e-mail address too, and the names in any letter case', async () => {
    const { email } = (await ada.asks('GET', '/api/v2/user/me/')).body;
    for (const username of [email, email.toUpperCase(), name.toUpperCase()]) expect((await signIn({ username })).status).toBe(200);
  });

  test('PM-14 access tokens end after their time', async () => {
    const { body } = await signIn();
    clock.advance(35_999_000);
    expect(await opens(body.access_token)).toBe(true);
    clock.advance(2_000);
    expect(await opens(body.access_token)).toBe(false);
  });

  test('PM-14 a wrong password and an unknown name are told in the same words', async () => {
    const [wrong, unknown] = [await signIn({ password: 'x' }), await signIn({ username: 'nobody-at-all' })];
    expect([errorOf(wrong), errorOf(unknown)]).toEqual([[400, 'invalid_grant'], [400, 'invalid_grant']]);
    expect(wrong.body).toEqual(unknown.body);
    await app.sql('UPDATE users SET disabled_at = now() WHERE id = $1', [ada.id]);
    expect((await signIn()).body).toEqual(wrong.body);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['no grant_type', { grant_type: '' }, 400, 'invalid_request'],
    ['an unknown grant_type', { grant_type: 'magic' }, 400, 'unsupported_grant_type'],
    ['client_credentials', { grant_type: 'client_credentials' }, 400, 'unsupported_grant_type'],
    ['an unknown client', { client_id: 'nope' }, 401, 'invalid_client'],
    ['no client', { client_id: '' }, 401, 'invalid_client'],
    ['a secret of a client that has none', { client_secret: 'x' }, 401, 'invalid_client'],
    ['no username', { username: '' }, 400, 'invalid_request'],
    ['no password', { password: '' }, 400, 'invalid_request'],
    ['less than the scope', { scope: 'read' }, 400, 'invalid_scope'],
    ['more than the scope', { scope: 'read write admin' }, 400, 'invalid_scope'],
  ])('PM-14 %s is refused in the words of the standard', async (_what, over, status, word) => {
    const answer = await signIn(over);
    expect([...errorOf(answer), typeof answer.body.error_description]).toEqual([status, word, 'string']);
  });

  test('PM-14 the scope may be named in any order', async () => {
    expect((await signIn({ scope: 'write read' })).body.scope).toBe('read write');
  });

  test('PM-14 a client that has a secret has to give it, in the body or by Basic', async () => {
    const secret = sealed.secret ?? '';
    const as = (over: Record<string, string>, headers?: Record<string, string>) =>
      token({ grant_type: 'password', client_id: sealed.id, username: name, password: PASSWORD, ...over }, headers);
    expect((await as({ client_secret: secret })).status).toBe(200);
    expect((await as({}, { Authorization: `Basic ${Buffer.from(`${sealed.id}:${secret}`).toString('base64')}` })).status).toBe(200);
    for (const wrong of [await as({}), await as({ client_secret: 'x' }), await as({ client_secret: `${secret}x` }), await as({}, { Authorization: `Basic ${Buffer.from(`${sealed.id}:x`).toString('base64')}` })]) {
      expect([...errorOf(wrong), wrong.headers.get('www-authenticate')?.startsWith('Basic ')]).toEqual([401, 'invalid_client', true]);
    }
  });

  test('PM-14 a client is held to the grants it was made for', async () => {
    const narrow = await clients.create({ name: 'narrow', confidential: false, redirectUris: [], grants: ['refresh_token'] });
    expect(errorOf(await signIn({ client_id: narrow.id }))).toEqual([400, 'unauthorized_client']);
  });

  test('PM-14 PM-112 wrong passwords are throttled, by account, and a right one does not help then', async () => {
    const tight = await startApp({ clock, db: app.db, env: { RATE_LIMITS: 'pm.password_account=3/600' } });
    try {
      const attempt = (password: string) => post('/oauth/token/', { grant_type: 'password', client_id: open.id, username: name, password }, {}, tight);
      for (let time = 0; time < 3; time += 1) expect((await attempt('x')).status).toBe(400);
      const refused = await attempt(PASSWORD);
      expect([refused.status, refused.body.error]).toEqual([429, 'temporarily_unavailable']);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      const other = await newPerson(tight, { username: `${name}-other`, password: PASSWORD });
      expect((await post('/oauth/token/', { grant_type: 'password', client_id: open.id, username: `${name}-other`, password: PASSWORD }, {}, tight)).status).toBe(200);
      expect(other.id).toBeTruthy();
    } finally {
      await tight.close();
    }
  });

  test('PM-10 odd values never fail', async () => {
    const bodies = ['{"grant_type":"password","client_id":{},"username":[],"password":5}', '{"grant_type":["password"]}', 'grant_type=password&grant_type=x', '%%%', 'a', '{}', '[1]', 'grant_type=password&client_id=%00', `username=${'u'.repeat(50_000)}`];
    for (const body of bodies) {
      for (const path of ['/oauth/token/', '/oauth/revoke_token/']) {
        const answer = await ask(app, { method: 'POST', path, body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
        expect([body.slice(0, 40), path, [400, 401].includes(answer.status), typeof answer.body.error]).toEqual([body.slice(0, 40), path, true, 'string']);
      }
    }
    expect((await ask(app, { path: '/oauth/token/' })).body.error).toBe('invalid_request');
    expect((await ask(app, { path: '/oauth/nothing/' })).status).toBe(404);
  });

  test('PM-113 neither passwords nor tokens stand in a log', async () => {
    const { body } = await signIn();
    await signIn({ password: 'wrong-password-canary' });
    for (const text of [PASSWORD, 'wrong-password-canary', body.access_token, body.refresh_token, sealed.secret ?? '-']) expect(app.logs()).not.toContain(text);
  });
});

describe('refresh tokens', () => {
  test('PM-14 serve once and give new ones', async () => {
    const first = (await signIn()).body;
    const second = (await refresh(first.refresh_token)).body;
    expect(second).toMatchObject({ token_type: 'Bearer', scope: 'read write', expires_in: 36_000 });
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect([await opens(first.access_token), await opens(second.access_token)]).toEqual([true, true]);
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });

  test('PM-14 one that comes again ends everything of that sign-in, and nothing else', async () => {
    const [first, elsewhere] = [(await signIn()).body, (await signIn()).body];
    const second = (await refresh(first.refresh_token)).body;
    const third = (await refresh(second.refresh_token)).body;
    expect(errorOf(await refresh(first.refresh_token))).toEqual([400, 'invalid_grant']);
    expect(errorOf(await refresh(third.refresh_token))).toEqual([400, 'invalid_grant']);
    for (const { access_token } of [first, second, third]) expect(await opens(access_token)).toBe(false);
    expect(await opens(elsewhere.access_token)).toBe(true);
    expect((await refresh(elsewhere.refresh_token)).status).toBe(200);
  });

  test('PM-14 of two that come at the same time at most one is served, and no token outlives the reuse', async () => {
    for (let round = 0; round < 5; round += 1) {
      const first = (await signIn()).body;
      const answers = await Promise.all(Array.from({ length: 4 }, () => refresh(first.refresh_token)));
      const served = answers.filter(({ status }) => status === 200);
      expect(served.length).toBeLessThanOrEqual(1);
      for (const { body } of served) expect([await opens(body.access_token), (await refresh(body.refresh_token)).status]).toEqual([false, 400]);
      expect(await opens(first.access_token)).toBe(false);
    }
  });

  test('PM-14 end after their time, and belong to their client', async () => {
    const first = (await signIn()).body;
    const other = await clients.create({ name: 'other', confidential: false, redirectUris: [], grants: ['refresh_token'] });
    expect(errorOf(await refresh(first.refresh_token, { client_id: other.id }))).toEqual([400, 'invalid_grant']);
    const second = (await refresh(first.refresh_token)).body;
    clock.advance(30 * 86_400_000 + 1_000);
    expect(errorOf(await refresh(second.refresh_token))).toEqual([400, 'invalid_grant']);
    expect(errorOf(await refresh('x'))).toEqual([400, 'invalid_grant']);
    expect(errorOf(await refresh(''))).toEqual([400, 'invalid_request']);
    expect(errorOf(await refresh(second.access_token))).toEqual([400, 'invalid_grant']);
  });

  test.each(['deleted_at', 'disabled_at'])('PM-14 of an account with %s open nothing and make nothing', async (column) => {
    const first = (await signIn()).body;
    await app.sql(`UPDATE users SET ${column} = now() WHERE id = $1`, [ada.id]);
    expect(errorOf(await refresh(first.refresh_token))).toEqual([400, 'invalid_grant']);
    expect(await opens(first.access_token)).toBe(false);
  });

  test('PM-14 go with their account', async () => {
    await signIn();
    const count = async () => Number((await app.sql('SELECT count(*) FROM pm_grants g JOIN mailboxes m ON m.id = g.owner_id WHERE m.user_id = $1', [ada.id]))[0]!.count);
    expect(await count()).toBe(1);
    await app.app.get(DeleteUser, { strict: false }).execute(ada.id);
    expect(await count()).toBe(0);
  });
});

describe('revoking', () => {
  const revoke = (fields: Record<string, string>) => post('/oauth/revoke_token/', fields);

  test('PM-14 ends an access token alone, or a refresh token with all of its sign-in', async () => {
    const first = (await signIn()).body;
    const done = await revoke({ client_id: open.id, token: first.access_token });
    expect([done.status, done.text]).toEqual([200, '']);
    expect(await opens(first.access_token)).toBe(false);
    const second = (await refresh(first.refresh_token)).body;
    expect((await revoke({ client_id: open.id, token: second.refresh_token })).status).toBe(200);
    expect([await opens(second.access_token), errorOf(await refresh(second.refresh_token))]).toEqual([false, [400, 'invalid_grant']]);
  });

  test('PM-14 of unknown and foreign tokens does nothing, and says the same', async () => {
    const first = (await signIn()).body;
    const secret = sealed.secret ?? '';
    for (const stranger of [first.access_token, first.refresh_token, ada.token, 'unknown']) {
      expect((await revoke({ client_id: sealed.id, client_secret: secret, token: stranger })).status).toBe(200);
    }
    expect([await opens(first.access_token), await opens(ada.token), (await refresh(first.refresh_token)).status]).toEqual([true, true, 200]);
    expect(errorOf(await revoke({ client_id: sealed.id, token: first.access_token }))).toEqual([401, 'invalid_client']);
    expect(errorOf(await revoke({ client_id: 'nope', token: 'x' }))).toEqual([401, 'invalid_client']);
    // no client has such an id, and no text of the database could
    expect(errorOf(await revoke({ client_id: 'a\u0000b', token: 'x' }))).toEqual([401, 'invalid_client']);
    expect(errorOf(await revoke({ client_id: open.id }))).toEqual([400, 'invalid_request']);
  });

  test('PM-14 a client that is revoked takes all its tokens with it', async () => {
    const gone = await clients.create({ name: 'gone', confidential: false, redirectUris: [], grants: ['password', 'refresh_token'] });
    const first = (await signIn({ client_id: gone.id })).body;
    expect(await clients.revoke('pm', gone.id)).toBe(true);
    expect(await opens(first.access_token)).toBe(false);
    expect(errorOf(await refresh(first.refresh_token, { client_id: gone.id }))).toEqual([401, 'invalid_client']);
    expect(await clients.revoke('pm', gone.id)).toBe(false);
  });
});

describe('authorization codes', () => {
  const asked = (over: Record<string, string> = {}): Record<string, string> => ({
    response_type: 'code', client_id: open.id, redirect_uri: REDIRECT, state: 's&"<', scope: 'read write', code_challenge: CHALLENGE, code_challenge_method: 'S256', ...over,
  });
  const show = (over: Record<string, string> = {}) => ask(app, { path: `/oauth/authorize/?${new URLSearchParams(asked(over)).toString()}`, headers: { Accept: 'text/html' } });
  const decide = (over: Record<string, string> = {}) => post('/oauth/authorize/', { ...asked(over), username: name, password: PASSWORD, decision: 'allow', ...over });
  const landed = (answer: Answer): URL => new URL(answer.headers.get('location') ?? 'none:');
  const codeOf = async (over: Record<string, string> = {}) => landed(await decide(over)).searchParams.get('code') ?? '';
  const exchange = (code: string, over: Record<string, string> = {}) =>
    token({ grant_type: 'authorization_code', client_id: open.id, redirect_uri: REDIRECT, code, code_verifier: VERIFIER, ...over });

  test('PM-14 the page shows who asks, runs nothing and goes nowhere else', async () => {
    const { status, text, headers } = await show();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(text).toContain('App &lt;b&gt;');
    expect(text).toContain('value="s&amp;&quot;&lt;"');
    expect(text).not.toMatch(/<script|<b>|onclick|javascript:/i);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' https:\/\/client\.example; base-uri 'none'; frame-ancestors 'none'$/);
    expect([headers.get('x-frame-options'), headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['DENY', 'no-store', 'no-referrer']);
    const style = /<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '';
    expect(policy).toContain(createHash('sha256').update(style).digest('base64'));
    expect((await show({ redirect_uri: 'com.example.app:/back' })).headers.get('content-security-policy')).toContain("form-action 'self' com.example.app:;");
  });

  test('PM-14 signing in and agreeing gives a code, and the code tokens, once', async () => {
    const answer = await decide();
    expect(answer.status).toBe(303);
    const url = landed(answer);
    expect([url.origin, url.pathname, url.searchParams.get('x'), url.searchParams.get('state')]).toEqual(['https://client.example', '/back', '1', 's&"<']);
    const code = url.searchParams.get('code') ?? '';
    const given = await exchange(code);
    expect(given.body).toMatchObject({ token_type: 'Bearer', expires_in: 36_000, scope: 'read write' });
    expect(await opens(given.body.access_token)).toBe(true);
    expect(errorOf(await exchange(code))).toEqual([400, 'invalid_grant']);
    expect([await opens(given.body.access_token), errorOf(await refresh(given.body.refresh_token))]).toEqual([false, [400, 'invalid_grant']]);
  });

  test('PM-14 a client with a secret needs no PKCE, but the secret', async () => {
    const over = { client_id: sealed.id, code_challenge: '', code_challenge_method: '' };
    const secret = sealed.secret ?? '';
    const plain = { client_id: sealed.id, code_verifier: '' };
    expect((await exchange(await codeOf(over), { ...plain, client_secret: secret })).status).toBe(200);
    expect(errorOf(await exchange(await codeOf(over), plain))).toEqual([401, 'invalid_client']);
    expect(errorOf(await exchange(await codeOf({ client_id: sealed.id }), { client_id: sealed.id }))).toEqual([401, 'invalid_client']);
    expect(errorOf(await exchange(await codeOf({ client_id: sealed.id }), { ...plain, client_secret: secret }))).toEqual([400, 'invalid_grant']);
    expect((await exchange(await codeOf({ client_id: sealed.id }), { client_id: sealed.id, client_secret: secret })).status).toBe(200);
  });

  test('PM-14 what does not belong to the code spoils it', async () => {
    const wrong: [Record<string, string>, string][] = [
      [{ code_verifier: `${VERIFIER}x` }, 'invalid_grant'], [{ code_verifier: '' }, 'invalid_grant'], [{ redirect_uri: 'https://client.example/back' }, 'invalid_request'],
      [{ redirect_uri: '' }, 'invalid_request'],
    ];
    for (const [over, word] of wrong) {
      const code = await codeOf();
      expect([over, errorOf(await exchange(code, over))]).toEqual([over, [400, word]]);
      expect([over, errorOf(await exchange(code))]).toEqual([over, [400, 'invalid_grant']]);
    }
    expect(errorOf(await exchange(await codeOf(), { client_id: sealed.id, client_secret: sealed.secret ?? '' }))).toEqual([400, 'invalid_grant']);
    const late = await codeOf();
    clock.advance(61_000);
    expect(errorOf(await exchange(late))).toEqual([400, 'invalid_grant']);
  });

  test('PM-14 a browser is sent nowhere for an unknown client or an address that is not the client\'s own', async () => {
    const strangers: Record<string, string>[] = [
      { client_id: 'nope' }, { client_id: '' }, { redirect_uri: 'https://evil.example/' }, { redirect_uri: 'https://client.example/back?x=1&y=2' },
      { redirect_uri: 'https://client.example/back' }, { redirect_uri: 'javascript:alert(1)' }, { redirect_uri: '' },
    ];
    for (const over of strangers) {
      for (const answer of [await show(over), await decide(over)]) {
        expect([over, answer.status, answer.headers.get('location')]).toEqual([over, 400, null]);
        expect(answer.text).not.toContain('evil');
      }
    }
  });

  test.each<[Record<string, string>, string]>([
    [{ response_type: 'token' }, 'unsupported_response_type'], [{ response_type: '' }, 'invalid_request'], [{ scope: 'admin' }, 'invalid_scope'],
    [{ code_challenge: '' }, 'invalid_request'], [{ code_challenge_method: 'plain' }, 'invalid_request'], [{ code_challenge_method: '' }, 'invalid_request'],
    [{ code_challenge: 'short' }, 'invalid_request'],
  ])('PM-14 %j is told to the client', async (over, word) => {
    for (const answer of [await show(over), await decide(over)]) {
      const url = landed(answer);
      expect([answer.status, url.origin, url.searchParams.get('error'), url.searchParams.get('state'), url.searchParams.has('code')]).toEqual([303, 'https://client.example', word, 's&"<', false]);
    }
  });

  test('PM-14 refusing tells the client so, without a password', async () => {
    for (const decision of ['deny', 'x', '']) {
      const url = landed(await decide({ decision, password: '' }));
      expect([url.searchParams.get('error'), url.searchParams.has('code')]).toEqual(['access_denied', false]);
    }
  });

  test('PM-14 a wrong password shows the page again, without what was typed, and is throttled', async () => {
    const answer = await decide({ password: 'wrong-canary' });
    expect([answer.status, answer.headers.get('location')]).toEqual([403, null]);
    expect(answer.text).toContain('do not belong together');
    for (const typed of ['wrong-canary', name]) expect(answer.text).not.toContain(typed);
    const tight = await startApp({ clock, db: app.db, env: { RATE_LIMITS: 'pm.password_account=1/600' } });
    try {
      const attempt = (password: string) => post('/oauth/authorize/', { ...asked(), username: name, password, decision: 'allow' }, {}, tight);
      const statuses = [(await attempt('x')).status, (await attempt(PASSWORD)).status];
      expect(statuses).toEqual([403, 429]);
    } finally {
      await tight.close();
    }
  });
});

describe('the store', () => {
  test('PM-14 holds no token, code or secret that could be used', async () => {
    const first = (await signIn()).body;
    const rows = JSON.stringify([await app.sql('SELECT * FROM pm_grants'), await app.sql('SELECT * FROM pm_clients'), await app.sql('SELECT * FROM credentials')]);
    for (const text of [first.access_token, first.refresh_token, sealed.secret ?? '-'] as Loose[]) expect(rows).not.toContain(text);
  });
});
