import { BadRequestException, ForbiddenException } from '@nestjs/common';
import { gzipSync } from 'node:zlib';
import http from 'node:http';
import net from 'node:net';
import { DomainError } from '../../../src/kernel/domain-error.js';
import { LIMIT_BYTES, startToy, type Toy, toyConfig } from './toy.js';

let toy: Toy;
beforeAll(async () => {
  toy = await startToy();
});
afterAll(() => toy.close());

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** Sends exactly what it is told, GET bodies included. */
function send(method: string, path: string, options: { headers?: http.OutgoingHttpHeaders; body?: string | Buffer } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = options.body === undefined ? {} : { 'Content-Length': Buffer.byteLength(options.body) };
    const request = http.request(`${toy.url}${path}`, { method, headers: { ...length, ...options.headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        let json: Record<string, unknown> = {};
        try {
          json = JSON.parse(text) as Record<string, unknown>;
        } catch {
          // not every answer is JSON
        }
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
      });
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(options.body);
  });
}

function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port, hostname } = new URL(toy.url);
    const socket = net.connect(Number(port), hostname, () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('the owner of the path words the error', () => {
  it.each([
    ['unknown route', 'GET', '/alpha/nowhere', undefined, 404, 'route_not_found'],
    ['wrong method', 'DELETE', '/alpha/things/1', undefined, 405, 'method_not_allowed'],
    ['malformed JSON', 'POST', '/alpha/things', '{"a":', 400, 'malformed_body'],
    ['no object', 'POST', '/alpha/things', '[]', 400, 'malformed_body'],
    ['malformed percent-encoding', 'GET', '/alpha/things/%E0%A4%A', undefined, 404, 'route_not_found'],
    ['percent-encoding that is no UTF-8', 'GET', '/alpha/things/%FF', undefined, 404, 'route_not_found'],
    ['a body over the limit', 'POST', '/alpha/things', `{"a":"${'x'.repeat(LIMIT_BYTES)}"}`, 413, 'payload_too_large'],
    ['an endless path', 'GET', `/alpha/things/${'x'.repeat(20_000)}`, undefined, 413, 'payload_too_large'],
    ['HEAD where GET is not safe', 'HEAD', '/alpha/address', undefined, 405, undefined],
    ['OPTIONS nobody answers', 'OPTIONS', '/alpha/things/1', undefined, 405, 'method_not_allowed'],
  ])('%s', async (_name, method, path, body, status, code) => {
    const answer = await send(method, path, body === undefined ? {} : { body });
    expect(answer.status).toBe(status);
    expect(answer.headers['x-alpha']).toBe('yes');
    expect(answer.json.alpha).toBe(code);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('names the methods of the path in Allow', async () => {
    expect((await send('DELETE', '/alpha/things/1')).headers.allow).toBe('GET, PUT');
    expect((await send('HEAD', '/alpha/address')).headers.allow).toBe('GET');
  });

  it('lets another dialect answer in its own way', async () => {
    const answer = await send('POST', '/beta/send');
    expect([answer.status, answer.json]).toEqual([200, { code: '103', message: 'method_not_allowed' }]);
  });

  it('answers problem+json with a stable code where nobody owns the path', async () => {
    const answer = await send('GET', '/nobody/here?secret=1');
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json).toEqual({
      type: 'about:blank', title: 'Nothing here', status: 404, code: 'route_not_found', request_id: answer.headers['x-request-id'],
    });
  });

  it('knows letter case: another spelling is nobody\'s', async () => {
    expect((await send('GET', '/Alpha/things/1')).headers['content-type']).toContain('problem+json');
    expect((await send('GET', '/livez')).status).toBe(200);
    expect((await send('GET', '/LIVEZ')).status).toBe(404);
  });

  it('answers 405 with Allow on the house\'s own routes', async () => {
    const answer = await send('POST', '/livez');
    expect([answer.status, answer.headers.allow, answer.json.code]).toEqual([405, 'GET, HEAD', 'method_not_allowed']);
  });

  it('takes a whole address as target like the router does', async () => {
    const answer = await raw('GET http://elsewhere.example/alpha/nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toContain('{"alpha":"route_not_found"}');
  });

  it('survives targets that are no paths', async () => {
    for (const target of ['*', 'http://[', '//', '/%', '/alpha//things', '/alpha/..%2f..', '/\\alpha']) {
      const answer = await raw(`OPTIONS ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
  });
});

describe('everything thrown becomes a refusal', () => {
  it.each<[string, () => unknown, number, string]>([
    ['a DomainError', () => new DomainError('message_not_found'), 400, 'message_not_found'],
    ['a subclass of it', () => new (class extends DomainError {})('too_long'), 400, 'too_long'],
    ['an exception of the framework', () => new ForbiddenException('secret-text'), 400, 'forbidden'],
    ['another one', () => new BadRequestException({ field: 'secret-text' }), 400, 'invalid_input'],
    ['a plain error', () => new Error('secret-text'), 500, 'internal'],
    ['no error at all', () => 'secret-text', 500, 'internal'],
    ['a value the database refused', () => Object.assign(new Error('secret-text'), { driverError: Object.assign(new Error('secret-text'), { code: '22021' }) }), 400, 'invalid_input'],
    ['a database that is away', () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' }), 503, 'overloaded'],
  ])('%s', async (_name, make, status, code) => {
    toy.errors.set('it', make);
    const answer = await send('GET', '/alpha/throw/it');
    expect([answer.status, answer.json]).toEqual([status, { alpha: code }]);
    expect(answer.headers['retry-after']).toBe(code === 'overloaded' ? '1' : undefined);
    expect(toy.text()).not.toContain('secret-text');
  });

  it('passes on how long to wait', async () => {
    toy.errors.set('it', () => new DomainError('rate_limited', { retryAfterSeconds: 6.2 }));
    expect((await send('GET', '/alpha/throw/it')).headers['retry-after']).toBe('7');
  });

  it('cuts the connection where an answer had begun', async () => {
    await expect(send('GET', '/alpha/half')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('bodies', () => {
  it.each(['application/json; charset=utf-8', 'application/x-www-form-urlencoded', 'text/plain', 'nonsense', undefined])(
    'are JSON whatever the content type: %s',
    async (type) => {
      const answer = await send('POST', '/alpha/things', { body: '{"a":"ü\\u0000"}', headers: type === undefined ? {} : { 'Content-Type': type } });
      expect(answer.json).toEqual({ created: { a: 'ü\0' } });
    },
  );

  it('may be missing, and may come with a GET', async () => {
    expect((await send('POST', '/alpha/things')).json).toEqual({ created: {} });
    expect((await send('GET', '/alpha/things/1', { body: '{}' })).json).toEqual({ id: '1' });
  });

  it('may be compressed, within the limit of what comes out', async () => {
    const fine = await send('POST', '/alpha/things', { body: gzipSync('{"a":1}'), headers: { 'Content-Encoding': 'gzip' } });
    expect(fine.json).toEqual({ created: { a: 1 } });
    const bomb = await send('POST', '/alpha/things', { body: gzipSync(`{"a":"${'x'.repeat(5_000_000)}"}`), headers: { 'Content-Encoding': 'gzip' } });
    expect([bomb.status, bomb.json]).toEqual([413, { alpha: 'payload_too_large' }]);
    const broken = await send('POST', '/alpha/things', { body: 'not gzip', headers: { 'Content-Encoding': 'gzip' } });
    expect([broken.status, broken.json]).toEqual([400, { alpha: 'malformed_body' }]);
    const unknown = await send('POST', '/alpha/things', { body: '{}', headers: { 'Content-Encoding': 'rot13' } });
    expect([unknown.status, unknown.json]).toEqual([400, { alpha: 'malformed_body' }]);
  });

  it('in chunks are counted too', async () => {
    const body = 'x'.repeat(3000);
    const answer = await raw(
      `POST /alpha/things HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('that are far too large still get an answer', async () => {
    const answer = await send('POST', '/alpha/things', { body: Buffer.alloc(8_000_000, 0x20) });
    expect([answer.status, answer.json]).toEqual([413, { alpha: 'payload_too_large' }]);
  });

  it('that are far too large get it whole, too, where the connection closes with it', async () => {
    const body = Buffer.alloc(8_000_000, 0x20);
    for (let round = 0; round < 5; round += 1) {
      const { port, hostname } = new URL(toy.url);
      const answer = await new Promise<string>((resolve, reject) => {
        const chunks: string[] = [];
        const socket = net.connect(Number(port), hostname, () => {
          socket.write(`POST /alpha/things HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`);
          socket.write(body);
        });
        // reads only when everything is sent, as simple clients do
        socket.pause().once('drain', () => socket.resume());
        socket.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk)).on('end', () => resolve(chunks.join(''))).on('error', reject);
      });
      expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*payload_too_large"}$/);
    }
  });

  it('that stop half-way do no harm', async () => {
    await new Promise<void>((resolve) => {
      const { port, hostname } = new URL(toy.url);
      const socket = net.connect(Number(port), hostname, () => {
        socket.write('POST /alpha/things HTTP/1.1\r\nHost: x\r\nX-Request-Id: gone\r\nContent-Length: 100\r\n\r\n{"a"');
        setTimeout(() => socket.destroy(), 50);
      });
      socket.on('close', () => resolve());
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const line = toy.lines().find((entry) => entry.request_id === 'gone');
    expect(line).toMatchObject({ level: 'info', status: 499, aborted: true });
    expect((await send('GET', '/alpha/things/1')).status).toBe(200);
  });
});

describe('methods', () => {
  it('HEAD never reaches a handler it should not', async () => {
    const before = toy.reads();
    expect((await send('HEAD', '/alpha/things/1')).status).toBe(200);
    expect(toy.reads()).toBe(before + 1);
    const refused = await send('HEAD', '/beta/send');
    expect([refused.status, refused.headers.allow, refused.text]).toEqual([200, 'GET', '']);
    expect((await send('HEAD', '/beta/nowhere')).headers.allow).toBeUndefined();
    expect((await send('HEAD', '/readyz')).status).toBe(200);
  });

  it('KEY-06 POST may stand for a listed method', async () => {
    const put = { 'X-HTTP-Method-Override': 'put' };
    expect((await send('POST', '/alpha/things/7', { headers: put, body: '{"a":1}' })).json).toEqual({ replaced: '7', body: { a: 1 } });
  });

  it('KEY-06 no other value and no other method is honoured', async () => {
    expect((await send('POST', '/alpha/things/7', { headers: { 'X-HTTP-Method-Override': 'DELETE' } })).status).toBe(405);
    expect((await send('GET', '/alpha/things/7', { headers: { 'X-HTTP-Method-Override': 'PUT' } })).json).toEqual({ id: '7' });
    expect((await send('POST', '/alpha/things/7', { headers: { 'X-HTTP-Method-Override': 'PUT, PUT' } })).status).toBe(405);
    expect((await send('POST', '/beta/send', { headers: { 'X-HTTP-Method-Override': 'GET' } })).json.message).toBe('method_not_allowed');
  });
});

describe('every answer', () => {
  it('carries a request id: the client\'s where it is harmless', async () => {
    expect((await send('GET', '/livez', { headers: { 'X-Request-Id': 'abc.DEF_1-2' } })).headers['x-request-id']).toBe('abc.DEF_1-2');
    for (const given of ['a b', 'x'.repeat(65), '"', '<b>']) {
      const id = (await send('GET', '/livez', { headers: { 'X-Request-Id': given } })).headers['x-request-id'];
      expect(id).toMatch(/^[A-Za-z0-9_-]{16}$/);
    }
    const ids = await Promise.all(Array.from({ length: 20 }, async () => (await send('GET', '/livez')).headers['x-request-id']));
    expect(new Set(ids).size).toBe(20);
  });

  it('carries the security headers and does not name what runs', async () => {
    for (const path of ['/livez', '/alpha/things/1', '/alpha/nowhere', '/nobody']) {
      const { headers } = await send('GET', path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'x-frame-options': 'DENY',
      });
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers.etag).toBeUndefined();
      expect(headers['strict-transport-security']).toBeUndefined();
    }
  });

  it('gets one log line with nothing of the request but its pattern', async () => {
    const secret = 'SECRET4711';
    await send('POST', `/alpha/things/${secret}?key=${secret}`, {
      headers: { 'X-Request-Id': 'line-1', Authorization: secret, 'User-Agent': secret, 'X-HTTP-Method-Override': 'PUT' },
      body: `{"private_key":"${secret}"}`,
    });
    await send('POST', `/alpha/things?key=${secret}`, { headers: { 'X-Request-Id': 'line-2' }, body: `{"private_key":"${secret}` });
    await send('GET', `/${secret}`, { headers: { 'X-Request-Id': 'line-3' } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const lines = toy.lines().filter((line) => String(line.request_id).startsWith('line-'));
    expect(lines).toEqual([
      { level: 'info', time: expect.any(String), request_id: 'line-1', method: 'POST', dialect: 'alpha', route: '/alpha/things/:id', status: 200, ms: expect.any(Number), bytes: expect.any(Number), msg: 'request' },
      { level: 'info', time: expect.any(String), request_id: 'line-2', method: 'POST', dialect: 'alpha', route: '-', status: 400, ms: expect.any(Number), bytes: expect.any(Number), code: 'malformed_body', msg: 'request' },
      { level: 'info', time: expect.any(String), request_id: 'line-3', method: 'GET', dialect: 'house', route: '-', status: 404, ms: expect.any(Number), bytes: expect.any(Number), code: 'route_not_found', msg: 'request' },
    ]);
    expect(lines.every((line) => Number(line.bytes) > 100)).toBe(true);
    expect(toy.text()).not.toContain(secret);
  });

  it('logs an internal error with its places and without its words', async () => {
    toy.errors.set('it', () => new TypeError('bad value: SECRET4712\n    at SECRET4712 (file:///x.js:1:1)', { cause: new Error('SECRET4712') }));
    await send('GET', '/alpha/throw/it', { headers: { 'X-Request-Id': 'boom-1' } });
    const line = toy.lines().find((entry) => entry.request_id === 'boom-1' && entry.level === 'error' && entry.msg === 'request failed');
    expect(line).toMatchObject({ code: 'internal', error: 'TypeError', cause: { error: 'Error' }, route: '/alpha/throw/:name' });
    expect(line?.stack).toEqual(expect.arrayContaining([expect.stringContaining('throwing')]));
    expect(toy.text()).not.toContain('SECRET4712');
  });
});

describe('what never becomes a request', () => {
  it('still gets an answer', async () => {
    expect(await raw('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"invalid_input"/);
    expect(await raw(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 [\s\S]*payload_too_large/);
    expect(await raw('POST /alpha/things HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}')).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('the house', () => {
  it('leads from / to the description', async () => {
    const answer = await send('GET', '/');
    expect([answer.status, answer.headers.location]).toEqual([302, '/docs']);
  });

  it('answers /livez without asking the database', async () => {
    const asked = toy.probe.asked;
    const answer = await send('GET', '/livez');
    expect([answer.status, answer.json, answer.headers['cache-control']]).toEqual([200, { status: 'ok' }, 'no-store']);
    expect(toy.probe.asked).toBe(asked);
  });

  it('answers /readyz by what the store says', async () => {
    expect((await send('GET', '/readyz')).json).toEqual({ status: 'ready' });
    toy.probe.state = async () => ({ ok: false, reasons: ['fsync_off'] });
    const refused = await send('GET', '/readyz');
    expect([refused.status, refused.json, refused.headers['cache-control']]).toEqual([503, { status: 'not_ready', reasons: ['fsync_off'] }, 'no-store']);
    toy.probe.state = async () => {
      throw new Error('SECRET');
    };
    expect((await send('GET', '/readyz')).json).toEqual({ status: 'not_ready', reasons: ['probe_failed'] });
    toy.probe.state = () => new Promise(() => undefined);
    expect((await send('GET', '/readyz')).json).toEqual({ status: 'not_ready', reasons: ['database_slow'] });
  });

  it('asks the store once for many who ask at once', async () => {
    toy.probe.state = () => new Promise((resolve) => setTimeout(() => resolve({ ok: true, reasons: [] }), 100));
    const before = toy.probe.asked;
    const all = await Promise.all(Array.from({ length: 10 }, () => send('GET', '/readyz')));
    expect(all.map((answer) => answer.status)).toEqual(new Array(10).fill(200));
    expect(toy.probe.asked).toBeLessThan(before + 4);
  });
});

describe('the description', () => {
  it('needs nothing from another host and keeps no keys', async () => {
    const page = await send('GET', '/docs');
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    expect(page.text).toContain('./docs/swagger-ui-bundle.js');
    expect(page.text).not.toMatch(/(?:src|href)=["']https?:/);
    expect(page.text).not.toMatch(/<script>/);
    const start = await send('GET', '/docs/swagger-ui-init.js');
    expect(start.text).toContain('"persistAuthorization": false');
    expect(start.text).toContain('/alpha/things/{id}');
    expect((await send('GET', '/docs/swagger-ui-bundle.js')).status).toBe(200);
    expect((await send('GET', '/docs/swagger-ui.css')).headers['content-type']).toContain('text/css');
    expect((await send('HEAD', '/docs')).status).toBe(200);
  });

  it('is there as JSON and YAML, one tag for each dialect', async () => {
    const { json } = await send('GET', '/docs-json');
    expect(json.tags).toEqual([{ name: 'alpha', description: '' }, { name: 'beta', description: '' }, { name: 'house', description: '' }]);
    expect((await send('GET', '/docs-yaml')).text).toContain('openapi: 3.0.0');
  });

  it('is 404 in the house\'s words where there is no such file', async () => {
    const answer = await send('GET', '/docs/nothing.js');
    expect([answer.status, answer.json.code]).toEqual([404, 'route_not_found']);
  });
});

describe('behind a proxy', () => {
  it('believes forwarded addresses only from trusted proxies', async () => {
    const forwarded = { headers: { 'X-Forwarded-For': '203.0.113.9' } };
    expect((await send('GET', '/alpha/address', forwarded)).json).toEqual({ ip: '127.0.0.1' });
    const own = toy;
    toy = await startToy(toyConfig({ TRUSTED_PROXIES: ['loopback'] }, 'https://post.example'));
    try {
      expect((await send('GET', '/alpha/address', forwarded)).json).toEqual({ ip: '203.0.113.9' });
      expect((await send('GET', '/livez')).headers['strict-transport-security']).toBe('max-age=31536000');
    } finally {
      await toy.close();
      toy = own;
    }
  });
});
