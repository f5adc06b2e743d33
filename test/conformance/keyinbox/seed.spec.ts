import { send, type WireAnswer } from '../../support/clients/keyinbox.js';
import { startApp, type TestApp } from '../../support/app.js';

/**
 * The requests of the published documentation, letter by letter, with real keys in the places it
 * leaves open. Every request carries its JSON in the body, GET and DELETE too, and says nothing of
 * its type, as `curl -X GET --data-binary` with an emptied Content-Type does.
 */
let app: TestApp;
let sender: { private_key: string; public_key: string };
let receiver: { private_key: string; public_key: string };
beforeAll(async () => {
  app = await startApp();
  const pair = async () => (await send(app.url, { method: 'GET', path: '/generate-keypair' })).body.response;
  [sender, receiver] = [await pair(), await pair()];
});
afterAll(() => app.close());

/** @param request a method and path, a blank line, and a body, as the documentation prints them */
function say(request: string, values: Record<string, string> = {}): Promise<WireAnswer> {
  const filled = Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`<${name}>`, value), request.trim());
  const [line, body] = filled.split('\n\n') as [string, string];
  const [method, path] = line.split(' ') as [string, string];
  return send(app.url, { method, path, body });
}

const SEND = `
POST /messages

{
    "public_key": "<destinatary_public_key>",
    "private_key": "<sender_private_key>",

    "message": {
        "subject": "Important encrypted message",
        "content": "Hello, buddy!"
    }
}`.replace('>",\n\n    "message"', '>",\n    "message"');
const LIST = `
GET /messages

{
    "private_key": "<receiver_private_key>",
    "pagination_data": {
        "skip": 0,
        "take": 50
    }
}`;
const READ_RECEIVER = `
GET /messages/receiver/<id>

{
    "private_key": "<receiver_private_key>"
}`;
const READ_SENDER = `
GET /messages/sender/<id>

{
    "private_key": "<sender_private_key>",
    "public_key": "<receiver_public_key>"
}`;
const EDIT = `
PUT /messages/<id>

{
    "private_key": "<sender_private_key>",
    "public_key": "<receiver_public_key>"
}`;
const DELETE_RECEIVER = READ_RECEIVER.replace('GET', 'DELETE');
const DELETE_SENDER = READ_SENDER.replace('GET', 'DELETE');

const values = (id = '') => ({
  destinatary_public_key: receiver.public_key, receiver_public_key: receiver.public_key,
  sender_private_key: sender.private_key, receiver_private_key: receiver.private_key, id,
});
const sent = async () => (await say(SEND, values())).body.response.id as string;

test('KEY-23 KEY-03 sending a message', async () => {
  const answer = await say(SEND, values());
  expect([answer.status, answer.body.success]).toEqual([200, true]);
  expect(answer.body.response.pair).toMatchObject({ sender_public_key: sender.public_key, receiver_public_key: receiver.public_key });
});

test('KEY-32 listing messages by private key shows the first 30 characters', async () => {
  await say(SEND.replace('Hello, buddy!', 'Hello, buddy! This goes on for longer than thirty characters.'), values());
  const { response } = (await say(LIST, values())).body;
  expect(response.messages[0].message).toEqual({ subject: 'Important encrypted message', content: 'Hello, buddy! This goes on for' });
  expect(response.pagination_data.total).toBe(response.messages.length);
  const all = (await say(LIST.replace('50', '-1'), values())).body.response;
  expect(all.messages).toEqual(response.messages);
});

test('KEY-37 reading as receiver and as sender', async () => {
  const id = await sent();
  for (const request of [READ_RECEIVER, READ_SENDER]) {
    const { body, status } = await say(request, values(id));
    expect(status).toBe(200);
    expect(body.response).toMatchObject({ id, message: { subject: 'Important encrypted message', content: 'Hello, buddy!' } });
  }
});

test('KEY-41 KEY-44 editing: the example alone lacks the text, with it the SkyID stays and the manifest changes', async () => {
  const id = await sent();
  const literal = await say(EDIT, values(id));
  expect([literal.status, literal.body.messages[0].message]).toEqual([400, 'Missing request parameter: message']);
  const whole = EDIT.replace('<receiver_public_key>"', '<receiver_public_key>", "message": { "subject": "New", "content": "Changed" }');
  const before = (await say(READ_RECEIVER, values(id))).body.response;
  expect((await say(whole, values(id))).body.response.id).toBe(id);
  const after = (await say(READ_RECEIVER, values(id))).body.response;
  expect(after).toMatchObject({ id, manifest: { is_modified: true }, message: { subject: 'New', content: 'Changed' } });
  expect(after.manifest.message_blake3_digest).not.toBe(before.manifest.message_blake3_digest);
});

test('KEY-47 deleting from the receiver and from the sender', async () => {
  for (const request of [DELETE_RECEIVER, DELETE_SENDER]) {
    const id = await sent();
    expect((await say(request, values(id))).status).toBe(200);
    for (const gone of [READ_RECEIVER, READ_SENDER, DELETE_RECEIVER, DELETE_SENDER]) {
      const answer = await say(gone, values(id));
      expect([answer.status, answer.body.messages[0].message]).toEqual([400, 'Message not found']);
    }
  }
});
