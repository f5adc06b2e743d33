import { request } from 'node:http';
import { startApp, type TestApp } from '../../support/app.js';
import { ADMIN, type Loose, TestCell } from '../../support/clients/cell.js';

let app: TestApp;
let ada: TestCell;
let ben: TestCell;
beforeAll(async () => {
  app = await startApp();
  [ada, ben] = [await TestCell.make(app), await TestCell.make(app)];
});
afterAll(() => app.close());

const UNIT = 'http://localhost:3000/';
const ids = (entities: Loose[]): string[] => entities.map((entity) => entity.__id as string);

/** Sends what must be taken. */
async function sent(body: object, from = ada, headers: Record<string, string> = {}): Promise<Loose> {
  const answer = await from.send(body, { headers });
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return answer.body.d.results;
}

/** Sends what must be refused, and looks that nothing came of it. */
async function refused(body: unknown, code: string, text?: string): Promise<void> {
  const answer = await ada.send(body);
  expect([JSON.stringify(body)?.slice(0, 300), answer.status, answer.body?.code]).toEqual([JSON.stringify(body)?.slice(0, 300), Number(code.slice(2, 5)), code]);
  if (text !== undefined) expect(answer.body.message).toEqual({ lang: 'en', value: text });
}
const fieldText = (field: string): string => `request body format error. field [${field}]`;

/** Looks that nothing was stored meanwhile, on either side. */
async function nothingStored(work: () => Promise<void>): Promise<void> {
  const count = () => app.sql<{ n: string }>('SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM cell_copies) AS n');
  const before = await count();
  await work();
  expect(await count()).toEqual(before);
}

describe('the body', () => {
  test('CELL-01 is JSON whatever its content type says', async () => {
    const body = JSON.stringify({ To: ben.url });
    for (const type of [undefined, 'text/plain', 'application/x-www-form-urlencoded; charset=UTF-8', 'application/json', 'nonsense']) {
      const answer = await ada.send(body, { headers: type === undefined ? {} : { 'content-type': type } });
      expect([type, answer.status]).toEqual([type, 201]);
    }
  });

  test('CELL-04 may be two megabytes: a thousand long addresses and a text of which every character is escaped', async () => {
    const addresses = Array.from({ length: 1000 }, (_, index) => `https://elsewhere.example/${String(index).padStart(998, '0')}`);
    const text = `"${'\\u0041'.repeat(65_536)}"`;
    const body = `{"To":"${addresses.join(',')}","Body":${text}}`;
    expect(body.length).toBeGreaterThan(1.35 * 1024 * 1024);
    const answer = await ada.send(`${body}${' '.repeat(2 * 1024 * 1024 - body.length)}`);
    expect(answer.status).toBe(201);
    expect(answer.body.d.results.Result).toHaveLength(1000);
    expect(answer.body.d.results.Body).toBe('A'.repeat(65_536));
  });

  test('CELL-04 above the cap it is refused in the words of this API', async () => {
    const answer = await ada.send(' '.repeat(5 * 1024 * 1024));
    expect([answer.status, answer.body.code]).toEqual([413, 'PR413-MC-0001']);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  test.each([['nothing', ''], ['no JSON', '{'], ['a list', '[]'], ['a text', '"To"'], ['null', 'null'], ['half', '{"To":"x'], ['no Unicode', '{"Title":"\\ud800"}']])(
    'CELL-21 %s is refused as no JSON',
    async (_, body) => nothingStored(() => refused(body, 'PR400-OD-0001', 'JSON parse error.')),
  );

  test('CELL-21 who asks is looked at before what is asked', async () => {
    const nobody = await ada.send('{', { token: null });
    expect([nobody.status, nobody.body.code]).toEqual([401, 'PR401-AU-0001']);
    const reader = await ada.send('{', { token: await ada.tokenFor(['message-read', 'social', 'auth', 'box', 'acl']) });
    expect([reader.status, reader.body.code]).toEqual([403, 'PR403-AU-0002']);
    expect((await ada.send('{', { token: await ada.tokenFor(['message']) })).status).toBe(400);
    expect((await ada.send({ To: ben.url }, { token: await ada.tokenFor(['root']) })).status).toBe(201);
    expect((await ada.send({ To: ben.url }, { token: await ben.tokenFor(['message']) })).body.code).toBe('PR401-AU-0006');
  });
});

describe('fields', () => {
  const plain = { To: 'placeholder' };
  const withTo = (more: object) => ({ ...plain, To: ben.url, ...more });

  const wrong: Record<string, readonly unknown[]> = {
    BoxBound: ['yes', 1, 'TRUE', {}, []],
    InReplyTo: ['', 'x'.repeat(31), 'x'.repeat(33), 'x'.repeat(21), 'x'.repeat(23), `${'x'.repeat(21)}!`, `${'x'.repeat(31)}\n`, `${'x'.repeat(31)}\u2028`, 5, {}, []],
    To: ['', 'nowhere', '/ada/', 'ftp://unit.example/a/', 'https://', `https://a.example/${'x'.repeat(1007)}`, 'https://a.example/x\u0000/', 'https://a.example/\ty/', `https://a.example/${'ü'.repeat(500)}/`, 'a,,b', 7, {}, [], true],
    ToRelation: ['', '_friend', ':friend', 'fri end', 'fr/iend', 'x'.repeat(129), 'käthe', 1, {}],
    Type: ['', 'Message', 'req.relation', 'req.rule.register', 'req.rule.unregister', 'constructor', 1, {}],
    Title: ['x'.repeat(257), '😀'.repeat(257), 'a\nb', 'a\rb', 'a\u0085b', 'a\u2028b', 'a\u2029b', 1, {}, []],
    Body: ['x'.repeat(65_537), 'あ'.repeat(21_846), 1, {}, []],
    Priority: [0, 6, -1, 1.5, '0', '6', '1.0', 'high', '', true, {}, [3]],
    RequestRelation: ['', '_x', 'a/b', 'https://unit.example/app/x/', 'https://unit.example/__relation/__/x', 'https://unit.example/app/__rule/__/x', 'ftp://unit.example/app/__relation/__/x', 'x'.repeat(129), 1, {}],
    RequestRelationTarget: ['', 'x', `https://a.example/${'ü'.repeat(500)}/`, 'urn:x', 'https://a.example/\u0001/', `https://a.example/${'x'.repeat(1007)}`, 1, {}],
    RequestObjects: [[], [{ RequestType: 'role.add', Name: 'x', TargetUrl: 'https://a.example/x/' }], 'x', {}],
  };
  test.each(Object.entries(wrong).flatMap(([field, values]) => values.map((value) => [field, value] as const)))('CELL-20 %s may not be %j', async (field, value) => {
    await nothingStored(() => refused(withTo({ [field]: value }), 'PR400-OD-0006', fieldText(field)));
  });

  test.each([
    ['BoxBound', false, undefined], ['BoxBound', 'false', undefined], ['BoxBound', null, undefined],
    ['InReplyTo', 'ü'.repeat(32), 'ü'.repeat(32)], ['InReplyTo', '😀'.repeat(32), '😀'.repeat(32)], ['InReplyTo', 'hnKXm44TTZCw-bfSEw4f0A', 'hnKXm44TTZCw-bfSEw4f0A'], ['InReplyTo', `${'x'.repeat(31)}\0`, `${'x'.repeat(31)}\0`], ['InReplyTo', null, null],
    ['Type', 'message', 'message'], ['Type', null, 'message'],
    ['Title', null, ''], ['Title', 'x'.repeat(256), 'x'.repeat(256)], ['Title', '😀'.repeat(256), '😀'.repeat(256)], ['Title', 'ti\0tle\x7f\t', 'ti\0tle\x7f\t'],
    ['Body', null, ''], ['Body', 'x'.repeat(65_536), 'x'.repeat(65_536)], ['Body', 'あ'.repeat(21_845), 'あ'.repeat(21_845)], ['Body', '😀'.repeat(16_384), '😀'.repeat(16_384)], ['Body', 'a\n\0b\x7f', 'a\n\0b\x7f'],
    ['Priority', null, 3], ['Priority', 1, 1], ['Priority', 5, 5], ['Priority', '4', 4],
    ['RequestRelation', null, null], ['RequestRelation', 'friend', 'friend'], ['RequestRelation', '+1:b_c-d', '+1:b_c-d'], ['RequestRelation', 'https://a.example/app/__role/__/reader/', 'https://a.example/app/__role/__/reader/'], ['RequestRelation', 'personium-localunit:/app/__relation/__/x', 'personium-localunit:/app/__relation/__/x'],
    ['RequestRelationTarget', 'https://a.example/x', 'https://a.example/x'], ['RequestObjects', null, undefined], ['__id', 'chosen by the client', undefined],
  ] as const)('CELL-20 CELL-29 %s may be %j', async (field, value, shown) => {
    const results = await sent(withTo({ [field]: value }));
    if (shown !== undefined) expect(results[field]).toBe(shown);
    expect(results.__id).toMatch(/^[0-9a-f]{32}$/);
    const [received] = await ben.list('ReceivedMessage', '$orderby=__published desc&$top=1');
    expect(received.__id).toBe(results.__id);
    if (shown !== undefined) expect(received[field]).toBe(shown);
  });

  test.each(['__published', '__updated', '__metadata'])('CELL-20 %s is the business of the server', async (name) => {
    await nothingStored(() => refused(withTo({ [name]: null }), 'PR400-OD-0007', `[${name} is management information name. Cannot request.]`));
  });

  test('CELL-20 other members are refused by name', async () => {
    await refused(withTo({ Subject: 'x' }), 'PR400-OD-0007', '[unknown property Subject for SentMessage]');
  });

  test('CELL-10 control characters come back as they went, each written out', async () => {
    const all = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('') + '\x7f';
    const oneLine = all.replace(/[\n\r]/g, '');
    const answer = await ada.send(withTo({ Title: oneLine, Body: `"\\${all}` }));
    expect(answer.status).toBe(201);
    const { text, body } = await ben.call('__ctl/ReceivedMessage?$orderby=__published desc&$top=1');
    expect(body.d.results[0]).toMatchObject({ Title: oneLine, Body: `"\\${all}` });
    for (const one of [answer.text, text]) {
      expect(one).not.toMatch(/[\0-\x1f\x7f]/);
      for (const code of [0, 8, 9, 31, 127]) expect(one).toContain(`\\u${code.toString(16).padStart(4, '0')}`);
    }
  });
});

describe('destinations', () => {
  const cases: readonly (readonly [string, (cell: TestCell) => string])[] = [
    ['without a slash', (cell) => `${UNIT}${cell.name}`],
    ['with one', (cell) => cell.url],
    ['by its alias', (cell) => `personium-localunit:/${cell.name}/`],
    ['by its alias without a slash', (cell) => `personium-localunit:/${cell.name}`],
    ['with a host in capitals', (cell) => `HTTP://LOCALHOST:3000/${cell.name}`],
    ['with a comma at the end', (cell) => `${cell.url},`],
  ];
  test.each(cases)('CELL-22 a cell is found %s, and named with a slash in Result', async (_, spell) => {
    const cell = await TestCell.make(app);
    const { To, Result } = await sent({ To: spell(cell) });
    expect(To).toBe(spell(cell));
    expect(Result).toEqual([{ To: cell.url, Code: '201', Reason: 'Created.' }]);
    expect(await cell.list('ReceivedMessage')).toHaveLength(1);
  });

  test('CELL-22 of several addresses each must be one', async () => {
    for (const to of [`${ben.url},,${ada.url}`, `,${ben.url}`, `${ben.url}, ${ada.url}`, `${ben.url},ftp://x/`, ',', `${ben.url},,`]) await refused({ To: to }, 'PR400-OD-0006', fieldText('To'));
  });

  test('CELL-23 CELL-25 a relation names the cells tied to it; who is named twice gets one message', async () => {
    const [cleo, dora, box] = [await TestCell.make(app), await TestCell.make(app), await ada.box(`b${Date.now()}`, null)];
    await ada.tie('friends', [cleo.url, dora.url]);
    const { Result, ToRelation, To, __id } = await sent({ To: `${dora.url},${UNIT}${dora.name},personium-localunit:/${dora.name}/`, ToRelation: 'friends' });
    expect([To, ToRelation]).toEqual([`${dora.url},${UNIT}${dora.name},personium-localunit:/${dora.name}/`, 'friends']);
    expect(Result.map((result: Loose) => result.To)).toEqual([dora.url, cleo.url]);
    for (const [cell, other] of [[cleo, dora], [dora, cleo]] as const) {
      expect(await cell.list('ReceivedMessage')).toMatchObject([{ __id, From: ada.url, MulticastTo: other.url }]);
    }
    expect(await sent({ ToRelation: 'friends' })).toMatchObject({ To: null, ToRelation: 'friends', Result: [{ To: cleo.url }, { To: dora.url }] });
    await nothingStored(() => refused({ ToRelation: 'foes' }, 'PR400-SM-0001', 'ToRelation [foes] does not exist.'));
    await ada.tie('empty', []);
    await nothingStored(() => refused({ To: ben.url, ToRelation: 'empty' }, 'PR400-SM-0002', 'ToRelation [empty] does not have related ExtCell.'));
    await ada.tie('boxed', [cleo.url], box);
    await refused({ ToRelation: 'boxed' }, 'PR400-SM-0001');
  });

  test('CELL-24 one of the two is needed', async () => {
    for (const body of [{}, { To: null, ToRelation: null }, { Title: 'x' }]) await nothingStored(() => refused(body, 'PR400-OD-0006', fieldText('To,ToRelation')));
  });

  test('CELL-25 a thousand destinations are fine, one more is refused and stores nothing', async () => {
    const urls = Array.from({ length: 1001 }, (_, index) => `${UNIT}nobody-${index}/`);
    await nothingStored(() => refused({ To: urls.join(',') }, 'PR400-SM-0003', 'The maximum number of destinations was exceeded.'));
    expect((await sent({ To: [...urls.slice(1), urls[5]].join(',') })).Result).toHaveLength(1000);
  });

  test('CELL-25 a list of several hundred thousand addresses is not read to its end, and one that repeats itself is short', async () => {
    await refused({ To: Array.from({ length: 300_000 }, (_, index) => `http://a/${index}`).join(',').slice(0, 4_000_000) }, 'PR400-SM-0003');
    expect((await sent({ To: `${ben.url},`.repeat(100_000) })).Result).toHaveLength(1);
  });

  test('CELL-33 what fails stands in Result, in its place, and the rest goes on', async () => {
    const app1 = await TestCell.make(app);
    const [from, has, lacks] = [await TestCell.make(app), await TestCell.make(app), await TestCell.make(app)];
    await from.box('mine', app1.url);
    await has.box('yours', app1.url);
    const token = await from.tokenFor(['message'], app1.url);
    const to = [`${UNIT}nobody/`, lacks.url, 'https://elsewhere.example/x/', `${UNIT}docs/`, has.url, `${UNIT}a/b/`];
    const answer = await from.send({ To: to.join(','), BoxBound: true }, { token });
    expect(answer.status).toBe(201);
    expect(answer.body.d.results.Result).toEqual([
      { To: to[0], Code: '404', Reason: 'Cell not found.' },
      { To: to[1], Code: '400', Reason: `Box corresponding to the schema can not be found. Schema [${app1.url}].` },
      { To: to[2], Code: '500', Reason: 'Sent Message connection error.' },
      { To: to[3], Code: '404', Reason: 'Cell not found.' },
      { To: to[4], Code: '201', Reason: 'Created.' },
      { To: to[5], Code: '404', Reason: 'Cell not found.' },
    ]);
    expect(ids(await has.list('ReceivedMessage'))).toEqual([answer.body.d.results.__id]);
    expect(await lacks.list('ReceivedMessage')).toEqual([]);
  });

  test('CELL-32 the id is the same on both sides, also for a message to oneself', async () => {
    const self = await TestCell.make(app);
    const { __id } = await sent({ To: self.url, Title: 'note' }, self);
    expect(ids(await self.list('SentMessage'))).toEqual([__id]);
    expect(await self.list('ReceivedMessage')).toMatchObject([{ __id, From: self.url, MulticastTo: null, Status: 'unread' }]);
  });
});

describe('Boxes', () => {
  test('CELL-26 CELL-27 a token of the app is needed, and a Box of the app here', async () => {
    const [from, to, app1, app2] = [await TestCell.make(app), await TestCell.make(app), await TestCell.make(app), await TestCell.make(app)];
    await from.box('mine', app1.url);
    await to.box('yours', app1.url);
    const send = async (schema: string | null, bound: unknown) => from.send({ To: to.url, BoxBound: bound }, { token: await from.tokenFor(['message'], schema) });
    const words = (schema: string) => `Box corresponding to the schema can not be found from the schema-authenticated token. Schema[${schema}].`;
    for (const schema of [null, app2.url]) {
      const { status, body } = await send(schema, true);
      expect([status, body.code, body.message.value]).toEqual([400, 'PR400-SM-0004', words(schema ?? '')]);
    }
    const bound = (await send(app1.url, 'true')).body.d.results;
    expect(bound['_Box.Name']).toBe('mine');
    expect(bound).not.toHaveProperty('BoxBound');
    const free = (await send(app1.url, false)).body.d.results;
    expect(free['_Box.Name']).toBe(null);
    const received = await to.list('ReceivedMessage');
    expect(received.map((entity) => [entity.__id, entity['_Box.Name']])).toEqual(expect.arrayContaining([[bound.__id, 'yours'], [free.__id, null]]));
    for (const entity of received) expect(entity).not.toHaveProperty('Schema');
  });
});

describe('requests', () => {
  const target = 'https://a.example/x/';
  const types = ['req.relation.build', 'req.relation.break', 'req.role.grant', 'req.role.revoke'] as const;
  const kindOf = (type: string) => (type.startsWith('req.relation') ? 'relation' : 'role');

  test.each(types)('CELL-28 %s needs both members, and takes names and classes of its kind', async (type) => {
    const kind = kindOf(type);
    const other = kind === 'relation' ? 'role' : 'relation';
    const both = 'RequestRelation,RequestRelationTarget';
    for (const body of [{}, { RequestRelation: 'x' }, { RequestRelationTarget: target }]) await nothingStored(() => refused({ To: ben.url, Type: type, ...body }, 'PR400-OD-0006', fieldText(both)));
    for (const app1 of ['https://a.example/app', 'http://a.example/deep/app', 'personium-localunit:/app']) {
      const good = `${app1}/__${kind}/__/friend`;
      expect(await sent({ To: ben.url, Type: type, RequestRelation: good, RequestRelationTarget: target })).toMatchObject({ Type: type, RequestRelation: good, RequestRelationTarget: target });
      await refused({ To: ben.url, Type: type, RequestRelation: `${app1}/__${other}/__/friend`, RequestRelationTarget: target }, 'PR400-OD-0006', fieldText('RequestRelation'));
    }
    const relationsOnly = kind === 'relation' ? 201 : 400;
    for (const name of ['+friend', 'a:b', '-x']) expect((await ada.send({ To: ben.url, Type: type, RequestRelation: name, RequestRelationTarget: target })).status).toBe(relationsOnly);
    expect((await sent({ To: ben.url, Type: type, RequestRelation: 'reader', RequestRelationTarget: target })).RequestRelation).toBe('reader');
    const [received] = await ben.list('ReceivedMessage', `$filter=Type eq '${type}'&$orderby=__published desc&$top=1`);
    expect(received).toMatchObject({ Status: 'none', RequestRelation: 'reader', RequestRelationTarget: target });
  });

  test('CELL-30 requests about rules are refused', async () => {
    await refused({ To: ben.url, Type: 'req.rule.register', RequestRule: {} }, 'PR400-OD-0007');
    await refused({ To: ben.url, Type: 'req.rule.register' }, 'PR400-OD-0006', fieldText('Type'));
  });

  test('CELL-31 later clients ask in a list, which comes back as it went', async () => {
    const RequestObjects = [
      { RequestType: 'role.add', Name: 'reader', ClassUrl: null, TargetUrl: target },
      { RequestType: 'relation.add', Name: null, ClassUrl: 'https://a.example/app/__relation/__/friend', TargetUrl: target },
      { RequestType: 'role.remove', Name: 'reader', ClassUrl: null, TargetUrl: target },
      { RequestType: 'relation.remove', Name: '+x:y', ClassUrl: null, TargetUrl: target },
    ];
    const results = await sent({ To: ben.url, Type: 'request', RequestObjects });
    expect(results).toMatchObject({ Type: 'request', RequestObjects, RequestRelation: null, RequestRelationTarget: null });
    const [received] = await ben.list('ReceivedMessage', `$filter=__id eq '${results.__id}'`);
    expect(received).toMatchObject({ Status: 'none', RequestObjects });
    const short = await sent({ To: ben.url, Type: 'request', RequestObjects: [{ RequestType: 'role.add', Name: 'reader', TargetUrl: target }] });
    expect(short.RequestObjects).toEqual([{ RequestType: 'role.add', Name: 'reader', ClassUrl: null, TargetUrl: target }]);
    expect(await sent({ To: ben.url })).not.toHaveProperty('RequestObjects');
  });

  const object = { RequestType: 'role.add', Name: 'reader', TargetUrl: target };
  const classUrl = 'https://a.example/app/__role/__/reader';
  test.each([
    [null, 'RequestObjects'], [[], 'RequestObjects'], [{}, 'RequestObjects'], ['x', 'RequestObjects'], [[null], 'RequestObjects'], [['x'], 'RequestObjects'], [[[]], 'RequestObjects'],
    [[{ ...object, More: 1 }], 'RequestObjects'], [Array.from({ length: 101 }, () => object), 'RequestObjects'],
    [[{ ...object, RequestType: null }], 'RequestObjects.RequestType'], [[{ ...object, RequestType: 'rule.add' }], 'RequestObjects.RequestType'], [[{ ...object, RequestType: 'rule.remove' }], 'RequestObjects.RequestType'],
    [[{ ...object, RequestType: 'toString' }], 'RequestObjects.RequestType'], [[{ ...object, RequestType: 1 }], 'RequestObjects.RequestType'],
    [[{ ...object, Name: '_x' }], 'RequestObjects.Name'], [[{ ...object, Name: '+x' }], 'RequestObjects.Name'], [[{ ...object, Name: classUrl }], 'RequestObjects.Name'], [[{ ...object, Name: 1 }], 'RequestObjects.Name'],
    [[{ ...object, Name: null, ClassUrl: 'reader' }], 'RequestObjects.ClassUrl'], [[{ ...object, Name: null, ClassUrl: 'https://a.example/app/__relation/__/x' }], 'RequestObjects.ClassUrl'],
    [[{ ...object, ClassUrl: classUrl }], 'RequestObjects.Name,RequestObjects.ClassUrl'], [[{ ...object, Name: null }], 'RequestObjects.Name,RequestObjects.ClassUrl'],
    [[{ ...object, TargetUrl: null }], 'RequestObjects.TargetUrl'], [[{ ...object, TargetUrl: 'x' }], 'RequestObjects.TargetUrl'], [[object, { ...object, TargetUrl: 5 }], 'RequestObjects.TargetUrl'],
  ])('CELL-31 %j is refused for its %s', async (RequestObjects, field) => {
    await nothingStored(() => refused({ To: ben.url, Type: 'request', RequestObjects }, 'PR400-OD-0006', fieldText(field)));
  });

  test('CELL-31 the two vocabularies do not mix', async () => {
    await refused({ To: ben.url, Type: 'request', RequestObjects: [object], RequestRelation: 'x' }, 'PR400-OD-0006', fieldText('RequestRelation'));
    await refused({ To: ben.url, Type: 'request', RequestObjects: [object], RequestRelationTarget: target }, 'PR400-OD-0006', fieldText('RequestRelationTarget'));
    await refused({ To: ben.url, Type: 'req.role.grant', RequestObjects: [object], RequestRelation: 'x', RequestRelationTarget: target }, 'PR400-OD-0006', fieldText('RequestObjects'));
  });
});

describe('once', () => {
  test('CELL-40 a repeat with the same Idempotency-Key gets the first answer, another request with it a refusal', async () => {
    const to = await TestCell.make(app);
    const headers = { 'idempotency-key': 'a key' };
    const body = { To: to.url, Title: 'once' };
    const both = await Promise.all([ada.send(body, { headers }), ada.send(body, { headers })]);
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    expect(both[0].body).toEqual(both[1].body);
    expect(both.map((one) => one.headers.get('idempotent-replayed')).sort()).toEqual([null, 'true'].sort());
    const other = await ada.send({ ...body, Title: 'twice' }, { headers });
    expect([other.status, other.body.code]).toEqual([409, 'PR409-OD-0003']);
    expect((await ben.send(body, { headers })).status).toBe(201);
    expect(await to.list('ReceivedMessage')).toHaveLength(2);
  });
});

describe('durability of what is told', () => {
  test('CELL-40 what was answered with 201 is there, however many send at once to one cell', async () => {
    const to = await TestCell.make(app);
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? ada : ben).send({ To: to.url, Title: `n${index}` })));
    const sentIds = answers.map(({ body }) => body.d.results.__id as string);
    expect(ids(await to.list('ReceivedMessage', '$top=100')).sort()).toEqual(sentIds.sort());
    const { body } = await to.call("__ctl/ReceivedMessage?$top=0&$inlinecount=allpages&$filter=Type eq 'message' and Status eq 'unread'");
    expect(body.d).toEqual({ results: [], __count: '40' });
  });
});

test('CELL-05 CELL-06 the method and the token may stand in other headers', async () => {
  const { port } = new URL(app.url);
  const body = JSON.stringify({ To: ben.url });
  const status = await new Promise((resolve, reject) => {
    const call = request({ port, path: `/${ada.name}/__message/send/`, method: 'POST', headers: ['X-Override', `Authorization:Bearer ${ADMIN}`, 'Host', 'x', 'Content-Length', String(body.length)] }, (response) => resolve(response.statusCode));
    call.on('error', reject).end(body);
  });
  expect(status).toBe(201);
});

test('CELL-32 no text, title or address of a message is in the log', async () => {
  const to = await TestCell.make(app);
  await sent({ To: to.url, Title: 'a-secret-title', Body: 'a-secret-body' });
  await refused({ To: to.url, Title: 'a-secret-title\n', Body: 'a-secret-body' }, 'PR400-OD-0006');
  expect(app.logs()).not.toMatch(/a-secret/);
});
