import http from 'node:http';
import net from 'node:net';
import { drain, Drain } from '../../../src/http/drain.js';
import { startToy, type Toy } from './toy.js';

type Outcome = 'answered' | 'refused' | 'lost';

/** One request over an agent; `lost` when it was sent on a connection and got no answer. */
function ask(url: string, agent?: http.Agent): Promise<{ outcome: Outcome; status?: number; connection?: string; bytes: number }> {
  return new Promise((resolve) => {
    let bytes = 0;
    const request = http.get(url, agent ? { agent } : {}, (response) => {
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => resolve({ outcome: 'answered', status: response.statusCode ?? 0, connection: response.headers.connection ?? '', bytes }));
      response.on('error', () => resolve({ outcome: 'lost', bytes }));
    });
    request.on('error', (error: NodeJS.ErrnoException) => resolve({ outcome: error.code === 'ECONNREFUSED' ? 'refused' : 'lost', bytes }));
  });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('drain', () => {
  let toy: Toy;
  beforeEach(async () => {
    toy = await startToy();
  });

  it('answers every accepted request of 64 busy kept-alive clients and ends quickly', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
    let answered = 0;
    const outcomes = { refused: 0, lost: 0 };
    const client = async (): Promise<void> => {
      for (;;) {
        const { outcome, status } = await ask(`${toy.url}/alpha/wait/20`, agent);
        if (outcome !== 'answered') {
          outcomes[outcome] += 1;
          return;
        }
        expect(status).toBe(200);
        answered += 1;
      }
    };
    const clients = Array.from({ length: 64 }, client);
    while (answered < 200) await pause(10);
    const before = answered;
    const startedMs = performance.now();
    await drain(toy.app);
    expect(performance.now() - startedMs).toBeLessThan(3000);
    await Promise.all(clients);
    agent.destroy();
    expect(answered).toBeGreaterThanOrEqual(before + 64);
    expect(outcomes).toEqual({ refused: 64, lost: 0 });
  });

  it('takes up the connections that the system holds for it, with their requests', async () => {
    const sockets = Array.from({ length: 40 }, () => net.connect(Number(new URL(toy.url).port), '127.0.0.1'));
    const answers = sockets.map(async (socket) => {
      socket.write('GET /alpha/things/1 HTTP/1.1\r\nHost: x\r\n\r\n');
      const chunks: string[] = [];
      for await (const chunk of socket.setEncoding('utf8')) chunks.push(chunk as string);
      return chunks.join('').slice(0, 12);
    });
    await new Promise((resolve) => setImmediate(resolve));
    await drain(toy.app);
    expect(await Promise.all(answers)).toEqual(Array(40).fill('HTTP/1.1 200'));
  });

  it('says Connection: close, also on what was in flight, and serves what still arrives', async () => {
    const agent = new http.Agent({ keepAlive: true });
    const inFlight = ask(`${toy.url}/alpha/wait/150`);
    expect((await ask(`${toy.url}/alpha/things/1`, agent)).connection).toBe('keep-alive');
    const done = drain(toy.app);
    while (!toy.app.get(Drain).started) await pause(1);
    const late = ask(`${toy.url}/readyz`, agent);
    expect(await late).toMatchObject({ outcome: 'answered', status: 503, connection: 'close' });
    expect(await inFlight).toMatchObject({ outcome: 'answered', status: 200, connection: 'close' });
    await done;
    agent.destroy();
    expect((await ask(toy.url)).outcome).toBe('refused');
  });

  it('lets a big answer to a slow reader out whole', async () => {
    const { port, hostname } = new URL(toy.url);
    let bytes = 0;
    const received = new Promise<void>((resolve) => {
      const socket = net.connect(Number(port), hostname, () => socket.write('GET /alpha/big HTTP/1.1\r\nHost: x\r\n\r\n'));
      socket.pause();
      setTimeout(() => socket.resume(), 600);
      socket.on('data', (chunk) => (bytes += chunk.length));
      socket.on('close', () => resolve());
    });
    await pause(100);
    await drain(toy.app);
    await received;
    expect(bytes).toBeGreaterThan(4_000_000);
  });

  /** Sends a request over a connection of its own. @returns what came back until it was closed */
  async function exchange(prepare: (socket: net.Socket) => Promise<void>): Promise<string> {
    const socket = net.connect(Number(new URL(toy.url).port), '127.0.0.1').setEncoding('utf8');
    let text = '';
    const over = new Promise<void>((resolve) => socket.on('data', (chunk: string) => (text += chunk)).on('error', () => resolve()).on('close', () => resolve()));
    await prepare(socket);
    await over;
    return text;
  }
  const REQUEST = 'GET /alpha/things/1 HTTP/1.1\r\nHost: x\r\n\r\n';

  it('answers clients that take their time: a second request some time after the first answer, a first one on a new connection', async () => {
    const again = Array.from({ length: 20 }, (_, index) =>
      exchange(async (socket) => {
        socket.write(REQUEST);
        await pause(150);
        setTimeout(() => socket.write(REQUEST), 20 + index * 30);
      }),
    );
    const fresh = Array.from({ length: 10 }, (_, index) =>
      exchange(async (socket) => {
        await pause(150);
        setTimeout(() => socket.write(REQUEST), 20 + index * 60);
      }),
    );
    await pause(150);
    await drain(toy.app);
    for (const text of await Promise.all(again)) expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    for (const text of await Promise.all(fresh)) expect(text).toMatch(/^HTTP\/1\.1 200 .*\r\nConnection: close\r\n/s);
  });

  it('waits for a request that comes in piece by piece', async () => {
    const text = exchange(async (socket) => {
      await pause(20);
      for (const [index, piece] of [...REQUEST.match(/.{1,8}/gs)!].entries()) setTimeout(() => socket.write(piece), index * 250);
    });
    await pause(50);
    await drain(toy.app);
    expect(await text).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('cuts connections that wait for nothing, and tells endless writers to end', async () => {
    const { port, hostname } = new URL(toy.url);
    const idle = net.connect(Number(port), hostname);
    const closed = new Promise<void>((resolve) => idle.on('close', () => resolve()));
    await pause(1_100);
    const told = new Promise<void>((resolve) => toy.app.get(Drain).signal.addEventListener('abort', () => resolve()));
    const startedMs = performance.now();
    await drain(toy.app);
    await Promise.all([closed, told]);
    // one that was idle for a second before is not waited for
    expect(performance.now() - startedMs).toBeLessThan(900);
  });

  it('gives up after its bound', async () => {
    const { port, hostname } = new URL(toy.url);
    const socket = net.connect(Number(port), hostname, () => socket.write('POST /alpha/things HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{'));
    socket.on('error', () => undefined);
    await pause(100);
    const startedMs = performance.now();
    await drain(toy.app);
    const tookMs = performance.now() - startedMs;
    expect(tookMs).toBeGreaterThan(7_500);
    expect(tookMs).toBeLessThan(9_500);
  });
});
