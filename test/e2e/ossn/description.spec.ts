import { startApp, type TestApp } from '../../support/app.js';
import { form, send, Site, SITE_KEY, type WireAnswer } from '../../support/clients/ossn.js';
import { pdf } from '../../support/documents.js';

/** The description at /docs, taken at its word: its examples are sent, and its schemas fit the answers. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly example?: unknown;
}
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>>;
}
interface Description {
  readonly paths: Readonly<Record<string, { readonly get: Operation; readonly post: Operation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

let app: TestApp;
let description: Description;
let replaced: Readonly<Record<string, string>>;

const LAST = ['/api/v1.0/user_edit', '/api/v2.0/user/block', '/api/v2.0/user/unblock', '/api/v1.0/message_delete', '/api/v2.0/user/delete'];
/** Calls whose example is refused, because there is nothing it could be about. */
const REFUSED: Readonly<Record<string, string>> = { '/api/v1.0/notifications_mark_viewed': '200' };

beforeAll(async () => {
  app = await startApp();
  description = JSON.parse((await send(app.url, { method: 'GET', path: '/docs-json' })).text) as Description;
});
afterAll(() => app.close());

const paths = (): string[] => Object.keys(description.paths).filter((path) => /^\/api\/v\d\.\d\//.test(path));

/** The examples of the parameters, ids replaced by those that there are. */
function exampleOf(path: string): Record<string, string> {
  const { properties = {} } = description.paths[path]!.post.requestBody!.content['application/x-www-form-urlencoded']!.schema;
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => name !== 'attachment')
      .map(([name, { example }]) => [name, replaced?.[`${name}=${String(example)}`] ?? replaced?.[String(example)] ?? String(example)]),
  );
}

/** @returns where the value does not fit, undefined where it fits */
function misfit(value: unknown, schema: Schema, at = 'payload'): string | undefined {
  if (schema.$ref !== undefined) return misfit(value, description.components.schemas[schema.$ref.split('/').at(-1)!]!, at);
  if (schema.allOf) return schema.allOf.map((each) => misfit(value, each, at)).find((fault) => fault !== undefined);
  if (value === null) return schema.nullable ? undefined : `${at} is null`;
  if (schema.oneOf) {
    const faults = schema.oneOf.map((each) => misfit(value, each, at));
    return faults.includes(undefined) ? undefined : faults.join(' | ');
  }
  if (schema.enum && !schema.enum.includes(value)) return `${at} is ${JSON.stringify(value)}`;
  if (schema.items) return Array.isArray(value) ? value.map((each, index) => misfit(each, schema.items!, `${at}[${index}]`)).find(Boolean) : `${at} is no list`;
  if (schema.properties) return misfitOfObject(value, schema, at);
  const type = Number.isInteger(value) ? 'integer' : typeof value;
  return schema.type === type || (schema.type === 'number' && type === 'integer') ? undefined : `${at} is ${type}, not ${schema.type}`;
}

function misfitOfObject(value: unknown, { properties = {}, required = [] }: Schema, at: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${at} is no object`;
  const missing = required.find((name) => !(name in value));
  const unknown = Object.keys(value).find((name) => !(name in properties));
  if (missing ?? unknown) return `${at}: ${missing ? `${missing} is missing` : `${unknown} is not described`}`;
  return Object.entries(value).map(([name, inner]) => misfit(inner, properties[name]!, `${at}.${name}`)).find(Boolean);
}

const answerSchema = (operation: Operation): Schema => operation.responses['200']!.content!['application/json']!.schema;

function check(path: string, method: 'get' | 'post', answer: WireAnswer): void {
  expect([path, method, answer.status, answer.body?.code]).toEqual([path, method, 200, REFUSED[path] ?? '100']);
  expect([path, misfit(answer.body, answerSchema(description.paths[path]![method]), 'answer')]).toEqual([path, undefined]);
}

it('OSSN-19 every call is described for GET and POST, with its parameters', () => {
  expect(paths().length).toBe(27);
  for (const path of paths()) {
    const { get, post } = description.paths[path]!;
    const body = post.requestBody!.content;
    expect(Object.keys(body)).toEqual(['multipart/form-data', 'application/x-www-form-urlencoded', 'application/json']);
    const { properties = {}, required = [] } = body['application/json']!.schema;
    const query = get.parameters!.filter((parameter) => parameter.in === 'query');
    expect(query.map(({ name }) => name)).toEqual(Object.keys(properties).filter((name) => name !== 'attachment'));
    expect(query.filter((parameter) => parameter.required).map(({ name }) => name)).toEqual(required);
    expect('attachment' in properties).toBe(/message\/send|message_add/.test(path));
  }
});

it('OSSN-07 the examples run as they stand, and every answer fits its schema', async () => {
  const site = new Site(app.url);
  replaced = { 'your-api-key': SITE_KEY };
  const post = (path: string, fields: Record<string, string>) => send(app.url, { method: 'POST', path, body: form(fields), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
  const added = await post('/api/v1.0/user_add', exampleOf('/api/v1.0/user_add'));
  check('/api/v1.0/user_add', 'post', added);
  const olu = await site.user('Olu');
  const ines = { guid: added.body.payload.guid as number, username: 'inesroth', email: '', password: '', first: '' };
  const { id } = await site.message(ines, olu, 'first');
  await site.upload('v2.0/message/send', { from: ines.guid, to: olu.guid, message: 'file' }, { filename: 'a.pdf', content: pdf() });
  await site.message(olu, ines, 'back');
  await site.payload('v1.0/user_add_friend', { user_a: olu.guid, user_b: ines.guid });
  replaced = { ...replaced, '31': String(ines.guid), '44': String(olu.guid), 'id=907': String(id) };

  const ordered = [...paths().filter((path) => path !== '/api/v1.0/user_add' && !LAST.includes(path)), ...LAST];
  for (const path of ordered) {
    const fields = exampleOf(path);
    // some of the examples mark everything as viewed
    if (!LAST.includes(path)) await site.message(ines, olu, 'unread');
    check(path, 'post', await post(path, fields));
    if (path === '/api/v2.0/user/delete') break;
    if (path !== '/api/v1.0/user_edit') check(path, 'get', await send(app.url, { method: 'GET', path: `${path}?${form(fields)}` }));
  }
});
