import { createHash } from 'node:crypto';
import { Credentials } from '../../../src/core/accounts/credentials.js';
import { Login, type PasswordProof } from '../../../src/core/accounts/login.js';
import { Users } from '../../../src/core/accounts/users.js';
import { Housekeeper } from '../../../src/core/maintenance/housekeeper.js';
import { PmClients } from '../../../src/core/pm/pm-clients.js';
import { PmGrants } from '../../../src/core/pm/pm-grants.js';
import { startApp, type TestApp } from '../../support/app.js';
import { TestClock } from '../../support/store.js';
import { ask, newPerson, type Person } from './people.js';

const PASSWORD = 'correct horse battery';
const REDIRECT = 'https://client.example/back';
const VERIFIER = 'verifier-verifier-verifier-verifier-verifier-1';
const access = { dialect: 'pm', prefix: 'pppm_', lifetimeSeconds: 3600 };
const clock = new TestClock();

let app: TestApp;
let person: Person;
let name = '';
let serial = 0;
let client: string;
const get = <T>(type: new (...rest: never[]) => T): T => app.app.get(type as never, { strict: false });
beforeAll(async () => {
  app = await startApp({ clock });
  const grants = ['password', 'refresh_token', 'authorization_code'] as const;
  client = (await get(PmClients).create({ name: 'App', confidential: false, redirectUris: [REDIRECT], grants })).id;
});
beforeEach(async () => {
  name = `signs-in-${(serial += 1)}`;
  person = await newPerson(app, { username: name, password: PASSWORD });
});
afterAll(() => app.close());

const post = (path: string, fields: Record<string, string>) => ask(app, { method: 'POST', path, body: new URLSearchParams(fields) });
const signIn = (password = PASSWORD) => post('/oauth/token/', { grant_type: 'password', client_id: client, username: name, password });
const refresh = (token: string) => post('/oauth/token/', { grant_type: 'refresh_token', client_id: client, refresh_token: token });
const opens = async (token: string) => (await ask(app, { path: '/api/v2/user/me/', token })).status === 200;
const changePassword = (password: string) => get(Users).update(person.id, { password });
const proofOf = async (): Promise<PasswordProof> => (await get(Login).execute({ login: name, password: PASSWORD })).proof!;
const agree = async (): Promise<string | null> => {
  const fields = { response_type: 'code', client_id: client, redirect_uri: REDIRECT, code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'), code_challenge_method: 'S256', username: name, password: PASSWORD, decision: 'allow' };
  return new URL((await post('/oauth/authorize/', fields)).headers.get('location') ?? 'x:').searchParams.get('code');
};
const redeem = (code: string) =>
  post('/oauth/token/', { grant_type: 'authorization_code', client_id: client, code, redirect_uri: REDIRECT, code_verifier: VERIFIER });
const rows = async (table: string) => Number((await app.sql<{ count: string }>(`SELECT count(*) FROM ${table}`))[0]?.count);

test('PM-14 a changed password ends every sign-in: access tokens, refresh tokens and codes', async () => {
  const first = (await signIn()).body;
  const renewed = (await refresh((await signIn()).body.refresh_token)).body;
  const code = (await agree())!;
  const redeemed = (await redeem((await agree())!)).body;
  for (const body of [first, renewed, redeemed]) expect(await opens(body.access_token)).toBe(true);
  await changePassword('another horse battery');
  for (const body of [first, renewed, redeemed]) {
    expect(await opens(body.access_token)).toBe(false);
    expect((await refresh(body.refresh_token)).body.error).toBe('invalid_grant');
  }
  expect((await redeem(code)).body.error).toBe('invalid_grant');
  expect((await signIn()).body.error).toBe('invalid_grant');
  expect(await opens((await signIn('another horse battery')).body.access_token)).toBe(true);
});

test('PM-14 a changed password leaves tokens alone that were made without one, other people, and other changes', async () => {
  const other = await newPerson(app, { username: `${name}-other`, password: PASSWORD });
  const theirs = (await post('/oauth/token/', { grant_type: 'password', client_id: client, username: `${name}-other`, password: PASSWORD })).body;
  const mine = (await signIn()).body;
  await get(Users).update(person.id, { firstName: 'Renamed' });
  expect(await opens(mine.access_token)).toBe(true);
  await changePassword('another horse battery');
  expect(await Promise.all([person.token, other.token, theirs.access_token].map(opens))).toEqual([true, true, true]);
  expect((await refresh(theirs.refresh_token)).status).toBe(200);
});

test('PM-14 a sign-in that the change of the password overtakes comes to nothing', async () => {
  const proof = await proofOf();
  const issue = () => get(PmGrants).issueTokens({ clientId: client, of: proof, access, refreshLifetimeSeconds: 3600 });
  expect(await opens((await issue())!.accessToken)).toBe(true);
  await changePassword('another horse battery');
  const before = await rows('pm_grants');
  expect(await issue()).toBeNull();
  expect(await get(PmGrants).issueCode({ proof, clientId: client, redirectUri: REDIRECT, challenge: null, lifetimeSeconds: 60 })).toBeNull();
  expect(await get(Credentials).openSession({ dialect: 'ossn', proof, prefix: '', lifetimeSeconds: 60 })).toBeNull();
  expect(await rows('pm_grants')).toBe(before);
});

test('PM-14 twenty sign-ins at the moment of the change: none outlives it', async () => {
  const proof = await proofOf();
  const issue = async () => get(PmGrants).issueTokens({ clientId: client, of: proof, access, refreshLifetimeSeconds: 3600 });
  const [issued] = await Promise.all([Promise.all(Array.from({ length: 20 }, issue)), changePassword('another horse battery'), ...Array.from({ length: 5 }, issue)]);
  for (const tokens of issued) {
    if (tokens === null) continue;
    expect(await opens(tokens.accessToken)).toBe(false);
    expect((await refresh(tokens.refreshToken)).status).toBe(400);
  }
});

test('PM-14 what has expired is removed, and nothing else', async () => {
  await app.sql('DELETE FROM pm_grants');
  await app.sql('DELETE FROM credentials');
  const { secret: endless } = await get(Credentials).issue({ dialect: 'pm', kind: 'access', userId: person.id, prefix: '', lifetimeSeconds: null });
  const { body } = await signIn();
  clock.advance(35_999_000);
  const later = (await signIn()).body;
  await get(Housekeeper).sweep();
  expect([await rows('credentials'), await opens(body.access_token)]).toEqual([3, true]);
  clock.advance(1_000);
  await get(Housekeeper).sweep();
  expect(await rows('credentials')).toBe(2);
  expect(await Promise.all([endless, later.access_token].map(opens))).toEqual([true, true]);
  expect((await refresh(body.refresh_token)).status).toBe(200);
});
