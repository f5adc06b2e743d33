import { bearer, cell, ownerToken } from './cell.js';

const SETS = {
  Account: { navigation: '_Role', made: (n) => ({ Name: `canary-account-${n}` }), headers: { 'X-Personium-Credential': 'some-password' }, key: ({ Name }) => Name },
  Box: { navigation: '_Role', made: (n) => ({ Name: `canary-box-${n}`, Schema: null }), key: ({ Name }) => Name },
  ExtCell: { navigation: '_Role', made: (n, unit) => ({ Url: `${unit}/canary-cell-${n}/` }), key: ({ Url }) => encodeURIComponent(Url) },
  Relation: { navigation: '_ExtCell', made: (n) => ({ Name: `canary-relation-${n}` }), key: ({ Name }) => Name },
  Role: { navigation: '_Account', made: (n) => ({ Name: `canary-role-${n}` }), key: ({ Name }) => Name },
};

/** Two pairs of cells that write to each other and hold accounts and the like, and cells that have nothing to do with them. */
export async function cellScene(world, others) {
  const { pool, site } = world;
  const people = await cell.people(world, 6);
  for (const person of people) person.token = await ownerToken(world, person);
  const [ann, bob, carl, dora, ...outsiders] = people;
  let serial = 0;
  const must = async (request) => {
    const answer = await pool.answer(request);
    if (answer.status !== 201) throw new Error(`${request.method} ${request.path}: ${answer.status} ${answer.text.slice(0, 200)}`);
    return answer.json.d.results;
  };
  const make = {
    received: async (from, to) => (await must(cell.mailAsk({ from, to, text: 'canary-text' }))).__id,
    sent: async (from, to) => (await must(cell.mailAsk({ from, to, text: 'canary-text' }))).__id,
    cell: async (from) => from.name,
  };
  for (const [set, { made, headers, key }] of Object.entries(SETS)) {
    make[set] = async (from) => {
      const body = made((serial += 1), site.url);
      await must({ method: 'POST', path: `/${from.name}/__ctl/${set}`, headers: { ...bearer(from.token), ...headers }, body });
      return key(body);
    };
  }
  const things = [];
  for (const [from, to, strangers] of [[ann, bob, [carl, dora]], [carl, dora, [ann, bob]]]) {
    for (const kind of Object.keys(make)) {
      const thing = { kind, id: await make[kind](from, to), from, to, outsiders: [...strangers, ...outsiders] };
      // the cell itself is no secret to its pair; everything in it is
      things.push(thing);
    }
  }
  const hex = ['0'.repeat(32), 'abcdef0123456789abcdef0123456789'];
  const names = ['no-such-name', 'neither-this'];
  return {
    things,
    canary: /canary-/,
    missing: { received: hex, sent: hex, cell: names, Account: names, Box: names, Relation: names, Role: names, ExtCell: names.map((name) => encodeURIComponent(`${site.url}/${name}/`)) },
    strangers: [{ n: 'nobody' }, ...others.map((secret, i) => ({ n: `borrowed ${i}`, token: secret }))],
    fresh: async (kind) => ({ kind, id: await make[kind](ann, bob), from: ann, to: bob }),
    people: outsiders,
  };
}

const at = (thing, owner) => thing[owner].name;
const inCell = (method, path, takes, { owner = 'from', by = owner, body } = {}) => ({
  takes,
  by,
  usualBy: owner,
  ask: (person, thing) => ({ method, path: `/${at(thing, owner)}${path.replace('KEY', thing.id)}`, headers: bearer(person.token), ...(body && { body: body(thing) }) }),
});
const refused = (method, path, reason, { body, headers } = {}) => ({
  refused: reason,
  takes: 'cell',
  ask: (person, thing, scene) => ({ method, path: path.replace('{cell}', thing.id), headers: { ...bearer(person.token), ...headers }, ...(body !== undefined && { body: typeof body === 'function' ? body(thing, scene) : body }) }),
});
const open = (method, path, reason, rest = {}) => ({ open: reason, takes: undefined, ask: (person, _thing, { people }) => ({ method, path: path.replace('{cell}', people[0].name), ...rest, headers: { ...bearer(person.token), ...rest.headers } }) });

function routesOfSet(set, { navigation, made, headers }) {
  const base = `/{cell}/__ctl/${set}`;
  const key = `/__ctl/${set}('KEY')`;
  const link = (thing) => ({ uri: `http://x/${thing.id}` });
  const change = () => made(`changed-${Math.floor(performance.now() * 1000)}`, 'http://x.example');
  return {
    [`GET ${base}`]: refused('GET', base, 'needs a privilege'),
    [`POST ${base}`]: refused('POST', base, 'needs a privilege', { body: () => made('intruder', 'http://x.example'), headers }),
    [`GET ${base}({key})`]: inCell('GET', key, set),
    [`PUT ${base}({key})`]: inCell('PUT', key, set, { by: null, body: change }),
    [`PATCH ${base}({key})`]: inCell('PATCH', key, set, { by: null, body: change }),
    [`DELETE ${base}({key})`]: inCell('DELETE', key, set),
    [`GET ${base}({key})/{navigation}`]: inCell('GET', `${key}/${navigation}`, set, { by: null }),
    [`GET ${base}({key})/$links/{navigation}`]: inCell('GET', `${key}/$links/${navigation}`, set, { by: null }),
    [`POST ${base}({key})/$links/{navigation}`]: inCell('POST', `${key}/$links/${navigation}`, set, { by: null, body: link }),
    [`DELETE ${base}({key})/$links/{navigation}({other})`]: inCell('DELETE', `${key}/$links/${navigation}('other')`, set, { by: null }),
  };
}

/** Every route of the dialect, and what it takes of whom. */
export const cellRoutes = {
  'GET /.well-known/polypost-cell': open('GET', '/.well-known/polypost-cell', 'the key that others check tokens by'),
  'GET /__ctl/Cell': refused('GET', '/__ctl/Cell', 'the administrator alone'),
  'POST /__ctl/Cell': refused('POST', '/__ctl/Cell', 'the administrator alone', { body: { Name: 'intruder' } }),
  'GET /__ctl/Cell({key})': refused('GET', "/__ctl/Cell('{cell}')", 'the administrator alone'),
  'DELETE /__ctl/Cell({key})': refused('DELETE', "/__ctl/Cell('{cell}')", 'the administrator alone'),
  'GET /{cell}': open('GET', '/{cell}', 'that the cell is there'),
  'GET /{cell}/__acl': refused('GET', '/{cell}/__acl', 'needs a privilege'),
  'PUT /{cell}/__acl': refused('PUT', '/{cell}/__acl', 'needs a privilege', { headers: { 'Content-Type': 'application/xml' }, body: '<?xml version="1.0"?><D:acl xmlns:D="DAV:"/>' }),
  ...Object.assign({}, ...Object.entries(SETS).map(([set, traits]) => routesOfSet(set, traits))),
  'GET /{cell}/__ctl/ReceivedMessage': refused('GET', '/{cell}/__ctl/ReceivedMessage', 'needs a privilege'),
  'GET /{cell}/__ctl/ReceivedMessage({key})': inCell('GET', "/__ctl/ReceivedMessage('KEY')", 'received', { owner: 'to' }),
  'DELETE /{cell}/__ctl/ReceivedMessage({key})': inCell('DELETE', "/__ctl/ReceivedMessage('KEY')", 'received', { owner: 'to' }),
  'GET /{cell}/__ctl/ReceivedMessage({key})/_AccountRead': inCell('GET', "/__ctl/ReceivedMessage('KEY')/_AccountRead", 'received', { owner: 'to', by: null }),
  'GET /{cell}/__ctl/ReceivedMessage({key})/_Box': inCell('GET', "/__ctl/ReceivedMessage('KEY')/_Box", 'received', { owner: 'to', by: null }),
  'GET /{cell}/__ctl/SentMessage': refused('GET', '/{cell}/__ctl/SentMessage', 'needs a privilege'),
  'GET /{cell}/__ctl/SentMessage({key})': inCell('GET', "/__ctl/SentMessage('KEY')", 'sent'),
  'DELETE /{cell}/__ctl/SentMessage({key})': inCell('DELETE', "/__ctl/SentMessage('KEY')", 'sent'),
  'GET /{cell}/__ctl/SentMessage({key})/_Box': inCell('GET', "/__ctl/SentMessage('KEY')/_Box", 'sent', { by: null }),
  'POST /{cell}/__message/send': refused('POST', '/{cell}/__message/send', 'needs a privilege', { body: (thing, { people }) => ({ To: people[0].url, Body: 'in his name' }) }),
  'POST /{cell}/__message/port': refused('POST', '/{cell}/__message/port', 'for other cells alone', { body: { Id: 'x' } }),
  'POST /{cell}/__message/received/{id}': inCell('POST', '/__message/received/KEY', 'received', { owner: 'to', body: () => ({ Command: 'read' }) }),
  'POST /{cell}/__token': open('POST', '/{cell}/__token', 'needs a password', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'grant_type=password&username=owner&password=wrong' }),
};
