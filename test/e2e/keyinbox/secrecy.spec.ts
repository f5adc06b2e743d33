import { codeOf, newPerson, type Person, send, sendAnonymously, type WireAnswer } from '../../support/clients/keyinbox.js';
import { startApp, type TestApp } from '../../support/app.js';

let app: TestApp;
let ada: Person;
let ben: Person;
beforeEach(async () => {
  app = await startApp({ env: { COLLECT_SENDER_NET_INFORMATION: 'true' } });
  [ada, ben] = [await newPerson(app.url), await newPerson(app.url)];
});
afterEach(() => app.close());

const outcome = (answer: WireAnswer) => (answer.status === 200 ? 'ok' : codeOf(answer));
const idOf = (answer: WireAnswer): string => answer.body.response.id as string;

/** @returns the forms in which a text could lie somewhere */
function formsOf(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8');
  return [text, bytes.toString('hex'), ...base64Forms(bytes), encodeURIComponent(text), JSON.stringify(text).slice(1, -1)];
}

/** @returns the forms in which the bytes of a key could lie somewhere */
function formsOfKey(key: string): string[] {
  const raw = key.startsWith('0xSPV') ? Buffer.from(key.slice(5), 'base64url').subarray(0, 64) : Buffer.from(key.slice(2), 'hex');
  const halves = raw.length === 64 ? [raw.subarray(0, 32)] : [raw];
  return [key, key.slice(5), key.slice(2), ...halves.flatMap((half) => [half.toString('hex'), half.toString('hex').toUpperCase(), ...base64Forms(half)]), ...formsOf(key)];
}

/** Base64 of bytes that stand anywhere in a longer text: all three alignments, without their edges. */
function base64Forms(bytes: Buffer): string[] {
  if (bytes.length < 12) return [];
  return [0, 1, 2].flatMap((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const inner = whole.slice(4, whole.length - 4);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** Every value of every table: text as it is, bytes as hex, as base64 and as Latin-1. */
async function dump(): Promise<string> {
  const columns = await app.sql<{ table_name: string; column_name: string; data_type: string }>(
    `SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'`,
  );
  const pieces: string[] = [];
  for (const { table_name, column_name, data_type } of columns) {
    const column = `"${column_name}"`;
    const values = data_type === 'bytea' ? [`encode(${column}, 'hex')`, `translate(encode(${column}, 'base64'), E'\\n', '')`, `encode(${column}, 'escape')`] : [`${column}::text`];
    for (const value of values) {
      const rows = await app.sql<{ value: string | null }>(`SELECT ${value} AS value FROM "${table_name}"`);
      pieces.push(...rows.map((row) => row.value ?? ''));
    }
  }
  return pieces.join('\n');
}

function expectNowhere(haystack: string, needles: readonly string[]): void {
  for (const needle of needles) {
    if (needle.length < 8) continue;
    expect(haystack.includes(needle)).toBe(false);
  }
}

test('KEY-60 KEY-61 after all kinds of traffic no table holds a text, a private key or a public key, in any form', async () => {
  const texts = ['Subject-canary-Aa1', 'Content-canary-Bb2 ünïcödé', 'Edited-canary-Cc3', 'Contract-canary-Dd4', 'agent-canary/9', 'Ee5-anonymous-canary'] as const;
  const first = await ada.sends(ben, texts[1], texts[0], { 'Idempotency-Key': 'idem-canary-key', 'User-Agent': texts[4] });
  await ada.sends(ben, texts[1], texts[0], { 'Idempotency-Key': 'idem-canary-key', 'User-Agent': texts[4] });
  await sendAnonymously(app.url, ben, texts[5], texts[0]);
  const edited = idOf(await ada.sends(ben, texts[1], texts[0]));
  await ada.edits(edited, ben, texts[2], texts[2]);
  await ada.asks('POST', '/identity', { public: { name: 'Visible name', biography: 'Visible' } });
  const contract = await ada.asks('POST', '/sign', { public_key: ben.publicKey, message: texts[3], expires: 600 });
  await ben.asks('POST', '/sign/sign', { id: idOf(contract) });
  await ben.lists();
  await ben.reads(idOf(first));

  const everything = await dump();
  expect(everything).toContain('Visible name');
  expect(everything).toContain('keyinbox');
  expectNowhere(everything, texts.flatMap((text) => formsOf(text)));
  for (const person of [ada, ben]) {
    expectNowhere(everything, formsOfKey(person.privateKey));
    expectNowhere(everything, formsOfKey(person.publicKey));
  }
  for (const id of [idOf(first), edited, idOf(contract)]) expectNowhere(everything, formsOf(id));
  expectNowhere(everything, [first.body.response.message_blake3_digest, 'idem-canary-key', '127.0.0.1', ...formsOf('127.0.0.1')]);
});

test('KEY-60 the search above would find a text or a key', async () => {
  await app.sql(`UPDATE mailboxes SET url = NULL`);
  await app.sql(`CREATE TABLE planted (a text, b bytea)`);
  await app.sql(`INSERT INTO planted VALUES ($1, $2)`, [`x${ada.publicKey.slice(2)}`, Buffer.concat([Buffer.from('zz'), Buffer.from('Content-canary-Bb2')])]);
  const everything = await dump();
  expect(formsOfKey(ada.publicKey).some((form) => everything.includes(form))).toBe(true);
  expect(formsOf('Content-canary-Bb2').some((form) => everything.includes(form))).toBe(true);
  expect(() => expectNowhere(everything, formsOf('Content-canary-Bb2'))).toThrow();
});

describe('KEY-60 a flipped byte in any sealed column', () => {
  /** Flips one byte, looks, and puts it back. */
  async function damaged(table: string, column: string, at: number, look: () => Promise<WireAnswer>): Promise<WireAnswer> {
    const flip = () => app.sql(`UPDATE ${table} SET ${column} = set_byte(${column}, ${at} % length(${column}), get_byte(${column}, ${at} % length(${column})) # 4) WHERE ${column} IS NOT NULL`);
    await flip();
    const answer = await look();
    await flip();
    return answer;
  }
  const internal = { success: false, messages: [{ level: 'fatal', code: 'internal', message: expect.any(String) }], response: null };
  const places = [0, 1, 15, 40, 60, 92, 150, 333];

  test('KEY-60 of a message: reads and lists answer 500 internal, never garbage', async () => {
    const id = idOf(await ada.sends(ben, 'x'.repeat(60), 'Subject'));
    const looks: [string, string, () => Promise<WireAnswer>][] = [
      ['messages', 'body', () => ben.reads(id)],
      ['messages', 'body', () => ada.readsSent(id, ben)],
      ['messages', 'preview', () => ben.lists()],
      ['messages', 'preview', () => ben.lists(0, -1)],
      ['messages', 'preview', () => ben.reads(id)],
      ['messages', 'preview', () => ada.lists(0, 50, { folder: 'sent' })],
      ['messages', 'sender_key', () => ada.readsSent(id, ben)],
      ['messages', 'sender_key', () => ada.asks('PUT', `/messages/${id}`, { message: { subject: 's', content: 'c' } })],
      ['deliveries', 'wrapped_key', () => ben.reads(id)],
      ['deliveries', 'wrapped_key', () => ben.lists()],
    ];
    for (const [table, column, look] of looks) {
      for (const at of places) {
        const answer = await damaged(table, column, at, look);
        expect({ table, column, at, status: answer.status }).toEqual({ table, column, at, status: 500 });
        expect(answer.body).toEqual(internal);
      }
      expect(outcome(await ben.reads(id))).toBe('ok');
    }
  });

  test('KEY-60 of a contract and of a kept answer', async () => {
    const id = idOf(await ada.asks('POST', '/sign', { public_key: ben.publicKey, message: 'sign this', expires: 600 }));
    const page = { folder: 'inbox', pagination_data: { skip: 0, take: 5 } };
    const send1 = () => ada.sends(ben, 'once', 'S', { 'Idempotency-Key': 'k' });
    await send1();
    const looks: [string, string, () => Promise<WireAnswer>][] = [
      ['keyinbox_contracts', 'body', () => ben.asks('POST', '/sign/view', { id })],
      ['keyinbox_contracts', 'body', () => ben.asks('GET', '/sign', page)],
      ['keyinbox_contracts', 'signer_key', () => ben.asks('GET', `/sign/${id}`)],
      ['keyinbox_contracts', 'issuer_key', () => ada.asks('GET', `/sign/${id}`)],
      ['idempotency_keys', 'result', send1],
    ];
    for (const [table, column, look] of looks) {
      for (const at of places) {
        const answer = await damaged(table, column, at, look);
        expect({ column, at, status: answer.status }).toEqual({ column, at, status: 500 });
        expect(answer.body).toEqual(internal);
      }
      expect((await look()).status).toBe(200);
    }
  });

  test('KEY-60 ciphertext moved to another row or revision does not open there', async () => {
    const one = idOf(await ada.sends(ben, 'number one'));
    await ada.sends(ben, 'number two');
    const [a, b] = await app.sql<{ id: string }>('SELECT id FROM messages ORDER BY id');
    for (const [to, from] of [[a!.id, b!.id]]) {
      await app.sql(
        `UPDATE messages m SET body = o.body, preview = o.preview, sender_key = o.sender_key FROM messages o WHERE m.id = $1 AND o.id = $2`, [to, from]);
      await app.sql(`UPDATE deliveries d SET wrapped_key = o.wrapped_key FROM deliveries o WHERE d.message_id = $1 AND o.message_id = $2`, [to, from]);
    }
    expect((await ben.reads(one)).body).toEqual(internal);
    await app.sql('UPDATE messages SET revision = revision + 1 WHERE id = $1', [b!.id]);
    expect((await ben.lists(0, 1)).body).toEqual(internal);
  });
});

test('KEY-21 a private key on every route, rightly and wrongly used, is in no log line and in no answer', async () => {
  const secret = ada.privateKey;
  const { id } = (await ada.sends(ben, 'hello')).body.response;
  const contract = idOf(await ada.asks('POST', '/sign', { public_key: ben.publicKey, message: 'm', expires: 60 }));
  const other = `${secret.slice(0, -2)}${secret.endsWith('AA') ? 'BB' : 'AA'}`;
  const routes: [string, string][] = [
    ['GET', '/ping'], ['GET', '/generate-keypair'], ['GET', '/identity/generate-keypair'], ['POST', '/identity/auth'], ['POST', '/identity'], ['GET', '/identity'], ['DELETE', '/identity'],
    ['POST', '/messages'], ['GET', '/messages'], ['GET', `/messages/receiver/${id}`], ['GET', `/messages/sender/${id}`], ['GET', `/messages/${id}`], ['PUT', `/messages/${id}`],
    ['POST', '/sign'], ['GET', '/sign'], ['POST', '/sign/view'], ['POST', '/sign/sign'], ['GET', `/sign/${contract}`], ['PUT', `/sign/${contract}`],
    ['DELETE', `/messages/receiver/${id}`], ['DELETE', `/messages/${id}`], ['DELETE', `/messages/sender/${id}`],
    ['GET', '/messages/no/route'], ['PATCH', '/messages'], ['GET', `/messages/receiver/${secret}`], ['GET', `/messages/${secret}/${secret}`],
  ];
  const answers: WireAnswer[] = [];
  for (const key of [secret, other]) {
    const whole = {
      private_key: key, public_key: ben.publicKey, id: contract, term: 'view', expires: 60, public: { name: 'Ada' },
      message: { subject: 's', content: 'c' }, pagination_data: { skip: 0, take: 5 },
    };
    for (const [method, path] of routes) {
      const bodies: (string | object)[] = [whole, { ...whole, message: 'contract' }, { private_key: key, public_key: key, message: key, pagination_data: key }, `{"private_key":"${key}"`];
      for (const body of bodies) answers.push(await send(app.url, { method, path, body }));
      answers.push(await send(app.url, { method, path: `${path}?private_key=${key}&public_key=${key}&skip=${key}`, headers: { Authorization: `PrivateKey ${key}`, 'X-SLS-Private-Key': key, 'X-SLS-Public-Key': key, 'User-Agent': key, 'X-Request-Id': key, 'Idempotency-Key': key } }));
      answers.push(await send(app.url, { method, path, body: whole, headers: { 'X-HTTP-Method-Override': key, 'Content-Encoding': key } }));
    }
    answers.push(await send(app.url, { method: 'POST', path: '/messages', body: `{"private_key":"${key}","x":"${'x'.repeat(6_400_000)}"}` }));
  }
  await app.sql('UPDATE messages SET body = set_byte(body, 20, get_byte(body, 20) # 1)');
  const last = await ada.sends(ben, 'last');
  await app.sql('UPDATE messages SET sender_key = set_byte(sender_key, 50, get_byte(sender_key, 50) # 1)');
  answers.push(await ada.readsSent(idOf(last), ben));
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200, 400, 404, 405, 413, 500]));

  const seed = Buffer.from(secret.slice(5), 'base64url').subarray(0, 32);
  const needles = [secret.slice(5), other.slice(5), seed.toString('hex'), seed.toString('hex').toUpperCase(), ...base64Forms(seed)];
  const logged = app.logs();
  expect(logged.split('\n').length).toBeGreaterThan(100);
  expectNowhere(logged, needles);
  for (const answer of answers) {
    expectNowhere(answer.text, needles);
    // a name the client gave its request is given back, as with every header of that kind
    expectNowhere(JSON.stringify({ ...answer.headers, 'x-request-id': '' }), needles);
  }
});
