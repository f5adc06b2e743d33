import { Housekeeper } from '../../../src/core/maintenance/housekeeper.js';
import { startApp, type TestApp } from '../../support/app.js';
import { TestClock } from '../../support/store.js';
import { deliver, HPKE, newPerson, newRsa, newToken, packetFor, type Person, RSA } from './people.js';

const DAY_MS = 86_400_000;
let app: TestApp;
let clock: TestClock;
let bob: Person;
beforeAll(async () => {
  clock = new TestClock(Date.now());
  app = await startApp({ clock, env: { ENVELOPE_SESSION_TTL: String(30 * 86_400) } });
  bob = await newPerson(app);
});
afterAll(() => app.close());

const list = async () => (await bob.asks('GET', '/api/v1/token')).body.tokens;
const item = async (id: string) => (await list()).find((token: { token_id: string }) => token.token_id === id);

describe('access tokens', () => {
  it('ENV-51 ENV-52 ENV-53 are shown once and kept as a keyed hash', async () => {
    const { status, body } = await bob.asks('POST', '/api/v1/token', { label: 'for Carol' });
    expect([status, body]).toEqual([201, {
      token_id: expect.stringMatching(/^[a-z2-7]{26}$/), token: expect.stringMatching(/^ppt1_[A-Za-z0-9_-]{43}$/), label: 'for Carol', created_at: expect.any(String), expires_at: null, revoked_at: null,
      last_used_on: null, use_count: 0, limits: { per_minute: 60, per_day: 2000, bytes_per_day: 67108864, max_messages: null }, scopes: ['deliver', 'key'], accept_algorithms: null,
    }]);
    const dump = JSON.stringify([await app.sql('SELECT *, encode(secret_hash, \'escape\') AS text FROM credentials'), await list()]);
    expect(dump).not.toContain(body.token);
    const { createHash } = await import('node:crypto');
    expect(await app.sql('SELECT 1 FROM credentials WHERE secret_hash = $1', [createHash('sha256').update(body.token).digest()])).toEqual([]);
  });

  it('ENV-54 are listed with what they were used for, by the day', async () => {
    const { token, token_id: id } = await newToken(bob, { label: 'used' });
    await deliver(app, packetFor(bob, token));
    await deliver(app, packetFor(bob, token));
    expect(await item(id)).toMatchObject({ label: 'used', use_count: 2, last_used_on: new Date(clock.now()).toISOString().slice(0, 10), revoked_at: null });
  });

  it('ENV-54 a change counts for the next delivery', async () => {
    const { token, token_id: id } = await newToken(bob, { per_minute: 1 });
    expect([(await deliver(app, packetFor(bob, token))).status, (await deliver(app, packetFor(bob, token))).status]).toEqual([201, 429]);
    const changed = await bob.asks('PATCH', `/api/v1/token/${id}`, { per_minute: 2, per_day: 5, bytes_per_day: 1000, max_messages: 3, label: 'x', expires_at: new Date(clock.now() + DAY_MS).toISOString() });
    expect(changed.body).toMatchObject({ label: 'x', limits: { per_minute: 2, per_day: 5, bytes_per_day: 1000, max_messages: 3 } });
    expect([(await deliver(app, packetFor(bob, token))).status, (await deliver(app, packetFor(bob, token))).status]).toEqual([201, 429]);
    expect((await bob.asks('PATCH', `/api/v1/token/${id}`, { expires_at: null, max_messages: null })).body).toMatchObject({ expires_at: null, limits: { max_messages: null } });
  });

  it('ENV-54 revoking counts for the next delivery, in every process, and for good', async () => {
    const other = await startApp({ db: app.db, clock });
    try {
      const { token, token_id: id } = await newToken(bob);
      expect((await deliver(other, packetFor(bob, token))).status).toBe(201);
      expect((await bob.asks('DELETE', `/api/v1/token/${id}`)).status).toBe(204);
      for (const on of [other, app]) expect((await deliver(on, packetFor(bob, token))).body.error).toBe('bad_token');
      expect((await item(id)).revoked_at).not.toBeNull();
      expect((await bob.asks('DELETE', `/api/v1/token/${id}`)).status).toBe(404);
      expect((await bob.asks('PATCH', `/api/v1/token/${id}`, { label: 'again' })).status).toBe(404);
    } finally {
      await other.close();
    }
  });

  it('ENV-54 what has expired cannot be made good again', async () => {
    const { token, token_id: id } = await newToken(bob, { expires_at: new Date(clock.now() + 1000).toISOString() });
    expect((await deliver(app, packetFor(bob, token))).status).toBe(201);
    clock.advance(1000);
    expect((await deliver(app, packetFor(bob, token))).body.error).toBe('bad_token');
    expect((await bob.asks('PATCH', `/api/v1/token/${id}`, { expires_at: null })).status).toBe(404);
  });

  it('ENV-54 ENV-92 are nobody else’s', async () => {
    const carol = await newPerson(app);
    const { token_id: id } = await newToken(bob);
    expect((await carol.asks('PATCH', `/api/v1/token/${id}`, { label: 'mine' })).status).toBe(404);
    expect((await carol.asks('DELETE', `/api/v1/token/${id}`)).status).toBe(404);
    expect((await carol.asks('GET', '/api/v1/token')).body).toEqual({ tokens: [] });
  });

  it('ENV-55 open what their scopes say', async () => {
    const { token } = await newToken(bob, { scopes: ['key'] });
    expect((await deliver(app, packetFor(bob, token))).body.error).toBe('bad_token');
    const both = await newToken(bob, { scopes: ['attach', 'deliver', 'deliver'] });
    expect((await item(both.token_id)).scopes).toEqual(['attach', 'deliver']);
  });

  it('ENV-56 a hard cap, and bytes of a day', async () => {
    const capped = (await newToken(bob, { max_messages: 2 })).token;
    const packet = packetFor(bob, capped);
    expect([(await deliver(app, packet)).status, (await deliver(app, packetFor(bob, capped))).status, (await deliver(app, packetFor(bob, capped))).body.error]).toEqual([201, 201, 'bad_token']);
    const heavy = (await newToken(bob, { bytes_per_day: 300 })).token;
    expect([(await deliver(app, packetFor(bob, heavy))).status, (await deliver(app, packetFor(bob, heavy))).status, (await deliver(app, packetFor(bob, heavy))).status]).toEqual([201, 201, 429]);
    clock.advance(DAY_MS);
    expect((await deliver(app, packetFor(bob, heavy))).status).toBe(201);
  });

  it('ENV-58 one for each contact: a message tells by which it came, and taking one back leaves the others', async () => {
    const erin = await newPerson(app);
    const [one, two] = [await newToken(erin, { label: 'one' }), await newToken(erin, { label: 'two' })];
    for (const { token } of [one, two, two]) await deliver(app, packetFor(erin, token));
    expect((await erin.asks('GET', '/api/v1/message?fields=meta')).body.messages.map((message: { token_id: string }) => message.token_id)).toEqual([one.token_id, two.token_id, two.token_id]);
    await erin.asks('DELETE', `/api/v1/token/${two.token_id}`);
    expect([(await deliver(app, packetFor(erin, two.token))).status, (await deliver(app, packetFor(erin, one.token))).status]).toEqual([403, 201]);
  });

  it('ENV-51 refuse what has not its form', async () => {
    for (const wrong of [
      { label: 5 }, { label: 'x'.repeat(201) }, { label: 'a\u0000' }, { expires_at: 'tomorrow' }, { expires_at: '2026-02-30T00:00:00Z' }, { expires_at: new Date(clock.now()).toISOString() },
      { max_messages: 0 }, { max_messages: -1 }, { per_minute: 1.5 }, { per_minute: '5' }, { per_day: 1e20 }, { scopes: [] }, { scopes: ['all'] }, { scopes: 'deliver' }, { accept_algorithms: [RSA] }, { accept_algorithms: ['none'] },
    ]) {
      const refused = await bob.asks('POST', '/api/v1/token', wrong);
      expect([refused.status, refused.body.error, JSON.stringify(wrong)]).toEqual([400, 'malformed_request', JSON.stringify(wrong)]);
    }
  });

  it('ENV-24 ENV-51 may take fewer suites than their owner', async () => {
    const dora = await newPerson(app, { encryption: await newRsa() });
    const { token, token_id: id } = await newToken(dora, { accept_algorithms: [RSA] });
    expect((await dora.asks('GET', '/api/v1/token')).body.tokens.find((one: { token_id: string }) => one.token_id === id).accept_algorithms).toEqual([RSA]);
    expect((await deliver(app, packetFor(dora, token))).status).toBe(201);
    expect((await newToken(bob, { accept_algorithms: [HPKE] })).token).toBeTruthy();
  });
});

describe('tombstones', () => {
  const sweep = () => app.app.get(Housekeeper, { strict: false }).sweep();
  const tombstones = async (id: string) => (await app.sql('SELECT 1 FROM idempotency_keys k JOIN credentials c ON c.id = k.credential_id WHERE c.wire_id = $1', [id])).length;

  it('ENV-65 outlive their message as long as the token can be used: a captured body never brings it back', async () => {
    const { token, token_id: id } = await newToken(bob);
    const packet = packetFor(bob, token);
    const { body } = await deliver(app, packet);
    await bob.asks('DELETE', `/api/v1/message/${body.message_id}`);
    clock.advance(20 * DAY_MS);
    await sweep();
    expect(await tombstones(id)).toBe(1);
    expect(await deliver(app, packet)).toMatchObject({ status: 200, body });
    await bob.asks('DELETE', `/api/v1/token/${id}`);
    await sweep();
    expect(await tombstones(id)).toBe(1);
    clock.advance(DAY_MS);
    await sweep();
    expect(await tombstones(id)).toBe(0);
    expect((await deliver(app, packet)).body.error).toBe('bad_token');
  });

  it('ENV-65 stay while the message is there, and ended tokens leave the list after a month', async () => {
    const carol = await newPerson(app);
    const { token, token_id: id } = await newToken(carol);
    const { body } = await deliver(app, packetFor(carol, token));
    await carol.asks('DELETE', `/api/v1/token/${id}`);
    clock.advance(29 * DAY_MS);
    await sweep();
    expect(await tombstones(id)).toBe(1);
    await app.sql("UPDATE credentials SET expires_at = now() + interval '10 years' WHERE kind = 'session'");
    expect((await carol.asks('DELETE', `/api/v1/message/${body.message_id}`)).status).toBe(204);
    clock.advance(DAY_MS);
    await sweep();
    expect((await carol.asks('GET', '/api/v1/token')).body.tokens).toEqual([]);
  });
});
