import { createHash, randomBytes } from 'node:crypto';
import { AttachmentSweeper } from '../../../src/core/attachments/attachment-sweeper.js';
import { Housekeeper } from '../../../src/core/maintenance/housekeeper.js';
import { startApp, type TestApp } from '../../support/app.js';
import { TestClock } from '../../support/store.js';
import { type Answer, ask, newPerson, newToken, type Person } from './people.js';

const DAY_MS = 86_400_000;
let app: TestApp;
let clock: TestClock;
let bob: Person;
let token: string;
beforeAll(async () => {
  clock = new TestClock(Date.now());
  app = await startApp({ clock, env: { ENVELOPE_ATTACHMENT_MAX: '1000', ENVELOPE_MAILBOX_BYTES: '4000', ENVELOPE_SESSION_TTL: String(30 * 86_400) } });
  bob = await newPerson(app);
  ({ token } = await newToken(bob, { scopes: ['attach', 'deliver'] }));
});
afterAll(() => app.close());

const bring = (bytes: Buffer, auth: { token?: string; session?: string }, field = 'file'): Promise<Answer> => {
  const form = new FormData();
  form.append(field, new Blob([new Uint8Array(bytes)]), '../../etc/passwd');
  return ask(app, { method: 'POST', path: '/api/v1/attachment', body: form, ...auth });
};
const bytesOf = async (path: string, session: string, headers: Record<string, string> = {}) => {
  const response = await fetch(app.url + path, { headers: { Authorization: `Bearer ${session}`, ...headers } });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
};

describe('attachments', () => {
  it('ENV-55 ENV-93 are brought with a token, and fetched by the owner, whole and in part', async () => {
    const bytes = randomBytes(900);
    const sent = await bring(bytes, { token });
    expect([sent.status, sent.body]).toEqual([201, { attachment_id: expect.stringMatching(/^[a-z2-7]{26}$/), size: 900, sha256: createHash('sha256').update(bytes).digest('hex') }]);
    const path = `/api/v1/attachment/${sent.body.attachment_id}`;
    const whole = await bytesOf(path, bob.session);
    expect([whole.status, whole.bytes.equals(bytes)]).toEqual([200, true]);
    expect(whole.headers.get('content-type')).toBe('application/octet-stream');
    expect(whole.headers.get('content-disposition')).toBe(`attachment; filename=${sent.body.attachment_id}.bin`);
    const part = await bytesOf(path, bob.session, { Range: 'bytes=100-199' });
    expect([part.status, part.headers.get('content-range'), part.bytes.equals(bytes.subarray(100, 200))]).toEqual([206, 'bytes 100-199/900', true]);
    expect((await bob.asks('GET', '/api/v1/user/me')).body.usage.bytes).toBe(900);
    expect((await bob.asks('DELETE', path)).status).toBe(204);
    expect((await bob.asks('GET', path)).status).toBe(404);
    expect((await bob.asks('GET', '/api/v1/user/me')).body.usage.bytes).toBe(0);
  });

  it('ENV-93 its owner may bring one, too; nobody else', async () => {
    const sent = await bring(Buffer.from('x'), { session: bob.session });
    expect(sent.status).toBe(201);
    const path = `/api/v1/attachment/${sent.body.attachment_id}`;
    const carol = await newPerson(app);
    expect([(await carol.asks('GET', path)).status, (await carol.asks('DELETE', path)).status, (await ask(app, { path, token })).status, (await ask(app, { path })).status]).toEqual([404, 404, 401, 401]);
    await bob.asks('DELETE', path);
  });

  it('ENV-55 ENV-93 a token without the scope, a wrong one and none bring nothing', async () => {
    const plain = (await newToken(bob)).token;
    expect((await bring(Buffer.from('x'), { token: plain })).body.error).toBe('bad_token');
    expect((await bring(Buffer.from('x'), { token: `ppt1_${'A'.repeat(43)}` })).body.error).toBe('bad_token');
    expect((await bring(Buffer.from('x'), { session: 'pps1_x' })).status).toBe(401);
    expect((await bring(Buffer.from('x'), {})).status).toBe(401);
    expect(await app.sql('SELECT 1 FROM envelope_files')).toEqual([]);
  });

  it('ENV-93 ENV-117 at the limit and one byte beyond', async () => {
    const full = await bring(randomBytes(1000), { token });
    expect(full.status).toBe(201);
    expect((await bring(randomBytes(1001), { token })).body.error).toBe('too_large');
    await bob.asks('DELETE', `/api/v1/attachment/${full.body.attachment_id}`);
  });

  it('ENV-92 ENV-93 count against what the mailbox may hold', async () => {
    const sent: string[] = [];
    for (let i = 0; i < 4; i += 1) sent.push((await bring(randomBytes(1000), { token })).body.attachment_id);
    const refused = await bring(Buffer.from('x'), { token });
    expect([refused.status, refused.body.error]).toEqual([507, 'mailbox_full']);
    for (const id of sent) await bob.asks('DELETE', `/api/v1/attachment/${id}`);
  });

  it('ENV-93 refuses what is no multipart body with one file in it', async () => {
    const send = (body: unknown, headers: Record<string, string>) => ask(app, { method: 'POST', path: '/api/v1/attachment', body, token, headers });
    expect((await send('{}', {})).body.error).toBe('unsupported_media_type');
    expect((await send('nonsense', { 'Content-Type': 'multipart/form-data; boundary=x' })).body.error).toBe('malformed_request');
    expect((await bring(Buffer.from('x'), { token }, 'other')).body.error).toBe('malformed_request');
    expect((await bring(Buffer.alloc(0), { token })).body.error).toBe('malformed_request');
  });

  it('ENV-93 go after thirty days, bytes and room with them', async () => {
    const sent = await bring(randomBytes(500), { token });
    const path = `/api/v1/attachment/${sent.body.attachment_id}`;
    clock.advance(30 * DAY_MS - 1000);
    await app.sql("UPDATE credentials SET expires_at = now() + interval '10 years' WHERE kind = 'session'");
    expect((await bob.asks('GET', path)).status).toBe(200);
    clock.advance(1000);
    expect((await bob.asks('GET', path)).status).toBe(404);
    await app.app.get(Housekeeper, { strict: false }).sweep();
    expect((await bob.asks('GET', '/api/v1/user/me')).body.usage.bytes).toBe(0);
    const swept = await app.app.get(AttachmentSweeper, { strict: false }).sweep();
    expect(swept.unreferenced).toBeGreaterThanOrEqual(1);
  });
});
