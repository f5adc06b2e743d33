import { request as httpRequest } from 'node:http';
import { startApp, type TestApp } from '../../support/app.js';
import { ADMIN, call, TestCell } from '../../support/clients/cell.js';

let app: TestApp;
let ada: TestCell;
let ben: TestCell;
beforeAll(async () => {
  app = await startApp();
  [ada, ben] = [await TestCell.make(app), await TestCell.make(app)];
});
afterAll(() => app.close());

const message = (more: object = {}) => ({ To: ben.url, Type: 'message', Title: 'Lunch', Body: 'Noon?', ...more });

/** A request with headers as they are given, several of one name among them. */
function raw(method: string, path: string, headers: readonly (readonly [string, string])[], body = ''): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(app.url, { method, path }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }));
    });
    const byName = new Map<string, string[]>();
    for (const [name, value] of headers) byName.set(name, [...(byName.get(name) ?? []), value]);
    for (const [name, values] of byName) outgoing.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
    outgoing.on('error', reject).end(body);
  });
}

describe('bodies and answers', () => {
  it.each([[undefined], ['text/plain'], ['application/x-www-form-urlencoded; charset=UTF-8'], ['application/json'], ['nonsense']])('CELL-01 a body is JSON, whatever it is called: %s', async (type) => {
    expect((await ada.send(message(), { headers: type === undefined ? {} : { 'content-type': type } })).status).toBe(201);
  });

  it.each(['', '$format=json', '$format=atom', '$format=XML'])('CELL-02 an answer is JSON, whatever is asked for: %s', async (query) => {
    for (const accept of ['application/atom+xml', 'text/html', '*/*', '']) {
      const answer = await ada.call(`__ctl/Account?${query}`, { headers: accept === '' ? {} : { accept } });
      expect([answer.status, answer.headers.get('content-type'), answer.body.d.results]).toEqual([200, 'application/json', []]);
    }
  });

  it('CELL-02 a form nobody knows is refused', async () => {
    for (const path of ['__ctl/Account?$format=yaml', '__ctl/ReceivedMessage?$format=', '__ctl/Box?$format=json2']) {
      const { status, body } = await ada.call(path);
      expect([status, body.code]).toEqual([400, 'PR400-OD-0005']);
    }
  });

  it('CELL-04 a message may have two mebibytes, and not much more', async () => {
    const filler = JSON.stringify(message({ Body: 'x'.repeat(65_536) }));
    expect((await ada.send(filler.padEnd(2 * 1024 * 1024, ' '))).status).toBe(201);
    const large = await ada.send(filler.padEnd(4 * 1024 * 1024 + 1, ' '));
    expect([large.status, large.body.code]).toEqual([413, 'PR413-MC-0001']);
    const other = await ada.call('__ctl/Role', { method: 'POST', body: '{"Name":"x"}'.padEnd(256 * 1024 + 1, ' ') });
    expect([other.status, other.body.code]).toEqual([413, 'PR413-MC-0001']);
  });

  it('CELL-09 an error says code and message, and nothing of the server', async () => {
    const { status, body, text, headers } = await ada.send(message({ To: 'x' }));
    expect([status, body]).toEqual([400, { code: 'PR400-OD-0006', message: { lang: 'en', value: 'request body format error. field [To]' } }]);
    expect(text).not.toMatch(/\.[jt]s\b|node:|\n/);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    for (const body of ['', '{', '[]', '"x"', 'null', '\ufeff', '{"a":"\\ud800"}', '['.repeat(200)]) {
      const broken = await ada.call('__ctl/Role', { method: 'POST', body: body === '' ? undefined : body });
      expect([broken.status, broken.body.code]).toEqual([400, 'PR400-OD-0001']);
    }
  });

  it('CELL-10 control characters come back as they were, written as \\u00XX', async () => {
    const title = 'ti\u0000t\u0001l\te\u001f\u007f';
    const sent = await ada.send(message({ Title: title, Body: 'a\u0000b\nc\rd\u007f"\\n/' }));
    expect(sent.body.d.results).toMatchObject({ Title: title, Body: 'a\u0000b\nc\rd\u007f"\\n/' });
    expect(sent.text).toContain('"Title":"ti\\u0000t\\u0001l\\u0009e\\u001f\\u007f"');
    expect(sent.text).toContain('"Body":"a\\u0000b\\u000ac\\u000dd\\u007f\\"\\\\n/"');
    const received = await ben.call(`__ctl/ReceivedMessage('${sent.body.d.results.__id}')`);
    expect(received.body.d.results).toMatchObject({ Title: title, Body: 'a\u0000b\nc\rd\u007f"\\n/' });
    expect(received.text).not.toMatch(/[\x00-\x1f\x7f]/);
    expect((await ada.send(message({ To: `${ben.url}\u0001` }))).body.code).toBe('PR400-OD-0006');
  });
});

describe('addresses', () => {
  it('CELL-03 a slash at the end changes nothing', async () => {
    expect((await ada.call('__message/send/', { method: 'POST', body: message() })).status).toBe(201);
    for (const path of [`/${ada.name}`, `/${ada.name}/`]) expect((await call(app.url, path)).body).toEqual({ cell: { name: ada.name, url: ada.url } });
    expect((await ada.call('__ctl/ExtCell/')).status).toBe(200);
    expect((await ada.call('__ctl/Role/', { method: 'POST', body: { Name: 'slashed' } })).status).toBe(201);
    expect((await ada.call("__ctl/Role('slashed')/")).status).toBe(200);
  });

  it('CELL-03 keys may be percent-encoded in any part, and queries have blanks', async () => {
    await ada.call('__ctl/ExtCell', { method: 'POST', body: { Url: 'https://host.example/brook/' } });
    await ada.call('__ctl/Account', { method: 'POST', body: { Name: 'ann' } });
    for (const key of ["('https%3A%2F%2Fhost.example%2Fbrook%2F')", "('https://host.example/brook/')", '(%27https%3A%2F%2Fhost.example%2Fbrook%2F%27)', "(Url='https://host.example/brook/')", "%28'https://host.example/brook'%29"]) {
      expect({ key, status: (await ada.call(`__ctl/ExtCell${key}`)).status }).toEqual({ key, status: 200 });
    }
    for (const key of ['(%27ann%27)', '(Name%3D%27ann%27)', "(Name = 'ann')".replaceAll(' ', '%20')]) expect((await ada.call(`__ctl/Account${key}`)).status).toBe(200);
    for (const query of ['$orderby=__updated desc &$skip=0&$top=50', '$orderby=__updated+desc+&$top=1', '$filter=Name+eq+%27ann%27']) {
      expect((await ada.call(`__ctl/Account?${query}`)).body.d.results).toHaveLength(1);
    }
  });

  it('CELL-03 an address may be a whole one, as proxies send it', async () => {
    const { status, text } = await raw('GET', `http://anything.example/${ada.name}/__ctl/ExtCell/?$top=0&$inlinecount=allpages`, [['Authorization', `Bearer ${ADMIN}`]]);
    expect([status, text]).toEqual([200, expect.stringContaining('"results":[],"__count":"')]);
  });

  it('unknown cells, sets, navigations and paths have their own words', async () => {
    const refusals: readonly (readonly [string, string])[] = [
      ['/nobody/', 'PR404-DV-0003'],
      ['/nobody/__ctl/Role', 'PR404-DV-0003'],
      ['/nobody/whatever/there', 'PR404-DV-0003'],
      [`/${ada.name}/box/file`, 'PR404-MC-0001'],
      [`/${ada.name}/__nothing`, 'PR404-MC-0001'],
      [`/${ada.name}/__ctl/Nothing`, 'PR404-OD-0001'],
      [`/${ada.name}/__ctl/Role('a')/_Nothing`, 'PR404-OD-0003'],
      [`/${ada.name}/__ctl/Role('nobody')`, 'PR404-OD-0002'],
      [`/${ada.name}/__ctl/Role('a`, 'PR400-OD-0004'],
      [`/${ada.name}/__ctl/Role(Nme='a')`, 'PR400-OD-0004'],
      [`/${ada.name}/__ctl/Role()`, 'PR400-OD-0004'],
    ];
    for (const [path, code] of refusals) expect({ path, code: (await call(app.url, path, { token: ADMIN })).body.code }).toEqual({ path, code });
    for (const [method, path] of [['PATCH', ''], ['GET', '__message/send'], ['PUT', ''], ['POST', "__ctl/Role('a')"]] as const) {
      const { status, body } = await ada.call(path, { method });
      expect({ method, path, status, code: body.code }).toEqual({ method, path, status: 405, code: 'PR405-MC-0001' });
    }
    for (const [cell, code] of [[ada.name, 'PR405-MC-0001'], ['nobody', 'PR404-DV-0003']]) expect((await call(app.url, `/${cell}/__token`, { method: 'DELETE' })).body.error_description).toContain(code);
  });
});

describe('overrides', () => {
  it('CELL-05 a POST may stand for another method, and nothing else may', async () => {
    await ada.call('__ctl/Role', { method: 'POST', body: { Name: 'doomed' } });
    const as = (method: string, override: string, path = "__ctl/Role('doomed')") => ada.call(path, { method, headers: { 'x-http-method-override': override }, ...(method === 'POST' ? { body: '{}' } : {}) });
    expect((await as('GET', 'DELETE')).status).toBe(200);
    expect((await as('POST', 'merge')).status).toBe(204);
    expect((await as('POST', 'DELETE')).status).toBe(204);
    expect((await as('GET', 'DELETE')).status).toBe(404);
    for (const method of ['TRACE', 'CONNECT', 'OPTIONS', 'HEAD', 'x y']) expect((await as('POST', method)).body.code).toBe('PR405-MC-0001');
    expect((await ada.send(message(), { headers: { 'x-http-method-override': '' } })).status).toBe(201);
  });

  it('CELL-06 X-Override takes the place of a header, before anybody looks', async () => {
    const path = `/${ada.name}/__ctl/Role`;
    expect((await raw('GET', path, [['X-Override', `Authorization: Bearer ${ADMIN} `]])).status).toBe(200);
    expect((await raw('GET', path, [['Authorization', 'Bearer wrong'], ['X-Override', `authorization:Bearer ${ADMIN}`]])).status).toBe(200);
    expect((await raw('GET', path, [['Authorization', `Bearer ${ADMIN}`], ['X-Override', 'Authorization:Bearer x,y']])).status).toBe(401);
    expect((await raw('GET', path, [['X-Override', 'Accept:a, b'], ['X-Override', `Authorization:Bearer ${ADMIN}`], ['X-Override', ':nameless'], ['X-Override', 'no colon']])).status).toBe(200);
    const made = await raw('POST', path, [['X-Override', `Authorization:Bearer ${ADMIN}`], ['X-Override', 'X-HTTP-Method-Override:GET']]);
    expect([made.status, made.headers['dataserviceversion']]).toEqual([200, '2.0']);
  });

  it('CELL-06 overrides of what says where a request goes, how long it is or where it came from are passed over', async () => {
    const names = [
      'Host', 'Cookie', 'Content-Length', 'Transfer-Encoding', 'Connection', 'TE', 'Upgrade', 'Expect', 'Forwarded', 'Via', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto',
      'X-Request-Id', 'Origin', 'Referer', 'Idempotency-Key', 'Content-Encoding', 'X-Override', '__proto__', 'constructor',
    ];
    for (const name of names) {
      const { status, headers } = await raw('POST', `/${ada.name}/__message/send`, [['Authorization', `Bearer ${ADMIN}`], ['X-Override', `${name}:3`]], JSON.stringify(message()));
      expect({ name, status, replayed: headers['idempotent-replayed'] }).toEqual({ name, status: 201, replayed: undefined });
    }
    const many = Array.from({ length: 11 }, (_, at) => ['X-Override', at < 10 ? 'Accept:x' : `Authorization:Bearer ${ADMIN}`] as const);
    expect((await raw('GET', `/${ada.name}/__ctl/Role`, many)).status).toBe(401);
  });
});

describe('browsers', () => {
  it('CELL-07 every answer has the fixed headers, errors included', async () => {
    const answers = [
      await ada.call('__ctl/Role'), await ada.send(message()), await ada.call('__ctl/Role', { token: null }), await call(app.url, '/nobody/'),
      await ada.send('{'), await call(app.url, `/${ada.name}/%`), await raw('HEAD', `/${ada.name}/__message/send`, []),
    ];
    for (const { headers } of answers) {
      const get = (name: string) => (headers instanceof Headers ? headers.get(name) : headers[name]);
      expect(get('access-control-allow-origin')).toBe('*');
      expect(get('x-personium-version')).toBe('1.5.6');
      expect(get('access-control-expose-headers')).toContain('Location, ETag, DataServiceVersion, X-Personium-Version');
      expect(get('access-control-allow-credentials') ?? null).toBeNull();
    }
    expect(answers.slice(0, 2).map(({ headers }) => (headers as Headers).get('dataserviceversion'))).toEqual(['2.0', '2.0']);
  });

  it('CELL-08 every path answers a preflight without a token', async () => {
    const methods = 'OPTIONS, GET, POST, PUT, DELETE, HEAD, MERGE, MKCOL, MOVE, PROPFIND, PROPPATCH, ACL';
    for (const path of [`/${ada.name}/`, `/${ada.name}/__message/send`, `/${ada.name}/__ctl/Role('x')`, '/nobody/any/where', '/__ctl/Cell']) {
      const { status, headers, text } = await raw('OPTIONS', path, [['Origin', 'https://app.example'], ['Access-Control-Request-Headers', 'authorization, x-thing']]);
      expect([status, text, headers['allow'], headers['access-control-allow-methods'], headers['access-control-allow-headers']]).toEqual([200, '', methods, methods, 'authorization, x-thing']);
    }
    expect((await raw('OPTIONS', `/${ada.name}/`, [])).headers['access-control-allow-headers']).toBeUndefined();
  });
});
