import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { listenSilently, type Listener, makeCertificate } from '../../support/listeners.js';
import { SECRETS, type ServerProcess, Site } from '../../support/process.js';
import { TlsFront } from '../../support/remote-units.js';

const certificate = makeCertificate(['127.0.0.1']);
const folder = mkdtempSync(join(tmpdir(), 'pp-certificate-'));
const authority = join(folder, 'authority.pem');
writeFileSync(authority, certificate.cert);

/** A server process with TLS in front of it. */
class Unit {
  private constructor(
    readonly front: TlsFront,
    readonly site: Site,
    readonly db: TestDatabase,
  ) {}

  static async open(): Promise<Unit> {
    const db = await createDatabase();
    const front = await TlsFront.open(certificate);
    const site = await Site.open({ databaseUrl: db.url, env: { PUBLIC_URL: front.url, DIALECTS: 'cell', CELL_SIGNING_KEY: front.url.repeat(3) } });
    front.target = site.url;
    return new Unit(front, site, db);
  }

  start(peer: Unit, env: Record<string, string> = {}): Promise<ServerProcess> {
    return this.site.start({ CELL_REMOTE_UNITS: `${peer.front.url}=127.0.0.1/32`, ...env });
  }

  async cell(name: string): Promise<void> {
    await this.call('POST', '/__ctl/Cell', { Name: name });
  }

  async call(method: string, path: string, body?: object): Promise<{ d: { results: never } }> {
    const response = await fetch(this.site.url + path, { method, headers: { authorization: `Bearer ${SECRETS['POLYPOST_ADMIN_TOKEN']}` }, ...(body && { body: JSON.stringify(body) }) });
    return (await response.json()) as { d: { results: never } };
  }

  /** @returns id and codes */
  async send(title: string, to: readonly string[]): Promise<{ id: string; codes: string[] }> {
    const { __id: id, Result } = (await this.call('POST', '/ada/__message/send', { To: to.join(','), Title: title })).d.results as { __id: string; Result: { Code: string }[] };
    return { id, codes: Result.map(({ Code }) => Code) };
  }

  async codes(id: string): Promise<string[]> {
    const { Result } = (await this.call('GET', `/ada/__ctl/SentMessage('${id}')`)).d.results as { Result: { Code: string }[] };
    return Result.map(({ Code }) => Code);
  }

  async titles(): Promise<string[]> {
    return ((await this.call('GET', '/bob/__ctl/ReceivedMessage')).d.results as { Title: string }[]).map(({ Title }) => Title);
  }

  async close(): Promise<void> {
    await this.site.close();
    await this.front.close();
    await this.db.drop();
  }
}

let here: Unit;
let there: Unit;
let proxy: Listener;
beforeAll(async () => {
  [here, there, proxy] = [await Unit.open(), await Unit.open(), await listenSilently('127.0.0.1')];
}, 30_000);
afterAll(async () => {
  await Promise.all([here.close(), there.close(), proxy.close()]);
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

async function until(ask: () => Promise<boolean>, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`not within ${seconds} seconds`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

describe('CELL-44 two server processes', () => {
  it('a message is once in the box, although the one died after storing it, and the other before it heard of it', async () => {
    const trap = `http://127.0.0.1:${proxy.port}`;
    const env = { NODE_EXTRA_CA_CERTS: authority, NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: trap, https_proxy: trap, HTTP_PROXY: trap, ALL_PROXY: trap };
    let [sender, recipient] = [await here.start(there, env), await there.start(here, env)];
    await Promise.all([here.cell('ada'), there.cell('bob')]);
    const bob = `${there.front.url}/bob/`;
    expect((await here.send('plain', [bob])).codes).toEqual(['201']);

    // the recipient's server stores the message and dies
    there.front.mode = 'lose answer';
    there.front.onLost = () => void recipient.signal('SIGKILL');
    const lost = await here.send('lost', [bob]);
    expect(lost.codes).toEqual(['500']);
    await recipient.ended;
    recipient = await there.start(here, env);
    expect(await there.titles()).toEqual(['plain', 'lost']);

    // the sender's server dies while it waits
    there.front.mode = 'hang';
    const sending = here.send('waiting', [bob]).then(
      () => 'answered',
      () => 'cut',
    );
    await until(async () => (await here.db.sql("SELECT FROM messages WHERE subject = 'waiting'")).length === 1, 5);
    await sender.signal('SIGKILL');
    expect(await sending).toBe('cut');
    sender = await here.start(there, env);
    there.front.mode = 'pass';

    await until(async () => (await here.codes(lost.id)).join() === '201', 45);
    await until(async () => (await there.titles()).includes('waiting'), 45);
    const [row] = await here.db.sql<{ wire_id: string }>("SELECT wire_id FROM messages WHERE subject = 'waiting'");
    await until(async () => (await here.codes(row!.wire_id)).join() === '201', 10);
    expect(await there.titles()).toEqual(['plain', 'lost', 'waiting']);
    expect(proxy.connections).toBe(0);
    expect(here.site.troubles).toEqual([]);
    expect(there.site.troubles).toEqual([]);
    await sender.signal('SIGTERM');
  }, 150_000);

  it('a server that is to stop answers who waits for another one', async () => {
    const stopping = await here.start(there, { NODE_EXTRA_CA_CERTS: authority });
    there.front.mode = 'hang';
    const waiting = here.send('stopped', [`${there.front.url}/bob/`]);
    await until(async () => (await here.db.sql("SELECT FROM messages WHERE subject = 'stopped'")).length === 1, 5);
    const begun = performance.now();
    const ended = stopping.signal('SIGTERM');
    expect((await waiting).codes).toEqual(['500']);
    expect(performance.now() - begun).toBeLessThan(4_500);
    expect(await ended).toEqual({ code: 0, signal: null });
    there.front.mode = 'pass';
  }, 60_000);

  it('nothing is sent to a server that cannot prove to be the one, whatever the environment says', async () => {
    const before = there.front.seen.length;
    const careless = await here.start(there, { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    expect((await here.send('careless', [`${there.front.url}/bob/`])).codes).toEqual(['500']);
    expect(there.front.seen.slice(before)).toEqual([]);
    await careless.signal('SIGTERM');
  }, 60_000);
});
