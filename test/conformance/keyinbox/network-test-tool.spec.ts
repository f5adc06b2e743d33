import { type Loose, send } from '../../support/clients/keyinbox.js';
import { startApp, type TestApp } from '../../support/app.js';

/** The run of the published network test tool: these calls in this order, each GET with a body. */
let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const TYPE = { 'Content-Type': 'application/json; charset=utf-8' };
const call = (method: string, path: string, body: object = {}) => send(app.url, { method, path, body, headers: TYPE });

test('KEY-70 KEY-71 KEY-72 the acceptance scenario of the test tool, every reply with the fields it dereferences', async () => {
  const ping = (await call('GET', '/ping')).body;
  expect(typeof ping.response.sls_server_version).toBe('string');
  const info = ping.response.server_info;
  for (const flag of ['allow_not_identified_senders', 'allow_message_edit', 'allow_message_deletion']) expect(typeof info[flag]).toBe('boolean');
  expect([typeof info.message_max_size, typeof info.sign_message_max_size, typeof info.sign_max_expiration]).toEqual(['string', 'string', 'number']);

  const keys = [];
  for (let index = 0; index < 2; index += 1) keys.push((await call('GET', '/identity/generate-keypair')).body.response);
  const [sender, receiver] = keys as [Loose, Loose];

  expect((await call('POST', '/identity', { private_key: sender.private_key, public: { name: 'Tester', biography: 'Tests' } })).body.success).toBe(true);
  const identity = (await call('GET', '/identity', { public_key: sender.public_key })).body;
  expect(identity.response).toEqual({ name: 'Tester', biography: 'Tests' });
  expect((await call('DELETE', '/identity', { private_key: sender.private_key })).body.success).toBe(true);

  const message = { subject: 'Test', content: 'Message of the test tool' };
  const write = { private_key: sender.private_key, public_key: receiver.public_key, message };
  const sent = (await call('POST', '/messages', write)).body;
  expect(sent.success).toBe(true);
  const { id } = sent.response;

  const list = (await call('GET', '/messages', { private_key: receiver.private_key, pagination_data: { skip: 0, take: -1 } })).body;
  expect(list.response.messages[0].id).toBe(id);
  expect(list.response.pagination_data).toEqual({ total: 1, query: 1 });

  expect((await call('GET', `/messages/receiver/${id}`, { private_key: receiver.private_key })).body.response.id).toBe(id);
  const both = { private_key: sender.private_key, public_key: receiver.public_key };
  expect((await call('GET', `/messages/sender/${id}`, both)).body.response.message.content).toBe(message.content);
  const edited = (await call('PUT', `/messages/${id}`, { ...both, message: { ...message, content: 'Edited' } })).body;
  expect([edited.success, edited.response.id]).toEqual([true, id]);
  expect((await call('DELETE', `/messages/receiver/${id}`, { private_key: receiver.private_key })).body.success).toBe(true);

  const again = (await call('POST', '/messages', write)).body.response.id;
  // the tool names the sender's own key here, so there is nothing to delete
  const wrong = await call('DELETE', `/messages/sender/${again}`, { private_key: sender.private_key, public_key: sender.public_key });
  expect([wrong.status, wrong.body.messages[0].message]).toEqual([400, 'Message not found']);

  const contract = (await call('POST', '/sign', { private_key: sender.private_key, public_key: receiver.public_key, message: 'Sign this', expires: 600.0 })).body;
  expect(contract.response).toMatchObject({ message: 'Sign this', issuer: { public_key: sender.public_key }, signer: { public_key: receiver.public_key }, status: { sign_status: null, date: null } });
  const signed = (await call('POST', '/sign/sign', { private_key: receiver.private_key, id: contract.response.id })).body;
  expect(signed.response.status.sign_status).toBe(true);
  const found = (await call('GET', '/sign', { private_key: sender.private_key, public_key: receiver.public_key, id: contract.response.id })).body;
  expect(found.response.status).toEqual({ sign_status: true, date: expect.any(Number) });
});
