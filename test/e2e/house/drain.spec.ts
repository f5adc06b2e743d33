import http from 'node:http';
import { TEST_SECRETS } from '../../support/app.js';
import { makeFolder, type Running, start } from '../../support/cli.js';
import { createDatabase, type TestDatabase } from '../../support/database.js';

const CLIENTS = 64;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let db: TestDatabase;
let folder: ReturnType<typeof makeFolder>;
let server: Running;
beforeEach(async () => {
  db = await createDatabase();
  folder = makeFolder();
});
afterEach(async () => {
  server.child.kill('SIGKILL');
  await server.ended;
  await db.drop();
  folder.remove();
});

async function startServer(): Promise<string> {
  server = start(['serve'], {
    cwd: folder.path,
    env: { ...TEST_SECRETS, NODE_ENV: 'test', DATABASE_URL: db.url, PORT: '0', METRICS_ADDRESS: 'off', RATE_LIMITS: 'off', LOG_LEVEL: 'info' },
  });
  let err = '';
  server.child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  await server.said('listens on');
  return /listens on (http:\S+)/.exec(err)?.[1] ?? '';
}

/**
 * `lost`: it went out on a connection that had carried others before, and no whole answer came back.
 * `not taken up`: it went out on a connection of its own that ended without a byte.
 */
type Outcome = 'answered' | 'refused' | 'not taken up' | 'lost';

function post(url: string, body: string, agent: http.Agent): Promise<{ outcome: Outcome; status: number }> {
  return new Promise((resolve) => {
    const request = http.request(url, { method: 'POST', agent, headers: { 'Content-Length': Buffer.byteLength(body) } }, (response) => {
      response.resume();
      response.on('end', () => resolve({ outcome: 'answered', status: response.statusCode ?? 0 }));
      response.on('error', () => resolve({ outcome: 'lost', status: 0 }));
    });
    request.on('error', ({ code }: NodeJS.ErrnoException) => {
      const unread = request.reusedSocket ? 'lost' : 'not taken up';
      resolve({ outcome: code === 'ECONNREFUSED' ? 'refused' : unread, status: 0 });
    });
    request.end(body);
  });
}

describe('stopping the server', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s under 64 busy kept-alive clients: every accepted request is answered and kept', async (signal) => {
    const url = await startServer();
    const keys = (await (await fetch(`${url}/generate-keypair`)).json()) as { response: { public_key: string } };
    const body = JSON.stringify({ public_key: keys.response.public_key, message: { subject: 's', content: 'c' } });
    const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });
    const count = { answered: 0, refused: 0, 'not taken up': 0, lost: 0 };
    const statuses = new Set<number>();
    const client = async (): Promise<void> => {
      for (;;) {
        const { outcome, status } = await post(`${url}/messages`, body, agent);
        count[outcome] += 1;
        if (outcome !== 'answered') return;
        statuses.add(status);
      }
    };
    const clients = Array.from({ length: CLIENTS }, client);
    await pause(1000);
    const signalledMs = performance.now();
    server.child.kill(signal);
    const ended = await server.ended;
    const tookMs = performance.now() - signalledMs;
    await Promise.all(clients);
    agent.destroy();

    expect(ended.code).toBe(0);
    expect(tookMs).toBeLessThan(10_000);
    expect([...statuses]).toEqual([200]);
    expect(count.answered).toBeGreaterThan(CLIENTS);
    expect(count.lost).toBe(0);
    // A listener that closes resets the connections that the system has set up and not handed over yet; no program can
    // avoid it. Nothing that came in on them was read: neither a row nor a line below tells of it.
    expect(count.refused + count['not taken up']).toBe(CLIENTS);
    const [row] = await db.sql<{ count: string }>('SELECT count(*) FROM messages');
    expect(Number(row?.count)).toBe(count.answered);
    // the lines of the last requests are not lost either; one more is that of the key pair
    const lines = ended.out.split('\n').filter((line) => line.includes('"msg":"request"'));
    expect(lines).toHaveLength(count.answered + 1);
  });
});
