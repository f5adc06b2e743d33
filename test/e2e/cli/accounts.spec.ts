import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startApp, TEST_SECRETS, type TestApp } from '../../support/app.js';
import { makeFolder, run as runCommand, type RunOptions, start } from '../../support/cli.js';
import { outcomeOf, Site } from '../../support/clients/ossn.js';

let app: TestApp;
let folder: ReturnType<typeof makeFolder>;
let site: Site;

const run = (args: string[], options: RunOptions = {}) =>
  runCommand(args, { cwd: folder.path, ...options, env: { NODE_ENV: 'test', ...TEST_SECRETS, DATABASE_URL: app.db.url, ...options.env } });

beforeAll(async () => {
  app = await startApp();
  site = new Site(app.url);
  folder = makeFolder();
});
afterAll(async () => {
  folder.remove();
  await app.close();
});

describe('polypost user', () => {
  it('makes accounts whose password comes from a file or the standard input, and never from an argument', async () => {
    writeFileSync(join(folder.path, 'password'), 'from a file\n');
    const first = await run(['user', 'create', 'inesroth', '--first', 'Ines', '--last', 'Roth', '--email', 'Ines@Harbour.example', '--birthdate', '1990-05-24', '--gender', 'female', '--password-file', 'password']);
    expect(first).toMatchObject({ code: 0, err: '' });
    const second = await run(['user', 'create', 'olubank', '--password-file', '-', '--json'], { input: 'from the standard input' });
    const olu = JSON.parse(second.out) as { id: string };
    expect(olu).toMatchObject({ username: 'olubank', email: null, role: 'user', state: 'active' });
    expect(await site.payload('v1.0/user_details', { guid: first.out.trim() })).toMatchObject({ username: 'inesroth', fullname: 'Ines Roth', email: 'ines@harbour.example', birthdate: '24/05/1990', gender: 'female' });
    for (const [username, password] of [['inesroth', 'from a file'], ['olubank', 'from the standard input']] as const) {
      expect((await site.post('v1.0/user_authenticate', { username, password })).body.code).toBe('100');
    }
    expect(await run(['user', 'create', 'another1', '--password', 'x'])).toMatchObject({ code: 2 });
    const none = await run(['user', 'create', 'another1']);
    expect([none.code, none.err]).toEqual([2, 'polypost: no password: give --password-file FILE, or --password-file - for the standard input\n']);
  });

  it('makes an account that cannot log in', async () => {
    expect(await run(['user', 'create', 'mailbox1', '--no-password'])).toMatchObject({ code: 0 });
    expect(outcomeOf(await site.post('v1.0/user_authenticate', { username: 'mailbox1', password: '' }))[0]).toBe('105');
  });

  it('refuses names that are taken or wrong, in one line', async () => {
    const outcome = async (...args: string[]) => {
      const { code, err } = await run(['user', 'create', ...args, '--no-password']);
      return [code, err];
    };
    expect(await outcome('INESROTH')).toEqual([1, 'polypost: somebody has this username already\n']);
    expect(await outcome('inesroth2', '--email', 'ines@harbour.example')).toEqual([1, 'polypost: somebody has this e-mail address already\n']);
    expect(await outcome('abc')).toEqual([2, 'polypost: the username needs five to 64 letters and digits\n']);
    for (const wrong of [['--email', 'x'], ['--birthdate', '31/02/2000'], ['--birthdate', '2000-02-31'], ['--gender', 'x']]) expect((await outcome('fresh1', ...wrong))[0]).toBe(2);
    expect((await run(['user', 'create', 'fresh1', '--password-file', '-'], { input: '12345' })).code).toBe(2);
  });

  it('lists accounts and lets nobody steer the terminal', async () => {
    await run(['user', 'create', 'nasty1', '--first', '\u001b[2J\u202e', '--no-password']);
    const { out, err } = await run(['user', 'list']);
    expect(out).toMatch(/^\d+ {2}inesroth {2}Ines Roth {2}ines@harbour.example {2}user$/m);
    expect(out).toContain('nasty1  \\u001b[2J\\u202e');
    expect(err).toMatch(/^(\d+) of \1\n$/);
    const json = JSON.parse((await run(['user', 'list', '--json', '--take', '1'])).out) as { total: number; users: object[] };
    expect(json.users).toHaveLength(1);
    expect(json.total).toBeGreaterThan(1);
  });

  it('sets a password by username, address or id', async () => {
    for (const [index, name] of ['inesroth', 'ines@harbour.example', String((await site.payload('v1.0/user_details', { username: 'inesroth' })).guid)].entries()) {
      expect(await run(['user', 'passwd', name, '--password-file', '-'], { input: `new one ${index}\n` })).toMatchObject({ code: 0, out: 'The password is set.\n' });
      expect((await site.post('v1.0/user_authenticate', { username: 'inesroth', password: `new one ${index}` })).body.code).toBe('100');
    }
    expect(await run(['user', 'passwd', 'nobodyatall', '--password-file', '-'], { input: 'whatever' })).toMatchObject({ code: 1, err: 'polypost: there is no such user\n' });
  });

  it('validates an account, and gives it a role', async () => {
    await app.sql("UPDATE users SET validated_at = NULL WHERE username = 'olubank'");
    const login = async () => outcomeOf(await site.post('v1.0/user_authenticate', { username: 'olubank', password: 'from the standard input' }))[0];
    expect(await login()).toBe('104');
    expect(await run(['user', 'validate', 'olubank'])).toMatchObject({ code: 0, out: 'The account may log in.\n' });
    expect(await login()).toBe('100');
    expect(await run(['user', 'role', 'olubank', 'admin'])).toMatchObject({ code: 0, out: 'The role is admin.\n' });
    const { guid } = await site.payload('v1.0/user_details', { username: 'olubank' });
    expect(outcomeOf(await site.post('v2.0/user/delete', { guid }))[0]).toBe('103');
    expect((await run(['user', 'list'])).out).toMatch(/olubank.*  admin$/m);
    expect((await run(['user', 'role', 'olubank', 'king'])).code).toBe(2);
    expect((await run(['user', 'role', 'nobodyatall', 'admin'])).code).toBe(1);
    await run(['user', 'role', 'olubank', 'user']);
  });

  it('deletes an account only when told so twice', async () => {
    const created = await run(['user', 'create', 'doomed1', '--no-password']);
    expect(created).toMatchObject({ code: 0, err: '' });
    const guid = created.out.trim();
    expect((await run(['user', 'delete', 'doomed1'])).code).toBe(2);
    expect((await site.post('v1.0/user_details', { guid })).body.code).toBe('100');
    expect(await run(['user', 'delete', 'doomed1', '--yes'])).toMatchObject({ code: 0, out: 'The account is deleted.\n' });
    expect(outcomeOf(await site.post('v1.0/user_details', { guid }))[0]).toBe('103');
    expect((await run(['user', 'delete', 'doomed1', '--yes'])).code).toBe(1);
  });
});

describe('polypost ossn key', () => {
  it('OSSN-12 OSSN-13 makes keys of both kinds, shows each once, and revokes them', async () => {
    const made = await run(['ossn', 'key', 'create', '--user', 'inesroth', '--label', 'phone']);
    const key = made.out.trim();
    expect([made.code, /^ppossn_[A-Za-z0-9_-]{43}$/.test(key), made.err]).toEqual([0, true, expect.stringMatching(/^This is the key with the id \d+\. It is shown once\.\n$/)]);
    const { guid } = await site.payload('v1.0/user_details', { username: 'inesroth' });
    const other = (await site.payload('v1.0/user_details', { username: 'olubank' })).guid;
    const phone = new Site(app.url, key);
    expect((await phone.post('v2.0/message/send', { from: guid, to: other, message: 'x' })).body.code).toBe('100');
    expect(outcomeOf(await phone.post('v2.0/message/send', { from: other, to: guid, message: 'x' }))[0]).toBe('106');

    const limited = JSON.parse((await run(['ossn', 'key', 'create', '--site', '--only', 'v2.0/message/send, v2.0/message/list', '--days', '30', '--json'])).out) as { id: string; key: string };
    expect((await new Site(app.url, limited.key).post('v2.0/message/send', { from: other, to: guid, message: 'x' })).body.code).toBe('100');
    expect(outcomeOf(await new Site(app.url, limited.key).post('v2.0/user/delete', { guid }))[0]).toBe('106');

    const { out } = await run(['ossn', 'key', 'list']);
    expect(out).toContain(`user ${guid}  in force`);
    expect(out).toMatch(new RegExp(`^${limited.id}  site  until \\S+  .*  v2.0/message/send,v2.0/message/list$`, 'm'));
    expect(out).not.toContain(key.slice(7));
    const { keys } = JSON.parse((await run(['ossn', 'key', 'list', '--json'])).out) as { keys: { id: string; label: string }[] };
    const { id } = keys.find(({ label }) => label === 'phone')!;

    expect(await run(['ossn', 'key', 'revoke', id])).toMatchObject({ code: 0, out: 'The key is revoked.\n' });
    expect(outcomeOf(await phone.post('v1.0/user_details', { guid }))[0]).toBe('106');
    expect((await run(['ossn', 'key', 'revoke', id])).code).toBe(1);
    expect((await run(['ossn', 'key', 'list'])).out).toMatch(new RegExp(`^${id}  user ${guid}  revoked `, 'm'));
  });

  it('tells wrong use in one line', async () => {
    for (const args of [[], ['--site', '--user', 'inesroth'], ['--site', '--only', 'v2.0/nothing'], ['--site', '--only', ','], ['--site', '--days', 'x']]) {
      const { code, err } = await run(['ossn', 'key', 'create', ...args]);
      expect([args, code, err.trimEnd().split('\n').length]).toEqual([args, 2, 1]);
    }
    expect((await run(['ossn', 'key', 'create', '--user', 'nobodyatall'])).code).toBe(1);
    expect((await run(['ossn', 'key', 'revoke', 'x'])).code).toBe(2);
    expect((await run(['ossn', 'key', 'revoke', '1'])).code).toBe(1);
  });
});

describe('beside the embedded database', () => {
  it('works before the server runs, while it runs and after, and never ends a database that is in use', async () => {
    const own = makeFolder();
    const env = { PORT: '0', METRICS_ADDRESS: 'off' };
    const command = (args: string[], input = '') => runCommand(args, { cwd: own.path, env, input });
    expect(await command(['user', 'create', 'before1', '--no-password'])).toMatchObject({ code: 0, out: '1\n' });
    const server = start(['serve'], { cwd: own.path, env });
    try {
      let said = '';
      server.child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
      await server.said('(API description:');
      const key = readFileSync(join(own.path, 'data/secrets/OSSN_SITE_KEY'), 'utf8').trim();
      const caller = new Site(/Polypost listens on (\S+)/.exec(said)![1]!, key);
      expect(await command(['user', 'create', 'during1', '--password-file', '-'], 'a password')).toMatchObject({ code: 0, out: '2\n', err: '' });
      expect((await caller.post('v1.0/user_authenticate', { username: 'during1', password: 'a password' })).body.code).toBe('100');
      const made = await command(['ossn', 'key', 'create', '--user', 'during1']);
      expect((await new Site(caller.url, made.out.trim()).post('v1.0/message_recent', { guid: 2 })).body.code).toBe('100');
      expect((await caller.post('v1.0/user_details', { guid: 1 })).body.code).toBe('100');
    } finally {
      server.child.kill('SIGTERM');
      await server.ended;
    }
    expect((await command(['user', 'list'])).out).toMatch(/before1[\s\S]*during1/);
    own.remove();
  }, 90_000);
});
