import { startApp, type TestApp } from '../../support/app.js';
import { type CellAnswer, type Loose, TestCell } from '../../support/clients/cell.js';

let app: TestApp;
let ada: TestCell;
let ben: TestCell;
let garden: string[];
beforeAll(async () => {
  app = await startApp();
  [ada, ben] = [await TestCell.make(app), await TestCell.make(app)];
  garden = [];
  for (const Title of ['Garden party', 'Gardens', 'garden', "it's", '50% off_x', 'x']) garden.push((await ada.send({ To: ben.url, Title, Body: `${Title} body` })).body.d.results.__id as string);
  for (const name of ['one', 'two']) await ada.send({ To: ben.url, Type: 'req.role.grant', RequestRelation: name, RequestRelationTarget: ada.url, Title: 'Garden request' });
  await ben.answer(garden[0]!, 'read');
});
afterAll(() => app.close());

const titles = (entities: Loose[]): string[] => entities.map((entity) => entity.Title as string);
function expectRefusal(answer: CellAnswer, code: string): void {
  expect([answer.status, answer.body?.code]).toEqual([Number(code.slice(2, 5)), code]);
}
const get = (path: string, headers: Record<string, string> = {}) => ben.call(`__ctl/${path}`, { headers });

describe('CELL-65 what clients ask, as they write it', () => {
  const rows: readonly (readonly [string, (body: Loose) => void])[] = [
    ['ReceivedMessage?$filter=Type+eq+%27message%27+and+Status+eq+%27unread%27&$inlinecount=allpages', (d) => expect([titles(d.results), d.__count]).toEqual([['Gardens', 'garden', "it's", '50% off_x', 'x'], '5'])],
    ['ReceivedMessage?$orderby=__published%20desc&$filter=Type+eq+%27message%27', (d) => expect(titles(d.results)).toEqual(['x', '50% off_x', "it's", 'garden', 'Gardens', 'Garden party'])],
    ['ReceivedMessage?$inlinecount=allpages&$filter=Type+ne+%27message%27+and+Status+eq+%27none%27', (d) => expect([titles(d.results), d.__count]).toEqual([['Garden request', 'Garden request'], '2'])],
    ['ReceivedMessage?$filter=startswith%28Title,%27Garden%27%29&$orderby=__published%20desc', (d) => expect(titles(d.results)).toEqual(['Garden request', 'Garden request', 'Gardens', 'Garden party'])],
    ['ReceivedMessage?$top=0&$inlinecount=allpages', (d) => expect(d).toEqual({ results: [], __count: '8' })],
    ['ReceivedMessage?$orderby=__updated desc &$skip=0&$top=50', (d) => expect(titles(d.results)[0]).toBe('Garden party')],
    ["ReceivedMessage?$filter=substringof('%25', Title)", (d) => expect(titles(d.results)).toEqual(['50% off_x'])],
    ["ReceivedMessage?$filter=Title+eq+'it''s'", (d) => expect(titles(d.results)).toEqual(["it's"])],
  ];
  test.each(rows)('CELL-65 %s', async (path, check) => {
    const { status, body, headers } = await get(path.replaceAll(' ', '%20'));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('dataserviceversion')).toBe('2.0');
    check(body.d);
  });

  test('CELL-65 by sender, type and title; and what was sent', async () => {
    const from = encodeURIComponent(ada.url);
    expect(titles(await ben.list('ReceivedMessage', `$filter=From+eq+%27${from}%27+and+Type+eq+%27message%27+and+Title+eq+%27x%27`))).toEqual(['x']);
    const sent = await ada.list('SentMessage', '$orderby=__published%20desc');
    expect(sent).toHaveLength(8);
    expect(sent.map((entity) => entity.__metadata.type)).toEqual(Array(8).fill('CellCtl.SentMessage'));
  });
});

describe('CELL-61 lists and single entities', () => {
  test('CELL-61 __count is there only when it is asked for', async () => {
    expect(Object.keys((await get('ReceivedMessage')).body.d)).toEqual(['results']);
    expect(Object.keys((await get('ReceivedMessage?$inlinecount=none')).body.d)).toEqual(['results']);
    expect((await get('ReceivedMessage?$inlinecount=allpages&$top=1&$skip=1')).body.d).toMatchObject({ __count: '8', results: [{}] });
  });

  test.each(["ReceivedMessage('ID')", "ReceivedMessage(__id='ID')", 'ReceivedMessage(%27ID%27)', "ReceivedMessage('ID')/", 'ReceivedMessage%28%27ID%27%29'])('CELL-61 %s is one message', async (form) => {
    const answer = await get(form.replace('ID', garden[1]!));
    expect(answer.status).toBe(200);
    expect(answer.body.d.results).toMatchObject({ __id: garden[1], Title: 'Gardens' });
    expect(answer.headers.get('etag')).toBe(answer.body.d.results.__metadata.etag);
  });

  test('CELL-61 who has it already gets nothing', async () => {
    const { headers } = await get(`ReceivedMessage('${garden[1]}')`);
    const etag = headers.get('etag')!;
    const again = await get(`ReceivedMessage('${garden[1]}')`, { 'if-none-match': etag });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    expect((await get(`ReceivedMessage('${garden[1]}')`, { 'if-none-match': 'W/"9-9"' })).status).toBe(200);
  });

  test('CELL-61 what is not there, and keys that are none', async () => {
    for (const path of [`ReceivedMessage('${'0'.repeat(32)}')`, "ReceivedMessage('x')", `SentMessage('${garden[1]}')`]) expectRefusal(await get(path), 'PR404-OD-0002');
    for (const path of ["ReceivedMessage('x)", "ReceivedMessage('%00')", 'ReceivedMessage(5)', "ReceivedMessage(Name='x')", 'ReceivedMessage()']) expectRefusal(await get(path), 'PR400-OD-0004');
    expectRefusal(await get('Messages'), 'PR404-OD-0001');
    expectRefusal(await get(`ReceivedMessage('${garden[1]}')/_Nothing`), 'PR404-OD-0003');
  });

  test('CELL-60 the members, in their order', async () => {
    const [entity] = await ben.list('ReceivedMessage', '$top=1');
    expect(Object.keys(entity as object)).toEqual([
      '__metadata', '__id', '_Box.Name', 'InReplyTo', 'From', 'MulticastTo', 'Type', 'Title', 'Body', 'Priority', 'Status', 'RequestRelation', 'RequestRelationTarget',
      '__published', '__updated', '_Box', '_AccountRead',
    ]);
    expect(entity).toMatchObject({ From: ada.url, MulticastTo: null, _Box: { __deferred: { uri: `${entity.__metadata.uri}/_Box` } }, _AccountRead: { __deferred: { uri: `${entity.__metadata.uri}/_AccountRead` } } });
  });

  test('CELL-60 the deferred properties can be followed', async () => {
    const [from, to, app1] = [await TestCell.make(app), await TestCell.make(app), await TestCell.make(app)];
    await from.box('mine', app1.url);
    await to.box('yours', app1.url);
    const { body } = await from.send({ To: to.url, BoxBound: true }, { token: await from.tokenFor(['message'], app1.url) });
    const id = body.d.results.__id as string;
    const box = await to.call(`__ctl/ReceivedMessage('${id}')/_Box`);
    expect(box.body.d.results).toMatchObject({ __metadata: { uri: `${to.url}__ctl/Box('yours')`, type: 'CellCtl.Box' }, Name: 'yours', Schema: app1.url });
    expect((await from.call(`__ctl/SentMessage('${id}')/_Box`)).body.d.results.Name).toBe('mine');
    expect((await to.call(`__ctl/ReceivedMessage('${id}')/_AccountRead`)).body).toEqual({ d: { results: [] } });
    expectRefusal(await to.call(`__ctl/ReceivedMessage('${'0'.repeat(32)}')/_AccountRead`), 'PR404-OD-0002');
    expectRefusal(await get(`ReceivedMessage('${garden[1]}')/_Box`), 'PR404-OD-0002');
    expectRefusal(await to.call(`__ctl/ReceivedMessage('${id}')/_Box`, { token: await to.tokenFor(['message']) }), 'PR403-AU-0002');
    const expanded = await to.list('ReceivedMessage', '$expand=_Box');
    expect(expanded).toMatchObject([{ __id: id, _Box: { Name: 'yours' } }]);
    expect(await ben.list('ReceivedMessage', '$expand=_Box&$top=1')).toMatchObject([{ _Box: null }]);
  });

  test('CELL-64 $select takes members away, but not __metadata', async () => {
    expect((await ben.list('ReceivedMessage', '$select=Title,Status&$top=1')).map((entity) => Object.keys(entity as object))).toEqual([['__metadata', 'Title', 'Status']]);
    const { body } = await get(`ReceivedMessage('${garden[1]}')?$select=Title`);
    expect(Object.keys(body.d.results as object)).toEqual(['__metadata', 'Title']);
  });
});

describe('CELL-64 options', () => {
  test.each([
    ['$top=-1', 'PR400-OD-0029'], ['$top=10001', 'PR400-OD-0029'], ['$top=x', 'PR400-OD-0036'], ['$top=', 'PR400-OD-0036'], ['$top=101&$expand=_Box', 'PR400-OD-0029'],
    ['$skip=-1', 'PR400-OD-0029'], ['$skip=100001', 'PR400-OD-0029'], ['$skip=1.5', 'PR400-OD-0036'],
    ['$orderby=', 'PR400-OD-0015'], ['$orderby=Nothing', 'PR400-OD-0015'], ['$orderby=Title up', 'PR400-OD-0015'], ['$orderby=RequestObjects', 'PR400-OD-0015'],
    ['$filter=', 'PR400-OD-0003'], ['$filter=Title', 'PR400-OD-0003'], ["$filter=Title like 'x'", 'PR400-OD-0043'], ["$filter=endswith(Title,'x')", 'PR400-OD-0044'],
    ["$filter=Nothing eq 'x'", 'PR400-OD-0045'], ["$filter=Priority eq 'x'", 'PR400-OD-0046'], ['$filter=Title eq 5', 'PR400-OD-0046'], ["$filter=Result eq 'x'", 'PR400-OD-0045'],
    ['$inlinecount=some', 'PR400-OD-0013'], ['$select=Nothing', 'PR400-OD-0017'], ['$expand=_AccountRead', 'PR400-OD-0026'], ['$expand=', 'PR400-OD-0026'],
    ['$format=pdf', 'PR400-OD-0005'], ['q=', 'PR400-OD-0029'], [`q=${'x'.repeat(256)}`, 'PR400-OD-0029'],
  ])('CELL-64 %s is refused', async (query, code) => {
    expectRefusal(await get(`ReceivedMessage?${query.replaceAll(' ', '%20')}`), code);
  });

  test('CELL-02 CELL-64 $format and Accept change nothing', async () => {
    for (const query of ['$format=atom', '$format=XML', '$format=json']) {
      const { status, headers } = await get(`ReceivedMessage?${query}`, { accept: 'application/atom+xml' });
      expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    }
  });

  test('CELL-64 q looks for words everywhere', async () => {
    expect(titles(await ben.list('ReceivedMessage', 'q=PARTY+garden'))).toEqual(['Garden party']);
    expect(titles(await ben.list('ReceivedMessage', 'q=%22off_x%20body%22'))).toEqual(['50% off_x']);
    expect(await ben.list('ReceivedMessage', 'q=absent')).toEqual([]);
    expect(await ada.list('SentMessage', 'q=party')).toHaveLength(1);
  });

  test('CELL-64 times may be numbers or texts', async () => {
    const [first] = await ben.list('ReceivedMessage', '$top=1');
    const ms = Number(first.__published.slice(6, -2));
    const iso = new Date(ms).toISOString().slice(0, -1);
    for (const literal of [String(ms), `datetime'${iso}'`, `datetimeoffset'${iso}Z'`]) {
      expect((await ben.list('ReceivedMessage', `$filter=__published%20le%20${encodeURIComponent(literal)}`))[0].__id).toBe(first.__id);
      expect((await ben.list('ReceivedMessage', `$filter=__published%20lt%20${encodeURIComponent(literal)}`)).map((entity) => entity.__id)).not.toContain(first.__id);
    }
  });

  test('CELL-64 a filter cannot leave its cell, nor the statement', async () => {
    for (const filter of ["Title eq 'x' or Title ne 'x'", "Title eq 'x''; DROP TABLE messages; --'", "Title eq 'x'') OR 1=1 --'", "startswith(Title,'%')", "Type ne '\u0000'"]) {
      const { status, body } = await get(`ReceivedMessage?$top=100&$filter=${encodeURIComponent(filter)}`);
      expect([filter, status]).toEqual([filter, 200]);
      for (const entity of body.d.results as Loose[]) expect(entity.__metadata.uri.startsWith(ben.url)).toBe(true);
    }
    expect((await app.sql('SELECT count(*) FROM messages'))[0]).toBeDefined();
  });

  test('CELL-61 a list of several hundred comes whole, with its count', async () => {
    const [from, to] = [await TestCell.make(app), await TestCell.make(app)];
    await Promise.all(Array.from({ length: 120 }, (_, index) => from.send({ To: to.url, Body: 'x'.repeat(20_000), Title: `n${index}` })));
    const { body, headers } = await to.call('__ctl/ReceivedMessage?$top=10000&$inlinecount=allpages');
    expect(headers.get('content-length')).toBe(null);
    expect([body.d.results.length, new Set(titles(body.d.results)).size, body.d.__count]).toEqual([120, 120, '120']);
  });
});

describe('CELL-62 CELL-63 changing', () => {
  test('CELL-62 DELETE takes one side, when the version is the one that is meant', async () => {
    const to = await TestCell.make(app);
    const id = (await ada.send({ To: to.url })).body.d.results.__id as string;
    const path = `__ctl/ReceivedMessage('${id}')`;
    const remove = (headers: Record<string, string>) => to.call(path, { method: 'DELETE', headers });
    expectRefusal(await remove({ 'if-match': 'W/"2-0"' }), 'PR412-OD-0002');
    expectRefusal(await to.call(path, { method: 'DELETE', token: await to.tokenFor(['message-read']) }), 'PR403-AU-0002');
    const { headers } = await to.call(path);
    const removed = await remove({ 'if-match': headers.get('etag')! });
    expect([removed.status, removed.text]).toEqual([204, '']);
    expectRefusal(await remove({}), 'PR404-OD-0002');
    expect((await ada.call(`__ctl/SentMessage('${id}')`)).status).toBe(200);
    expect((await ada.call(`__ctl/SentMessage('${id}')`, { method: 'DELETE', headers: { 'if-match': '*' } })).status).toBe(204);
    expect((await ada.call(`__ctl/SentMessage('${id}')`)).status).toBe(404);
    expect(await app.sql("SELECT id FROM messages WHERE wire_id = $1", [id])).toEqual([]);
  });

  test('CELL-62 DELETE over POST, for clients that cannot', async () => {
    const to = await TestCell.make(app);
    const id = (await ada.send({ To: to.url })).body.d.results.__id as string;
    expect((await to.call(`__ctl/ReceivedMessage('${id}')`, { method: 'POST', headers: { 'x-http-method-override': 'DELETE' } })).status).toBe(204);
  });

  const sets = ['ReceivedMessage', 'SentMessage'];
  test.each(sets.flatMap((set) => ['', "('x')"].flatMap((key) => ['POST', 'PUT', 'MERGE', 'PATCH', ...(key === '' ? ['DELETE'] : [])].map((method) => [method, `${set}${key}`]))))('CELL-63 %s %s is not allowed', async (method, path) => {
    const answer = await ben.call(`__ctl/${path}`, { method, body: {} });
    expectRefusal(answer, 'PR405-MC-0001');
    expect(answer.headers.get('allow')).toContain('GET');
  });
});

test('CELL-14 reading needs message-read', async () => {
  expect((await ben.call('__ctl/ReceivedMessage', { token: await ben.tokenFor(['message-read']) })).status).toBe(200);
  expectRefusal(await ben.call('__ctl/ReceivedMessage', { token: await ben.tokenFor(['social', 'box', 'auth', 'acl']) }), 'PR403-AU-0002');
  expectRefusal(await ben.call(`__ctl/ReceivedMessage('${garden[1]}')`, { token: null }), 'PR401-AU-0001');
});
