import { blake3Hex } from '../../../src/crypto/blake3.js';
import { codeOf, type Loose, newPerson, type Person, send, sendAnonymously, type WireAnswer } from '../../support/clients/keyinbox.js';
import { startApp, type TestApp } from '../../support/app.js';

let app: TestApp;
let ada: Person;
let ben: Person;
let eve: Person;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  [ada, ben, eve] = [await newPerson(app.url), await newPerson(app.url), await newPerson(app.url)];
});
afterAll(() => app.close());

const outcome = (answer: WireAnswer) => (answer.status === 200 ? 'ok' : codeOf(answer));
const idOf = (answer: WireAnswer): string => answer.body.response.id as string;
const contents = (answer: WireAnswer) => answer.body.response.messages.map((item: Loose) => item.message.content);

describe('sending', () => {
  test('KEY-23 KEY-28 Ada writes to Ben; the answer tells both, the length, the id and the digest', async () => {
    const answer = await ada.sends(ben, 'Meet at noon.', 'Plans');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      success: true,
      messages: [{ level: 'info', message: expect.any(String) }],
      response: {
        pair: { sender_public_key: ada.publicKey, receiver_public_key: ben.publicKey, from: ada.publicKey, to: ben.publicKey },
        message_length: expect.any(Number),
        id: expect.stringMatching(/^0xSID[0-9a-f]{13}[0-9a-v]{20}$/),
        message_blake3_digest: '178d14660b5952faabdcd3d1562e93e72929db7b4dae9c6893b645ae6dbed5b9',
      },
    });
    const read = await ben.reads(idOf(answer));
    expect(read.body.response.size).toBe(answer.body.response.message_length);
    const [{ length }] = (await app.sql('SELECT length(body) FROM messages ORDER BY id DESC LIMIT 1')) as [{ length: number }];
    expect(length).toBe(answer.body.response.message_length);
  });

  test('KEY-18 KEY-23 a message to a key that nobody holds is sent all the same', async () => {
    expect(outcome(await ada.sends({ publicKey: `0x${'9'.repeat(64)}` }, 'to the wind'))).toBe('ok');
  });

  test.each([
    ['NUL', 'a\u0000b'], ['emoji', '🦊'.repeat(20)], ['markup', '<script>alert(1)</script> & "q"'], ['line breaks', ' \r\n\t '],
    ['combining marks', 'e\u0301 \u202e'], ['non-characters', '\uffff\u{10ffff}'],
  ])('KEY-23 text with %s comes back byte for byte', async (_what, text) => {
    const sent = await ada.sends(ben, text, `x${text}`);
    const { message, manifest } = (await ben.reads(idOf(sent))).body.response;
    expect(message).toEqual({ subject: `x${text}`, content: text });
    expect(manifest.message_blake3_digest).toBe(blake3Hex(text, `x${text}`));
  });

  test('KEY-24 checks in order, over the wire', async () => {
    const post = (body: object) => send(app.url, { method: 'POST', path: '/messages', body });
    const said = async (body: object) => (await post(body)).body.messages[0].message as string;
    expect(await said({})).toBe('Missing request parameter: public_key');
    expect(await said({ public_key: 'bad' })).toBe('Missing request parameter: message');
    expect(await said({ public_key: 'bad', private_key: 'bad', message: {} })).toBe('Invalid public key.');
    expect(await said({ public_key: ben.publicKey, private_key: 'bad', message: {} })).toBe('Invalid private key.');
    expect(await said({ public_key: ada.publicKey, private_key: ada.privateKey, message: {} })).toBe('Sender public key cannot be the same as the target public key.');
    expect(await said({ public_key: ben.publicKey, private_key: ada.privateKey, message: {} })).toBe('Missing request parameter: content');
    expect(await said({ public_key: ben.publicKey, private_key: ada.privateKey, message: { content: '' } })).toBe('Missing request parameter: subject');
    expect(codeOf(await post({ public_key: ben.publicKey, private_key: ada.privateKey, message: { content: '', subject: ' ' } }))).toBe('message_empty');
    expect((await ben.lists()).body.response.pagination_data.total).toBe(0);
  });

  test('KEY-25 KEY-28 without a private key: no sender, and a remark that there is no copy', async () => {
    const answer = await sendAnonymously(app.url, ben, 'guess who');
    expect(answer.status).toBe(200);
    expect(answer.body.response.pair).toEqual({ sender_public_key: null, receiver_public_key: ben.publicKey, from: null, to: ben.publicKey });
    expect(answer.body.messages.map((said: Loose) => said.level)).toEqual(['info', 'warn']);
    expect(answer.body.messages[1].code).toBe('no_sender_copy');
    const read = (await ben.reads(idOf(answer))).body.response;
    expect(read.sender).toEqual({ public_key: null, ip_address: '<hidden>', useragent: '<hidden>' });
  });

  test('KEY-26 exactly the limit passes, one byte more does not', async () => {
    expect(outcome(await ada.sends(ben, 'x'.repeat(1_048_576 - 7), 'Subject'))).toBe('ok');
    const over = await ada.sends(ben, 'x'.repeat(1_048_576 - 6), 'Subject');
    expect([over.status, codeOf(over)]).toEqual([400, 'message_too_large']);
    expect(over.body.messages[0].message).toContain('1048576 bytes');
  });

  test('KEY-26 a text whose every byte needs an escape of six still passes', async () => {
    const sent = await ada.sends(ben, '\u0001'.repeat(1_048_570), '');
    expect(outcome(sent)).toBe('ok');
    expect((await ben.reads(idOf(sent))).body.response.message.content).toHaveLength(1_048_570);
  });

  test('KEY-27 subject or content alone may be empty', async () => {
    expect(outcome(await ada.sends(ben, '', 'Only a subject'))).toBe('ok');
    expect(outcome(await ada.sends(ben, 'Only content', ''))).toBe('ok');
    expect(outcome(await ada.sends(ben, ' \n', '\t'))).toBe('message_empty');
  });

  test('KEY-30 ids are unique under parallel sends', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => ada.sends(ben, `no ${index}`)));
    expect(new Set(answers.map(idOf)).size).toBe(40);
    expect((await ben.lists()).body.response.pagination_data.total).toBe(40);
  });

  test('KEY-31 two identical requests make two messages', async () => {
    const one = await ada.sends(ben, 'twice');
    const two = await ada.sends(ben, 'twice');
    expect(idOf(one)).not.toBe(idOf(two));
    expect(contents(await ben.lists())).toEqual(['twice', 'twice']);
    expect(contents(await eve.lists())).toEqual([]);
  });
});

describe('sending once', () => {
  const key = { 'Idempotency-Key': 'order-17' };

  test('KEY-31 the same request under one key makes one message and repeats the first answer', async () => {
    const first = await ada.sends(ben, 'once', 'S', key);
    const again = await ada.sends(ben, 'once', 'S', key);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.body).toEqual(first.body);
    expect((await ben.lists()).body.response.pagination_data.total).toBe(1);
  });

  test('KEY-31 parallel copies get the same answer', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => ada.sends(ben, 'once', 'S', key)));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers['idempotent-replayed'] === 'true')).toHaveLength(7);
    expect((await ben.lists()).body.response.pagination_data.total).toBe(1);
  });

  test('KEY-31 anonymous senders may use it too', async () => {
    const body = { public_key: ben.publicKey, message: { subject: 's', content: 'c' } };
    const post = () => send(app.url, { method: 'POST', path: '/messages', body, headers: key });
    const [one, two] = [await post(), await post()];
    expect(two.text).toBe(one.text);
    expect(two.body.messages[1].code).toBe('no_sender_copy');
    expect((await ben.lists()).body.response.pagination_data.total).toBe(1);
  });

  test('KEY-31 other content under the same key is refused; another sender has keys of his own', async () => {
    await ada.sends(ben, 'once', 'S', key);
    for (const other of [await ada.sends(ben, 'other', 'S', key), await ada.sends(ben, 'once', 'T', key), await ada.sends(eve, 'once', 'S', key)]) {
      expect([other.status, codeOf(other)]).toEqual([400, 'idempotency_mismatch']);
    }
    expect(outcome(await eve.sends(ben, 'once', 'S', key))).toBe('ok');
    expect((await ben.lists()).body.response.pagination_data.total).toBe(2);
  });

  test('KEY-31 an empty or overlong key is refused', async () => {
    for (const value of ['', 'k'.repeat(256)]) {
      const answer = await ada.sends(ben, 'once', 'S', { 'Idempotency-Key': value });
      expect([answer.status, codeOf(answer)]).toEqual([400, 'invalid_parameter']);
    }
    expect(outcome(await ada.sends(ben, 'once', 'S', { 'Idempotency-Key': 'k'.repeat(255) }))).toBe('ok');
  });
});

describe('listing', () => {
  const sendMany = async (count: number) => {
    for (let index = 1; index <= count; index += 1) await ada.sends(ben, `no ${index}`);
  };

  test('KEY-32 the messages addressed to the key of this private key, and no others', async () => {
    await ada.sends(ben, 'for Ben');
    await ada.sends(eve, 'for Eve');
    expect(contents(await ben.lists())).toEqual(['for Ben']);
    expect(contents(await ada.lists())).toEqual([]);
  });

  test('KEY-32 KEY-17 a wrong private key lists nothing', async () => {
    for (const private_key of ['', 'x', ben.publicKey, `${ben.privateKey}x`, ben.privateKey.slice(0, -1)]) {
      const answer = await send(app.url, { method: 'GET', path: '/messages', body: { private_key, pagination_data: { skip: 0, take: 1 } } });
      expect([answer.status, answer.body.messages[0].message]).toEqual([400, 'Invalid private key.']);
    }
  });

  test('KEY-33 every item tells id, time, change, digest, both sides and the texts', async () => {
    const sent = await ada.sends(ben, 'Meet at noon.', 'Plans');
    const before = Math.floor(Date.now() / 1000);
    const { response } = (await ben.lists()).body;
    expect(response).toEqual({
      pagination_data: { total: 1, query: 1 },
      messages: [{
        id: idOf(sent), created_at: expect.any(Number), is_modified: false,
        message_blake3_digest: '178d14660b5952faabdcd3d1562e93e72929db7b4dae9c6893b645ae6dbed5b9',
        from: ada.publicKey, to: ben.publicKey, message: { subject: 'Plans', content: 'Meet at noon.' },
      }],
    });
    expect(Number.isInteger(response.messages[0].created_at)).toBe(true);
    expect(Math.abs(response.messages[0].created_at - before)).toBeLessThanOrEqual(2);
  });

  test('KEY-34 newest first over the whole inbox; pages are disjoint and complete', async () => {
    await sendMany(7);
    expect(contents(await ben.lists(0, 3))).toEqual(['no 7', 'no 6', 'no 5']);
    expect(contents(await ben.lists(3, 3))).toEqual(['no 4', 'no 3', 'no 2']);
    expect(contents(await ben.lists(6, 3))).toEqual(['no 1']);
    const page = (await ben.lists(6, 3)).body.response.pagination_data;
    expect(page).toEqual({ total: 7, query: 1 });
    expect(contents(await ben.lists('2', '1'))).toEqual(['no 5']);
  });

  test('KEY-34 take -1 is everything, take 0 nothing, each with a remark after the information', async () => {
    await sendMany(3);
    const all = await ben.lists(1, -1);
    expect(contents(all)).toEqual(['no 2', 'no 1']);
    expect(all.body.response.pagination_data).toEqual({ total: 3, query: 2 });
    expect(all.body.messages.map((said: Loose) => [said.level, said.code])).toEqual([['info', undefined], ['warn', 'take_all']]);
    const none = await ben.lists(0, 0);
    expect(none.body.response).toEqual({ pagination_data: { total: 3, query: 0 }, messages: [] });
    expect(none.body.messages[1].code).toBe('take_zero');
  });

  test('KEY-34 beyond the end: empty, with a remark only when more is skipped than there is', async () => {
    await sendMany(2);
    expect((await ben.lists(2, 5)).body).toMatchObject({ success: true, messages: [{ level: 'info' }], response: { messages: [] } });
    expect((await ben.lists(2, 5)).body.messages).toHaveLength(1);
    expect((await ben.lists(3, 5)).body.messages[1]).toMatchObject({ level: 'warn', code: 'skip_beyond_total' });
  });

  test('KEY-34 an empty inbox is a list of nothing, not null', async () => {
    for (const take of [50, -1]) {
      const answer = await ben.lists(0, take);
      expect(answer.body).toMatchObject({ success: true, response: { pagination_data: { total: 0, query: 0 }, messages: [] } });
      expect(answer.body.messages.some((said: Loose) => said.code === 'inbox_empty')).toBe(true);
    }
  });

  test('KEY-34 wrong pages are refused', async () => {
    for (const [skip, take] of [[-1, 5], [0, -2], [0.5, 1], ['x', 1], [0, null]] as const) {
      expect((await ben.lists(skip, take)).status).toBe(400);
    }
  });

  test('KEY-35 texts are cut to 30 code points, and no message blanks the inbox', async () => {
    const cases = [
      ['The quick brown fox jumps over the lazy dog', 'The quick brown fox jumps over'],
      ['🦊'.repeat(31), '🦊'.repeat(30)],
      [`${'a'.repeat(29)}éz`, `${'a'.repeat(29)}é`],
      [`${'a'.repeat(31)}é`, 'a'.repeat(30)],
      ['short', 'short'],
    ] as const;
    for (const [text] of cases) await ada.sends(ben, text, text);
    const { messages } = (await ben.lists()).body.response;
    expect(messages.map((item: Loose) => [item.message.content, item.message.subject])).toEqual(cases.map(([, short]) => [short, short]).reverse());
  });
});

describe('reading', () => {
  test('KEY-37 receiver and sender read the same, whole message', async () => {
    const sent = await ada.sends(ben, 'x'.repeat(100), 'Plans');
    const id = idOf(sent);
    const expected = {
      id,
      manifest: { created_at: expect.any(Number), updated_at: expect.any(Number), is_modified: false, message_blake3_digest: sent.body.response.message_blake3_digest },
      pair: { sender_public_key: ada.publicKey, receiver_public_key: ben.publicKey, from: ada.publicKey, to: ben.publicKey },
      sender: { public_key: ada.publicKey, ip_address: '<hidden>', useragent: '<hidden>' },
      sent_to: ben.publicKey,
      size: sent.body.response.message_length,
      message: { subject: 'Plans', content: 'x'.repeat(100) },
    };
    for (const read of [await ben.reads(id), await ada.readsSent(id, ben)]) {
      expect(read.body).toMatchObject({ success: true, messages: [{ level: 'info' }] });
      expect(read.body.response).toEqual(expected);
      expect(read.body.response.manifest.created_at).toBe(read.body.response.manifest.updated_at);
    }
  });

  test('KEY-38 an object by default, a list of one for clients that say 0.12', async () => {
    const id = idOf(await ada.sends(ben, 'shape'));
    expect(Array.isArray((await ben.reads(id)).body.response)).toBe(false);
    for (const version of ['0.12', '0.12.204']) {
      const { response } = (await ben.reads(id, { 'X-SLS-Version': version })).body;
      expect(response).toHaveLength(1);
      expect(response[0].message.content).toBe('shape');
    }
    expect((await ben.reads(id, { 'X-SLS-Version': '0.13' })).body.response.id).toBe(id);
  });

  test('KEY-39 who may read, and what everybody else is told', async () => {
    const id = idOf(await ada.sends(ben, 'private'));
    const anonymous = idOf(await sendAnonymously(app.url, ben, 'private too'));
    expect(outcome(await ben.reads(id))).toBe('ok');
    expect(outcome(await ada.reads(id))).toBe('message_not_found');
    expect(outcome(await eve.reads(id))).toBe('message_not_found');
    expect(outcome(await ada.readsSent(id, ben))).toBe('ok');
    expect(outcome(await ada.readsSent(id, eve))).toBe('message_not_found');
    expect(outcome(await eve.readsSent(id, ben))).toBe('not_sender');
    expect(outcome(await ben.readsSent(id, ben))).toBe('not_sender');
    expect(outcome(await ada.readsSent(anonymous, ben))).toBe('not_sender');
    expect(outcome(await ada.readsSent('0xSIDnowhere', ben))).toBe('message_not_found');
    const unknown = await eve.reads('0xSIDnowhere');
    expect((await eve.reads(id)).text).toBe(unknown.text);
    expect(unknown.body.messages[0].message).toBe('Message not found');
    expect(unknown.status).toBe(400);
  });

  test('KEY-39 checks in order', async () => {
    const get = async (body: object) => (await send(app.url, { method: 'GET', path: '/messages/sender/0xSID1', body })).body.messages[0].message;
    expect(await get({})).toBe('Missing request parameter: private_key');
    expect(await get({ private_key: 'x' })).toBe('Missing request parameter: public_key');
    expect(await get({ private_key: 'x', public_key: 'x' })).toBe('Invalid private key.');
    expect(await get({ private_key: ada.privateKey, public_key: 'x' })).toBe('Invalid public key.');
    expect(await get({ private_key: ada.privateKey, public_key: ben.publicKey })).toBe('Message not found');
  });

  test('KEY-40 reading changes nothing', async () => {
    const id = idOf(await ada.sends(ben, 'still the same'));
    const state = async () => JSON.stringify([await app.sql('SELECT * FROM messages ORDER BY id'), await app.sql('SELECT * FROM deliveries ORDER BY message_id')]);
    const before = await state();
    const first = await ben.reads(id);
    await ada.readsSent(id, ben);
    await ben.lists();
    expect((await ben.reads(id)).text).toBe(first.text);
    expect(await state()).toBe(before);
  });
});

describe('editing', () => {
  test('KEY-43 the sender edits; receiver, third party and the author of an anonymous message do not', async () => {
    const id = idOf(await ada.sends(ben, 'first'));
    const anonymous = idOf(await sendAnonymously(app.url, ben, 'first'));
    expect(outcome(await ben.edits(id, ben, 'taken over'))).toBe('not_sender');
    expect(outcome(await eve.edits(id, ben, 'taken over'))).toBe('not_sender');
    expect(outcome(await ada.edits(anonymous, ben, 'taken over'))).toBe('not_sender');
    expect(outcome(await eve.edits(anonymous, ben, 'taken over'))).toBe('not_sender');
    const keyless = await send(app.url, { method: 'PUT', path: `/messages/${anonymous}`, body: { private_key: '', public_key: ben.publicKey, message: { subject: 's', content: 'c' } } });
    expect(codeOf(keyless)).toBe('invalid_private_key');
    expect((await ben.reads(id)).body.response.message.content).toBe('first');
    expect(outcome(await ada.edits(id, ben, 'second'))).toBe('ok');
    const { message, sender, pair } = (await ben.reads(id)).body.response;
    expect([message.content, sender.public_key, pair.from]).toEqual(['second', ada.publicKey, ada.publicKey]);
  });

  test('KEY-44 KEY-45 the new revision is seen everywhere at once, the old text nowhere', async () => {
    const sent = await ada.sends(ben, 'the old text', 'Old');
    const id = idOf(sent);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const edited = await ada.edits(id, ben, 'the new and longer text', 'New');
    expect(edited.body).toEqual({
      success: true, messages: [{ level: 'info', message: expect.any(String) }],
      response: { ...sent.body.response, message_length: expect.any(Number), message_blake3_digest: blake3Hex('the new and longer text', 'New') },
    });
    const asReceiver = (await ben.reads(id)).body.response;
    const asSender = (await ada.readsSent(id, ben)).body.response;
    expect(asSender).toEqual(asReceiver);
    expect(asReceiver).toMatchObject({ id, message: { subject: 'New', content: 'the new and longer text' }, manifest: { is_modified: true, message_blake3_digest: blake3Hex('the new and longer text', 'New') } });
    expect(asReceiver.size).toBe(edited.body.response.message_length);
    expect(asReceiver.manifest.updated_at).toBeGreaterThan(asReceiver.manifest.created_at);
    const [item] = (await ben.lists()).body.response.messages;
    expect(item).toMatchObject({ id, is_modified: true, created_at: asReceiver.manifest.created_at, message: { subject: 'New', content: 'the new and longer text' } });
    expect((await ben.lists()).body.response.pagination_data.total).toBe(1);
  });

  test('KEY-41 subject and content are both required, after the message was found to be ours', async () => {
    const id = idOf(await ada.sends(ben, 'first'));
    const put = async (person: Person, body: object, of = id) => (await person.asks('PUT', `/messages/${of}`, body)).body.messages[0];
    expect((await put(ada, {})).message).toBe('Missing request parameter: message');
    expect((await put(ada, { message: {}, public_key: 'x' })).message).toBe('Invalid public key.');
    expect((await put(ada, { message: {}, public_key: ben.publicKey }, '0xSIDnowhere')).code).toBe('message_not_found');
    expect((await put(ada, { message: {}, public_key: eve.publicKey })).code).toBe('message_not_found');
    expect((await put(eve, { message: {}, public_key: ben.publicKey })).code).toBe('not_sender');
    expect((await put(ada, { message: {}, public_key: ben.publicKey })).message).toBe('Missing request parameter: content');
    expect((await put(ada, { message: { content: 'c' }, public_key: ben.publicKey })).message).toBe('Missing request parameter: subject');
    expect((await put(ada, { message: { content: 'c', subject: 1 }, public_key: ben.publicKey })).message).toBe('Invalid request parameter: subject');
    expect((await put(ada, { message: { content: ' ', subject: '' }, public_key: ben.publicKey })).code).toBe('message_empty');
    expect((await put(ada, { message: { content: 'x'.repeat(1_048_577), subject: '' }, public_key: ben.publicKey })).code).toBe('message_too_large');
    expect((await ben.reads(id)).body.response.message.content).toBe('first');
  });

  test('KEY-46 edits and a delete of one message follow one another: whole revisions, no return from the dead', async () => {
    const id = idOf(await ada.sends(ben, 'start'));
    const results = await Promise.all([
      ...Array.from({ length: 6 }, (_, index) => ada.edits(id, ben, `text ${index}`, `subject ${index}`)),
      ...Array.from({ length: 4 }, () => ben.reads(id)),
    ]);
    expect(results.map(outcome)).toEqual(Array(10).fill('ok'));
    const { message } = (await ben.reads(id)).body.response;
    expect(message.subject.replace('subject', 'text')).toBe(message.content);
    const race = await Promise.all([ada.edits(id, ben, 'a'), ben.deletes(id), ada.edits(id, ben, 'b'), ada.deletesSent(id, ben)]);
    expect(race.filter((answer) => answer.status >= 500)).toHaveLength(0);
    expect([race[1], race[3]].map(outcome).sort()).toEqual(['message_not_found', 'ok']);
    expect(outcome(await ben.reads(id))).toBe('message_not_found');
    expect((await app.sql('SELECT 1 FROM deliveries d LEFT JOIN messages m ON m.id = d.message_id AND m.home_box = d.home_box WHERE m.id IS NULL'))).toHaveLength(0);
  });
});

describe('deleting', () => {
  test.each([
    ['receiver', (id: string) => ben.deletes(id)],
    ['sender', (id: string) => ada.deletesSent(id, ben)],
  ])('KEY-47 KEY-48 the %s deletes, and it is gone for both and from the tables', async (_who, remove) => {
    const kept = idOf(await ada.sends(ben, 'kept'));
    const id = idOf(await ada.sends(ben, 'gone'));
    const rows = async () => Number((await app.sql('SELECT count(*) FROM messages'))[0]!.count);
    const before = await rows();
    const answer = await remove(id);
    expect(answer.body).toEqual({ success: true, messages: [{ level: 'info', message: expect.any(String) }], response: null });
    expect(await rows()).toBe(before - 1);
    for (const attempt of [await ben.reads(id), await ada.readsSent(id, ben), await ada.edits(id, ben, 'x'), await ben.deletes(id), await ada.deletesSent(id, ben), await eve.deletesSent(id, ben)]) {
      expect(outcome(attempt)).toBe('message_not_found');
    }
    expect((await ben.lists()).body.response).toMatchObject({ pagination_data: { total: 1, query: 1 }, messages: [{ id: kept }] });
    expect((await ada.lists(0, 50, { folder: 'sent' })).body.response.pagination_data.total).toBe(1);
  });

  test('KEY-47 who may delete: as who may read', async () => {
    const id = idOf(await ada.sends(ben, 'stays'));
    const anonymous = idOf(await sendAnonymously(app.url, ben, 'stays'));
    expect(outcome(await eve.deletes(id))).toBe('message_not_found');
    expect(outcome(await ada.deletes(id))).toBe('message_not_found');
    expect(outcome(await eve.deletesSent(id, ben))).toBe('not_sender');
    expect(outcome(await ada.deletesSent(id, eve))).toBe('message_not_found');
    expect(outcome(await ada.deletesSent(anonymous, ben))).toBe('not_sender');
    expect((await ben.lists()).body.response.pagination_data.total).toBe(2);
    expect(outcome(await ben.deletes(anonymous))).toBe('ok');
  });

  test('KEY-49 deleting from an inbox that never held anything is not found', async () => {
    expect(outcome(await eve.deletes('0xSIDnowhere'))).toBe('message_not_found');
  });
});

test('KEY-11 the dearest answers are well below the three seconds clients wait', async () => {
  const started = performance.now();
  const id = idOf(await ada.sends(ben, 'x'.repeat(1_000_000)));
  await ben.reads(id);
  await ada.edits(id, ben, 'y'.repeat(1_000_000));
  await ben.lists(0, -1);
  expect(performance.now() - started).toBeLessThan(3000);
});
