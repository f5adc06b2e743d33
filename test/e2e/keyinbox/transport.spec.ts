import { codeOf, newPerson, type Person, send } from '../../support/clients/keyinbox.js';
import { startApp, type TestApp } from '../../support/app.js';

let app: TestApp;
let ada: Person;
let ben: Person;
beforeAll(async () => {
  app = await startApp();
  [ada, ben] = [await newPerson(app.url), await newPerson(app.url)];
});
afterAll(() => app.close());

const call = (method: string, path: string, body?: string | Buffer | object, headers?: Record<string, string>) =>
  send(app.url, { method, path, ...(body === undefined ? {} : { body }), ...(headers === undefined ? {} : { headers }) });
const listBody = () => JSON.stringify({ private_key: ben.privateKey, pagination_data: { skip: 0, take: 5 } });

describe('where and how', () => {
  test('KEY-01 KEY-02 every route is at the root and takes a slash at its end', async () => {
    const { body } = await ada.sends(ben, 'for the slashes');
    const { id } = body.response;
    expect((await call('GET', '/ping/')).status).toBe(200);
    expect((await call('GET', '/generate-keypair/')).status).toBe(200);
    expect((await call('GET', '/identity/generate-keypair/')).status).toBe(200);
    expect((await call('GET', '/messages/', listBody())).status).toBe(200);
    expect((await ben.asks('GET', `/messages/receiver/${id}/`)).status).toBe(200);
    expect((await ada.asks('GET', `/messages/sender/${id}/`, { public_key: ben.publicKey })).status).toBe(200);
    expect((await ben.asks('GET', `/messages/${id}/`)).status).toBe(200);
    expect((await ada.asks('PUT', `/messages/${id}/`, { public_key: ben.publicKey, message: { subject: 'a', content: 'b' } })).status).toBe(200);
    expect((await ada.asks('POST', '/messages/', { public_key: ben.publicKey, message: { subject: 'a', content: 'b' } })).status).toBe(200);
    expect((await ben.asks('DELETE', `/messages/receiver/${id}/`)).status).toBe(200);
    expect((await ada.asks('POST', '/identity/auth/')).status).toBe(200);
    expect((await ada.asks('POST', '/identity/', { public: {} })).status).toBe(200);
    expect((await ada.asks('DELETE', '/identity/')).status).toBe(200);
  });

  test.each([
    ['application/json', { 'Content-Type': 'application/json; charset=utf-8' }],
    ['a form, as curl -d says', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['plain text', { 'Content-Type': 'text/plain' }],
    ['something else', { 'Content-Type': 'multipart/form-data; boundary=x' }],
    ['nothing', {}],
  ])('KEY-03 the body is JSON when the content type says %s', async (_type, headers) => {
    const message = { subject: 'S', content: 'C' };
    expect((await call('GET', '/messages', listBody(), headers)).status).toBe(200);
    const sent = await call('POST', '/messages', { private_key: ada.privateKey, public_key: ben.publicKey, message }, headers);
    expect(sent.status).toBe(200);
    const { id } = sent.body.response;
    expect((await call('PUT', `/messages/${id}`, { private_key: ada.privateKey, public_key: ben.publicKey, message }, headers)).status).toBe(200);
    expect((await call('DELETE', `/messages/receiver/${id}`, { private_key: ben.privateKey }, headers)).status).toBe(200);
  });

  test('KEY-03 a body in pieces, without a length, is read too', async () => {
    expect((await call('GET', '/messages', listBody(), { 'Transfer-Encoding': 'chunked' })).status).toBe(200);
  });

  test('KEY-04 KEY-05 an empty object, an empty body and no body are the same', async () => {
    for (const path of ['/ping', '/generate-keypair']) {
      for (const body of ['{}', '', undefined]) expect((await call('GET', path, body)).status).toBe(200);
    }
    for (const body of ['{}', '', undefined]) {
      const answer = await call('POST', '/messages', body);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'missing_parameter']);
    }
  });

  test.each(['null', '[]', '[{}]', '"text"', '7', 'true', '{', '{"a":1}}', "{'a':1}", '{"a":NaN}'])('KEY-05 not a JSON object: %p', async (body) => {
    for (const [method, path] of [['GET', '/messages'], ['GET', '/ping'], ['POST', '/messages'], ['DELETE', '/identity']] as const) {
      const answer = await call(method, path, body);
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ success: false, messages: [{ level: 'error', code: 'invalid_json', message: 'Invalid JSON data received' }], response: null });
    }
  });

  test('KEY-05 names that could reach a prototype are ignored', async () => {
    const body = `{"__proto__":{"private_key":"${ada.privateKey}","polluted":1},"constructor":{"prototype":{"polluted":1}},"public_key":"${ben.publicKey}","message":{"subject":"s","content":"c","__proto__":{"x":1}}}`;
    const answer = await call('POST', '/messages', body);
    expect(answer.status).toBe(200);
    expect(answer.body.response.pair.from).toBeNull();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('clients without a body', () => {
  test('KEY-06 the private key from a header: Authorization or X-SLS-Private-Key', async () => {
    for (const headers of [{ Authorization: `PrivateKey ${ben.privateKey}` }, { 'X-SLS-Private-Key': ben.privateKey }]) {
      const answer = await call('GET', '/messages?skip=0&take=1', undefined, headers);
      expect(answer.status).toBe(200);
      expect(answer.body.response.pagination_data.query).toBe(1);
    }
  });

  test('KEY-06 a private key in the query is ignored', async () => {
    const answer = await call('GET', `/messages?private_key=${ben.privateKey}&skip=0&take=1`);
    expect([answer.status, answer.body.messages[0].message]).toEqual([400, 'Missing request parameter: private_key']);
  });

  test('KEY-06 the public key from the header X-SLS-Public-Key or the query', async () => {
    await ada.asks('POST', '/identity', { public: { name: 'Ada' } });
    for (const [path, headers] of [['/identity', { 'X-SLS-Public-Key': ada.publicKey }], [`/identity?public_key=${ada.publicKey}`, {}]] as const) {
      expect((await call('GET', path, undefined, headers as Record<string, string>)).body.response.name).toBe('Ada');
    }
  });

  test('KEY-06 body before header, field by field', async () => {
    const answer = await call('GET', '/messages?take=1&skip=50', { private_key: ben.privateKey, pagination_data: { skip: 0 } }, { 'X-SLS-Private-Key': 'wrong' });
    expect([answer.status, answer.body.response.pagination_data.query]).toEqual([200, 1]);
  });

  test('KEY-06 POST stands for GET, PUT and DELETE when the header says so, and for nothing else', async () => {
    const override = (method: string) => ({ 'X-HTTP-Method-Override': method });
    const { id } = (await ada.sends(ben, 'first')).body.response;
    expect((await ben.asks('POST', `/messages/receiver/${id}`, {}, override('GET'))).body.response.message.content).toBe('first');
    const edit = { public_key: ben.publicKey, message: { subject: 's', content: 'second' } };
    expect((await ada.asks('POST', `/messages/${id}`, edit, override('PUT'))).status).toBe(200);
    for (const method of ['PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'nonsense', '']) {
      expect((await ben.asks('POST', `/messages/receiver/${id}`, {}, override(method))).status).toBe(405);
    }
    expect((await ben.asks('GET', `/messages/receiver/${id}`, {}, override('DELETE'))).body.response.message.content).toBe('second');
    expect((await ben.asks('POST', `/messages/receiver/${id}`, {}, override('DELETE'))).status).toBe(200);
    expect(codeOf(await ben.reads(id))).toBe('message_not_found');
  });

  test('KEY-81 bare requests with a length on GET, and fetch on DELETE, arrive with their bodies', async () => {
    const { id } = (await ada.sends(ben, 'to be deleted')).body.response;
    expect((await ben.reads(id)).body.response.message.content).toBe('to be deleted');
    const response = await fetch(`${app.url}/messages/receiver/${id}`, { method: 'DELETE', body: JSON.stringify({ private_key: ben.privateKey }) });
    expect(response.status).toBe(200);
  });
});

describe('answers', () => {
  test('KEY-07 an id of anything but letters and digits is an unknown route', async () => {
    for (const id of ['0x-1', 'a.b', '%41bc', 'a%20b', '%C3%A4', "'", 'a,b', '~']) {
      const answer = await ben.asks('GET', `/messages/receiver/${id}`);
      expect([answer.status, codeOf(answer)]).toEqual([404, 'not_found']);
    }
    expect(codeOf(await ben.reads('0xSIDunknown'))).toBe('message_not_found');
  });

  test('KEY-08 nothing may be kept: no-store, no ETag, on success and on failure', async () => {
    const answers = [
      await call('GET', '/ping'), await ben.lists(), await ben.lists(0, -1), await call('GET', '/messages', '{'),
      await call('GET', '/messages/a/b/c'), await call('PATCH', '/messages'), await call('GET', '/messages/%E0%A4%A'), await call('OPTIONS', '/messages'),
    ];
    for (const { headers } of answers) {
      expect(headers['cache-control']).toBe('no-store');
      expect(headers.etag).toBeUndefined();
    }
    expect(String((await ben.lists()).headers.vary)).toContain('X-SLS-Private-Key');
  });

  test('KEY-09 unknown routes are 404, wrong methods 405 with Allow, both in the envelope', async () => {
    for (const path of ['/messages/a/b', '/ping/x', '/identity/other', '/sign/a/b', '/messages/receiver/a/b']) {
      const answer = await call('GET', path, '{');
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({ success: false, response: null, messages: [{ level: 'error', code: 'not_found' }] });
    }
    const wrong: [string, string, string][] = [
      ['DELETE', '/messages', 'GET, HEAD, POST'],
      ['POST', '/ping', 'GET, HEAD'],
      ['PUT', '/identity', 'GET, HEAD, POST, DELETE'],
      ['PATCH', '/messages/abc', 'GET, HEAD, PUT, DELETE'],
      ['POST', '/messages/receiver/abc', 'GET, HEAD, DELETE'],
      ['GET', '/identity/auth', 'POST'],
    ];
    for (const [method, path, allow] of wrong) {
      const answer = await call(method, path, '{}');
      expect([answer.status, answer.headers.allow, codeOf(answer)]).toEqual([405, allow, 'method_not_allowed']);
      expect(answer.body).toMatchObject({ success: false, response: null });
    }
    expect((await call('GET', '/Messages', listBody())).status).toBe(404);
  });

  test('KEY-09 every answer is JSON in UTF-8', async () => {
    for (const answer of [await call('GET', '/ping'), await ben.lists(), await ben.lists(0, -1), await call('GET', '/messages', '{'), await call('GET', '/ping/x')]) {
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    }
  });

  test('KEY-09 HEAD answers without a body and changes nothing', async () => {
    const answer = await call('HEAD', '/ping');
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect((await call('HEAD', '/identity/auth')).status).toBe(405);
  });

  test('KEY-10 no CORS header unless it is switched on', async () => {
    const headers = { Origin: 'https://chat.example', 'Access-Control-Request-Method': 'GET' };
    for (const answer of [await call('GET', '/ping', undefined, headers), await call('OPTIONS', '/messages', undefined, headers)]) {
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('KEY-12 success, messages and response in every answer, failures with null', async () => {
    const good = await call('GET', '/ping');
    expect(good.body).toMatchObject({ success: true, messages: [], response: { sls_server_version: expect.any(String) } });
    const bad = await call('GET', '/messages');
    expect(bad.body).toEqual({ success: false, messages: [{ level: 'error', code: 'missing_parameter', message: expect.any(String) }], response: null });
  });

  test('KEY-13 too large a body is 413 in the envelope, up to the transport limit it is not', async () => {
    const limit = 6 * 1_048_576 + 65_536;
    const start = '{"public_key":"';
    const fill = (bytes: number) => `${start}${'x'.repeat(bytes - start.length - 2)}"}`;
    const over = await call('POST', '/messages', fill(limit + 1));
    expect([over.status, codeOf(over), over.body.response]).toEqual([413, 'payload_too_large', null]);
    const at = await call('POST', '/messages', fill(limit));
    expect([at.status, codeOf(at)]).toEqual([400, 'missing_parameter']);
  });

  test('KEY-14 the last element of the path is what is missing', async () => {
    const answer = await ada.asks('POST', '/messages', { public_key: ben.publicKey, message: { content: 'c' } });
    expect([answer.status, answer.body.messages[0].message]).toEqual([400, 'Missing request parameter: subject']);
  });

  test.each([
    ['an object as public key', { public_key: { a: 1 }, message: { subject: 's', content: 'c' } }, 'public_key'],
    ['a list as private key', { public_key: 'KEY', private_key: ['x'], message: { subject: 's', content: 'c' } }, 'private_key'],
    ['a number as subject', { public_key: 'KEY', message: { subject: 7, content: 'c' } }, 'subject'],
    ['an object as content', { public_key: 'KEY', message: { subject: 's', content: {} } }, 'content'],
    ['a text as message', { public_key: 'KEY', message: 'hello' }, 'message'],
  ])('KEY-15 %s', async (_what, body, name) => {
    const given = 'public_key' in body && body.public_key === 'KEY' ? { ...body, public_key: ben.publicKey } : body;
    const answer = await call('POST', '/messages', given);
    expect([answer.status, answer.body.messages[0].message]).toEqual([400, `Invalid request parameter: ${name}`]);
  });

  test('KEY-82 whatever fails on these paths fails in the envelope', async () => {
    const deep = `${'['.repeat(3000)}${']'.repeat(3000)}`;
    const answers = [
      await call('POST', '/messages', `{"a":${deep}}`), await call('POST', '/messages', '{"public_key":"\\ud800"}'),
      await call('GET', '/messages/%'), await call('POST', '/messages', Buffer.from([0x7b, 0xff, 0x7d])),
      await call('POST', '/messages', Buffer.from('garbage'), { 'Content-Encoding': 'gzip' }),
    ];
    for (const answer of answers) {
      expect([400, 404]).toContain(answer.status);
      expect(answer.body).toMatchObject({ success: false, response: null, messages: [{ level: 'error' }] });
    }
  });
});

describe('documentation', () => {
  test('KEY-80 GET and DELETE describe their body in words and its stand-ins as parameters', async () => {
    const document = (await call('GET', '/docs-json')).body;
    const operation = (method: string, path: string) => document.paths[path][method];
    const names = (method: string, path: string) => operation(method, path).parameters.map((parameter: { name: string }) => parameter.name);
    expect(names('get', '/messages').sort()).toEqual(['X-SLS-Private-Key', 'folder', 'skip', 'take']);
    expect(operation('get', '/messages').requestBody).toBeUndefined();
    expect(operation('get', '/messages').description).toContain('pagination_data');
    expect(names('get', '/messages/sender/{id}').sort()).toEqual(['X-SLS-Private-Key', 'id', 'public_key']);
    expect(names('delete', '/messages/receiver/{id}').sort()).toEqual(['X-SLS-Private-Key', 'id']);
    expect(names('post', '/messages')).toContain('X-SLS-Private-Key');
    expect(operation('post', '/messages').requestBody.content['application/json'].schema.$ref).toContain('SendMessage');
    expect(JSON.stringify(document)).not.toMatch(/0xSPV[A-Za-z0-9_-]{20}/);
  });
});
