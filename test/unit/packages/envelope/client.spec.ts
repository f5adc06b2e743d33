import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ContactCard, Contacts, EnvelopeClient, FileStore, generateIdentity, type Identity, NetworkError, type Packet, publicKeyPem, RefusedError, VolatileStore, writeDate } from '@polypost/envelope';
import { fingerprint, NodeBackend, openOuter, OuterKey, parseOuterBody, parsePacket, type PrivateKey, signServerDocument, sign, encodeBase64, keyStatementInput, suitesFor } from '@polypost/envelope/codec';
import { currentEncryptionKey, type MailItem } from '@polypost/envelope';
import { freshKey, vectorKey } from './support.js';

const HOST = 'mail.example';
const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const backend = new NodeBackend();

type Reply = readonly [status: number, body: unknown, headers?: Record<string, string>];

/** A server of a few lines: it opens outer layers and plays whatever a test wants to see. */
class Theatre {
  identity!: PrivateKey;
  keys: PrivateKey[] = [];
  owner!: Identity;
  issued = NOW;
  over: Record<string, unknown> = {};
  keyOver: Record<string, unknown> = {};
  /** what is said to deliveries, before they are taken */
  replies: (Reply | 'silence')[] = [];
  bodies: string[] = [];
  packets: Packet[] = [];
  discoveries = 0;
  waits: number[] = [];
  now = NOW;

  static async open(): Promise<Theatre> {
    const theatre = new Theatre();
    theatre.identity = await freshKey('ed25519');
    theatre.keys = [await freshKey('x25519')];
    theatre.owner = await generateIdentity();
    return theatre;
  }

  client(contacts = new Contacts(), options: object = {}): EnvelopeClient {
    const patience = { sleep: async (ms: number) => void this.waits.push(ms), chance: () => 0.5 };
    return new EnvelopeClient(backend, { contacts, fetch: this.fetch, now: () => this.now, patience, ...options });
  }

  card(): ContactCard {
    const [identity_fp, server_fp] = [fingerprint(this.owner.identity.publicKey), fingerprint(this.identity.publicKey)];
    return { v: 1, address: `bob@${HOST}`, base_url: `https://${HOST}`, user_id: 'b0b', token: 'ppt1_x', identity_fp, server_fp, algorithms: [], issued_at: writeDate(NOW) };
  }

  readonly fetch = (async (url: string, { body }: { body?: string } = {}) => {
    const { pathname, host, protocol } = new URL(url);
    if (host !== HOST || protocol !== 'https:') throw new TypeError('no such host');
    const reply = await this.answer(pathname, body ?? '');
    if (reply === 'silence') throw new TypeError('reset');
    return new Response(JSON.stringify(reply[1]), { status: reply[0], ...(reply[2] && { headers: reply[2] }) });
  }) as unknown as typeof fetch;

  private async answer(path: string, body: string): Promise<Reply | 'silence'> {
    if (path === '/.well-known/polypost-envelope') return [200, await this.document()];
    if (path === '/api/v1/user/b0b/key' || path === '/api/v1/directory/bob') return [200, this.keyObject()];
    if (path === '/api/v1/directory/nobody') return [404, { error: 'not_found' }];
    if (path !== '/api/v1/message') return [404, { error: 'not_found' }];
    this.bodies.push(body);
    const played = this.replies.shift();
    return played ?? this.take(body);
  }

  private async take(text: string): Promise<Reply> {
    const { suite, password, data } = parseOuterBody(JSON.parse(text));
    const plaintext = await openOuter(await Promise.all(this.keys.map((key) => OuterKey.import(key.pkcs8))), suite, password, data);
    if (plaintext === undefined) return [400, { error: 'undecryptable' }];
    this.packets.push(parsePacket(plaintext));
    return [201, { message_id: 'a'.repeat(26) }];
  }

  async document(): Promise<Record<string, unknown>> {
    this.discoveries += 1;
    const keys = this.keys.map((key) => ({ kid: fingerprint(key.publicKey), public_key: publicKeyPem(key.publicKey), algorithms: suitesFor(key.type), status: 'current' as const, not_after: writeDate(NOW + 1e9) }));
    const document = { protocol: 'polypost-envelope/1', host: HOST, base_url: `https://${HOST}`, identity_key: publicKeyPem(this.identity.publicKey), keys, algorithms: keys.flatMap((key) => key.algorithms), limits: {}, registration: 'open' as const, issued_at: writeDate(this.issued), expires_at: writeDate(this.issued + 3_600_000), ...this.over };
    return { ...(await signServerDocument(backend, document, this.identity)), ...(this.over.signature !== undefined && { signature: this.over.signature }) };
  }

  keyObject(): Record<string, unknown> {
    const { publicKey } = currentEncryptionKey(this.owner);
    const key_created = writeDate(NOW);
    const statement = keyStatementInput(fingerprint(this.owner.identity.publicKey), fingerprint(publicKey), key_created);
    return { user_id: 'b0b', address: `bob@${HOST}`, identity_key: publicKeyPem(this.owner.identity.publicKey), encryption_key: publicKeyPem(publicKey), key_created, key_signature: encodeBase64(sign(this.owner.identity, 'EdDSA', statement)), accept_algorithms: [...suitesFor(publicKey.type)], ...this.keyOver };
  }
}

let stage: Theatre;
let alice: Identity;
beforeEach(async () => {
  stage = await Theatre.open();
  alice = await generateIdentity();
});
const author = () => ({ identity: alice.identity, from: 'alice@a.example' });
const trust = (code: string) => expect.objectContaining({ name: 'TrustError', code });
async function send(client = stage.client()) {
  return client.send(await client.contacts.add(stage.card()), { data: 'Hi Bob' }, author());
}
const itemOf = (packet: Packet, message_id = 'm1'): MailItem => ({ message_id, cursor: '1', received_at: '', size: 1, acked_at: null, token_id: null, folder: 'inbox', packet });

describe('ENV-66 ENV-50 sending', () => {
  it('delivers once, to a named key, with the inner layer for the pinned user', async () => {
    expect(await send()).toEqual({ message_id: 'a'.repeat(26), repeated: false, packet_id: stage.packets[0]?.id });
    expect(stage.packets).toMatchObject([{ user_id: 'b0b', token: 'ppt1_x', kid: fingerprint(currentEncryptionKey(stage.owner).publicKey) }]);
    expect((JSON.parse(stage.bodies[0] ?? '') as { kid: string }).kid).toBe(fingerprint(stage.keys[0]!.publicKey));
    expect(stage.packets[0]?.id).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  it('ENV-50 sends the same bytes again after 429, 5xx and silence, and waits as long as it is told, and a little more', async () => {
    stage.replies = [[429, { error: 'rate_limited' }, { 'Retry-After': '7' }], [503, { error: 'overloaded' }, { 'Retry-After': '2' }], [500, { error: 'internal' }], 'silence'];
    expect((await send()).repeated).toBe(false);
    expect(stage.bodies).toHaveLength(5);
    expect(new Set(stage.bodies).size).toBe(1);
    // chance is one half: a quarter more
    expect(stage.waits).toEqual([8750, 2500, 2500, 5000]);
    expect(stage.discoveries).toBe(1);
  });

  it('knows a repeat from a first delivery', async () => {
    stage.replies = ['silence', [200, { message_id: 'b'.repeat(26) }]];
    expect(await send()).toMatchObject({ message_id: 'b'.repeat(26), repeated: true });
  });

  it('gives up after six times, and at once when the server wants more than two minutes', async () => {
    stage.replies = Array<Reply>(9).fill([503, { error: 'overloaded' }]);
    await expect(send()).rejects.toEqual(expect.objectContaining({ name: 'RefusedError', status: 503, code: 'overloaded' }));
    expect(stage.bodies).toHaveLength(6);
    stage.replies = [[429, { error: 'rate_limited' }, { 'Retry-After': '3600' }]];
    stage.bodies = [];
    await expect(send()).rejects.toThrow(RefusedError);
    expect(stage.bodies).toHaveLength(1);
    stage.replies = Array<'silence'>(9).fill('silence');
    await expect(send()).rejects.toThrow(NetworkError);
  });

  it.each([[403, 'bad_token'], [409, 'duplicate_id'], [400, 'malformed_packet'], [413, 'too_large']])('does not repeat what %d %s refuses', async (status, error) => {
    stage.replies = [[status, { error, message: 'x', more: 1 }]];
    await expect(send()).rejects.toEqual(expect.objectContaining({ status, code: error, details: { more: 1 } }));
    expect(stage.bodies).toHaveLength(1);
  });

  it.each(['undecryptable', 'unknown_server_key'])('ENV-69 after %s asks the server for its keys anew, once, and seals the same Packet to the new one', async (error) => {
    const contacts = new Contacts();
    await send(stage.client(contacts));
    stage.keys = [await freshKey('x25519')];
    stage.issued += 1000;
    stage.replies = [[400, { error }]];
    await send(stage.client(contacts));
    expect(stage.discoveries).toBe(2);
    expect(stage.bodies).toHaveLength(3);
    expect(stage.bodies[2]).not.toBe(stage.bodies[1]);
    expect(new Set(stage.packets.map(({ id }) => id)).size).toBe(2);
    stage.replies = [[400, { error }], [400, { error }]];
    await expect(send(stage.client(contacts))).rejects.toEqual(expect.objectContaining({ code: error }));
    expect(stage.discoveries).toBe(3);
  });

  it('ENV-82 asks for the recipient\'s key anew when it was changed meanwhile', async () => {
    stage.replies = [[400, { error: 'unknown_user_key' }]];
    await send();
    expect(stage.bodies).toHaveLength(2);
    expect(stage.packets).toHaveLength(1);
  });
});

it('ENV-58 gives each contact a token of its own, unless one is given to many on purpose', async () => {
  const client = stage.client();
  let made = 0;
  const tokens = { create: async (wish: object) => ({ token: `ppt1_${(made += 1)}`, token_id: `t${made}`, ...wish }) };
  const [to, userId] = [{ name: 'bob', host: HOST }, 'b0b'];
  const cards = [];
  for (const label of ['Alice', 'Carol']) cards.push((await client.newCard({ tokens } as never, to, userId, stage.owner, { label })).card);
  expect(cards.map(({ token }) => token)).toEqual(['ppt1_1', 'ppt1_2']);
  expect(cards[0]).toEqual({ ...stage.card(), token: 'ppt1_1', algorithms: ['HPKE-X25519+A256GCM'] });
  expect((await client.card(to, userId, stage.owner, 'ppt1_1')).token).toBe('ppt1_1');
});

describe('ENV-69 discovery', () => {
  const discover = (contacts = new Contacts()) => stage.client(contacts).discover(HOST);

  it('is asked again when the document has expired, and not before', async () => {
    const contacts = new Contacts();
    await discover(contacts);
    await discover(contacts);
    expect(stage.discoveries).toBe(1);
    stage.now += 3_600_000;
    stage.issued += 3_600_000;
    await discover(contacts);
    expect(stage.discoveries).toBe(2);
  });

  it.each([
    ['a signature that is wrong', 'bad_server_signature', { signature: encodeBase64(new Uint8Array(64)) }],
    ['another host', 'wrong_host', { host: 'evil.example' }],
    ['an end in the past', 'expired_document', { expires_at: writeDate(NOW - 3_600_000) }],
  ])('ENV-68 refuses %s', async (_what, code, over) => {
    stage.over = over;
    await expect(discover()).rejects.toEqual(trust(code));
  });

  it.each([
    ['another protocol', { protocol: 'other/1' }], ['keys that are none', { keys: 'x' }], ['a key that is none', { keys: [{ kid: 1 }] }], ['no dates', { issued_at: 'today' }],
  ])('refuses %s', async (_what, over) => {
    stage.over = over;
    await expect(discover()).rejects.toThrow(NetworkError);
  });

  it('ENV-67 refuses a document that leads to http', async () => {
    stage.over = { base_url: 'http://mail.example' };
    await expect(discover()).rejects.toThrow('https only');
  });

  it('ENV-69 T12 holds on to the identity key of the first time, and to the one of a card', async () => {
    const contacts = new Contacts();
    await discover(contacts);
    const real = stage.identity;
    stage.identity = await freshKey('ed25519');
    await expect(stage.client(contacts).discover(HOST, undefined, true)).rejects.toEqual(trust('server_key_changed'));
    await expect(stage.client().discover(HOST, fingerprint(real.publicKey))).rejects.toEqual(trust('server_key_changed'));
    stage.identity = real;
    await stage.client(contacts).discover(HOST, fingerprint(real.publicKey), true);
  });

  it('refuses an older document than the one it holds', async () => {
    const contacts = new Contacts();
    await discover(contacts);
    stage.issued -= 1000;
    await expect(stage.client(contacts).discover(HOST, undefined, true)).rejects.toEqual(trust('stale_document'));
  });
});

describe('ENV-113 T4 the choice of a suite', () => {
  it('is the first of one\'s own list that the signed document and the key object offer', async () => {
    stage.keys = [await vectorKey('server-rsa-2048'), await freshKey('x25519')];
    await send(stage.client(undefined, { preference: ['RSA-OAEP-256+A256GCM', 'HPKE-X25519+A256GCM'] }));
    expect(JSON.parse(stage.bodies[0] ?? '')).toMatchObject({ algorithm: 'RSA-OAEP-256+A256GCM' });
    expect(stage.packets).toMatchObject([{ algorithm: 'HPKE-X25519+A256GCM' }]);
    await send();
    expect(JSON.parse(stage.bodies[1] ?? '')).toMatchObject({ algorithm: 'HPKE-X25519+A256GCM' });
  });

  it('is never another because an error says so', async () => {
    stage.replies = [[400, { error: 'unknown_algorithm', layer: 'envelope', supported: ['RSA-OAEP+A256CBC-HS512'] }]];
    await expect(send()).rejects.toEqual(expect.objectContaining({ code: 'unknown_algorithm' }));
    expect(stage.bodies).toHaveLength(1);
  });

  it('fails where nothing is common', async () => {
    await expect(send(stage.client(undefined, { preference: ['RSA-OAEP-256+A256GCM'] }))).rejects.toEqual(trust('no_common_algorithm'));
    stage.keyOver = { accept_algorithms: ['RSA-OAEP-256+A256GCM'] };
    await expect(send()).rejects.toEqual(trust('no_common_algorithm'));
  });
});

describe('ENV-78 ENV-84 T12 the recipient\'s key', () => {
  it('is not taken without the statement of the pinned identity key', async () => {
    const other = await generateIdentity();
    const swapped = publicKeyPem(currentEncryptionKey(other).publicKey);
    stage.keyOver = { encryption_key: swapped };
    await expect(send()).rejects.toEqual(trust('bad_key_statement'));
    stage.keyOver = { key_signature: undefined };
    await expect(send()).rejects.toEqual(trust('bad_key_statement'));
    stage.keyOver = { key_created: writeDate(NOW + 1) };
    await expect(send()).rejects.toEqual(trust('bad_key_statement'));
    stage.keyOver = { identity_key: publicKeyPem(other.identity.publicKey) };
    await expect(send()).rejects.toEqual(trust('key_changed'));
    stage.keyOver = { user_id: 'other' };
    await expect(send()).rejects.toEqual(trust('wrong_user'));
    expect(stage.bodies).toEqual([]);
  });

  it('ENV-74 ENV-78 needs none where one RSA key does both', async () => {
    const key = await vectorKey('user-rsa-2048');
    stage.owner = { identity: key, encryption: [key] };
    stage.keyOver = {};
    stage.keyObject = () => ({ user_id: 'b0b', address: '', identity_key: publicKeyPem(key.publicKey), encryption_key: publicKeyPem(key.publicKey), accept_algorithms: ['RSA-OAEP-256+A256GCM'] });
    await send();
    expect(stage.packets).toMatchObject([{ algorithm: 'RSA-OAEP-256+A256GCM' }]);
  });
});

describe('ENV-36 ENV-37 receiving', () => {
  async function receive(contacts = new Contacts(), tokenCreatedAt?: string, isDirectoryAsked = false, messageId = 'm1') {
    return stage.client(contacts).open(itemOf(stage.packets.at(-1)!, messageId), stage.owner, tokenCreatedAt, isDirectoryAsked);
  }
  const cardOf = (identity: Identity, over: Partial<ContactCard> = {}): ContactCard => ({ ...stage.card(), address: 'alice@a.example', identity_fp: fingerprint(identity.identity.publicKey), ...over });

  it('takes nobody for verified whose key is not pinned', async () => {
    await send();
    expect(await receive()).toMatchObject({ sender: { status: 'unverified', fingerprint: fingerprint(alice.identity.publicKey) }, message: { from: 'alice@a.example' }, warnings: [] });
  });

  it('verifies by pin, whatever the sender calls himself', async () => {
    const contacts = new Contacts();
    await contacts.add(cardOf(alice));
    await send();
    expect(await receive(contacts)).toMatchObject({ sender: { status: 'verified', by: 'pin', contact: 'alice@a.example' } });
    const client = stage.client();
    await client.send(await client.contacts.add(stage.card()), { data: 1, data_type: 100 }, { identity: alice.identity });
    expect(await receive(contacts)).toMatchObject({ sender: { status: 'verified', contact: 'alice@a.example' } });
  });

  it('ENV-36 T12 tells when a contact suddenly has another key', async () => {
    const contacts = new Contacts();
    await contacts.add(cardOf(await generateIdentity()));
    await send();
    expect(await receive(contacts)).toMatchObject({ sender: { status: 'key_changed', contact: 'alice@a.example' } });
    await expect(contacts.add(cardOf(alice))).rejects.toEqual(trust('key_changed'));
    await contacts.add(cardOf(alice), true);
    expect(await receive(contacts)).toMatchObject({ sender: { status: 'verified' } });
  });

  it('ENV-36 asks the directory only when it is told to', async () => {
    const client = stage.client();
    const me = { identity: stage.owner.identity, from: `bob@${HOST}` };
    await client.send(await client.contacts.add(stage.card()), { data: 'x' }, me);
    expect(await receive()).toMatchObject({ sender: { status: 'unverified' } });
    expect(await receive(undefined, undefined, true)).toMatchObject({ sender: { status: 'verified', by: 'directory' } });
    await client.send(await client.contacts.add(stage.card()), { data: 'x' }, { identity: alice.identity, from: `bob@${HOST}` });
    expect(await receive(undefined, undefined, true)).toMatchObject({ sender: { status: 'unverified' } });
    await client.send(await client.contacts.add(stage.card()), { data: 'x' }, { identity: alice.identity, from: `nobody@${HOST}` });
    expect(await receive(undefined, undefined, true)).toMatchObject({ sender: { status: 'unverified' } });
  });

  it('ENV-33 ENV-37 T2 tells a repeat under another message id, and not the same message twice', async () => {
    const contacts = new Contacts();
    await send();
    expect((await receive(contacts)).warnings).toEqual([]);
    expect((await receive(contacts)).warnings).toEqual([]);
    expect((await receive(contacts, undefined, false, 'm2')).warnings).toEqual(['replayed']);
  });

  it('ENV-37 warns of dates ahead by ten minutes, older than 30 days, or older than the token', async () => {
    await send();
    const at = async (shift: number, token?: string): Promise<readonly string[]> => {
      stage.now = NOW + shift;
      return (await receive(undefined, token)).warnings;
    };
    expect(await at(-600_000)).toEqual([]);
    expect(await at(-600_001)).toEqual(['future_date']);
    expect(await at(30 * 86_400_000)).toEqual([]);
    expect(await at(30 * 86_400_000 + 1)).toEqual(['stale_date']);
    expect(await at(0, writeDate(NOW + 600_000))).toEqual([]);
    expect(await at(0, writeDate(NOW + 600_001))).toEqual(['stale_date']);
  });

  it('ENV-60 ENV-87 takes a newer card of a verified contact, from himself only', async () => {
    const contacts = new Contacts();
    await contacts.add(cardOf(alice));
    const client = stage.client();
    const give = async (card: unknown, from = alice) => {
      await client.send(await client.contacts.add(stage.card()), { data_type: 2, data: card }, { identity: from.identity, from: 'alice@a.example' });
      const { card_renewed } = await receive(contacts);
      return [card_renewed, (await contacts.find('alice@a.example'))?.token];
    };
    expect(await give(cardOf(alice, { token: 'new', issued_at: writeDate(NOW) }))).toEqual([false, 'ppt1_x']);
    expect(await give(cardOf(alice, { token: 'stolen', issued_at: writeDate(NOW + 1) }), await generateIdentity())).toEqual([false, 'ppt1_x']);
    expect(await give(cardOf(stage.owner, { token: 'other', issued_at: writeDate(NOW + 1) }))).toEqual([false, 'ppt1_x']);
    expect(await give('no card')).toEqual([false, 'ppt1_x']);
    // another contact, verified himself, cannot put his key in the place of hers
    const carol = await generateIdentity();
    await contacts.add(cardOf(carol, { address: 'carol@a.example' }));
    await client.send(await client.contacts.add(stage.card()), { data_type: 2, data: cardOf(carol, { token: 'carols', issued_at: writeDate(NOW + 1) }) }, { identity: carol.identity });
    expect(await receive(contacts)).toMatchObject({ sender: { status: 'verified', contact: 'carol@a.example' }, card_renewed: false });
    expect(await contacts.find('alice@a.example')).toMatchObject({ token: 'ppt1_x', identity_fp: fingerprint(alice.identity.publicKey) });
    expect(await give(cardOf(alice, { token: 'new', issued_at: writeDate(NOW + 1) }))).toEqual([true, 'new']);
  });

  it('saves changes one after another, so that none is lost', async () => {
    const contacts = new Contacts(new VolatileStore());
    await Promise.all(Array.from({ length: 50 }, (_, index) => contacts.see('f', `p${index}`, 'm1')));
    expect(await Promise.all(Array.from({ length: 50 }, (_, index) => contacts.see('f', `p${index}`, 'm2')))).toEqual(Array(50).fill(true));
  });

  it('ENV-36 loses no pin when several processes share one file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'memory-'));
    const path = join(folder, 'memory.json');
    const shared = Array.from({ length: 4 }, () => new Contacts(new FileStore(path)));
    await Promise.all(shared.flatMap((contacts, who) => Array.from({ length: 5 }, (_, index) => contacts.add({ ...stage.card(), address: `p${who}-${index}@${HOST}` }))));
    expect(await shared[0]!.list()).toHaveLength(20);
    // a process that was killed meanwhile left its lock behind
    mkdirSync(`${path}.lock`);
    expect(await shared[1]!.remove(`p0-0@${HOST}`)).toBe(true);
    expect([(await shared[2]!.list()).length, readdirSync(folder)]).toEqual([19, ['memory.json']]);
    rmSync(folder, { recursive: true });
  }, 20_000);
});
