import { createHmac } from 'node:crypto';
import { PmTokens } from '../../../src/dialects/social/pm/auth/tokens.js';
import { startApp, type TestApp } from '../../support/app.js';
import { TestClock } from '../../support/store.js';
import { type Answer, ask, faultsOf, newPerson, type Person } from './people.js';

const SECRET = 'test-jwt-secret-0123456789abcdef0123456789';
const OLD_SECRET = 'test-old-jwt-secret-0123456789abcdef01234';
const clock = new TestClock();
const ME = '/api/v2/user/me/';

let app: TestApp;
let ada: Person;
beforeAll(async () => {
  app = await startApp({ clock, env: { PM_JWT_SECRET: SECRET, PM_JWT_SECRET_PREVIOUS: OLD_SECRET, PUBLIC_URL: 'https://post.example' } });
  ada = await newPerson(app);
});
afterAll(() => app.close());

const nowSeconds = () => Math.floor(clock.now() / 1000);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const goodClaims = () => ({ token_type: 'access', exp: nowSeconds() + 7200, iat: nowSeconds(), jti: String(clock.now()), user_id: Number(ada.id) });

interface Forge {
  readonly header?: object;
  readonly claims?: Record<string, unknown>;
  readonly secret?: string;
  readonly digest?: string;
}

function jwt({ header = { alg: 'HS256', typ: 'JWT' }, claims = {}, secret = SECRET, digest = 'sha256' }: Forge = {}): string {
  const text = `${encode(header)}.${encode({ ...goodClaims(), ...claims })}`;
  return `${text}.${createHmac(digest, secret).update(text).digest('base64url')}`;
}

const me = (token: string | null, headers: Record<string, string> = {}): Promise<Answer> => ask(app, { path: ME, token, headers });

describe('bearer tokens', () => {
  test('PM-11 without one: 401 in the form of errors, with what to bring', async () => {
    const answer = await me(null);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.body).toEqual({ errors: [{ message: 'Authentication credentials were not provided.', code: 'not_authenticated' }] });
  });

  test.each([
    ['unknown', 'Bearer pppm_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'], ['damaged', 'Bearer %%%'], ['empty', 'Bearer '], ['another scheme', 'Basic YTpi'],
    ['two words', 'Bearer a b'], ['endless', `Bearer ${'a'.repeat(9000)}`], ['dots', 'Bearer ...'], ['half a JWT', 'Bearer a.b'],
  ])('PM-11 %s: 401', async (_name, Authorization) => {
    const answer = await me(null, { Authorization });
    expect([answer.status, faultsOf(answer), answer.headers.get('www-authenticate')]).toEqual([401, ['authentication_failed'], 'Bearer']);
  });

  test('PM-11 an expired and a revoked one open nothing any more', async () => {
    const tokens = app.app.get(PmTokens, { strict: false });
    const short = await tokens.issueAccess(ada.id, { label: '', lifetimeSeconds: 60 });
    expect((await me(short.secret)).status).toBe(200);
    clock.advance(61_000);
    expect((await me(short.secret)).status).toBe(401);
    const other = await tokens.issueAccess(ada.id, { label: '', lifetimeSeconds: null });
    expect((await me(other.secret)).status).toBe(200);
    await app.sql('UPDATE credentials SET revoked_at = now() WHERE id = $1', [other.id]);
    expect((await me(other.secret)).status).toBe(401);
  });

  test('PM-11 scheme names are of any letter case, and Token is one of them', async () => {
    for (const scheme of ['Bearer', 'bearer', 'Token']) expect((await me(null, { Authorization: `${scheme} ${ada.token}` })).status).toBe(200);
  });

  test('PM-11 a credential of another dialect or kind opens nothing', async () => {
    const { secret, id } = await app.app.get(PmTokens, { strict: false }).issueAccess(ada.id, { label: '', lifetimeSeconds: null });
    expect((await me(secret)).status).toBe(200);
    await app.sql("UPDATE credentials SET dialect = 'ossn' WHERE id = $1", [id]);
    expect((await me(secret)).status).toBe(401);
    await app.sql("UPDATE credentials SET dialect = 'pm', kind = 'refresh' WHERE id = $1", [id]);
    expect((await me(secret)).status).toBe(401);
  });

  test('PM-15 tokens hold only characters of an HTTP token', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => newPerson(app)));
    for (const { token } of tokens) expect(token).toMatch(/^[A-Za-z0-9._~-]+$/);
  });

  test('PM-113 a token stands in no log, right or wrong', async () => {
    await me(ada.token);
    await me('pppm_leakedleakedleakedleakedleakedleakedleake');
    await me(jwt());
    const logs = app.logs();
    expect(logs).toContain('/api/v2/user/me');
    for (const text of [ada.token, 'leakedleaked', 'eyJ']) expect(logs).not.toContain(text);
  });
});

describe('JWT', () => {
  test('PM-12 one that an integrator signed opens the account, again and again', async () => {
    const token = jwt();
    for (let time = 0; time < 3; time += 1) expect((await me(token)).body.id).toBe(Number(ada.id));
  });

  test.each<[string, Forge]>([
    ['with an ext_id', { claims: { ext_id: 'abc' } }],
    ['made at milliseconds', { claims: { iat: Date.UTC(2026, 10, 21) } }],
    ['made in the future', { claims: { iat: 9e12 } }],
    ['of the secret before', { secret: OLD_SECRET }],
    ['without typ', { header: { alg: 'HS256' } }],
    ['with a kid that means nothing', { header: { alg: 'HS256', kid: '../../dev/null' } }],
    ['meant for this server', { claims: { aud: 'https://post.example' } }],
    ['meant for this server among others', { claims: { aud: ['x', 'https://post.example'] } }],
    ['with a number as jti', { claims: { jti: 5 } }],
    ['that ends in a day', { claims: { exp: Math.floor(new TestClock().now() / 1000) + 86_400 } }],
  ])('PM-12 %s: taken', async (_name, forge) => {
    expect((await me(jwt(forge))).status).toBe(200);
  });

  test.each<[string, Forge]>([
    ['alg none', { header: { alg: 'none', typ: 'JWT' } }],
    ['alg HS512', { header: { alg: 'HS512', typ: 'JWT' }, digest: 'sha512' }],
    ['alg RS256 with the secret as key', { header: { alg: 'RS256', typ: 'JWT' } }],
    ['alg hs256', { header: { alg: 'hs256', typ: 'JWT' } }],
    ['no alg', { header: { typ: 'JWT' } }],
    ['another secret', { secret: 'x'.repeat(40) }],
    ['an empty secret', { secret: '' }],
    ['another digest', { digest: 'sha512' }],
    ['a header nobody understands', { header: { alg: 'HS256', crit: ['b64'], b64: false } }],
    ['no user_id', { claims: { user_id: undefined } }],
    ['a user_id as text', { claims: { user_id: '1' } }],
    ['a user_id with a fraction', { claims: { user_id: 1.5 } }],
    ['a user_id too large', { claims: { user_id: 1e20 } }],
    ['user_id 0', { claims: { user_id: 0 } }],
    ['a user_id below 0', { claims: { user_id: -1 } }],
    ['a list of user_ids', { claims: { user_id: [1] } }],
    ['an unknown user_id', { claims: { user_id: 987_654_321 } }],
    ['token_type refresh', { claims: { token_type: 'refresh' } }],
    ['no token_type', { claims: { token_type: undefined } }],
    ['no jti', { claims: { jti: undefined } }],
    ['an empty jti', { claims: { jti: '' } }],
    ['no iat', { claims: { iat: undefined } }],
    ['an iat as text', { claims: { iat: '1' } }],
    ['no exp', { claims: { exp: undefined } }],
    ['an exp as text', { claims: { exp: '9999999999' } }],
    ['an exp in the past', { claims: { exp: 1_000_000 } }],
    ['an exp in milliseconds', { claims: { exp: Date.UTC(2027, 0, 1) } }],
    ['an exp further away than a day', { claims: { exp: Math.floor(new TestClock().now() / 1000) + 2 * 86_400 } }],
    ['meant for somebody else', { claims: { aud: 'https://other.example' } }],
    ['not good yet', { claims: { nbf: Math.floor(new TestClock().now() / 1000) + 4000 } }],
  ])('PM-12 %s: 401', async (_name, forge) => {
    const answer = await me(jwt(forge));
    expect([answer.status, faultsOf(answer)]).toEqual([401, ['authentication_failed']]);
  });

  test('PM-12 one whose signature is cut off, or that says none and brings one: 401', async () => {
    const [header = '', payload = '', signature = ''] = jwt().split('.');
    const unsigned = encode({ alg: 'none' });
    for (const token of [`${header}.${payload}.`, `${header}.${payload}`, `${unsigned}.${payload}.`, `${unsigned}.${payload}.${signature}`, `${header}.${payload}.${signature}x`]) {
      expect((await me(token)).status).toBe(401);
    }
  });

  test('PM-13 signature and time can be tried out without a token', async () => {
    const verify = (body: unknown) => ask(app, { method: 'POST', path: '/api/v2/jwt/verify_token/', body });
    const [good, other] = [await verify({ token: jwt() }), await verify({ token: jwt({ claims: { user_id: 'x', token_type: 'y' } }) })];
    expect([good.status, good.body, other.status]).toEqual([200, {}, 200]);
    for (const token of [jwt({ secret: 'y'.repeat(40) }), jwt({ claims: { exp: 1 } }), 'x', 'a.b.c']) expect((await verify({ token })).status).toBe(401);
    expect(faultsOf(await verify({}))).toEqual(['token: required']);
    expect(faultsOf(await verify({ token: 5 }))).toEqual(['token: required']);
  });
});

describe('JWT switched off', () => {
  test('PM-12 without a secret no such token opens anything, and the server starts', async () => {
    const off = await startApp({ clock, db: app.db });
    try {
      expect((await ask(off, { path: ME, token: jwt() })).status).toBe(401);
      expect((await ask(off, { path: ME, token: jwt({ secret: '' }) })).status).toBe(401);
      expect((await ask(off, { method: 'POST', path: '/api/v2/jwt/verify_token/', body: { token: jwt() } })).status).toBe(401);
      expect((await ask(off, { path: ME, token: ada.token })).status).toBe(200);
    } finally {
      await off.close();
    }
  });

  test('PM-12 a secret below 32 bytes is refused at the start', async () => {
    await expect(startApp({ db: app.db, env: { PM_JWT_SECRET: 'x'.repeat(31) } })).rejects.toThrow(/PM_JWT_SECRET/);
  });
});

describe('users without a token', () => {
  test('PM-98 are shown where that is switched on, and only they', async () => {
    expect((await ask(app, { path: `/api/v2/user/${ada.id}/` })).status).toBe(401);
    const open = await startApp({ clock, db: app.db, env: { PM_PUBLIC_USERS: 'true' } });
    try {
      const { status, body } = await ask(open, { path: `/api/v2/user/${ada.id}/` });
      expect([status, body.id, 'can_send_pm_to' in body, 'email' in body]).toEqual([200, Number(ada.id), false, false]);
      expect((await ask(open, { path: `/api/v2/user/${ada.id}/`, token: 'pppm_wrong-wrong' })).status).toBe(401);
      expect((await ask(open, { path: `/api/v2/user/${ada.id}/`, token: ada.token })).body.can_send_pm_to).toBe(false);
      expect((await ask(open, { path: `/api/v2/user/${ada.id}/followers/` })).status).toBe(401);
    } finally {
      await open.close();
    }
  });
});

describe('limits', () => {
  test('PM-19 PM-112 too many searches, follows, hides and wrong tokens: 429 that says when to come back', async () => {
    const tight = await startApp({ db: app.db, env: { RATE_LIMITS: 'pm.search=2/60,pm.follow=2/60,pm.hide=2/60,pm.bad_token=2/60' } });
    try {
      const ben = await newPerson(tight);
      const third = async (one: () => Promise<Answer>) => [await one(), await one(), await one()].map(({ status }) => status);
      expect(await third(() => ben.asks('GET', '/api/v2/pm/search/?user=x'))).toEqual([200, 200, 429]);
      expect(await third(() => ben.asks('POST', `/api/v2/user/${ada.id}/follow/`))).toEqual([204, 204, 429]);
      expect(await third(() => ben.asks('POST', `/api/v2/user/${ada.id}/hide/`))).toEqual([204, 204, 429]);
      expect(await third(() => ask(tight, { path: ME, token: 'pppm_wrong-wrong' }))).toEqual([401, 401, 429]);
      const refused = await ben.asks('GET', '/api/v2/pm/search/?user=x');
      expect(refused.body).toEqual({ errors: [{ message: 'Too many requests.', code: 'throttled' }] });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      const other = await newPerson(tight);
      expect((await other.asks('GET', '/api/v2/pm/search/?user=x')).status).toBe(200);
    } finally {
      await tight.close();
    }
  });
});
