import { startApp, type TestApp } from '../../support/app.js';
import { call, type Loose, TestCell } from '../../support/clients/cell.js';

/** The description at /docs, taken at its word: its bodies are sent, and its schemas name what answers have. */
let app: TestApp;
let description: Loose;
let ada: TestCell;
let ben: TestCell;
beforeAll(async () => {
  app = await startApp();
  description = (await call(app.url, '/docs-json')).body;
  ada = await TestCell.make(app, undefined, 'ada');
  ben = await TestCell.make(app, undefined, 'ben');
});
afterAll(() => app.close());

const schemaAt = (schema: Loose): Loose => (schema.$ref === undefined ? schema : description.components.schemas[String(schema.$ref).split('/').at(-1)!]);
const operation = (path: string, method: string): Loose => description.paths[path][method];

/** The body that the description shows. */
function exampleOf(path: string): Record<string, unknown> {
  const { properties } = schemaAt(operation(path, 'post').requestBody.content['application/json'].schema);
  return Object.fromEntries(Object.entries<Loose>(properties as object).map(([name, { example }]) => [name, example as unknown]));
}

/** @returns members that are told of and not there, or there and not told of; into lists and objects as well */
function misfits(value: Loose, schema: Loose, at = ''): string[] {
  const { type, items, properties, required = [] } = schemaAt(schema);
  if (type === 'array') return Array.isArray(value) ? value.flatMap((one: Loose) => misfits(one, items, `${at}[]`)) : [`${at} is no list`];
  if (!properties) return [];
  if (typeof value !== 'object' || value === null) return [`${at} is no object`];
  return [
    ...(required as string[]).filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`),
    ...Object.keys(value as object).flatMap((name) => (name in properties ? misfits(value[name], properties[name], `${at}.${name}`) : [`${at}.${name} is not told of`])),
  ];
}
const answerSchema = (path: string, method: string, status: string): Loose => operation(path, method).responses[status].content['application/json'].schema;

test('CELL-32 the example of a send can be sent, and its answer is what is described', async () => {
  const { status, body, text } = await ada.send(exampleOf('/{cell}/__message/send'));
  expect([status, text]).toEqual([201, text]);
  expect(body.d.results.Result).toEqual([{ To: ben.url, Code: '201', Reason: 'Created.' }]);
  expect(misfits(body, answerSchema('/{cell}/__message/send', 'post', '201'))).toEqual([]);
});

test('CELL-43 so can that of a delivery', async () => {
  const answer = await ben.call('__message/port', { method: 'POST', token: await ada.tokenAsCell(ben), body: exampleOf('/{cell}/__message/port') });
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  expect(misfits(answer.body, answerSchema('/{cell}/__message/port', 'post', '201'))).toEqual([]);
});

test('CELL-50 CELL-61 and that of an answer; lists and single messages are what is described', async () => {
  const [{ __id }] = await ben.list('ReceivedMessage');
  expect((await ben.call(`__message/received/${__id}`, { method: 'POST', body: exampleOf('/{cell}/__message/received/{id}') })).status).toBe(204);
  for (const [cell, set] of [[ben, 'ReceivedMessage'], [ada, 'SentMessage']] as const) {
    const list = await cell.call(`__ctl/${set}?$inlinecount=allpages`);
    expect(list.body.d.results.length).toBeGreaterThan(0);
    expect(misfits(list.body, answerSchema(`/{cell}/__ctl/${set}`, 'get', '200'))).toEqual([]);
    const one = await call(app.url, new URL(list.body.d.results[0].__metadata.uri as string).pathname, { token: await cell.tokenFor(['message-read']) });
    expect([one.status, misfits(one.body, answerSchema(`/{cell}/__ctl/${set}({key})`, 'get', '200'))]).toEqual([200, []]);
  }
});
