import { startApp, TEST_SECRETS, type TestApp } from '../../support/app.js';
import { makeFolder, run as runCommand } from '../../support/cli.js';
import { call } from '../../support/clients/cell.js';

const PASSWORD = 'correct-horse-battery';
let app: TestApp;
let folder: ReturnType<typeof makeFolder>;

const run = (args: readonly string[], input = '') =>
  runCommand(['cell', ...args], { cwd: folder.path, input, env: { NODE_ENV: 'test', ...TEST_SECRETS, PUBLIC_URL: 'http://localhost:3000', DATABASE_URL: app.db.url } });
const tokenOf = async (cell: string, username: string) => {
  const body = new URLSearchParams({ grant_type: 'password', username, password: PASSWORD }).toString();
  return (await call(app.url, `/${cell}/__token`, { method: 'POST', body })).body.access_token as string;
};

beforeAll(async () => {
  app = await startApp();
  folder = makeFolder();
});
afterAll(async () => {
  folder.remove();
  await app.close();
});

describe('CELL-70 polypost cell', () => {
  it('makes a cell, lists it, and deletes it only when it is meant', async () => {
    expect(await run(['create', 'ada'])).toMatchObject({ code: 0, out: 'http://localhost:3000/ada/\n', err: '' });
    expect((await call(app.url, '/ada/')).body).toEqual({ cell: { name: 'ada', url: 'http://localhost:3000/ada/' } });
    expect(await run(['create', 'ada'])).toMatchObject({ code: 1, err: 'polypost: there is a cell of this name already\n' });
    for (const name of ['docs', 'DOCS', '-x', 'a.b', '']) expect((await run(['create', name])).code).toBe(2);
    const listed = JSON.parse((await run(['list', '--json'])).out) as { total: number; cells: { name: string }[] };
    expect([listed.total, listed.cells.map(({ name }) => name)]).toEqual([1, ['ada']]);
    expect(await run(['delete', 'ada'])).toMatchObject({ code: 2 });
    expect(await run(['delete', 'ada', '--yes'])).toMatchObject({ code: 0, out: 'The cell is deleted.\n' });
    expect((await call(app.url, '/ada/')).status).toBe(404);
    expect(await run(['delete', 'ada', '--yes'])).toMatchObject({ code: 1, err: 'polypost: there is no such cell\n' });
  });

  it('makes accounts: one that may do nothing yet, and owners', async () => {
    await run(['create', 'ben']);
    expect(await run(['account', 'create', 'ben', 'guest', '--password-file', '-'], PASSWORD)).toMatchObject({ code: 0, out: 'guest\n' });
    for (const name of ['me', 'too']) expect(await run(['account', 'create', 'ben', name, '--owner', '--password-file', '-'], PASSWORD)).toMatchObject({ code: 0 });
    const status = async (username: string) => (await call(app.url, '/ben/__ctl/Account', { token: await tokenOf('ben', username) })).status;
    expect([await status('guest'), await status('me'), await status('too')]).toEqual([403, 200, 200]);
    expect(await run(['account', 'create', 'ben', 'me', '--password-file', '-'], PASSWORD)).toMatchObject({ code: 1, err: 'polypost: there is an account of this name already\n' });
    expect((await run(['account', 'create', 'ben', 'x', '--password-file', '-'], 'short')).code).toBe(2);
    expect((await run(['account', 'create', 'nobody', 'x', '--password-file', '-'], PASSWORD)).code).toBe(1);
  });

  it('CELL-41 makes a token that another cell takes a message for', async () => {
    for (const name of ['cleo', 'dan']) await run(['create', name]);
    const [cleo, dan] = ['http://localhost:3000/cleo/', 'http://localhost:3000/dan/'];
    const { out, code } = await run(['token', cleo.slice(0, -1), dan]);
    expect(code).toBe(0);
    const body = { __id: 'b5d008e9092f489c8d3c574a768afc33', From: cleo, Type: 'message', Title: 'x', Body: 'y', Priority: 3, Status: 'unread' };
    expect((await call(app.url, '/dan/__message/port', { method: 'POST', token: out.trim(), body })).status).toBe(201);
    expect((await call(app.url, '/cleo/__message/port', { method: 'POST', token: out.trim(), body })).status).toBe(401);
    for (const args of [['http://elsewhere.example/cleo/', dan], ['cleo', 'dan'], [cleo, 'ftp://x/'], [cleo, dan, '--seconds', '90000']]) expect((await run(['token', ...args])).code).toBe(2);
    expect((await run(['token', 'http://localhost:3000/nobody/', dan])).code).toBe(1);
  });
});
