import http from 'node:http';
import { startApp, type TestApp } from '../../support/app.js';
import { createDatabase } from '../../support/database.js';
import { cutOff } from './cut-off.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const get = async (path: string): Promise<{ status: number; json: unknown; headers: Headers }> => {
  const response = await fetch(`${app.url}${path}`, { redirect: 'manual' });
  const text = await response.text();
  return { status: response.status, json: text.startsWith('{') ? (JSON.parse(text) as unknown) : text, headers: response.headers };
};

describe('the house', () => {
  it('is ready on a durable database', async () => {
    expect(await get('/readyz')).toMatchObject({ status: 200, json: { status: 'ready' } });
    expect(await get('/livez')).toMatchObject({ status: 200, json: { status: 'ok' } });
  });

  it('leads / to /docs and answers unowned paths as problems', async () => {
    expect((await get('/')).headers.get('location')).toBe('/docs');
    for (const path of ['/nothing.txt', '/metrics', '/health', '/Messages', '/%6eothing']) {
      const answer = await get(path);
      expect(answer).toMatchObject({ status: 404, json: { code: 'route_not_found' } });
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    }
  });

  it('KEY-09 HEAD gets what GET gets, without its body', async () => {
    const [head, full] = [await fetch(`${app.url}/ping`, { method: 'HEAD' }), await fetch(`${app.url}/ping`)];
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(head.headers.get('content-type')).toBe(full.headers.get('content-type'));
    expect((await fetch(`${app.url}/identity/auth`, { method: 'HEAD' })).status).toBe(405);
  });

  it('serves the description from itself alone', async () => {
    const { json } = await get('/docs-json');
    expect((json as { servers: unknown }).servers).toEqual([{ url: '/' }]);
    expect(String((await get('/docs')).json)).not.toMatch(/(?:src|href)=["']https?:/);
  });
});

describe('a database that does not keep what it acknowledges', () => {
  it('is not ready', async () => {
    await app.sql(`ALTER DATABASE ${app.db.name} SET synchronous_commit = off`);
    try {
      // the setting counts for new connections: drop those that are open
      await app.sql('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
      let answer = await get('/readyz');
      for (let tries = 0; tries < 20 && !JSON.stringify(answer.json).includes('synchronous_commit'); tries += 1) {
        await pause(50);
        answer = await get('/readyz');
      }
      expect(answer).toMatchObject({ status: 503, json: { status: 'not_ready', reasons: ['synchronous_commit_off'] } });
      expect((await get('/livez')).status).toBe(200);
    } finally {
      await app.sql(`ALTER DATABASE ${app.db.name} RESET synchronous_commit`);
      await app.sql('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
    }
  });
});

describe('a database that is away', () => {
  it('is 503 with Retry-After in the words of the dialect, and service again afterwards', async () => {
    const db = await createDatabase();
    const way = await cutOff(db.url);
    const own = await startApp({ db: { ...db, url: way.url } });
    try {
      const pair = (await (await fetch(`${own.url}/generate-keypair`)).json()) as { response: { public_key: string } };
      const body = JSON.stringify({ public_key: pair.response.public_key, message: { subject: 's', content: 'c' } });
      const sendOnce = (): Promise<Response> => fetch(`${own.url}/messages`, { method: 'POST', body });
      expect((await sendOnce()).status).toBe(200);

      way.cut();
      for (const answer of await Promise.all(Array.from({ length: 8 }, sendOnce))) {
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
        expect(await answer.json()).toMatchObject({ success: false, messages: [{ level: 'error', code: 'overloaded' }], response: null });
      }
      const readiness = await fetch(`${own.url}/readyz`);
      expect([readiness.status, await readiness.json()]).toEqual([503, { status: 'not_ready', reasons: ['database_away'] }]);
      expect((await fetch(`${own.url}/livez`)).status).toBe(200);

      way.restore();
      expect((await sendOnce()).status).toBe(200);
      expect((await fetch(`${own.url}/readyz`)).status).toBe(200);
      const [row] = await db.sql<{ count: string }>('SELECT count(*) FROM messages');
      expect(row?.count).toBe('2');
    } finally {
      await own.close();
      await way.close();
      await db.drop();
    }
  });
});

describe('hostile requests', () => {
  it('never get a 5xx from a dialect', async () => {
    const bodies = ['[', '{"a":'.repeat(5000), `{"public_key":${'['.repeat(100)}`, '\0', '"', 'null', '1e999', `{"private_key":"${'x'.repeat(100_000)}"}`, '{"message":{"subject":"\\ud800"}}'];
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      for (const path of ['/messages', '/messages/', '/messages/%00', '/messages/receiver/%E0%A4%A', '/identity', '/sign/view', '/ping?x=%', '/generate-keypair/..']) {
        for (const body of bodies) {
          const status = await new Promise<number>((resolve, reject) => {
            const request = http.request(`${app.url}${path}`, { method, headers: { 'Content-Length': Buffer.byteLength(body) } }, (response) => {
              response.resume().on('end', () => resolve(response.statusCode ?? 0));
            });
            request.on('error', reject).end(body);
          });
          expect({ method, path, body: body.slice(0, 30), fine: status < 500 }).toEqual({ method, path, body: body.slice(0, 30), fine: true });
        }
      }
    }
  });
});
