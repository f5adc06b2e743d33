import { codeOf, newPerson, Person, send, sendAnonymously, type WireAnswer } from '../../support/clients/keyinbox.js';
import { startApp, type TestApp } from '../../support/app.js';
import { createDatabase, type TestDatabase } from '../../support/database.js';

let db: TestDatabase;
let open: TestApp | undefined;
beforeAll(async () => {
  db = await createDatabase();
});
afterEach(async () => {
  await open?.close();
  open = undefined;
});
afterAll(() => db.drop());

/** A server with other settings over the same data; closed after the test. */
async function server(env: Record<string, string>): Promise<TestApp> {
  await open?.close();
  open = await startApp({ env, db });
  return open;
}
const outcome = (answer: WireAnswer) => (answer.status === 200 ? 'ok' : codeOf(answer));
const idOf = (answer: WireAnswer): string => answer.body.response.id as string;
const infoOf = async (app: TestApp) => (await send(app.url, { method: 'GET', path: '/ping' })).body.response.server_info;
/** The same person at another server. */
const at = (app: TestApp, person: Person) => new Person(app.url, person.keys);

test('KEY-25 ALLOW_NOT_IDENTIFIED_SENDERS: true lets anonymous senders in, false keeps them out', async () => {
  const yes = await server({ ALLOW_NOT_IDENTIFIED_SENDERS: 'true' });
  const [ada, ben] = [await newPerson(yes.url), await newPerson(yes.url)];
  expect(outcome(await sendAnonymously(yes.url, ben, 'hello'))).toBe('ok');
  const no = await server({ ALLOW_NOT_IDENTIFIED_SENDERS: 'false' });
  const refused = await sendAnonymously(no.url, ben, 'hello');
  expect([refused.status, codeOf(refused)]).toEqual([400, 'anonymous_not_allowed']);
  expect(outcome(await at(no, ada).sends(ben, 'hello'))).toBe('ok');
  expect((await infoOf(no)).ALLOW_NOT_IDENTIFIED_SENDERS).toBe(false);
});

test('KEY-42 KEY-47 editing and deleting switched off: refused before anything else is looked at', async () => {
  const yes = await server({});
  const [ada, ben] = [await newPerson(yes.url), await newPerson(yes.url)];
  const id = idOf(await ada.sends(ben, 'stays'));
  const no = await server({ ALLOW_MESSAGE_EDIT: '0', ALLOW_MESSAGE_DELETION: 'FALSE' });
  for (const [method, path, code] of [
    ['PUT', `/messages/${id}`, 'edit_disabled'], ['PUT', '/messages/0xSIDnowhere', 'edit_disabled'],
    ['DELETE', `/messages/receiver/${id}`, 'deletion_disabled'], ['DELETE', `/messages/sender/${id}`, 'deletion_disabled'],
    ['DELETE', `/messages/${id}`, 'deletion_disabled'], ['DELETE', '/messages/receiver/0xSIDnowhere', 'deletion_disabled'],
  ] as const) {
    const answer = await send(no.url, { method, path });
    expect([answer.status, codeOf(answer)]).toEqual([400, code]);
  }
  expect(outcome(await at(no, ada).edits(id, ben, 'x'))).toBe('edit_disabled');
  expect(outcome(await at(no, ben).deletes(id))).toBe('deletion_disabled');
  expect((await at(no, ben).reads(id)).body.response.message.content).toBe('stays');
  expect(await infoOf(no)).toMatchObject({ ALLOW_MESSAGE_EDIT: false, allow_message_edit: false, ALLOW_MESSAGE_DELETION: false, allow_message_deletion: false });
});

test('KEY-44 KEY-53 COLLECT_SENDER_NET_INFORMATION: shown to both sides, replaced by an edit, never of anonymous senders', async () => {
  const app = await server({ COLLECT_SENDER_NET_INFORMATION: 'true' });
  const [ada, ben] = [await newPerson(app.url), await newPerson(app.url)];
  const id = idOf(await ada.sends(ben, 'first', 'S', { 'User-Agent': 'first-agent/1' }));
  for (const read of [await ben.reads(id), await ada.readsSent(id, ben)]) {
    expect(read.body.response.sender).toEqual({ public_key: ada.publicKey, ip_address: '127.0.0.1', useragent: 'first-agent/1' });
  }
  const edit = { public_key: ben.publicKey, message: { subject: 's', content: 'second' } };
  await ada.asks('PUT', `/messages/${id}`, edit, { 'User-Agent': 'second-agent/2' });
  expect((await ben.reads(id)).body.response.sender.useragent).toBe('second-agent/2');
  const body = { public_key: ben.publicKey, message: { subject: 's', content: 'who am I' } };
  const anonymous = idOf(await send(app.url, { method: 'POST', path: '/messages', body, headers: { 'User-Agent': 'secret-agent/7' } }));
  expect((await ben.reads(anonymous)).body.response.sender).toEqual({ public_key: null, ip_address: '<hidden>', useragent: '<hidden>' });
  const off = await server({});
  expect(idOf(await at(off, ada).edits(id, ben, 'third'))).toBe(id);
  expect((await at(off, ben).reads(id)).body.response.sender).toMatchObject({ ip_address: '<hidden>', useragent: '<hidden>' });
});

test('KEY-26 KEY-53 MESSAGE_MAX_SIZE bounds texts and the transport', async () => {
  const app = await server({ MESSAGE_MAX_SIZE: '2K' });
  const [ada, ben] = [await newPerson(app.url), await newPerson(app.url)];
  expect(outcome(await ada.sends(ben, 'x'.repeat(2041), 'Subject'))).toBe('ok');
  const over = await ada.sends(ben, 'x'.repeat(2042), 'Subject');
  expect(over.body.messages[0].message).toContain('2048 bytes');
  const transport = await ada.sends(ben, 'x'.repeat(6 * 2048 + 65_536));
  expect([transport.status, codeOf(transport)]).toEqual([413, 'payload_too_large']);
  expect(await infoOf(app)).toMatchObject({ MESSAGE_MAX_SIZE: 2048, message_max_size: '2048B' });
});

test('KEY-30 KEY-53 SKYID_INSTANCE stands in every id', async () => {
  const app = await server({ SKYID_INSTANCE: 'Node7' });
  const [ada, ben] = [await newPerson(app.url), await newPerson(app.url)];
  const id = idOf(await ada.sends(ben, 'hello'));
  expect(id).toMatch(/^0xSID[0-9a-f]{13}Node7[0-9a-v]{20}$/);
  expect(outcome(await ben.reads(id))).toBe('ok');
});

test('KEY-38 KEYINBOX_READ_SHAPE=list wraps what is read', async () => {
  const app = await server({ KEYINBOX_READ_SHAPE: 'list' });
  const [ada, ben] = [await newPerson(app.url), await newPerson(app.url)];
  const id = idOf(await ada.sends(ben, 'hello'));
  for (const read of [await ben.reads(id), await ada.readsSent(id, ben), await ben.asks('GET', `/messages/${id}`)]) {
    expect(read.body.response).toEqual([expect.objectContaining({ id })]);
  }
});

test('KEY-19 KEYINBOX_HOST is what new pairs name', async () => {
  const app = await server({ KEYINBOX_HOST: 'keys.example' });
  expect((await send(app.url, { method: 'GET', path: '/generate-keypair' })).body.response.host).toBe('keys.example');
});

describe('KEY-10 CORS', () => {
  const preflight = (origin: string) => ({
    method: 'OPTIONS', path: '/messages', headers: { Origin: origin, 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'x-sls-private-key' },
  });

  test('KEY-10 listed origins get in, others do not', async () => {
    const app = await server({ KEYINBOX_CORS_ORIGINS: 'https://chat.example, https://b.example' });
    const allowed = await send(app.url, preflight('https://chat.example'));
    expect([allowed.status, allowed.headers['access-control-allow-origin']]).toEqual([204, 'https://chat.example']);
    for (const name of ['Content-Type', 'Authorization', 'X-SLS-Private-Key', 'X-SLS-Public-Key', 'X-HTTP-Method-Override']) {
      expect(allowed.headers['access-control-allow-headers']).toContain(name);
    }
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) expect(allowed.headers['access-control-allow-methods']).toContain(method);
    expect(String(allowed.headers.vary)).toContain('Origin');
    const refused = await send(app.url, preflight('https://evil.example'));
    expect(refused.headers['access-control-allow-origin']).toBeUndefined();
    const failure = await send(app.url, { method: 'GET', path: '/messages', headers: { Origin: 'https://b.example' } });
    expect([failure.status, failure.headers['access-control-allow-origin']]).toEqual([400, 'https://b.example']);
  });

  test('KEY-10 an asterisk lets everybody in, without credentials', async () => {
    const app = await server({ KEYINBOX_CORS_ORIGINS: '*' });
    const answer = await send(app.url, preflight('https://any.example'));
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });
});

test('KEY-13 DEBUG_ENABLED names the kind of an internal error, and nothing of the request', async () => {
  for (const [debug, kind] of [['false', false], ['true', true]] as const) {
    const app = await server({ DEBUG_ENABLED: debug });
    const [ada, ben] = [await newPerson(app.url), await newPerson(app.url)];
    const id = idOf(await ada.sends(ben, 'to be damaged'));
    await db.sql('UPDATE messages SET body = set_byte(body, 20, get_byte(body, 20) # 1)');
    const answer = await ben.reads(id);
    expect([answer.status, codeOf(answer), answer.body.messages[0].level]).toEqual([500, 'internal', 'fatal']);
    expect(answer.text.includes('CryptoFailure')).toBe(kind);
    expect(answer.text).not.toContain(ben.privateKey);
  }
});

test('KEY-17 keys outlive a rotation of the network secret, and messages with them', async () => {
  const before = await server({});
  const [ada, ben] = [await newPerson(before.url), await newPerson(before.url)];
  const id = idOf(await ada.sends(ben, 'from before'));
  const secrets = { KEYINBOX_NETWORK_SECRET: 'a-new-network-secret-9876543210fedcba', KEYINBOX_NETWORK_SECRET_PREVIOUS: 'example-network-secret-0123456789abcdef' };
  const rotated = await server(secrets);
  expect((await at(rotated, ben).reads(id)).body.response.message.content).toBe('from before');
  const fresh = await newPerson(rotated.url);
  const forgotten = await server({ KEYINBOX_NETWORK_SECRET: secrets.KEYINBOX_NETWORK_SECRET });
  expect(outcome(await at(forgotten, ben).reads(id))).toBe('invalid_private_key');
  expect(outcome(await at(forgotten, fresh).sends(ben, 'hello'))).toBe('ok');
});

test('KEY-53 KEYINBOX_COMPAT without the later generations: their routes are not there', async () => {
  const app = await server({ KEYINBOX_COMPAT: '0.13' });
  const [ada, ben] = [await newPerson(app.url), await newPerson(app.url)];
  const id = idOf(await ada.sends(ben, 'hello'));
  expect((await ben.asks('GET', `/messages/${id}`)).status).toBe(404);
  expect((await ben.asks('DELETE', `/messages/${id}`)).status).toBe(404);
  expect(outcome(await ada.asks('PUT', `/messages/${id}`, { message: { subject: 's', content: 'c' } }))).toBe('missing_parameter');
  expect((await ada.lists(0, 5, { folder: 'sent' })).body.response.pagination_data.total).toBe(0);
  expect((await ben.asks('GET', '/sign/0xSID1')).status).toBe(404);
  expect(outcome(await ada.asks('POST', '/sign', { public_key: ben.publicKey, message: 'm', expires: 60 }))).toBe('ok');
  const later = await server({ KEYINBOX_COMPAT: '0.15' });
  expect((await at(later, ben).asks('POST', '/sign/sign', { id: '0xSID1' })).status).toBe(404);
  expect(outcome(await at(later, ben).asks('GET', `/messages/${id}`))).toBe('ok');
});

test('KEY-63 too many keys, anonymous sends or wrong keys from one address: 429 with Retry-After', async () => {
  const app = await server({ RATE_LIMITS: 'keyinbox.generate=3/60,keyinbox.anonymous=2/60,keyinbox.bad_key=2/60' });
  const [ada, ben] = [await newPerson(app.url), await newPerson(app.url)];
  expect((await send(app.url, { method: 'GET', path: '/identity/generate-keypair' })).status).toBe(200);
  const limited = (answer: WireAnswer) => {
    expect([answer.status, codeOf(answer), answer.body.response]).toEqual([429, 'rate_limited', null]);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  };
  limited(await send(app.url, { method: 'GET', path: '/generate-keypair' }));
  for (let index = 0; index < 2; index += 1) expect(outcome(await sendAnonymously(app.url, ben, 'hello'))).toBe('ok');
  limited(await sendAnonymously(app.url, ben, 'hello'));
  expect(outcome(await sendAnonymously(app.url, { publicKey: 'x' }, 'hello'))).toBe('invalid_public_key');
  for (let index = 0; index < 2; index += 1) expect(outcome(await send(app.url, { method: 'POST', path: '/identity/auth', body: { private_key: 'x' } }))).toBe('invalid_private_key');
  limited(await send(app.url, { method: 'POST', path: '/identity/auth', body: { private_key: 'y' } }));
  expect(outcome(await ada.sends(ben, 'identified senders are not limited'))).toBe('ok');
  expect((await ben.lists()).body.response.pagination_data.total).toBe(3);
});
