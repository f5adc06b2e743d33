import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startApp, type TestApp } from '../../support/app.js';
import { makeFolder } from '../../support/cli.js';
import { form, type OssnUser, send, Site, SITE_KEY } from '../../support/clients/ossn.js';
import { docx, pdf } from '../../support/documents.js';

/** What the published page of message/send v2.0 promises, tried as it is written there. */
let app: TestApp;
let site: Site;
let ines: OssnUser;
let olu: OssnUser;
const folder = makeFolder();

beforeAll(async () => {
  app = await startApp({ env: { OSSN_SITE_NAME: 'OSSN' } });
  site = new Site(app.url);
  [ines, olu] = [await site.user('Ines'), await site.user('Olu')];
});
afterAll(async () => {
  await app.close();
  folder.remove();
});

const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** The page's example, each value as its type; strings of a fixed form as that form. */
const PUBLISHED = {
  merchant: 'string',
  url: 'string',
  time_token: 'integer',
  payload: {
    data: {},
    id: 'integer',
    message_from: { guid: 'integer', fullname: 'string', username: 'string', icon: { small: 'string' } },
    message_to: { guid: 'integer', fullname: 'string', username: 'string', icon: { small: 'string' } },
    message: 'string',
    viewed: 'string',
    time: 'integer',
    'file:attachment': 'string',
    is_deleted_from: 'string',
    is_deleted_to: 'string',
    attachment_guid: 'string',
    attachment_name: 'string',
    type_of_attachment: 'string',
    attachment_url: 'string',
  },
  code: 'string',
  message: 'string',
};
const WITHOUT_FILE = { ...PUBLISHED, payload: Object.fromEntries(Object.entries(PUBLISHED.payload).filter(([key]) => !/attachment/.test(key))) };

function typesOf(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, typesOf(inner)]));
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}

interface Curled {
  readonly status: number;
  readonly text: string;
}

/** Same keys in the same order, same types. */
const sameForm = (text: string, expected: object): void => expect(JSON.stringify(typesOf(JSON.parse(text)), null, 1)).toBe(JSON.stringify(expected, null, 1));

(hasCurl ? describe : describe.skip)('the published curl line', () => {
  /** curl https://…/api/v2.0/message/send -F api_key_token=… -F from=… -F to=… -F message=Test -F attachment=@… */
  function curl(...more: string[]): Promise<Curled> {
    const fields = [`api_key_token=${SITE_KEY}`, `from=${ines.guid}`, `to=${olu.guid}`, 'message=Test'].flatMap((field) => ['-F', field]);
    return curlWith(`${app.url}/api/v2.0/message/send`, ...fields, ...more);
  }
  async function curlWith(...args: string[]): Promise<Curled> {
    const stdout = await new Promise<string>((resolve, reject) => {
      execFile('curl', ['-sS', '-w', '\n%{http_code}', ...args], (error, out) => {
        if (error) reject(new Error('curl failed', { cause: error }));
        else resolve(out);
      });
    });
    const at = stdout.lastIndexOf('\n');
    return { status: Number(stdout.slice(at + 1)), text: stdout.slice(0, at) };
  }
  const file = (name: string, content: Buffer): string => {
    writeFileSync(join(folder.path, name), content);
    return `attachment=@${join(folder.path, name)}`;
  };

  it('OSSN-19 OSSN-21 with a pdf gives the published payload: keys, types, order', async () => {
    const { status, text } = await curl('-F', file('dummy.pdf', pdf()));
    expect(status).toBe(200);
    sameForm(text, PUBLISHED);
    const { merchant, url, payload, code, message } = JSON.parse(text);
    expect([merchant, url, code, message]).toEqual(['OSSN', 'http://localhost:3000/', '100', 'Request successfully executed']);
    expect(payload).toMatchObject({ message: 'Test', viewed: '0', is_deleted_from: '', is_deleted_to: '', attachment_name: 'dummy.pdf', type_of_attachment: 'file' });
    expect(payload['file:attachment']).toMatch(/^attachment\/[0-9a-f]{32}\.pdf$/);
    expect(payload.attachment_guid).toMatch(/^\d+$/);
    expect(payload.attachment_url.startsWith(`http://localhost:3000/messages/attachment/${payload.attachment_guid}/dummy.pdf`)).toBe(true);
    expect(payload.message_from.icon.small).toMatch(new RegExp(`^http://localhost:3000/avatar/${ines.username}/small/[0-9a-f]{32}\\.jpeg$`));
  });

  it('OSSN-19 OSSN-23 with a docx, which curl sends as application/octet-stream', async () => {
    const { text } = await curl('-F', file('letter.docx', docx()));
    sameForm(text, PUBLISHED);
    expect(JSON.parse(text).payload).toMatchObject({ attachment_name: 'letter.docx', type_of_attachment: 'file' });
  });

  it('OSSN-21 without a file the five keys are absent, not null', async () => sameForm((await curl()).text, WITHOUT_FILE));

  it('OSSN-19 by GET, urlencoded, and with the key in the address', async () => {
    const fields = form({ from: ines.guid, to: olu.guid, message: 'Test' });
    const address = `${app.url}/api/v2.0/message/send`;
    for (const { status, text } of [
      await curlWith(`${address}?api_key_token=${SITE_KEY}&${fields}`),
      await curlWith(address, '-d', `api_key_token=${SITE_KEY}&${fields}`),
      await curlWith(`${address}?api_key_token=${SITE_KEY}`, '-d', fields),
      await curlWith('-G', address, '-d', `api_key_token=${SITE_KEY}`, '-d', fields),
    ]) {
      expect(status).toBe(200);
      sameForm(text, WITHOUT_FILE);
    }
  });
});

describe('the published response codes', () => {
  it.each<[string, Record<string, string | number>, string]>([
    ['message text cannot be blank', { from: 1, to: 2, message: '' }, '106'],
    ['to is blank', { from: 1, message: 'Test' }, '106'],
    ['from is blank', { to: 2, message: 'Test' }, '106'],
    ['either user not found', { from: 1, to: 999_999, message: 'Test' }, '103'],
    ['message send failed', { from: 1, to: 1, message: 'Test' }, '200'],
  ])('OSSN-08 %s', async (_what, fields, code) => {
    const { status, body } = await site.post('v2.0/message/send', fields);
    expect([status, body.code, body.payload]).toEqual([200, code, false]);
  });
});

describe('the published app', () => {
  it('OSSN-34 its login: urlencoded, status 200, code as a text, an object, and the first pair of the cookie', async () => {
    const answer = await send(app.url, {
      method: 'POST',
      path: '/api/v1.0/user_authenticate',
      body: form({ username: ines.username, password: ines.password, api_key_token: SITE_KEY }),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' },
    });
    expect([answer.status, answer.body.code]).toEqual([200, '100']);
    expect(answer.body.payload).toMatchObject({ guid: ines.guid, username: ines.username, icon: { larger: expect.any(String) } });
    const cookies = answer.headers['set-cookie'] as string[];
    expect(cookies).toHaveLength(1);
    expect(cookies[0]!.split(';')[0]).toMatch(/^\w+=[\w-]+$/);
  });
});
