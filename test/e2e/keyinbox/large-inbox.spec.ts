import { SendMessage } from '../../../src/core/messaging/send-message.js';
import { KeyInboxKeys } from '../../../src/dialects/keyinbox/keyinbox.keys.js';
import { KeyInboxSeal } from '../../../src/dialects/keyinbox/keyinbox.seal.js';
import { type Loose, newPerson, type Person, send } from '../../support/clients/keyinbox.js';
import { startApp, type TestApp } from '../../support/app.js';

const COUNT = 1700;
let app: TestApp;
let ada: Person;
let ben: Person;

/** Fills an inbox without HTTP in between; the oldest message is number 1. */
async function fill(to: Person, count: number): Promise<void> {
  const [keys, seal, sendMessage] = [app.app.get(KeyInboxKeys, { strict: false }), app.app.get(KeyInboxSeal, { strict: false }), app.app.get(SendMessage, { strict: false })];
  const recipient = keys.readPublic(to.publicKey)!;
  const sender = keys.readPrivate(ada.privateKey)!.publicKey;
  // the first one alone makes the mailboxes; then the order of the calls is the order of the ids
  for (let start = 1, size = 1; start <= count; start += size, size = 100) {
    const commands = Array.from({ length: Math.min(size, count - start + 1) }, async (_, index) => {
      const number = start + index;
      const id = `0xSIDlarge${to.publicKey.slice(2, 12)}${number}`;
      const storedId = keys.storedId(id);
      const payload = { id, digest: '0'.repeat(64), from: sender.text, to: recipient.text, net: null, subject: `no ${number}`, content: 'x'.repeat(200) };
      const { content, recipientKey } = await seal.sealMessage(payload, { storedId, recipient, revision: 1 }, sender);
      return { space: 'keyinbox', sender: sender.mailbox, recipients: [{ mailbox: recipient.mailbox, key: recipientKey }], wireId: storedId, content };
    });
    await Promise.all((await Promise.all(commands)).map((command) => sendMessage.execute(command)));
  }
}

beforeAll(async () => {
  app = await startApp();
  [ada, ben] = [await newPerson(app.url), await newPerson(app.url)];
  await fill(ben, COUNT);
});
afterAll(() => app.close());

test('KEY-34 take -1 gives everything, newest first, each once, while other requests are answered', async () => {
  let finished = false;
  const waits: number[] = [];
  const all = ben.lists(5, -1).finally(() => (finished = true));
  while (!finished) {
    const started = performance.now();
    expect((await send(app.url, { method: 'GET', path: '/ping' })).status).toBe(200);
    waits.push(performance.now() - started);
  }
  const answer = await all;
  expect(answer.headers['content-length']).toBeUndefined();
  const { response, messages } = answer.body;
  expect(messages.map((said: Loose) => said.level)).toEqual(['info', 'warn']);
  expect(response.pagination_data).toEqual({ total: COUNT, query: COUNT - 5 });
  const numbers = response.messages.map((item: Loose) => Number(item.message.subject.slice(3)));
  expect(numbers).toEqual(Array.from({ length: COUNT - 5 }, (_, index) => COUNT - 5 - index));
  expect(waits.length).toBeGreaterThan(5);
  expect(Math.max(...waits)).toBeLessThan(1000);
});

test('KEY-34 a long page is bounded by take', async () => {
  const { response } = (await ben.lists(10, 640)).body;
  expect(response.messages).toHaveLength(640);
  expect(response.pagination_data).toEqual({ total: COUNT, query: 640 });
  const short = (await ben.lists(10, 100)).body.response.messages;
  expect(response.messages.slice(0, 100)).toEqual(short);
  expect((await ben.lists(COUNT - 2, 500)).body.response.pagination_data).toEqual({ total: COUNT, query: 2 });
});

test('KEY-36 a page of a full inbox neither reads nor opens bodies, and is quick', async () => {
  await app.sql(`UPDATE messages SET body = '\\x00'`);
  const started = performance.now();
  const { response } = (await ben.lists(0, 50)).body;
  expect(performance.now() - started).toBeLessThan(3_000);
  expect(response.messages).toHaveLength(50);
  const deep = (await ben.lists(COUNT - 50, 50)).body.response;
  expect(deep.messages).toHaveLength(50);
});

test('KEY-34 damage far down a long list cuts the connection: half a list is never taken for a whole one', async () => {
  await app.sql(`UPDATE messages SET preview = set_byte(preview, 50, get_byte(preview, 50) # 1) WHERE id = (SELECT min(id) FROM messages)`);
  await expect(ben.lists(0, -1)).rejects.toThrow(/cut|hang up|aborted/);
  expect((await ben.lists(0, 50)).status).toBe(200);
  expect((await ben.lists(COUNT - 200, -1)).status).toBe(500);
  expect(app.logs()).toContain('CryptoFailure');
});

test('KEY-34 a client that goes away in the middle leaves the server well', async () => {
  const eve = await newPerson(app.url);
  await fill(eve, 900);
  const controller = new AbortController();
  const response = await fetch(`${app.url}/messages?take=-1`, { headers: { 'X-SLS-Private-Key': eve.privateKey }, signal: controller.signal });
  const reader = response.body!.getReader();
  await reader.read();
  controller.abort();
  await expect(reader.read()).rejects.toThrow();
  expect((await eve.lists(0, -1)).body.response.pagination_data).toEqual({ total: 900, query: 900 });
});
