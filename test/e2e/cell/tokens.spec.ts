import { decodeJwt, generateKeyPair, SignJWT } from 'jose';
import { CellTokens } from '../../../src/dialects/cell/tokens/cell-tokens.js';
import { type Clock } from '../../../src/kernel/clock.js';
import { startApp, TEST_SECRETS, type TestApp } from '../../support/app.js';
import { ADMIN, call, type CellAnswer, TestCell } from '../../support/clients/cell.js';

const PASSWORD = 'correct-horse-battery';
class SetClock implements Clock {
  aheadMs = 0;
  now(): number {
    return Date.now() + this.aheadMs;
  }
}
const clock = new SetClock();
let app: TestApp;
let ada: TestCell;
let ben: TestCell;
let appCell: TestCell;

beforeAll(async () => {
  app = await startApp({ clock });
  [ada, ben, appCell] = [await TestCell.make(app), await TestCell.make(app), await TestCell.make(app)];
  for (const cell of [ada, appCell]) {
    await cell.call('__ctl/Account', { method: 'POST', headers: { 'x-personium-credential': PASSWORD }, body: { Name: 'ann' } });
    await cell.role('owner', ['root']);
    await cell.call("__ctl/Account('ann')/$links/_Role", { method: 'POST', body: { uri: `${cell.url}__ctl/Role(Name='owner',_Box.Name=null)` } });
  }
});
afterAll(() => app.close());
afterEach(() => (clock.aheadMs = 0));

function token(cell: TestCell, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<CellAnswer> {
  return cell.call('__token', { method: 'POST', token: null, headers, body: new URLSearchParams(fields).toString() });
}
const byPassword = (cell: TestCell, more: Record<string, string> = {}) => token(cell, { grant_type: 'password', username: 'ann', password: PASSWORD, ...more });
async function expectRefusal(answer: CellAnswer | Promise<CellAnswer>, error: string, code: string): Promise<void> {
  const { status, body } = await answer;
  expect({ status, body }).toEqual({ status: Number(code.slice(2, 5)), body: { error, error_description: expect.stringMatching(new RegExp(`^\\[${code}\\] - \\S`)) } });
}

describe('CELL-11 tokens', () => {
  it('a password gives an access and a refresh token', async () => {
    const { status, body, headers } = await byPassword(ada);
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600, refresh_token: expect.any(String), refresh_token_expires_in: 86400,
      last_authenticated: null, failed_count: 0,
    });
    expect([headers.get('cache-control'), headers.get('location')]).toEqual(['no-store', null]);
    expect((await ada.call('__ctl/Role', { token: body.access_token })).status).toBe(200);
    for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
      expect((await token(ada, { grant_type: 'password', username: 'ann', password: PASSWORD }, { 'content-type': type })).status).toBe(200);
    }
  });

  it('tells of the login before, and of wrong passwords since', async () => {
    const before = Date.now();
    await byPassword(ada);
    for (let i = 0; i < 2; i += 1) await byPassword(ada, { password: 'wrong-one' });
    const { body } = await byPassword(ada);
    expect(body.failed_count).toBe(2);
    expect(body.last_authenticated).toBeGreaterThanOrEqual(before - 1000);
    expect((await byPassword(ada)).body.failed_count).toBe(0);
  });

  it('a refresh token gives new ones, for as long as account and password stay', async () => {
    await ada.call('__ctl/Account', { method: 'POST', headers: { 'x-personium-credential': PASSWORD }, body: { Name: 'temp' } });
    const { body } = await token(ada, { grant_type: 'password', username: 'temp', password: PASSWORD });
    const renew = () => token(ada, { grant_type: 'refresh_token', refresh_token: body.refresh_token as string });
    const renewed = await renew();
    expect(renewed.status).toBe(200);
    expect(Object.keys(renewed.body as object).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'refresh_token_expires_in', 'token_type']);
    expect((await ada.call("__ctl/Account('temp')", { method: 'MERGE', headers: { 'x-http-method-override': '', 'x-personium-credential': 'another-one' }, body: {} })).status).toBe(204);
    await expectRefusal(renew(), 'invalid_grant', 'PR400-AN-0009');
    const again = await token(ada, { grant_type: 'password', username: 'temp', password: 'another-one' });
    await ada.call("__ctl/Account('temp')", { method: 'DELETE' });
    await expectRefusal(token(ada, { grant_type: 'refresh_token', refresh_token: again.body.refresh_token as string }), 'invalid_grant', 'PR400-AN-0009');
    expect((await ada.call('__ctl/Role', { token: again.body.access_token })).status).toBe(403);
  });

  it('p_target gives a token for another cell, which is one of a visitor there', async () => {
    for (const target of [ben.url, ben.url.slice(0, -1), `personium-localunit:/${ben.name}/`]) {
      const { status, body, headers } = await byPassword(ada, { p_target: target });
      expect([status, body.p_target, headers.get('location')]).toEqual([200, ben.url, `${ben.url}__token`]);
      expect((await ben.call('__ctl/Role', { token: body.access_token })).body.code).toBe('PR403-AU-0002');
      expect((await ada.call('__ctl/Role', { token: body.access_token })).body.code).toBe('PR401-AU-0006');
    }
    for (const target of ['x', 'ftp://a.example/', `${ben.url}\r\nX: y`, `https://a.example/${'x'.repeat(1024)}`]) await expectRefusal(byPassword(ada, { p_target: target }), 'invalid_request', 'PR400-AN-0002');
  });

  it('client_id and client_secret give the token the schema of the app', async () => {
    const secretFor = async (cell: TestCell) => (await byPassword(appCell, { p_target: cell.url })).body.access_token as string;
    const client = { client_id: appCell.url, client_secret: await secretFor(ada) };
    const { body } = await byPassword(ada, client);
    expect(decodeJwt(body.access_token as string)['schema']).toBe(appCell.url);
    const renewed = await token(ada, { grant_type: 'refresh_token', refresh_token: body.refresh_token as string });
    expect(decodeJwt(renewed.body.access_token as string)['schema']).toBe(appCell.url);
    expect(decodeJwt((await byPassword(ada)).body.access_token as string)['schema']).toBeUndefined();
    await expectRefusal(byPassword(ada, { ...client, client_secret: 'x' }), 'invalid_client', 'PR400-AN-0003');
    await expectRefusal(byPassword(ada, { client_id: appCell.url }), 'invalid_client', 'PR400-AN-0003');
    await expectRefusal(byPassword(ada, { ...client, client_secret: (await byPassword(ada)).body.access_token as string }), 'invalid_client', 'PR400-AN-0003');
    await expectRefusal(byPassword(ada, { ...client, client_id: ben.url }), 'invalid_client', 'PR400-AN-0006');
    await expectRefusal(byPassword(ada, { ...client, client_secret: await secretFor(ben) }), 'invalid_client', 'PR400-AN-0007');
    await expectRefusal(byPassword(ada, { client_secret: client.client_secret }), 'invalid_request', 'PR400-AN-0016');
    const other = await TestCell.make(app);
    const foreign = { client_id: other.url, client_secret: await other.tokenAsCell(ada) };
    await expectRefusal(token(ada, { grant_type: 'refresh_token', refresh_token: body.refresh_token as string, ...foreign }), 'invalid_grant', 'PR400-AN-0009');
    clock.aheadMs = 3_601_000;
    await expectRefusal(byPassword(ada, client), 'invalid_client', 'PR400-AN-0004');
  });

  it('lifetimes may be asked for, within bounds', async () => {
    const { body } = await byPassword(ada, { expires_in: '60', refresh_token_expires_in: '120' });
    expect([body.expires_in, body.refresh_token_expires_in]).toEqual([60, 120]);
    clock.aheadMs = 61_000;
    expect((await ada.call('__ctl/Role', { token: body.access_token })).body.code).toBe('PR401-AU-0002');
    expect((await token(ada, { grant_type: 'refresh_token', refresh_token: body.refresh_token as string })).status).toBe(200);
    clock.aheadMs = 121_000;
    await expectRefusal(token(ada, { grant_type: 'refresh_token', refresh_token: body.refresh_token as string }), 'invalid_grant', 'PR400-AN-0010');
    clock.aheadMs = 0;
    for (const wrong of ['0', '3601', '-1', 'x', '1.5', '']) await expectRefusal(byPassword(ada, { expires_in: wrong }), 'invalid_request', 'PR400-AN-0016');
    for (const wrong of ['0', '86401']) await expectRefusal(byPassword(ada, { refresh_token_expires_in: wrong }), 'invalid_request', 'PR400-AN-0016');
  });
});

describe('CELL-12 refusals of tokens', () => {
  it('nobody learns which accounts there are', async () => {
    await ada.call('__ctl/Account', { method: 'POST', headers: { 'x-personium-credential': PASSWORD }, body: { Name: 'off', Status: 'deactivated' } });
    await ada.call('__ctl/Account', { method: 'POST', body: { Name: 'mute' } });
    const answers = [
      await byPassword(ada, { password: 'wrong-one' }), await byPassword(ada, { username: 'nobody' }), await byPassword(ada, { username: 'off' }), await byPassword(ada, { username: 'mute' }),
      await byPassword(ada, { username: 'a\0b' }), await byPassword(ada, { username: 'x'.repeat(5000) }), await byPassword(ada, { password: 'x'.repeat(5000) }),
    ];
    for (const answer of answers) expect([answer.status, answer.body]).toEqual([400, { error: 'invalid_grant', error_description: '[PR400-AN-0017] - Authentication failed.' }]);
  });

  it('what is missing or unknown has its own words', async () => {
    await expectRefusal(token(ada, {}), 'invalid_request', 'PR400-AN-0016');
    await expectRefusal(token(ada, { grant_type: 'password', username: 'ann' }), 'invalid_request', 'PR400-AN-0016');
    await expectRefusal(token(ada, { grant_type: 'password', password: PASSWORD }), 'invalid_request', 'PR400-AN-0016');
    await expectRefusal(token(ada, { grant_type: 'refresh_token' }), 'invalid_request', 'PR400-AN-0016');
    await expectRefusal(token(ada, { grant_type: 'client_credentials' }), 'unsupported_grant_type', 'PR400-AN-0001');
    await expectRefusal(token(ada, { grant_type: 'refresh_token', refresh_token: 'x' }), 'invalid_grant', 'PR400-AN-0009');
    const { body } = await byPassword(ada);
    await expectRefusal(token(ada, { grant_type: 'refresh_token', refresh_token: body.access_token as string }), 'invalid_grant', 'PR400-AN-0013');
    await expectRefusal(token(appCell, { grant_type: 'refresh_token', refresh_token: body.refresh_token as string }), 'invalid_grant', 'PR400-AN-0009');
    await expectRefusal(call(app.url, '/nobody/__token', { method: 'POST', body: 'grant_type=password' }), 'invalid_request', 'PR404-DV-0003');
    await expectRefusal(ada.call('__token', { method: 'POST', token: null, body: 'x'.repeat(300_000) }), 'invalid_request', 'PR413-MC-0001');
  });

  it('wrong passwords are counted against the account', async () => {
    const strict = await startApp({ env: { RATE_LIMITS: 'cell.password_account=3/600' }, db: app.db });
    const wrong = () => call(strict.url, `/${ada.name}/__token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'password', username: 'ann', password: 'wrong-one' }).toString() });
    for (let i = 0; i < 3; i += 1) expect((await wrong()).status).toBe(400);
    const { status, body, headers } = await wrong();
    expect([status, body.error_description]).toEqual([429, '[PR429-MC-0001] - Too many requests.']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    const right = new URLSearchParams({ grant_type: 'password', username: 'ann', password: PASSWORD }).toString();
    expect((await call(strict.url, `/${ada.name}/__token`, { method: 'POST', body: right })).status).toBe(429);
    expect((await call(strict.url, `/${appCell.name}/__token`, { method: 'POST', body: right })).status).toBe(200);
    await strict.close();
  });

  it('passwords and tokens are in no log and no table', async () => {
    const { body } = await byPassword(ada);
    await ada.call('__ctl/Role', { token: body.access_token });
    const kept = JSON.stringify(await app.sql('SELECT * FROM cell_accounts'));
    for (const secret of [PASSWORD, body.access_token as string, body.refresh_token as string, ADMIN, TEST_SECRETS.CELL_SIGNING_KEY]) {
      expect(app.logs()).not.toContain(secret);
      expect(kept).not.toContain(secret);
    }
    expect(kept).toContain('$argon2id$');
  });
});

describe('CELL-13 bearers', () => {
  const ask = (headers: Record<string, string>) => ada.call('__ctl/Role', { token: null, headers });
  const bearer = (text: string) => ask({ authorization: `Bearer ${text}` });

  it('each thing that is wrong with a token has its own code', async () => {
    const { body } = await byPassword(ada);
    const access = body.access_token as string;
    const [head = '', claims = ''] = access.split('.');
    const rows: readonly (readonly [string, string, Promise<CellAnswer>])[] = [
      ['none', 'PR401-AU-0001', ask({})],
      ['empty', 'PR401-AU-0001', ask({ authorization: ' ' })],
      ['Basic', 'PR401-AU-0003', ask({ authorization: 'Basic YTpi' })],
      ['no scheme', 'PR401-AU-0003', ask({ authorization: access })],
      ['two', 'PR401-AU-0003', ask({ authorization: `Bearer ${access} x` })],
      ['unreadable', 'PR401-AU-0006', bearer('x')],
      ['unreadable parts', 'PR401-AU-0006', bearer('a.b.c')],
      ['too long', 'PR401-AU-0006', bearer(`${access}${'x'.repeat(9000)}`)],
      ['other signature', 'PR401-AU-0008', bearer(`${head}.${claims}.${'A'.repeat(86)}`)],
      ['changed claims', 'PR401-AU-0008', bearer(`${head}.${Buffer.from(JSON.stringify({ ...decodeJwt(access), acc: '1' })).toString('base64url')}.${access.split('.')[2] ?? ''}`)],
      ['refresh token', 'PR401-AU-0007', bearer(body.refresh_token as string)],
      ['of another cell', 'PR401-AU-0006', bearer((await byPassword(appCell)).body.access_token as string)],
      ['for another cell', 'PR401-AU-0006', bearer((await byPassword(ada, { p_target: ben.url })).body.access_token as string)],
    ];
    for (const [name, code, asked] of rows) {
      const { status, body: error, headers } = await asked;
      expect({ name, status, code: error.code, challenge: headers.get('www-authenticate') }).toEqual({ name, status: 401, code, challenge: `Bearer realm="${ada.url}"` });
    }
    expect((await bearer(access)).status).toBe(200);
    clock.aheadMs = 3_601_000;
    expect((await bearer(access)).body.code).toBe('PR401-AU-0002');
  });

  it('a token signed by anybody else, or by no algorithm, opens nothing', async () => {
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    const own = (await byPassword(ada)).body.access_token as string;
    const claims = decodeJwt(own);
    const { kid } = JSON.parse(Buffer.from(own.split('.')[0] ?? '', 'base64url').toString()) as { kid: string };
    const forged = (header: object, key: Parameters<SignJWT['sign']>[0]) => new SignJWT(claims).setProtectedHeader({ typ: 'polypost-cell+jwt', kid, ...header } as never).sign(key);
    const shared = new TextEncoder().encode(TEST_SECRETS.CELL_SIGNING_KEY);
    const none = `${Buffer.from(JSON.stringify({ alg: 'none', typ: 'polypost-cell+jwt', kid })).toString('base64url')}.${own.split('.')[1]}.AAAA`;
    for (const token of [await forged({ alg: 'EdDSA' }, privateKey), await forged({ alg: 'EdDSA', kid: 'other' }, privateKey), await forged({ alg: 'HS256' }, shared), none]) {
      const { status, body } = await bearer(token);
      expect([status, body.code]).toEqual([401, expect.stringMatching(/^PR401-AU-000[68]$/)]);
    }
    const outside = await new SignJWT({ ...claims, iss: 'https://evil.example/x/', use: 'trans' }).setProtectedHeader({ alg: 'EdDSA', typ: 'polypost-cell+jwt', kid }).sign(privateKey);
    expect((await bearer(outside)).body.code).toBe('PR401-AU-0008');
  });

  it('an older signing key is good as long as it is listed', async () => {
    const { body } = await byPassword(ada);
    const next = { CELL_SIGNING_KEY: 'the-next-signing-key-0123456789abcdef0' };
    const rotated = await startApp({ db: app.db, env: { ...next, CELL_SIGNING_KEY_PREVIOUS: TEST_SECRETS.CELL_SIGNING_KEY } });
    const changed = await startApp({ db: app.db, env: next });
    const ask = async ({ url }: TestApp) => (await call(url, `/${ada.name}/__ctl/Role`, { token: body.access_token })).status;
    expect([await ask(rotated), await ask(changed)]).toEqual([200, 401]);
    expect(((await call(rotated.url, '/.well-known/polypost-cell')).body.keys as object[]).length).toBe(2);
    await rotated.close();
    await changed.close();
  });

  it('a token of a deleted cell does not open the one that has its name now', async () => {
    const first = await TestCell.make(app, undefined, 'phoenix');
    const token = await first.tokenFor(['root']);
    expect((await first.call('__ctl/Role', { token })).status).toBe(200);
    expect((await call(app.url, "/__ctl/Cell('phoenix')", { method: 'DELETE', token: ADMIN })).status).toBe(204);
    expect((await first.call('__ctl/Role', { token })).body.code).toBe('PR404-DV-0003');
    const second = await TestCell.make(app, undefined, 'phoenix');
    expect((await second.call('__ctl/Role', { token })).body.code).toBe('PR401-AU-0006');
  });

  it('CELL-13 CELL-15 CELL-41 what a cell or an account vouched for in other cells ends with it, also where its name is given anew', async () => {
    const first = await TestCell.make(app, undefined, 'vouching');
    const account = { method: 'POST', headers: { 'x-personium-credential': PASSWORD }, body: { Name: 'ann' } } as const;
    const visitor = async (cell: TestCell): Promise<string> => (await byPassword(cell, { p_target: ben.url })).body.access_token;
    expect((await first.call('__ctl/Account', account)).status).toBe(201);
    await ben.call('__ctl/ExtCell', { method: 'POST', body: { Url: first.url } });
    await ben.role('guest', ['message-read']);
    expect((await ben.call(`__ctl/ExtCell('${encodeURIComponent(first.url)}')/$links/_Role`, { method: 'POST', body: { uri: `${ben.url}__ctl/Role('guest')` } })).status).toBe(204);
    const read = (token: string) => ben.call('__ctl/ReceivedMessage', { token });
    const deliver = (token: string) => ben.call('__message/port', { method: 'POST', token, body: { __id: 'c'.repeat(32), From: first.url, Type: 'message', Title: '', Body: '', Priority: 3, Status: 'unread' } });

    const ofAccount = await visitor(first);
    expect((await read(ofAccount)).status).toBe(200);
    expect((await first.call("__ctl/Account('ann')", { method: 'DELETE' })).status).toBe(204);
    expect((await read(ofAccount)).body.code).toBe('PR401-AU-0006');

    await first.call('__ctl/Account', account);
    const [ofCell, asCell, renewed] = [await visitor(first), await first.tokenAsCell(ben), await first.tokenAsCell(ada)];
    expect((await read(ofCell)).status).toBe(200);
    expect((await byPassword(ada, { client_id: first.url, client_secret: renewed })).status).toBe(200);
    expect((await call(app.url, "/__ctl/Cell('vouching')", { method: 'DELETE', token: ADMIN })).status).toBe(204);
    for (const isMadeAnew of [false, true]) {
      if (isMadeAnew) await TestCell.make(app, undefined, 'vouching');
      expect((await read(ofCell)).body.code).toBe('PR401-AU-0006');
      expect((await deliver(asCell)).body.code).toBe('PR401-AU-0006');
      await expectRefusal(byPassword(ada, { client_id: first.url, client_secret: renewed }), 'invalid_client', 'PR400-AN-0003');
    }
  });

  it('no two tokens are alike', async () => {
    const tokens = app.app.get(CellTokens, { strict: false });
    expect(await tokens.issueAsCell(ada.url, ben.url, 60, ada.id)).not.toBe(await tokens.issueAsCell(ada.url, ben.url, 60, ada.id));
  });
});
