import { startApp, type TestApp } from '../../support/app.js';
import { ADMIN, type CellAnswer, TestCell } from '../../support/clients/cell.js';

let app: TestApp;
let from: TestCell;
beforeAll(async () => {
  app = await startApp();
  from = await TestCell.make(app);
});
afterAll(() => app.close());

let counter = 0;
const newId = (): string => String((counter += 1)).padStart(32, '0');
const delivery = (more: object = {}) => ({ __id: newId(), From: from.url, Type: 'message', Title: 'Hello', Body: 'there', Priority: 3, Status: 'unread', ...more });

/** Hands over as the sending cell, unless another token is given. */
async function hand(to: TestCell, body: unknown, token?: string | null): Promise<CellAnswer> {
  return to.call('__message/port', { method: 'POST', body, token: token === undefined ? await from.tokenAsCell(to) : token });
}
function expectRefusal(answer: CellAnswer, code: string, text?: string): void {
  expect([answer.status, answer.body?.code]).toEqual([Number(code.slice(2, 5)), code]);
  if (text !== undefined) expect(answer.body.message.value).toBe(text);
}

test('CELL-43 a delivery is answered with the entity, which GET finds', async () => {
  const to = await TestCell.make(app);
  const body = delivery({ InReplyTo: 'x'.repeat(32), MulticastTo: 'https://a.example/x/,https://a.example/y/', Title: 'ti\0tle' });
  const answer = await hand(to, body);
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  const { results } = answer.body.d;
  expect(Object.keys(results)).toEqual([
    '__metadata', '__id', '_Box.Name', 'InReplyTo', 'From', 'MulticastTo', 'Type', 'Title', 'Body', 'Priority', 'Status', 'RequestRelation', 'RequestRelationTarget',
    '__published', '__updated', '_Box', '_AccountRead',
  ]);
  const uri = `${to.url}__ctl/ReceivedMessage('${body.__id}')`;
  expect(results).toMatchObject({ ...body, '_Box.Name': null, RequestRelation: null, RequestRelationTarget: null, __metadata: { uri, type: 'CellCtl.ReceivedMessage' }, _Box: { __deferred: { uri: `${uri}/_Box` } }, _AccountRead: { __deferred: { uri: `${uri}/_AccountRead` } } });
  expect([answer.headers.get('location'), answer.headers.get('etag'), answer.headers.get('dataserviceversion')]).toEqual([uri, results.__metadata.etag, '2.0']);
  const read = await to.call(`__ctl/ReceivedMessage('${body.__id}')`);
  expect([read.body.d.results, read.headers.get('etag')]).toEqual([results, results.__metadata.etag]);
});

describe('CELL-41 who may deliver', () => {
  test('CELL-41 a cell as itself, and nobody else', async () => {
    const [to, other] = [await TestCell.make(app), await TestCell.make(app)];
    expectRefusal(await hand(to, delivery(), null), 'PR401-AU-0001');
    expectRefusal(await hand(to, delivery(), 'nonsense'), 'PR401-AU-0006');
    expectRefusal(await hand(to, delivery(), await from.tokenAsCell(other)), 'PR401-AU-0006');
    expectRefusal(await hand(to, delivery(), ADMIN), 'PR403-AU-0002');
    expectRefusal(await hand(to, delivery(), await to.tokenFor(['root'])), 'PR403-AU-0002');
    expect(await to.list('ReceivedMessage')).toEqual([]);
  });

  test('CELL-41 From is who calls, in any spelling of the same address', async () => {
    const [to, other] = [await TestCell.make(app), await TestCell.make(app)];
    for (const From of [other.url, 'https://elsewhere.example/x/', `${from.url}x/`]) expectRefusal(await hand(to, delivery({ From })), 'PR403-AU-0002');
    expect(await to.list('ReceivedMessage')).toEqual([]);
    for (const From of [from.url.slice(0, -1), `personium-localunit:/${from.name}/`]) expect((await hand(to, delivery({ From }))).body.d.results.From).toBe(from.url);
  });

  test('CELL-41 who calls is looked at before the body', async () => {
    const to = await TestCell.make(app);
    expectRefusal(await hand(to, '{', null), 'PR401-AU-0001');
    expectRefusal(await hand(to, '{'), 'PR400-OD-0001');
  });
});

describe('CELL-42 the body', () => {
  test.each(['__id', 'From', 'Type', 'Title', 'Body', 'Priority', 'Status'])('CELL-42 %s is required', async (name) => {
    const to = await TestCell.make(app);
    for (const value of [undefined, null]) expectRefusal(await hand(to, delivery({ [name]: value })), 'PR400-OD-0009', `[${name}] is required.`);
  });

  const target = 'https://a.example/x/';
  test.each([
    ['__id', ['short', 'x'.repeat(33), `${'x'.repeat(31)}'`, `${'x'.repeat(31)}\0`, 5]],
    ['From', ['', 'ada', 'ftp://a.example/x/', 7]],
    ['MulticastTo', ['x', 'https://a.example/x/,,https://a.example/y/', 5]],
    ['InReplyTo', ['x'.repeat(31)]],
    ['Type', ['x', '']],
    ['Title', ['a\nb', 'x'.repeat(257)]],
    ['Body', ['x'.repeat(65_537)]],
    ['Priority', [0, 6, 'x']],
    ['Status', ['none', 'read', 'approved', '', 1]],
    ['Schema', ['x', 5]],
    ['RequestObjects', [[{}]]],
  ] as const)('CELL-42 %s is checked as in a send', async (name, values) => {
    const to = await TestCell.make(app);
    for (const value of values) expectRefusal(await hand(to, delivery({ [name]: value })), 'PR400-OD-0006', `request body format error. field [${name}]`);
    expect(await to.list('ReceivedMessage')).toEqual([]);
  });

  test('CELL-42 other members are refused', async () => {
    const to = await TestCell.make(app);
    for (const name of ['BoxBound', 'To', '_Box.Name']) expectRefusal(await hand(to, delivery({ [name]: 'x' })), 'PR400-OD-0007', `[unknown property ${name} for ReceivedMessage]`);
    expectRefusal(await hand(to, delivery({ __published: '/Date(0)/' })), 'PR400-OD-0007');
  });

  test('CELL-42 requests begin with none, messages with unread, and requests need what they ask for', async () => {
    const to = await TestCell.make(app);
    const asking = { Type: 'req.relation.build', RequestRelation: 'friend', RequestRelationTarget: target };
    expectRefusal(await hand(to, delivery(asking)), 'PR400-OD-0006', 'request body format error. field [Status]');
    expectRefusal(await hand(to, delivery({ Type: 'req.relation.build', Status: 'none' })), 'PR400-OD-0006');
    const { body } = await hand(to, delivery({ ...asking, Status: 'none' }));
    expect((await to.answer(body.d.results.__id as string, 'approved')).status).toBe(204);
    const later = await hand(to, delivery({ Type: 'request', Status: 'none', RequestObjects: [{ RequestType: 'role.add', Name: 'x', TargetUrl: target }] }));
    expect(later.body.d.results.RequestObjects).toEqual([{ RequestType: 'role.add', Name: 'x', ClassUrl: null, TargetUrl: target }]);
  });

  test('CELL-42 the schema names a Box here, and is not kept', async () => {
    const [to, app1] = [await TestCell.make(app), await TestCell.make(app)];
    const text = `Box corresponding to the schema can not be found. Schema [${app1.url}].`;
    expectRefusal(await hand(to, delivery({ Schema: app1.url })), 'PR400-RM-0002', text);
    await to.box('apps', app1.url);
    const { body } = await hand(to, delivery({ Schema: app1.url.slice(0, -1) }));
    expect(body.d.results['_Box.Name']).toBe('apps');
    expect(body.d.results).not.toHaveProperty('Schema');
    for (const Schema of ['', null]) expect((await hand(to, delivery({ Schema }))).body.d.results['_Box.Name']).toBe(null);
  });

  test('CELL-42 the same id twice is refused, and the stored copy stays as it was', async () => {
    const to = await TestCell.make(app);
    const body = delivery();
    const answers = await Promise.all([hand(to, body), hand(to, body), hand(to, { ...body, Title: 'other' })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const [stored] = await to.list('ReceivedMessage');
    for (const answer of [...answers.filter(({ status }) => status === 409), await hand(to, { ...body, Title: 'third' })]) expectRefusal(answer, 'PR409-OD-0003');
    expect(await to.list('ReceivedMessage')).toEqual([stored]);
    expect((await to.call(`__ctl/ReceivedMessage('${body.__id}')`, { method: 'DELETE' })).status).toBe(204);
    expectRefusal(await hand(to, body), 'PR409-OD-0003');
    const elsewhere = await TestCell.make(app);
    expect((await hand(elsewhere, body)).status).toBe(201);
  });
});
