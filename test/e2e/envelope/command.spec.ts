import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { type Ended, makeFolder, run, start } from '../../support/cli.js';
import { type ServerProcess, Site } from '../../support/process.js';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const ENVELOPE = join(ROOT, 'packages', 'envelope', 'bin', 'envelope.js');
const SAMPLES = join(ROOT, 'docs', 'samples', 'envelope');
const folder = makeFolder();

/** A server as its own process. Its addresses are at localhost. */
interface Place {
  readonly host: string;
  readonly site: Site;
  readonly server: ServerProcess;
  readonly db: TestDatabase;
}

async function open(): Promise<Place> {
  const db = await createDatabase();
  const site = await Site.open({ databaseUrl: db.url, env: { ENVELOPE_RSA_BITS: '2048', LOG_LEVEL: 'trace' } });
  return { host: `localhost:${site.port}`, site, db, server: await site.start() };
}

/** Somebody at a keyboard: what is kept, kept in a folder of his own. */
class Person {
  readonly home: string;

  constructor(
    readonly name: string,
    readonly host: string,
  ) {
    this.home = join(folder.path, `home-${name}-${host.split(':')[1] ?? ''}`);
    mkdirSync(this.home, { recursive: true });
  }

  get address(): string {
    return `${this.name}@${this.host}`;
  }

  run(args: readonly string[], input = '', env: Record<string, string> = {}): Promise<Ended> {
    return run(args, { file: ENVELOPE, input, env: { ENVELOPE_HOME: this.home, ENVELOPE_ALLOW_HTTP: '1', ...env } });
  }

  /** Runs, expects success, and reads what was written as lines of JSON. */
  async does(args: readonly string[], input = '', env: Record<string, string> = {}): Promise<Record<string, unknown>[]> {
    const { code, out, err } = await this.run([...args, '--json'], input, env);
    expect({ args, code, err }).toEqual({ args, code: 0, err: '' });
    return out.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** keygen, register, token new, card show. */
  async settle(type = 'ed25519'): Promise<string> {
    await this.does(['keygen', '--type', type]);
    await this.does(['register', this.address]);
    await this.does(['token', 'new', '--label', 'first']);
    return JSON.stringify((await this.does(['card', 'show']))[0]);
  }
}

let here: Place;
let there: Place;
beforeAll(async () => {
  [here, there] = await Promise.all([open(), open()]);
}, 60_000);
afterAll(async () => {
  for (const { site, db } of [here, there]) {
    await site.close();
    await db.drop();
  }
  folder.remove();
});

describe('the envelope command', () => {
  it.each([['on one server', 0], ['across two servers', 1]])('ENV-95 ENV-96 takes two people from nothing to a verified message %s in under a minute', async (_where, far) => {
    const started = performance.now();
    const bob = new Person(`bob${far}`, (far === 0 ? here : there).host);
    const alice = new Person(`alice${far}`, here.host);
    const bobsCard = await bob.settle();
    const alicesCard = await alice.settle('rsa-3072');
    await bob.does(['card', 'add'], alicesCard);
    await alice.does(['card', 'add'], bobsCard);
    const [receipt] = await alice.does(['send', bob.address], 'Hi Bob\n');
    expect(receipt).toEqual({ message_id: expect.stringMatching(/^[a-z2-7]{26}$/), repeated: false, packet_id: expect.any(String) });
    const received = await bob.does(['receive', '--ack']);
    expect(received).toMatchObject([
      { message_id: receipt?.['message_id'], message: { data: 'Hi Bob', data_type: 1, from: alice.address }, sender: { status: 'verified', by: 'pin', contact: alice.address }, warnings: [] },
    ]);
    // acknowledged: not shown again
    expect(await bob.does(['receive'])).toEqual([]);
    expect(await bob.does(['receive', '--all'])).toMatchObject([{ message: { data: 'Hi Bob' }, warnings: [] }]);
    expect(await bob.does(['verify'], JSON.stringify(received[0]))).toEqual([{ verified: true, from: alice.address }]);
    const forged = JSON.stringify(received[0]).replace('Hi Bob', 'Hi Eve');
    expect(await bob.run(['verify', '--json'], forged)).toMatchObject({ code: 2, out: '', err: expect.stringContaining('bad_signature') });
    expect(performance.now() - started).toBeLessThan(60_000);
  }, 60_000);

  it('ENV-95 ENV-108 keeps secrets in files that only their owner can read, and takes none on the command line', async () => {
    const carol = new Person('carol', here.host);
    const card = await carol.settle();
    for (const name of readdirSync(carol.home)) expect([name, statSync(join(carol.home, name)).mode & 0o777]).toEqual([name, 0o600]);
    const [shown] = await carol.does(['card', 'show', '--link']);
    const link = String(shown?.['link']);
    expect(link).toMatch(/^http:\/\/localhost:\d+\/c#[A-Za-z0-9_-]+$/);
    for (const secret of [link, card, String((await carol.does(['card', 'show', '--uri']))[0]?.['uri'])]) {
      for (const args of [['card', 'add', secret], ['send', secret]]) {
        const { code, err } = await carol.run(args, 'x');
        expect([code, err]).toEqual([1, expect.stringContaining('does not belong on the command line')]);
      }
      const other = new Person('other', here.host);
      expect(await other.does(['card', 'add', '-'], secret)).toMatchObject([{ address: carol.address }]);
      expect(await other.does(['card', 'rm', carol.address])).toHaveLength(1);
    }
    const login = await carol.does(['login', '--device', 'laptop']);
    expect(JSON.stringify(login)).not.toContain('pps1_');
  }, 60_000);

  it('ENV-95 ends with 0, 1 usage, 2 crypto, 3 refused, 4 network', async () => {
    const dave = new Person('dave', here.host);
    expect((await dave.run(['--help'])).code).toBe(0);
    for (const wrong of [[], ['dance'], ['keygen', '--type', 'dsa'], ['receive'], ['send', 'nobody'], ['card', 'add', '/nowhere'], ['register', 'bad name@host']]) expect([wrong, (await dave.run(wrong)).code]).toEqual([wrong, 1]);
    const card = await dave.settle();
    expect((await dave.run(['keygen'])).code).toBe(1);
    expect((await dave.run(['send', 'stranger@' + here.host], 'x')).code).toBe(1);
    expect(await dave.run(['register', dave.address, '--json'])).toMatchObject({ code: 3, err: expect.stringContaining('"error":"name_taken"') });
    expect((await dave.run(['server-key', 'localhost:9'])).code).toBe(4);
    // http is for this machine alone, and only when asked for
    expect((await run(['server-key', here.host], { file: ENVELOPE, env: { ENVELOPE_HOME: dave.home } })).code).toBe(4);
    const changed = { ...(JSON.parse(card) as object), server_fp: 'ab'.repeat(32), address: `eve@${here.host}` };
    const eve = new Person('eve', here.host);
    await eve.does(['keygen']);
    expect(await eve.run(['send', '-', '--data', 'x', '--json'], JSON.stringify(changed))).toMatchObject({ code: 2, err: expect.stringContaining('server_key_changed') });
    const wrongIdentity = { ...(JSON.parse(card) as object), identity_fp: 'ab'.repeat(32), address: `eva@${here.host}` };
    expect(await eve.run(['send', '-', '--data', 'x', '--json'], JSON.stringify(wrongIdentity))).toMatchObject({ code: 2, err: expect.stringContaining('key_changed') });
    expect(await eve.does(['send', '-', '--data', 'x'], card)).toHaveLength(1);
    expect(await eve.run(['card', 'add', '--json'], JSON.stringify({ ...(JSON.parse(card) as object), identity_fp: 'ab'.repeat(32) }))).toMatchObject({ code: 2, err: expect.stringContaining('key_changed') });
  }, 60_000);

  it('ENV-54 ENV-95 a revoked token delivers no more', async () => {
    const [fay, gus] = [new Person('fay', here.host), new Person('gus', there.host)];
    const card = await fay.settle();
    await gus.settle();
    await gus.does(['card', 'add'], card);
    await gus.does(['send', fay.address], 'one');
    const [list] = await fay.does(['token', 'ls']);
    const tokens = list?.['tokens'] as { token_id: string; label: string; use_count: number }[];
    expect(tokens).toMatchObject([{ label: 'first', use_count: 1 }]);
    await fay.does(['token', 'rm', tokens[0]?.token_id ?? '']);
    expect((await gus.run(['send', fay.address], 'two')).code).toBe(3);
    expect((await fay.run(['card', 'show'])).code).toBe(1);
    expect(await fay.does(['receive'])).toMatchObject([{ message: { data: 'one' }, sender: { status: 'unverified' } }]);
  }, 60_000);

  it('ENV-82 ENV-95 rotates the encryption key, opens what came before, and moves to another folder with export and import', async () => {
    const [hal, ida] = [new Person('hal', here.host), new Person('ida', here.host)];
    const card = await hal.settle();
    await ida.does(['keygen']);
    await ida.does(['card', 'add'], card);
    await ida.does(['send', hal.address], 'before');
    await hal.does(['rotate-key']);
    await ida.does(['send', hal.address], 'after');
    expect((await hal.does(['receive'])).map(({ message }) => (message as { data: unknown }).data)).toEqual(['before', 'after']);
    expect((await hal.run(['export'])).code).toBe(1);
    const file = join(folder.path, 'hal.export');
    await hal.does(['export', file], '', { ENVELOPE_PASSPHRASE: 'correct horse' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toMatch(/PRIVATE|ppt1_|hal@/);
    const moved = new Person('moved', here.host);
    expect((await moved.run(['import', file], '', { ENVELOPE_PASSPHRASE: 'wrong' })).code).toBe(2);
    const secret = join(folder.path, 'passphrase');
    writeFileSync(secret, 'correct horse\n');
    expect(await moved.does(['import', file, '--passphrase-file', secret])).toMatchObject([{ address: hal.address }]);
    expect(await moved.does(['receive', '--ack'])).toHaveLength(2);
    expect(await moved.does(['card', 'show'])).toMatchObject([{ address: hal.address }]);
  }, 60_000);

  it('ENV-38 ENV-95 sends every type, waits for more, and shows what it does not know', async () => {
    const [jan, kim] = [new Person('jan', here.host), new Person('kim', here.host)];
    const card = await jan.settle();
    await kim.settle();
    await kim.does(['card', 'add'], card);
    const following = start(['receive', '--follow', '--max', '3', '--ack'], { file: ENVELOPE, env: { ENVELOPE_HOME: jan.home, ENVELOPE_ALLOW_HTTP: '1' } });
    const data = join(folder.path, 'data.json');
    writeFileSync(data, '{"kind":"read","message_ids":[]}');
    await kim.does(['send', jan.address, '--type', '3', '--data', `@${data}`]);
    await kim.does(['send', jan.address, '--type', '77', '--data', '[1,2]', '--anonymous', '--algorithm', 'RSA-OAEP-256+A256GCM']);
    await kim.does(['send', jan.address], 'a \u001b[31mred\u202e text');
    const { code, out } = await following.ended;
    expect(code).toBe(0);
    expect(out).toContain('[receipt] {"kind":"read","message_ids":[]}');
    expect(out).toContain('[unsupported, data_type 77] [1,2]');
    expect(out).toContain('somebody (unverified)');
    // a message cannot take over the terminal
    expect(out).toContain('a \\u001b[31mred\\u202e text');
    expect((await kim.run(['send', jan.address, '--type', '3'], 'no json')).code).toBe(1);
    expect((await kim.run(['send', jan.address, '--type', '3'], '9007199254740993')).code).toBe(1);
  }, 60_000);

  it('ENV-95 seals without sending, and opens a Packet from a file', async () => {
    const lea = new Person('lea', here.host);
    const card = await lea.settle();
    await lea.does(['card', 'add'], card);
    const [body] = await lea.does(['seal', lea.address, '--data', 'note to self']);
    expect(Object.keys(body ?? {}).sort()).toEqual(['algorithm', 'data', 'kid', 'password']);
    const post = (): Promise<Response> => fetch(`http://${here.host}/api/v1/message`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    expect([(await post()).status, (await post()).status]).toEqual([201, 200]);
    const session = JSON.parse(readFileSync(join(lea.home, 'session.json'), 'utf8')) as { session_token: string };
    const list = (await (await fetch(`http://${here.host}/api/v1/message`, { headers: { Authorization: `Bearer ${session.session_token}` } })).json()) as { messages: { packet: object }[] };
    expect(list.messages).toHaveLength(1);
    const [opened] = await lea.does(['open'], JSON.stringify(list.messages[0]));
    expect(opened).toMatchObject({ message: { data: 'note to self' }, sender: { status: 'verified', contact: lea.address } });
    expect(await lea.does(['open'], JSON.stringify(list.messages[0]?.packet))).toMatchObject([{ message: { data: 'note to self' } }]);
    const moved = { ...list.messages[0]?.packet, id: 'another' };
    expect(await lea.run(['open', '--json'], JSON.stringify(moved))).toMatchObject({ code: 2, err: expect.stringContaining('undecryptable') });
    const [document] = await lea.does(['server-key', here.host]);
    expect(document).toMatchObject({ protocol: 'polypost-envelope/1', host: here.host, identity_fp: expect.stringMatching(/^[0-9a-f]{64}$/) });
  }, 60_000);
});

describe('ENV-01 ENV-25 ENV-98 senders without our SDK', () => {
  it.each([
    ['send-node.mjs', 'ed25519'],
    ['send-forge.mjs', 'rsa-3072'],
  ])('%s is one file of at most 60 lines, and what it sends opens and verifies', async (file, type) => {
    const source = readFileSync(join(SAMPLES, file), 'utf8');
    expect(source.split('\n').length - 1).toBeLessThanOrEqual(60);
    expect([...source.matchAll(/from '([^']+)'/g)].map(([, name]) => name).filter((name) => !['node:crypto', 'node:fs', 'node-forge'].includes(name ?? ''))).toEqual([]);
    const reader = new Person(`reader-${type}`, there.host);
    const card = join(folder.path, `card-${type}.json`);
    writeFileSync(card, await reader.settle(type));
    const sent = await run([card], { file: join(SAMPLES, file), input: 'Gr\u00fc\u00dfe "\u4f60\u597d"\n' });
    expect([sent.code, sent.out]).toEqual([0, expect.stringMatching(/message_id: '[a-z2-7]{26}'/)]);
    expect(await reader.does(['receive'])).toMatchObject([{ message: { data: 'Gr\u00fc\u00dfe "\u4f60\u597d"' }, sender: { status: 'unverified' } }]);
    // another card's pin: it does not trust the server blindly
    writeFileSync(card, readFileSync(card, 'utf8').replace(/"identity_fp":"[0-9a-f]{64}"/, `"identity_fp":"${'ab'.repeat(32)}"`));
    expect((await run([card], { file: join(SAMPLES, file), input: 'x' })).err).toContain('not the keys of the card');
  }, 60_000);
});

it('ENV-45 ENV-108 the servers logged neither token nor session, Packet, password nor text', async () => {
  for (const { server } of [here, there]) {
    await server.signal('SIGTERM');
    const log = server.out + server.err;
    expect(log.length).toBeGreaterThan(1000);
    for (const secret of ['ppt1_', 'pps1_', 'Hi Bob', '"password"', '"data"', 'PRIVATE KEY']) expect(log).not.toContain(secret);
  }
});
