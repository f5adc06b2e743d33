import { request as httpRequest } from 'node:http';
import pg from 'pg';
import { startApp, type TestApp } from '../../support/app.js';
import { ask, faultsOf, newPerson, type Person } from './people.js';

const ORIGIN = 'https://community.example';
const STATUSES = '/api/v2/user/connection/statuses/';

let app: TestApp;
let ada: Person;
beforeAll(async () => {
  app = await startApp({ env: { PM_CORS_ORIGINS: ORIGIN } });
  ada = await newPerson(app);
});
afterAll(() => app.close());

/** Without the headers that fetch adds by itself. */
function raw(method: string, path: string, headers: Record<string, string>, body = ''): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(app.url + path, { method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

describe('paths', () => {
  test('PM-01 with and without the slash at the end, and never a redirect', async () => {
    for (const path of ['/api/v2/user/me', '/api/v2/user/me/']) expect((await ada.asks('GET', path)).status).toBe(200);
    for (const path of [STATUSES, STATUSES.slice(0, -1)]) expect((await ada.asks('POST', path, { users: [1] })).status).toBe(200);
  });

  test('PM-02 /api/v2.0/ is another dialect, and neither answers for the other', async () => {
    const ours = await ask(app, { path: '/api/v2/nothing/' });
    expect([ours.status, faultsOf(ours)]).toEqual([404, ['not_found']]);
    const theirs = await ask(app, { path: '/api/v2.0/nothing/' });
    expect(theirs.body.errors).toBeUndefined();
    expect(theirs.text).toContain('Invalid Method');
  });

  test('PM-07 a wrong method on a known path is 405 and says which there are', async () => {
    const answer = await ada.asks('PUT', '/api/v2/user/me/');
    expect([answer.status, faultsOf(answer), answer.headers.get('allow')]).toEqual([405, ['method_not_allowed'], 'GET, HEAD']);
    expect((await ada.asks('PUT', '/api/v2/nothing/')).status).toBe(404);
  });

  test('PM-07 PM-03 who takes no JSON gets 406; everybody else JSON', async () => {
    for (const Accept of ['text/html', 'image/*', 'application/json;q=0']) {
      const answer = await ada.asks('GET', '/api/v2/user/me/', undefined, { Accept });
      expect([Accept, answer.status, faultsOf(answer)]).toEqual([Accept, 406, ['not_acceptable']]);
    }
    for (const Accept of ['*/*', 'application/*', 'text/html, */*;q=0.1', 'application/json']) {
      const answer = await ada.asks('GET', '/api/v2/user/me/', undefined, { Accept });
      expect([Accept, answer.status]).toEqual([Accept, 200]);
      expect(answer.headers.get('content-type')).toContain('json');
    }
    expect((await raw('GET', '/api/v2/feature/', {})).status).toBe(200);
  });
});

describe('bodies', () => {
  test('PM-06 JSON is read whatever the content type says', async () => {
    const body = JSON.stringify({ users: [1] });
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream', 'nonsense']) {
      const answer = await raw('POST', STATUSES, { 'Content-Type': type, 'Content-Length': String(body.length), Authorization: `Bearer ${ada.token}` }, body);
      expect([type, answer.status]).toEqual([type, 200]);
    }
    expect((await raw('POST', STATUSES, { 'Content-Length': String(body.length), Authorization: `Bearer ${ada.token}` }, body)).status).toBe(200);
  });

  test.each(['[1]', '5', '"x"', 'null', 'users=1&', '{"users":[1]', '{"users":[1e400]}', '\u0000', '{"users":["\\ud800"]}'])('PM-07 %j is refused as a body', async (body) => {
    const answer = await ada.asks('POST', STATUSES, body, { 'Content-Type': 'application/json' });
    expect([answer.status, faultsOf(answer)]).toEqual([400, ['parse_error']]);
  });

  test('PM-07 a form is no JSON, and is refused where only JSON is taken', async () => {
    for (const path of ['/api/v2/pm/', STATUSES, '/api/v2/notification/read/', '/api/v2/jwt/verify_token/']) {
      const answer = await ada.asks('POST', path, new URLSearchParams({ recipients: '1', message: 'x', users: '1', sids: '1', token: 'x' }));
      expect([path, answer.status, faultsOf(answer)]).toEqual([path, 400, ['parse_error']]);
    }
  });

  test('PM-10 PM-17 too deep, too wide and too large are refused and never fail', async () => {
    const deep = await ada.asks('POST', STATUSES, `{"users":${'['.repeat(5000)}${']'.repeat(5000)}}`);
    expect(deep.status).toBe(400);
    const large = await ada.asks('POST', STATUSES, `{"users":[${'1,'.repeat(400_000)}1]}`);
    expect([large.status, faultsOf(large)]).toEqual([413, ['too_large']]);
  });

  test('PM-10 members that could reach a prototype do nothing', async () => {
    const answer = await ada.asks('POST', STATUSES, '{"__proto__":{"users":[1]},"constructor":{"prototype":{"users":[1]}}}');
    expect(faultsOf(answer)).toEqual(['users: required']);
    expect(({} as { users?: unknown }).users).toBeUndefined();
  });
});

describe('time', () => {
  test('PM-08 a database that hangs is told of before a client gives up', async () => {
    const holder = new pg.Client({ connectionString: app.db.url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE users IN ACCESS EXCLUSIVE MODE');
    const startMs = performance.now();
    const answer = await ada.asks('GET', '/api/v2/user/me/');
    await holder.query('ROLLBACK');
    await holder.end();
    expect([answer.status, faultsOf(answer)]).toEqual([503, ['unavailable']]);
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ada.asks('GET', '/api/v2/user/me/')).status).toBe(200);
  }, 20_000);
});

describe('browsers', () => {
  const preflight = (origin: string, path = '/api/v2/pm/') =>
    ask(app, { method: 'OPTIONS', path, headers: { Origin: origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,content-range' } });

  test('PM-09 preflights of listed origins need no token and let everything through that clients send', async () => {
    for (const path of ['/api/v2/pm/', '/api/v2/pm/upload/', '/api/v2/pm/file/abc/x.png']) {
      const { status, headers, text } = await preflight(ORIGIN, path);
      expect([status, text, headers.get('access-control-allow-origin')]).toEqual([204, '', ORIGIN]);
      for (const name of ['Authorization', 'Content-Type', 'Content-Range']) expect(headers.get('access-control-allow-headers')).toContain(name);
      for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) expect(headers.get('access-control-allow-methods')).toContain(method);
    }
  });

  test('PM-09 answers and refusals of listed origins can be read, others cannot', async () => {
    const read = async (origin: string, token: string | null) =>
      (await ask(app, { path: '/api/v2/user/me/', token, headers: { Origin: origin } })).headers.get('access-control-allow-origin');
    expect([await read(ORIGIN, ada.token), await read(ORIGIN, null)]).toEqual([ORIGIN, ORIGIN]);
    expect([await read('https://evil.example', ada.token), await read('null', ada.token)]).toEqual([null, null]);
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    const { headers } = await ada.asks('GET', '/api/v2/user/me/', undefined, { Origin: ORIGIN });
    expect([headers.get('vary'), headers.get('cache-control'), headers.get('access-control-allow-credentials')]).toEqual(['Authorization, Origin', 'no-store', null]);
  });

  test('PM-09 a star lets every origin in', async () => {
    const open = await startApp({ db: app.db, env: { PM_CORS_ORIGINS: '*' } });
    const { headers } = await ask(open, { path: '/api/v2/feature/', headers: { Origin: 'https://any.example' } });
    await open.close();
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });
});
