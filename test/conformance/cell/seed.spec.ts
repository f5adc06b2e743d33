import { startApp, type TestApp } from '../../support/app.js';
import { call, type CellAnswer, TestCell } from '../../support/clients/cell.js';

/** The requests of the documentation, sent as they stand there, with the addresses of this server. */
let app: TestApp;
beforeAll(async () => (app = await startApp()));
afterAll(() => app.close());

const UNIT = 'http://localhost:3000';
const KEYS = [
  '__metadata', '__id', 'InReplyTo', 'To', 'ToRelation', 'Type', 'Title', 'Body', 'Priority', 'RequestRelation', 'RequestRelationTarget', '_Box.Name',
  'Result', '__published', '__updated',
];

/** Everything the documentation says of the answer, field by field. */
async function expectAnswer(answer: CellAnswer, cell: TestCell, token: string, said: object): Promise<void> {
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  const { results } = answer.body.d;
  expect(Object.keys(answer.body)).toEqual(['d']);
  expect(Object.keys(answer.body.d)).toEqual(['results']);
  expect(Object.keys(results)).toEqual(KEYS);
  expect(results).toMatchObject(said);
  expect(results.__id).toMatch(/^[0-9a-f]{32}$/);
  expect(results.__metadata).toEqual({
    uri: `${cell.url}__ctl/SentMessage('${results.__id}')`,
    etag: expect.stringMatching(/^W\/"1-\d{13}"$/),
    type: 'CellCtl.SentMessage',
  });
  expect(results.__published).toMatch(/^\/Date\(\d{13}\)\/$/);
  expect(results.__updated).toBe(results.__published);
  expect(results.__metadata.etag).toBe(`W/"1-${results.__published.slice(6, -2)}"`);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('location')).toBe(results.__metadata.uri);
  expect(answer.headers.get('etag')).toBe(results.__metadata.etag);
  expect(answer.headers.get('dataserviceversion')).toBe('2.0');
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  expect(answer.headers.get('x-personium-version')).toBe('1.5.6');
  const read = await call(app.url, new URL(results.__metadata.uri).pathname, { token });
  expect([read.status, read.headers.get('etag')]).toEqual([200, results.__metadata.etag]);
  const { _Box, ...rest } = read.body.d.results;
  expect(rest).toEqual(results);
  expect(_Box).toEqual({ __deferred: { uri: `${results.__metadata.uri}/_Box` } });
}

test('CELL-32 the request sample of the documentation, with a token for an app', async () => {
  const [cell, target, app1] = [await TestCell.make(app), await TestCell.make(app), await TestCell.make(app)];
  await cell.box('orch', app1.url);
  await target.box('box', app1.url);
  const token = await cell.tokenFor(['message'], app1.url);
  const body = `{
  "BoxBound": true,
  "InReplyTo": "hnKXm44TTZCw-bfSEw4f0A",
  "To": "${UNIT}/${target.name}",
  "ToRelation": null,
  "Type": "req.relation.build",
  "Title": "Friend request",
  "Body": "Thank you for the friend approval",
  "Priority": 3,
  "RequestRelation": "${UNIT}/${app1.name}/__relation/__/friend",
  "RequestRelationTarget": "${UNIT}/${cell.name}"
}`;
  const answer = await call(app.url, `/${cell.name}/__message/send`, { method: 'POST', token, body });
  await expectAnswer(answer, cell, token, {
    InReplyTo: 'hnKXm44TTZCw-bfSEw4f0A', To: `${UNIT}/${target.name}`, ToRelation: null, Type: 'req.relation.build', Title: 'Friend request',
    Body: 'Thank you for the friend approval', Priority: 3, RequestRelation: `${UNIT}/${app1.name}/__relation/__/friend`,
    RequestRelationTarget: `${UNIT}/${cell.name}`, '_Box.Name': 'orch', Result: [{ To: `${UNIT}/${target.name}/`, Code: '201', Reason: 'Created.' }],
  });
  expect(await target.list('ReceivedMessage')).toMatchObject([{ __id: answer.body.d.results.__id, '_Box.Name': 'box', From: cell.url, Status: 'none' }]);
});

test('CELL-32 the cURL sample of the documentation: curl calls its body a form', async () => {
  const [cell, target] = [await TestCell.make(app), await TestCell.make(app)];
  const token = await cell.tokenFor(['message']);
  const body = `{"BoxBound":false,"InReplyTo":"xnKXmd4TTZCw-bfSEw4f0AxnKXmd4TTZ","To":"${UNIT}/${target.name}","Type":"message","Title":"Message Sample Title","Body":"Message Sample Body","Priority":3}`;
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await call(app.url, `/${cell.name}/__message/send`, { method: 'POST', token, headers, body });
  await expectAnswer(answer, cell, token, {
    InReplyTo: 'xnKXmd4TTZCw-bfSEw4f0AxnKXmd4TTZ', To: `${UNIT}/${target.name}`, ToRelation: null, Type: 'message', Title: 'Message Sample Title',
    Body: 'Message Sample Body', Priority: 3, RequestRelation: null, RequestRelationTarget: null, '_Box.Name': null,
    Result: [{ To: `${UNIT}/${target.name}/`, Code: '201', Reason: 'Created.' }],
  });
});
