import { startApp, TEST_SECRETS, type TestApp } from '../../support/app.js';
import { makeFolder, run as runCommand } from '../../support/cli.js';
import { ask, newPerson, type Person } from '../pm/people.js';

const PASSWORD = 'correct horse battery';
let app: TestApp;
let folder: ReturnType<typeof makeFolder>;
let ada: Person;

const run = (...args: string[]) => runCommand(['pm', ...args], { cwd: folder.path, env: { NODE_ENV: 'test', ...TEST_SECRETS, DATABASE_URL: app.db.url } });
const me = async (token: string) => (await ask(app, { path: '/api/v2/user/me/', token })).status;
const signIn = (fields: Record<string, string>) =>
  ask(app, { method: 'POST', path: '/oauth/token/', body: new URLSearchParams({ grant_type: 'password', username: 'adalovelace', password: PASSWORD, ...fields }) });

beforeAll(async () => {
  app = await startApp();
  folder = makeFolder();
  ada = await newPerson(app, { username: 'adalovelace', email: 'ada@example.org', password: PASSWORD });
});
afterAll(async () => {
  folder.remove();
  await app.close();
});

describe('polypost pm token', () => {
  it('makes a token for a user, by name, address or id', async () => {
    for (const name of ['adalovelace', 'ADA@example.org', ada.id]) {
      const { code, out, err } = await run('token', name);
      expect([code, out]).toEqual([0, expect.stringMatching(/^pppm_[A-Za-z0-9_-]{43}\n$/)]);
      expect(err).toMatch(/^This is the token with the id \d+\. It is shown once, and good for 30 days\.\n$/);
      expect(await me(out.trim())).toBe(200);
    }
  });

  it('tells it as JSON, and makes it worthless again', async () => {
    const made = JSON.parse((await run('token', 'adalovelace', '--days', '1', '--label', 'try', '--json')).out) as { id: string; token: string };
    expect(await me(made.token)).toBe(200);
    expect(await run('revoke', made.id)).toMatchObject({ code: 0, out: 'The token is revoked.\n' });
    expect(await me(made.token)).toBe(401);
    expect(await run('revoke', made.id)).toMatchObject({ code: 1, err: 'polypost: there is no such token, or it is revoked already\n' });
    const [row] = await app.sql('SELECT expires_at - created_at AS life, label FROM credentials WHERE id = $1', [made.id]);
    expect(row).toMatchObject({ life: { days: 1 }, label: 'try' });
  });

  it('refuses what makes no sense, in one line', async () => {
    expect(await run('token', 'nobody-here')).toMatchObject({ code: 1, err: 'polypost: there is no such user\n' });
    for (const days of ['0', '-1', 'x']) expect((await run('token', 'adalovelace', '--days', days)).code).toBe(2);
    expect((await run('revoke', 'x')).code).toBe(2);
    expect((await run('token')).code).toBe(2);
  });
});

describe('polypost pm client', () => {
  it('makes applications that can get tokens, with and without a secret', async () => {
    const open = await run('client', 'create', '--name', 'Phone', '--redirect', 'https://a.example/x', '--redirect', 'com.example.app:/y');
    const id = /^client_id {6}([0-9a-f]{32})\n$/.exec(open.out)?.[1] ?? '';
    expect([open.code, open.err, id.length]).toEqual([0, '', 32]);
    expect((await signIn({ client_id: id })).status).toBe(200);
    const sealed = JSON.parse((await run('client', 'create', '--name', 'Site', '--with-secret', '--json')).out) as { client_id: string; client_secret: string; grants: string[] };
    expect(sealed.grants).toEqual(['refresh_token', 'password']);
    expect((await signIn({ client_id: sealed.client_id })).status).toBe(401);
    expect((await signIn({ client_id: sealed.client_id, client_secret: sealed.client_secret })).status).toBe(200);
  });

  it('lists them without secrets, and ends one with its tokens', async () => {
    const { client_id: id } = JSON.parse((await run('client', 'create', '--name', 'Doomed \u001b[2J', '--redirect', 'http://127.0.0.1:9/x', '--json')).out) as { client_id: string };
    const { access_token: token } = (await signIn({ client_id: id })).body as { access_token: string };
    expect(await me(token)).toBe(200);
    const listed = await run('client', 'list');
    expect(listed.out).toContain(`${id}  in force  public  refresh_token,password,authorization_code  Doomed \\u001b[2J  http://127.0.0.1:9/x\n`);
    expect((JSON.parse((await run('client', 'list', '--json')).out) as { clients: object[] }).clients.length).toBeGreaterThan(0);
    expect(await run('client', 'revoke', id)).toMatchObject({ code: 0 });
    expect([await me(token), (await signIn({ client_id: id })).status, (await run('client', 'revoke', id)).code]).toEqual([401, 401, 1]);
    expect((await run('client', 'list')).out).toContain(`${id}  revoked `);
  });

  it.each([
    ['an address without a host', ['--redirect', 'https://']], ['a script', ['--redirect', 'javascript:alert(1)']], ['data', ['--redirect', 'data:text/html,x']],
    ['a fragment', ['--redirect', 'https://a.example/#x']], ['a scheme that anybody may claim', ['--redirect', 'myapp:/x']], ['blanks', ['--redirect', 'https://a.example/ x']],
    ['no way to a token', ['--no-password']],
  ])('refuses %s', async (_what, args) => {
    expect((await run('client', 'create', '--name', 'x', ...args)).code).toBe(2);
  });

  it('refuses a name that is empty or endless, and none at all', async () => {
    for (const args of [['--name', ' '], ['--name', 'x'.repeat(101)], []]) expect((await run('client', 'create', ...args)).code).toBe(2);
  });
});
