import fc from 'fast-check';
import { startApp, TEST_SECRETS, type TestApp } from '../../support/app.js';

const RUNS = Number(process.env['CELL_ADDRESSES'] ?? 1500);

let t: TestApp;
beforeAll(async () => {
  t = await startApp();
  expect((await call('POST', '/__ctl/Cell', { Name: 'ada' })).status).toBe(201);
  for (const [set, body] of [['Role', { Name: 'reader' }], ['Box', { Name: 'orch', Schema: 'https://app.example/orch/' }], ['ExtCell', { Url: 'https://host.example/brook/' }], ['Relation', { Name: 'friend', '_Box.Name': 'orch' }]] as const) {
    expect((await call('POST', `/ada/__ctl/${set}`, body)).status).toBe(201);
  }
});
afterAll(() => t.close());

async function call(method: string, path: string, body?: object): Promise<Response> {
  return fetch(t.url + path, { method, headers: { authorization: `Bearer ${TEST_SECRETS.POLYPOST_ADMIN_TOKEN}` }, ...(body && { body: JSON.stringify(body) }) });
}

async function codeOf(method: string, path: string, body?: object): Promise<[number, string | undefined]> {
  const response = await call(method, path, body);
  const text = await response.text();
  return [response.status, text === '' ? undefined : (JSON.parse(text) as { code?: string }).code];
}

const KEY = encodeURIComponent('https://host.example/brook/');

describe('CELL-03 addresses', () => {
  it.each([
    `/ada/__ctl/ExtCell('${KEY}')`,
    `/ada/__ctl/ExtCell('${KEY}')/`,
    "/ada/__ctl/ExtCell('https://host.example/brook/')",
    "/ada/__ctl/ExtCell(Url='https://host.example/brook/')",
    `/ada/__ctl/ExtCell(Url%3D%27${KEY}%27)`,
    '/ada/__ctl/ExtCell%28%27https%3A%2F%2Fhost.example%2Fbrook%2F%27%29',
    "/ada/__ctl/Relation(Name='friend',_Box.Name='orch')",
    '/ada/__ctl/Relation(Name=%27friend%27,_Box.Name=%27orch%27)',
    "/ada/__ctl/Role('reader')",
    "/ada/__ctl/Role(Name='reader',_Box.Name=null)",
    '/ada/__ctl/Role/',
    '/ada/',
    '/ada',
  ])('%s is understood', async (path) => {
    expect((await call('GET', path)).status).toBe(200);
  });

  it.each<[string, string, number, string]>([
    ['GET', "/ada/__ctl/Role('a%00b')", 400, 'PR400-OD-0004'],
    ['DELETE', "/ada/__ctl/Role('%00')", 400, 'PR400-OD-0004'],
    ['GET', "/ada/__ctl/ExtCell('%00')", 400, 'PR400-OD-0004'],
    ['GET', "/ada/__ctl/Account(Name='%00')", 400, 'PR400-OD-0004'],
    ['GET', "/ada/__ctl/Relation(Name='friend',_Box.Name='%00')", 400, 'PR400-OD-0004'],
    ['GET', "/ada/__ctl/Box('%00')", 400, 'PR400-OD-0004'],
    ['GET', "/ada/__ctl/ReceivedMessage('%00')", 400, 'PR400-OD-0004'],
    ['GET', "/__ctl/Cell('%00')", 400, 'PR400-OD-0004'],
    ['GET', "/ada/__ctl/Role(", 400, 'PR400-OD-0004'],
    ['GET', "/ada/__ctl/Role(Url='a')", 400, 'PR400-OD-0004'],
    ['GET', '/ada/__ctl/Nothing', 404, 'PR404-OD-0001'],
  ])('%s %s: %s %s', async (method, path, status, code) => {
    expect(await codeOf(method, path)).toEqual([status, code]);
  });

  it('of any kind, with any method, never end in an error of the server', async () => {
    const piece = fc.constantFrom(
      'Role', 'ExtCell', 'Relation', 'Account', 'Box', 'ReceivedMessage', 'SentMessage', 'Cell', "('reader')", "('", "')", '(', ')', "(Name='reader',_Box.Name=null)", "(__id='x')", `('${KEY}')`, '/', '/$links/', '/_Role', '/_ExtCell',
      '/_Box', '/_AccountRead', '%00', '%27', '%2F', "''", '=', ',', 'null', ' ', '%E8%A8%AA', '$metadata', '$batch', '$count', '?$format=atom', '?$top=x', '..', ';', '%252F',
    );
    const path = fc.tuple(fc.constantFrom('/ada/__ctl/', '/ada/__message/', '/ada/', '/__ctl/', '/ada/__ctl'), fc.array(piece, { maxLength: 6 })).map(([start, rest]) => start + rest.join(''));
    const body = fc.constantFrom(undefined, {}, { Name: 'x' }, { uri: "https://x/__ctl/Role('reader')" }, { Command: 'read' }, { Name: 'a\u0000' }, { Url: 'https://a\u0000/' }, { uri: `x'\u0000` });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'), path, body, async (method, address, given) => {
        const response = await call(method, address, method === 'GET' || method === 'HEAD' ? undefined : given);
        const text = await response.text();
        if (response.status >= 500 && response.status !== 501) throw new Error(`${method} ${address} ${JSON.stringify(given)}: ${response.status} ${text}`);
      }),
      { numRuns: RUNS },
    );
    expect(t.logs()).not.toMatch(/"level":(?:"error"|50)/);
  }, 300_000);
});
