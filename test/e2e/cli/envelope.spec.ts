import { startApp, TEST_SECRETS, type TestApp } from '../../support/app.js';
import { makeFolder, run as runCommand } from '../../support/cli.js';
import { ask, type Loose, registration } from '../envelope/people.js';

let app: TestApp;
let folder: ReturnType<typeof makeFolder>;
const run = (...args: string[]) => runCommand(['envelope', ...args], { cwd: folder.path, env: { NODE_ENV: 'test', ...TEST_SECRETS, ENVELOPE_RSA_BITS: '2048', DATABASE_URL: app.db.url } });
const register = async (invite: string) => ask(app, { method: 'POST', path: '/api/v1/user', body: { ...(await registration(app)).body, invite } });

beforeAll(async () => {
  app = await startApp({ env: { ENVELOPE_REGISTRATION: 'invite' } });
  folder = makeFolder();
});
afterAll(async () => {
  folder.remove();
  await app.close();
});

describe('polypost envelope invite', () => {
  it('ENV-77 makes an invite that lets as many people in as it says', async () => {
    const { code, out, err } = await run('invite', 'create', '--uses', '2', '--label', 'friends');
    expect([code, out]).toEqual([0, expect.stringMatching(/^ppi1_[A-Za-z0-9_-]{43}\n$/)]);
    expect(err).toMatch(/^This is the invite with the id \d+\. It is shown once, and good for 2 people and 14 days\.\n$/);
    expect([(await register(out.trim())).status, (await register(out.trim())).status, (await register(out.trim())).body.error]).toEqual([201, 201, 'registration_closed']);
    const { invites } = JSON.parse((await run('invite', 'list', '--json')).out);
    expect(invites).toEqual([{ id: expect.any(String), label: 'friends', uses: 2, uses_max: 2, created_at: expect.any(String), expires_at: expect.any(String), revoked_at: null }]);
    expect((await run('invite', 'list')).out).toContain('2 of 2 used  friends');
    expect(JSON.stringify(await app.sql('SELECT * FROM credentials'))).not.toContain(out.trim());
  });

  it('a name that is taken costs no use', async () => {
    const { out } = await run('invite', 'create');
    const { body, name } = await registration(app);
    expect((await ask(app, { method: 'POST', path: '/api/v1/user', body: { ...body, invite: out.trim() } })).status).toBe(201);
    const second = JSON.parse((await run('invite', 'create', '--json')).out) as { id: string; invite: string };
    const { body: rival } = await registration(app, { name });
    expect((await ask(app, { method: 'POST', path: '/api/v1/user', body: { ...rival, invite: second.invite } })).body.error).toBe('name_taken');
    expect((await register(second.invite)).status).toBe(201);
  });

  it('revokes one, and refuses what makes no sense in one line', async () => {
    const made = JSON.parse((await run('invite', 'create', '--json')).out) as { id: string; invite: string };
    expect(await run('invite', 'revoke', made.id)).toMatchObject({ code: 0, out: 'The invite is revoked.\n' });
    expect((await register(made.invite)).body.error).toBe('registration_closed');
    expect(await run('invite', 'revoke', made.id)).toMatchObject({ code: 1, err: 'polypost: there is no such invite, or it is revoked already\n' });
    for (const args of [['invite', 'create', '--uses', '0'], ['invite', 'create', '--days', '0'], ['invite', 'create', '--uses', 'x'], ['invite', 'revoke', 'x'], ['invite', 'revoke']]) expect((await run(...args)).code).toBe(2);
  });
});

describe('polypost envelope key', () => {
  it('ENV-71 lists and rotates the keys; a running server knows within seconds', async () => {
    const before = (await ask(app, { path: '/api/v1/server' })).body;
    const listed = JSON.parse((await run('key', 'list', '--json')).out);
    expect(listed.keys.map((key: Loose) => [key.kid, key.status])).toEqual(before.keys.map((key: Loose) => [key.kid, 'current']));
    const { code, out } = await run('key', 'rotate');
    expect([code, out.match(/current/g)?.length, out.match(/previous/g)?.length]).toEqual([0, 2, 2]);
    for (let attempt = 0; ; attempt += 1) {
      const { keys, identity_key } = (await ask(app, { path: '/api/v1/server' })).body;
      expect(identity_key).toBe(before.identity_key);
      if (keys.length === 4 || attempt > 50) {
        expect(keys.map((key: Loose) => key.status)).toEqual(['current', 'current', 'previous', 'previous']);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(out).not.toContain('PRIVATE');
  });
});
