import { Egress, type EgressRequest } from '../../../src/egress/egress.js';
import { EgressFault } from '../../../src/egress/egress-fault.js';
import { type Resolver, SystemResolver } from '../../../src/egress/resolver.js';
import { listenSilently, type Listener, makeCertificate, serveWeb, type WebServer } from '../../support/listeners.js';
import { privateSpellings } from '../../support/spellings.js';

/** Gives the answers one after the other, the last one ever after. */
class Answers implements Resolver {
  asked = 0;
  constructor(private readonly answers: readonly (readonly string[])[]) {}
  resolve(): Promise<readonly string[]> {
    this.asked += 1;
    return Promise.resolve(this.answers[Math.min(this.asked, this.answers.length) - 1] ?? []);
  }
}

const never: Resolver = { resolve: () => new Promise(() => undefined) };
const unknown: Resolver = { resolve: () => Promise.reject(new Error('ENOTFOUND peer.test')) };
const peer = (range = '127.0.0.1/32'): Partial<EgressRequest> => ({ allowHttp: true, exemptions: [{ host: 'peer.test', range }] });

async function ask(resolver: Resolver, url: string, port: number, over: Partial<EgressRequest> = {}): Promise<{ status: number; body: string } | { kind: string; sent: boolean }> {
  try {
    const reply = await new Egress(resolver).request({ url, method: 'GET', ports: [port], timeoutMs: 2000, replyBytesMax: 1024, ...over });
    return { status: reply.status, body: reply.body.toString('utf8') };
  } catch (error) {
    if (error instanceof EgressFault) return { kind: error.kind, sent: error.sent };
    throw error;
  }
}

describe('addresses that are not public', () => {
  const listeners: Listener[] = [];
  let port: number;
  beforeAll(async () => {
    listeners.push(await listenSilently('0.0.0.0'));
    port = listeners[0]!.port;
    listeners.push(await listenSilently('::1', port));
  });
  afterAll(() => Promise.all(listeners.map((listener) => listener.close())));

  it('are refused in two hundred spellings, without a single connection', async () => {
    const spellings = privateSpellings();
    expect(spellings.length).toBeGreaterThanOrEqual(200);
    const system = new SystemResolver();
    for (const host of spellings) {
      for (const scheme of ['https', 'http']) {
        const outcome = await ask(system, `${scheme}://${host}:${port}/`, port, { allowHttp: true });
        expect([host, outcome]).toEqual([host, { kind: expect.stringMatching(/^(refused|unresolved)$/), sent: false }]);
      }
    }
    expect(listeners.map(({ connections }) => connections)).toEqual([0, 0]);
  });

  it('are listened to, or the test above would prove nothing', async () => {
    const before = listeners[0]!.connections;
    expect(await ask(new SystemResolver(), `https://127.0.0.1:${port}/`, port, { exemptions: [{ host: '127.0.0.1', range: '127.0.0.0/8' }], timeoutMs: 200 })).toEqual({ kind: 'timeout', sent: false });
    expect(listeners[0]!.connections).toBe(before + 1);
  });

  it('are refused when a name leads to them, also beside a public one', async () => {
    const before = listeners.map(({ connections }) => connections);
    for (const answer of [['127.0.0.1'], ['::1'], ['::ffff:127.0.0.1'], ['0.0.0.0'], ['1.1.1.1', '127.0.0.1'], ['127.0.0.1', '1.1.1.1'], ['not an address']]) {
      expect(await ask(new Answers([answer]), `https://peer.test:${port}/`, port)).toEqual({ kind: 'refused', sent: false });
    }
    expect(listeners.map(({ connections }) => connections)).toEqual(before);
  });

  it('are refused outside the range of an exemption, and for every other host', async () => {
    const before = listeners.map(({ connections }) => connections);
    expect(await ask(new Answers([['127.0.0.1']]), `https://peer.test:${port}/`, port, peer('127.0.0.2/32'))).toEqual({ kind: 'refused', sent: false });
    expect(await ask(new Answers([['127.0.0.1']]), `https://other.test:${port}/`, port, peer())).toEqual({ kind: 'refused', sent: false });
    expect(await ask(new Answers([['127.0.0.1', '127.0.0.2']]), `https://peer.test:${port}/`, port, peer())).toEqual({ kind: 'refused', sent: false });
    expect(listeners.map(({ connections }) => connections)).toEqual(before);
  });
});

describe('a request', () => {
  let web: WebServer;
  beforeAll(async () => {
    web = await serveWeb('127.0.0.1', (request, response) => {
      if (request.url === '/long') response.end('x'.repeat(1025));
      else if (request.url === '/limit') response.end('x'.repeat(1024));
      else if (request.url === '/never') response.flushHeaders();
      else if (request.url === '/cut') response.writeHead(200, { 'content-length': '10' }).write('abc', () => response.destroy());
      else if (request.url === '/die') request.socket.destroy();
      else if (request.url === '/drip') setInterval(() => response.write('.'), 20).unref();
      else if (request.url === '/headers') response.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end();
      else response.end('fine');
    });
  });
  afterAll(() => web.close());
  const url = (path: string): string => `http://peer.test:${web.port}${path}`;
  const call = (path: string, over: Partial<EgressRequest> = {}, resolver: Resolver = new Answers([['127.0.0.1']])): ReturnType<typeof ask> => ask(resolver, url(path), web.port, { ...peer(), ...over });

  it('goes out as it was given, with the name in Host', async () => {
    expect(await call('/a%20b?c=d', { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer x' }, body: '{"ü":1}' })).toEqual({ status: 200, body: 'fine' });
    const seen = web.seen.at(-1)!;
    expect(seen).toMatchObject({ method: 'POST', path: '/a%20b?c=d', body: '{"ü":1}' });
    expect(seen.headers).toEqual({
      host: `peer.test:${web.port}`,
      'content-type': 'application/json',
      authorization: 'Bearer x',
      'accept-encoding': 'identity',
      'content-length': '8',
      connection: 'close',
    });
  });

  it('asks for the address once, and connects to that one', async () => {
    const before = web.connections;
    const answers = new Answers([['127.0.0.1'], ['127.0.0.2'], ['10.0.0.1']]);
    expect(await call('/', {}, answers)).toEqual({ status: 200, body: 'fine' });
    expect(answers.asked).toBe(1);
    expect(web.connections).toBe(before + 1);
  });

  it('tries the next address when nobody listens on the first', async () => {
    expect(await call('/', peer('127.0.0.0/8'), new Answers([['127.0.0.9', '127.0.0.1']]))).toEqual({ status: 200, body: 'fine' });
  });

  it.each<[string, object]>([
    ['/long', { kind: 'too_large', sent: true }],
    ['/cut', { kind: 'unreachable', sent: true }],
    ['/die', { kind: 'unreachable', sent: true }],
    ['/headers', { kind: 'unreachable', sent: true }],
    ['/never', { kind: 'timeout', sent: true }],
    ['/drip', { kind: 'timeout', sent: true }],
  ])('comes to nothing at %s', async (path, fault) => {
    expect(await call(path, { timeoutMs: 300 })).toEqual(fault);
  });

  it('reads replies up to their bound', async () => {
    expect(await call('/limit')).toMatchObject({ status: 200, body: 'x'.repeat(1024) });
  });

  it('comes to nothing where a name leads nowhere, within its time', async () => {
    expect(await call('/', {}, unknown)).toEqual({ kind: 'unresolved', sent: false });
    expect(await call('/', {}, new Answers([[]]))).toEqual({ kind: 'unresolved', sent: false });
    const begun = performance.now();
    expect(await call('/', { timeoutMs: 100 }, never)).toEqual({ kind: 'timeout', sent: false });
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it('comes to nothing where nobody listens', async () => {
    const gone = await listenSilently('127.0.0.1');
    await gone.close();
    expect(await ask(new Answers([['127.0.0.1']]), `http://peer.test:${gone.port}/`, gone.port, peer())).toEqual({ kind: 'unreachable', sent: false });
  });

  it.each([
    ['another port', () => url('/').replace(String(web.port), '81'), peer()],
    ['http where it is not allowed', () => url('/'), { ...peer(), allowHttp: false }],
    ['http to a host without exemption', () => url('/'), { allowHttp: true }],
    ['a name with a password', () => url('/').replace('//', '//user:secret@'), peer()],
    ['another scheme', () => 'ftp://peer.test/', { ...peer(), ports: [21] }],
    ['a file', () => 'file:///etc/passwd', peer()],
    ['no address at all', () => 'peer.test', peer()],
    ['nothing', () => '', peer()],
  ])('is refused for %s, without a look-up', async (_, address, over) => {
    const answers = new Answers([['127.0.0.1']]);
    const before = web.connections;
    expect(await ask(answers, address(), web.port, over)).toEqual({ kind: 'refused', sent: false });
    expect(answers.asked).toBe(0);
    expect(web.connections).toBe(before);
  });

  it('follows no redirect', async () => {
    const trap = await listenSilently('127.0.0.1');
    for (const status of [301, 302, 303, 307, 308]) {
      const turnstile = await serveWeb('127.0.0.1', (_, response) => response.writeHead(status, { location: `http://127.0.0.1:${trap.port}/` }).end());
      expect(await ask(new Answers([['127.0.0.1']]), `http://peer.test:${turnstile.port}/`, turnstile.port, { ...peer(), ports: [turnstile.port, trap.port] })).toEqual({ status, body: '' });
      await turnstile.close();
    }
    expect(trap.connections).toBe(0);
    await trap.close();
  });

  it('reaches nobody who cannot prove to be the one', async () => {
    const secure = await serveWeb('127.0.0.1', undefined, makeCertificate(['peer.test']));
    expect(await ask(new Answers([['127.0.0.1']]), `https://peer.test:${secure.port}/`, secure.port, peer())).toEqual({ kind: 'unreachable', sent: false });
    expect(secure.seen).toEqual([]);
    await secure.close();
  });
});

describe('look-ups', () => {
  it('are shared by those who ask for one name, and two at a time', async () => {
    const asked: string[] = [];
    const open: (() => void)[] = [];
    const resolver = new SystemResolver((host) => {
      asked.push(host);
      return new Promise((resolve, reject) => open.push(() => (host === 'b' ? reject(new Error('no')) : resolve([host]))));
    });
    const outcomes = Promise.allSettled(['a', 'a', 'b', 'c', 'd'].map((host) => resolver.resolve(host)));
    expect(asked).toEqual(['a', 'b']);
    while (open.length > 0) {
      open.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(asked).toEqual(['a', 'b', 'c', 'd']);
    void resolver.resolve('a');
    expect(asked).toEqual(['a', 'b', 'c', 'd', 'a']);
  });
});
