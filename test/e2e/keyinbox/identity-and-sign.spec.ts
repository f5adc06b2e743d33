import { codeOf, type Loose, newPerson, type Person, send, type WireAnswer } from '../../support/clients/keyinbox.js';
import { startApp, type TestApp } from '../../support/app.js';
import { TestClock } from '../../support/store.js';

const clock = new TestClock();
let app: TestApp;
let ada: Person;
let ben: Person;
let eve: Person;
beforeAll(async () => {
  app = await startApp({ clock });
});
beforeEach(async () => {
  [ada, ben, eve] = [await newPerson(app.url), await newPerson(app.url), await newPerson(app.url)];
});
afterAll(() => app.close());

const call = (method: string, path: string, body?: object) => send(app.url, { method, path, ...(body === undefined ? {} : { body }) });
const outcome = (answer: WireAnswer) => (answer.status === 200 ? 'ok' : codeOf(answer));

describe('keys', () => {
  test.each(['/generate-keypair', '/identity/generate-keypair'])('KEY-19 %s gives a new pair each time and keeps nothing', async (path) => {
    const count = async () => Number((await app.sql('SELECT count(*) FROM mailboxes'))[0]!.count);
    const before = await count();
    const pairs = await Promise.all([call('GET', path), call('GET', path), call('GET', path, {})]);
    for (const { body } of pairs) {
      expect(body).toEqual({
        success: true, messages: [{ level: 'info', message: expect.any(String) }],
        response: { private_key: expect.stringMatching(/^0xSPV[A-Za-z0-9_-]{128}$/), public_key: expect.stringMatching(/^0x[0-9a-f]{64}$/), host: 'localhost:3000' },
      });
    }
    expect(new Set(pairs.flatMap(({ body }) => [body.response.private_key, body.response.public_key])).size).toBe(6);
    expect(await count()).toBe(before);
  });

  test('KEY-19 the host is a setting and never the Host header', async () => {
    const answer = await send(app.url, { method: 'GET', path: '/generate-keypair', headers: { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' } });
    expect(answer.body.response.host).toBe('localhost:3000');
    expect(answer.text).not.toContain('evil.example');
  });

  test('KEY-20 a private key can be checked', async () => {
    const good = await ada.asks('POST', '/identity/auth');
    expect(good.body).toMatchObject({ success: true, response: { public_key: ada.publicKey, public_address: ada.publicKey } });
    for (const private_key of ['x', ada.publicKey, `${ada.privateKey.slice(0, -1)}_`]) {
      const bad = await call('POST', '/identity/auth', { private_key });
      expect([bad.status, bad.body.messages[0].message]).toEqual([400, 'Invalid private key.']);
    }
    expect(outcome(await call('POST', '/identity/auth', {}))).toBe('missing_parameter');
  });

  test('KEY-22 ping tells what clients look for, and nothing about the machine', async () => {
    const { body, status } = await call('GET', '/ping', {});
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      messages: [],
      response: {
        sls_server_version: '0.12.231', php_version: 'n/a', operating_system: 'n/a',
        server_info: {
          COLLECT_SENDER_NET_INFORMATION: false, ALLOW_NOT_IDENTIFIED_SENDERS: true, ALLOW_MESSAGE_DELETION: true, ALLOW_MESSAGE_EDIT: true,
          MESSAGE_MAX_SIZE: 1_048_576, allow_not_identified_senders: true, allow_message_edit: true, allow_message_deletion: true,
          message_max_size: '1048576B', sign_message_max_size: '256K', sign_max_expiration: 3600,
        },
      },
    });
  });
});

describe('public identity', () => {
  test('KEY-50 KEY-51 what Ada says of herself everybody can read; setting it anew replaces it', async () => {
    const set = await ada.asks('POST', '/identity', { public: { name: 'Ada', biography: 'Writes 🦊 programs' } });
    expect(set.body).toMatchObject({ success: true, messages: [{ level: 'info' }], response: { name: 'Ada', biography: 'Writes 🦊 programs' } });
    const read = await call('GET', '/identity', { public_key: ada.publicKey });
    expect(read.body.response).toEqual({ name: 'Ada', biography: 'Writes 🦊 programs' });
    expect((await ada.asks('POST', '/identity', { public: { biography: 'Only this' } })).body.response).toEqual({ name: '', biography: 'Only this' });
    expect((await call('GET', '/identity', { public_key: ada.publicKey })).body.response).toEqual({ name: '', biography: 'Only this' });
  });

  test('KEY-51 none, or a malformed key', async () => {
    expect(outcome(await call('GET', '/identity', { public_key: ben.publicKey }))).toBe('identity_not_found');
    const malformed = await call('GET', '/identity', { public_key: '0x12' });
    expect([malformed.status, malformed.body.messages[0].message]).toEqual([400, 'Invalid public key.']);
    expect(outcome(await call('GET', '/identity', {}))).toBe('missing_parameter');
  });

  test('KEY-50 U+0000 cannot stand in it', async () => {
    expect((await ada.asks('POST', '/identity', { public: { name: 'A\u0000' } })).body.messages[0].message).toBe('Invalid request parameter: name');
  });

  test('KEY-50 too long a record is refused, and nobody sets it without the key', async () => {
    expect(outcome(await ada.asks('POST', '/identity', { public: { name: 'x'.repeat(1_048_576) } }))).toBe('message_too_large');
    expect(outcome(await call('POST', '/identity', { private_key: ada.publicKey, public: { name: 'Eve' } }))).toBe('invalid_private_key');
    expect(outcome(await call('GET', '/identity', { public_key: ada.publicKey }))).toBe('identity_not_found');
  });

  test('KEY-52 deleting it leaves the messages alone', async () => {
    await ada.sends(ben, 'stays');
    await ben.asks('POST', '/identity', { public: { name: 'Ben' } });
    expect((await ben.asks('DELETE', '/identity')).body).toMatchObject({ success: true, response: null });
    expect(outcome(await ben.asks('DELETE', '/identity'))).toBe('identity_not_found');
    expect(outcome(await eve.asks('DELETE', '/identity'))).toBe('identity_not_found');
    expect((await ben.lists()).body.response.pagination_data.total).toBe(1);
  });
});

describe('contracts', () => {
  const create = (more: object = {}) => ada.asks('POST', '/sign', { public_key: ben.publicKey, message: 'Authorize login', expires: 600.0, ...more });
  const idOf = (answer: WireAnswer): string => answer.body.response.id as string;

  test('KEY-70 Ada asks Ben to sign', async () => {
    const { body } = await create();
    expect(body.response).toEqual({
      id: expect.stringMatching(/^0xSID/), issued: Math.floor(clock.now() / 1000), expires: 600, message: 'Authorize login',
      issuer: { public_key: ada.publicKey }, signer: { public_key: ben.publicKey }, status: { sign_status: null, date: null },
    });
    expect((await create({ expires: 9999 })).body.response.expires).toBe(3600);
    expect(outcome(await create({ message: 'x'.repeat(256 * 1024) }))).toBe('ok');
    expect(outcome(await create({ message: 'x'.repeat(256 * 1024 + 1) }))).toBe('message_too_large');
    expect(outcome(await create({ expires: -1 }))).toBe('invalid_parameter');
    expect(outcome(await create({ public_key: 'x' }))).toBe('invalid_public_key');
    expect(outcome(await create({ private_key: 'x' }))).toBe('invalid_private_key');
  });

  test.each([['sign', true], ['refuse', false]] as const)('KEY-71 Ben can %s, once', async (term, status) => {
    const id = idOf(await create());
    expect((await ben.asks('POST', '/sign/view', { id })).body.response.status).toEqual({ sign_status: null, date: null });
    clock.advance(5000);
    const decided = (await ben.asks('POST', `/sign/${term}`, { id })).body.response;
    expect(decided).toMatchObject({ id, message: 'Authorize login', status: { sign_status: status, date: Math.floor(clock.now() / 1000) } });
    for (const again of ['sign', 'refuse']) expect(outcome(await ben.asks('POST', `/sign/${again}`, { id }))).toBe('already_decided');
    expect((await ben.asks('POST', '/sign/view', { id })).body.response).toEqual(decided);
  });

  test('KEY-71 only the signer decides, and only in time', async () => {
    const id = idOf(await create());
    expect(outcome(await ada.asks('POST', '/sign/sign', { id }))).toBe('message_not_found');
    expect(outcome(await eve.asks('POST', '/sign/sign', { id }))).toBe('message_not_found');
    expect(outcome(await ben.asks('POST', '/sign/sign', { id: '0xSIDnowhere' }))).toBe('message_not_found');
    expect(outcome(await ben.asks('POST', '/sign/sign', { id: 'a/b' }))).toBe('message_not_found');
    expect(outcome(await ben.asks('POST', '/sign/sign', { id: 7 }))).toBe('invalid_parameter');
    expect(outcome(await ben.asks('POST', '/sign/sign'))).toBe('missing_parameter');
    expect((await ben.asks('POST', '/sign/agree', { id })).status).toBe(405);
    clock.advance(600_000);
    expect(outcome(await ben.asks('POST', '/sign/sign', { id }))).toBe('contract_expired');
    expect((await ben.asks('POST', '/sign/view', { id })).body.response.status.sign_status).toBeNull();
  });

  test('KEY-72 issuer and signer see it, nobody else does', async () => {
    const id = idOf(await create());
    const asIssuer = await ada.asks('GET', '/sign', { public_key: ben.publicKey, id });
    expect(asIssuer.body.response).toMatchObject({ id, status: { sign_status: null } });
    expect(outcome(await ben.asks('GET', '/sign', { public_key: ada.publicKey, id }))).toBe('ok');
    expect(outcome(await ada.asks('GET', '/sign', { public_key: eve.publicKey, id }))).toBe('message_not_found');
    expect(outcome(await eve.asks('GET', '/sign', { public_key: ben.publicKey, id }))).toBe('message_not_found');
    expect(outcome(await ada.asks('GET', '/sign', { public_key: ben.publicKey }))).toBe('missing_parameter');
    await ben.asks('POST', '/sign/sign', { id });
    expect((await ada.asks('GET', '/sign', { public_key: ben.publicKey, id })).body.response.status.sign_status).toBe(true);
  });

  test('KEY-76 lists of what is to be signed and what was issued, by id and by term', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) ids.unshift(idOf(await create({ message: `no ${index}` })));
    const page = { pagination_data: { skip: 1, take: 2 } };
    const inbox = (await ben.asks('GET', '/sign', { folder: 'Inbox', ...page })).body.response;
    expect(inbox.pagination_data).toEqual({ total: 3, query: 2 });
    expect(inbox.contracts).toEqual(inbox.messages);
    expect(inbox.contracts[0]).toEqual({ id: ids[1], issued: expect.any(Number), from: ada.publicKey, to: ben.publicKey, message: 'no 1', sign_status: null });
    const sent = (await ada.asks('GET', '/sign', { folder: 'Sent', pagination_data: { skip: 0, take: -1 } })).body.response;
    expect(sent.contracts.map((item: Loose) => item.id)).toEqual(ids);
    expect(sent.messages).toEqual(sent.contracts);
    expect((await ada.asks('GET', '/sign', { folder: 'Inbox', ...page })).body.response.messages).toEqual([]);
    expect(outcome(await ada.asks('GET', '/sign', { folder: 'x', ...page }))).toBe('invalid_parameter');
    expect((await ada.asks('GET', `/sign/${ids[0]}`)).body.response).toMatchObject({ id: ids[0], message: 'no 2' });
    expect(outcome(await eve.asks('GET', `/sign/${ids[0]}`))).toBe('message_not_found');
    expect((await ben.asks('PUT', `/sign/${ids[0]}`, { term: 'refuse' })).body.response.status.sign_status).toBe(false);
    expect(outcome(await ben.asks('PUT', `/sign/${ids[0]}`, { term: 'sign' }))).toBe('already_decided');
    expect(outcome(await ben.asks('PUT', `/sign/${ids[1]}`, {}))).toBe('missing_parameter');
  });

  test('KEY-76 more contracts than a page: all of them, each once', async () => {
    for (let index = 0; index < 45; index += 1) await create({ message: `no ${index}` });
    const all = (await ben.asks('GET', '/sign', { folder: 'inbox', pagination_data: { skip: 2, take: -1 } })).body.response;
    expect(all.pagination_data).toEqual({ total: 45, query: 43 });
    expect(new Set(all.contracts.map((item: Loose) => item.id)).size).toBe(43);
    expect(all.contracts[0].message).toBe('no 42');
    expect((await ben.asks('GET', '/sign', { folder: 'inbox', pagination_data: { skip: 0, take: 30 } })).body.response.messages).toHaveLength(30);
  });
});

describe('the later generation of message routes', () => {
  test('KEY-73 either side reads by id alone', async () => {
    const { id } = (await ada.sends(ben, 'for both')).body.response;
    const asReceiver = await ben.asks('GET', `/messages/${id}`);
    expect(asReceiver.body.response).toMatchObject({ id, message: { content: 'for both' }, pair: { from: ada.publicKey, to: ben.publicKey } });
    expect((await ada.asks('GET', `/messages/${id}`)).body.response).toEqual(asReceiver.body.response);
    expect(outcome(await eve.asks('GET', `/messages/${id}`))).toBe('message_not_found');
  });

  test('KEY-74 either side deletes by id alone; the sender edits without naming the recipient', async () => {
    const { id } = (await ada.sends(ben, 'first')).body.response;
    const message = { subject: 's', content: 'second' };
    expect(outcome(await ben.asks('PUT', `/messages/${id}`, { message }))).toBe('not_sender');
    expect(outcome(await eve.asks('PUT', `/messages/${id}`, { message }))).toBe('message_not_found');
    const edited = await ada.asks('PUT', `/messages/${id}`, { message });
    expect(edited.body.response.pair.to).toBe(ben.publicKey);
    expect((await ben.reads(id)).body.response.message.content).toBe('second');
    expect(outcome(await ada.asks('PUT', `/messages/${id}`, { message: { subject: 's' } }))).toBe('missing_parameter');
    expect(outcome(await eve.asks('DELETE', `/messages/${id}`))).toBe('message_not_found');
    expect(outcome(await ada.asks('DELETE', `/messages/${id}`))).toBe('ok');
    expect(outcome(await ben.asks('GET', `/messages/${id}`))).toBe('message_not_found');
    const other = (await ada.sends(ben, 'again')).body.response.id;
    expect(outcome(await ben.asks('DELETE', `/messages/${other}`))).toBe('ok');
  });

  test('KEY-75 inbox and sent', async () => {
    await ada.sends(ben, 'one');
    await ada.sends(eve, 'two');
    await ben.sends(ada, 'three');
    const sent = (await ada.lists(0, 50, { folder: 'Sent' })).body.response;
    expect(sent.pagination_data).toEqual({ total: 2, query: 2 });
    expect(sent.messages.map((item: Loose) => [item.message.content, item.to])).toEqual([['two', eve.publicKey], ['one', ben.publicKey]]);
    expect((await ada.lists(0, -1, { folder: 'sent' })).body.response.messages).toEqual(sent.messages);
    for (const folder of ['Inbox', 'INBOX', undefined]) {
      expect((await ada.lists(0, 50, { folder })).body.response.messages.map((item: Loose) => item.message.content)).toEqual(['three']);
    }
    expect(outcome(await ada.lists(0, 50, { folder: 'Trash' }))).toBe('invalid_parameter');
  });
});
