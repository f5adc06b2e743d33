import { type Answer, fetchUrl, newFriends, newUser, type PmUser } from '../../support/clients/pm.js';
import { png } from '../../support/pictures.js';
import { startApp, type TestApp } from '../../support/app.js';

const UNKNOWN_ID = 987_654_321;
const UNKNOWN_UUID = '00000000-0000-4000-8000-000000000000';

type Kind = 'number' | 'uuid';

/** A request that names something of somebody, whatever it is. */
interface Route {
  readonly name: string;
  readonly takes: Kind;
  send(who: PmUser, id: number | string, friend: PmUser): Promise<Answer>;
}

const ROUTES: readonly Route[] = [
  { name: 'read a message', takes: 'number', send: (who, id) => who.one(id) },
  { name: 'take a message back', takes: 'number', send: (who, id) => who.takesBack(id) },
  { name: 'read a thread', takes: 'number', send: (who, id) => who.snippets(`?thread=${id}`) },
  { name: 'read a page of a thread', takes: 'number', send: (who, id) => who.snippets(`?thread=${id}&limit=1&offset=1&before_message=9007199254740991`) },
  { name: 'delete a thread', takes: 'number', send: (who, id) => who.asks('DELETE', `/api/v2/pm/?thread=${id}`) },
  { name: 'delete a thread, earlier form', takes: 'number', send: (who, id) => who.asks('DELETE', `/api/v2/pm/${id}/?hide=1`) },
  { name: 'mark a thread', takes: 'number', send: (who, id) => who.asks('POST', '/api/v2/pm/read/', { thread: id }) },
  { name: 'mark a notification', takes: 'number', send: (who, id) => who.asks('POST', '/api/v2/notification/read/', { sids: [id, String(id)] }) },
  { name: 'fetch a file', takes: 'uuid', send: (who, id) => who.asks('GET', `/api/v2/pm/file/${id}/`) },
  { name: 'fetch a small picture', takes: 'uuid', send: (who, id) => who.asks('GET', `/api/v2/pm/file/${id}/thumbnail/`) },
  { name: 'add a part', takes: 'uuid', send: (who, id) => who.brings({ content: 'evil' }, { partindex: 1, totalparts: 2, uuid: String(id) }) },
  { name: 'replace a part', takes: 'uuid', send: (who, id) => who.brings({ content: 'evil' }, { partindex: 0, totalparts: 2, uuid: String(id) }) },
  { name: 'finish an upload', takes: 'uuid', send: (who, id) => who.done({ uuid: id, filename: 'evil' }) },
  { name: 'add a small picture', takes: 'uuid', send: (who, id) => who.brings({ content: png() }, { parentuuid: String(id) }) },
  { name: 'send a file', takes: 'uuid', send: (who, id, friend) => who.writes(friend, 'x', { file_uuid: id }) },
];

let app: TestApp;
let friend: PmUser;
/** everything that belongs to the two pairs, by who may not know of it */
let secrets: { readonly id: number | string; readonly takes: Kind; readonly outsiders: readonly PmUser[] }[];
beforeAll(async () => {
  app = await startApp({ env: { PUBLIC_URL: 'https://post.example' } });
  friend = await newUser(app);
  const people = (await newFriends(app, 4)) as [PmUser, PmUser, PmUser, PmUser];
  const stranger = await newUser(app);
  for (const one of [...people, stranger]) await friend.follows(one);
  const [mira, jonas, olga, paul] = people;
  // everybody has a thread with everybody, so that no look fails for want of one
  for (const one of [...people, friend]) await stranger.follows(one);
  for (const one of people) await one.follows(stranger);
  for (const one of [...people, stranger]) for (const other of [...people, stranger]) if (one !== other) await one.wrote(other, 'Hello');
  secrets = [];
  for (const [from, to, outsiders] of [[mira, jonas, [olga, paul, stranger]], [olga, paul, [mira, jonas, stranger]]] as const) {
    const part = (await from.brings({ content: 'canary-part' }, { partindex: 0, totalparts: 2 })).body.file_uuid;
    const whole = await from.brought({ content: 'canary-whole', name: 'canary-whole.txt' });
    const small = (await from.brings({ content: png() }, { parentuuid: whole })).body.file_uuid;
    const sent = await from.wrote(to, 'canary-text', { file_uuid: await from.brought({ content: 'canary-sent', name: 'canary-sent.txt' }) });
    for (const id of [sent.id, sent.thread_id]) secrets.push({ id, takes: 'number', outsiders });
    for (const id of [part, whole, small, sent.file.uuid]) secrets.push({ id, takes: 'uuid', outsiders });
    // the other side has what was sent, and nothing of what was not
    for (const id of [part, whole, small]) secrets.push({ id, takes: 'uuid', outsiders: [to] });
  }
});
afterAll(() => app.close());

/** Everything that a request could have changed. */
async function state(): Promise<string> {
  const tables = ['messages', 'deliveries', 'conversations', 'attachments', 'pm_uploads', 'pm_upload_parts'];
  const rows = await Promise.all(tables.map((table) => app.sql(`SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS sum, count(*)::int FROM ${table} t`)));
  return JSON.stringify(rows);
}

describe('PM-111 strangers', () => {
  test.each(ROUTES)('who $name of others get what a name of nothing gets, word for word, and change nothing', async ({ takes, send }) => {
    const before = await state();
    let asked = 0;
    for (const { id, outsiders } of secrets.filter((secret) => secret.takes === takes)) {
      for (const outsider of outsiders) {
        const nothing = await send(outsider, takes === 'number' ? UNKNOWN_ID : UNKNOWN_UUID, friend);
        const answer = await send(outsider, id, friend);
        expect([id, answer.status, answer.text]).toEqual([id, nothing.status, nothing.text]);
        expect(answer.text).not.toContain('canary');
        asked += 1;
      }
    }
    expect(asked).toBeGreaterThanOrEqual(12);
    expect(await state()).toBe(before);
  });

  test('PM-75 who guess at the addresses of files find none', async () => {
    for (const { id } of secrets.filter((secret) => secret.takes === 'uuid')) {
      for (const query of ['', '?e=99999999999&s=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', '?e=&s=', '?e=1&e=2&s=x']) {
        for (const role of ['', 'thumbnail/']) expect((await fetchUrl(app, `https://post.example/api/v2/pm/file/${id}/${role}${query}`)).status).toBe(404);
      }
    }
  });
});
