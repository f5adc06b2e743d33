import { newPerson, send } from '../../support/clients/keyinbox.js';
import { startApp, type TestApp } from '../../support/app.js';

/** The published .NET SDK: it pings before anything else and speaks the routes of protocol 0.15. */
let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

test('KEY-22 what the SDK demands of a host in its constructor is there, and nothing of it is null', async () => {
  const { body } = await send(app.url, { method: 'GET', path: '/ping', body: '{}', headers: { 'Content-Type': 'application/json; charset=utf-8' } });
  const { response } = body;
  for (const name of ['sls_server_version', 'php_version', 'operating_system']) expect(typeof response[name]).toBe('string');
  for (const name of ['allow_not_identified_senders', 'allow_message_edit', 'allow_message_deletion']) expect(typeof response.server_info[name]).toBe('boolean');
  expect(response.server_info.message_max_size).toMatch(/^\d+[BKMG]$/);
  expect(response.server_info.sign_message_max_size).toMatch(/^\d+[BKMG]$/);
  expect(Number.isInteger(response.server_info.sign_max_expiration)).toBe(true);
});

test('KEY-73 KEY-74 KEY-75 KEY-76 send, list a folder, read, edit, delete and sign by id', async () => {
  const [ada, ben] = [await newPerson(app.url), await newPerson(app.url)];
  const message = { subject: 'From the SDK', content: 'Hello' };
  const { id } = (await ada.asks('POST', '/messages', { public_key: ben.publicKey, message })).body.response;
  const folders = async (person: typeof ada, folder: string) => (await person.asks('GET', '/messages', { folder, pagination_data: { skip: 0, take: 50 } })).body.response;
  const inbox = await folders(ben, 'Inbox');
  expect(inbox).toMatchObject({ pagination_data: { total: 1, query: 1 }, messages: [{ id, from: ada.publicKey, to: ben.publicKey }] });
  expect((await folders(ada, 'Sent')).messages).toEqual(inbox.messages);
  expect((await ben.asks('GET', `/messages/${id}`)).body.response).toMatchObject({ id, pair: { from: ada.publicKey, to: ben.publicKey }, message });
  expect((await ada.asks('PUT', `/messages/${id}`, { message: { ...message, content: 'Changed' } })).body.success).toBe(true);
  expect((await ada.asks('DELETE', `/messages/${id}`)).body.success).toBe(true);

  const contract = (await ada.asks('POST', '/sign', { public_key: ben.publicKey, message: 'Sign', expires: 60 })).body.response;
  const toSign = (await ben.asks('GET', '/sign', { folder: 'Inbox', pagination_data: { skip: 0, take: 50 } })).body.response;
  expect(toSign.messages[0]).toMatchObject({ id: contract.id, from: ada.publicKey, to: ben.publicKey, message: 'Sign', sign_status: null });
  expect((await ben.asks('PUT', `/sign/${contract.id}`, { term: 'sign' })).body.response.status.sign_status).toBe(true);
  expect((await ada.asks('GET', `/sign/${contract.id}`)).body.response.status.sign_status).toBe(true);
});
