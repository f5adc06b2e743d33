import { keyinbox } from './keyinbox.js';

const LONG_GONE = '0xSID0000000000000AAAAAAAAAAAAAAAAAAAA';

/** Two pairs with messages and contracts, and people who have nothing to do with them. */
export async function keyinboxScene(world, others) {
  const { pool } = world;
  const people = await keyinbox.people(world, 8);
  const [ann, bob, carl, dora, ...outsiders] = people;
  const done = async (request) => {
    const answer = await pool.answer(request);
    if (answer.status !== 200) throw new Error(`${request.method} ${request.path}: ${answer.text.slice(0, 200)}`);
    return answer.json.response;
  };
  for (const one of [ann, bob, carl, dora]) {
    await done({ method: 'POST', path: '/identity', body: { private_key: one.private, public: { name: `n${one.n}`, biography: '' } } });
  }
  const make = {
    message: async (from, to) => ({ id: (await done(keyinbox.mailAsk({ from, to, text: `canary-text-${from.n}` }))).id, from, to }),
    contract: async (from, to) => ({
      id: (await done({ method: 'POST', path: '/sign', body: { private_key: from.private, public_key: to.public, message: `canary-contract-${from.n}`, expires: 3600 } })).id, from, to,
    }),
  };
  const things = [];
  for (const [from, to, strangers] of [[ann, bob, [carl, dora]], [carl, dora, [ann, bob]]]) {
    for (const kind of ['message', 'contract']) things.push({ kind, ...(await make[kind](from, to)), outsiders: [...strangers, ...outsiders] });
  }
  return {
    things,
    canary: /canary-/,
    missing: { message: [LONG_GONE, LONG_GONE.replace(/A/g, 'b')], contract: [LONG_GONE, LONG_GONE.replace(/A/g, 'b')] },
    /** nobody, and those who try the keys of other dialects here */
    strangers: [{ n: 'nobody' }, ...others.map((secret, i) => ({ n: `borrowed ${i}`, private: secret, public: outsiders[0].public }))],
    fresh: async (kind) => ({ kind, ...(await make[kind](ann, bob)) }),
    people: [...outsiders],
  };
}

const who = ({ private: key }) => (key === undefined ? {} : { private_key: key });
const on = (method, path, takes, body = () => ({}), by = 'to') => ({
  takes,
  by,
  ask: (person, thing) => ({ method, path: path.replace('{id}', thing.id), body: { ...who(person), ...body(thing) } }),
});
const own = (method, path, body = () => ({}), reason = 'speaks of the caller alone') => ({ own: reason, ask: (person) => ({ method, path, body: { ...who(person), ...body(person) } }) });
const open = (method, path, reason) => ({ open: reason, ask: (person) => ({ method, path, body: who(person) }) });
const page = () => ({ pagination_data: { skip: 0, take: -1 } });
const change = (thing) => ({ public_key: thing.to?.public, message: { subject: 'x', content: 'overwritten' } });

/** Every route of the dialect, and what it takes of whom. */
export const keyinboxRoutes = {
  'GET /ping': open('GET', '/ping', 'says what this server allows'),
  'GET /generate-keypair': open('GET', '/generate-keypair', 'makes something new of nobody'),
  'GET /identity/generate-keypair': open('GET', '/identity/generate-keypair', 'makes something new of nobody'),
  'GET /identity': { open: 'public by its nature', ask: (person) => ({ method: 'GET', path: '/identity', body: { public_key: person.public } }) },
  'POST /identity': own('POST', '/identity', () => ({ public: { name: 'own', biography: '' } })),
  'DELETE /identity': own('DELETE', '/identity'),
  'POST /identity/auth': own('POST', '/identity/auth'),
  'GET /messages': own('GET', '/messages', page),
  'POST /messages': { own: 'sends in the name of the caller', ask: (person, _thing, { people }) => ({ method: 'POST', path: '/messages', body: { ...who(person), public_key: people[0].public, message: { subject: 's', content: 'own' } } }) },
  'GET /messages/{id}': on('GET', '/messages/{id}', 'message'),
  'PUT /messages/{id}': on('PUT', '/messages/{id}', 'message', change, 'from'),
  'DELETE /messages/{id}': on('DELETE', '/messages/{id}', 'message'),
  'GET /messages/receiver/{id}': on('GET', '/messages/receiver/{id}', 'message'),
  'DELETE /messages/receiver/{id}': on('DELETE', '/messages/receiver/{id}', 'message'),
  // whoever knows id and receiver is told that he is not the sender (KEY-39): with any other receiver it is not there
  'GET /messages/sender/{id}': on('GET', '/messages/sender/{id}', 'message', () => ({ public_key: null }), 'from'),
  'DELETE /messages/sender/{id}': on('DELETE', '/messages/sender/{id}', 'message', () => ({ public_key: null }), 'from'),
  'GET /sign': on('GET', '/sign', 'contract', (thing) => ({ id: thing.id, public_key: thing.to?.public })),
  'POST /sign': { own: 'asks in the name of the caller', ask: (person, _thing, { people }) => ({ method: 'POST', path: '/sign', body: { ...who(person), public_key: people[0].public, message: 'own', expires: 60 } }) },
  'GET /sign/{id}': on('GET', '/sign/{id}', 'contract'),
  'PUT /sign/{id}': on('PUT', '/sign/{id}', 'contract', () => ({ term: 'sign' })),
  'POST /sign/{term}': on('POST', '/sign/refuse', 'contract', (thing) => ({ id: thing.id })),
};
for (const name of ['GET /messages/sender/{id}', 'DELETE /messages/sender/{id}']) {
  const [method] = name.split(' ');
  keyinboxRoutes[name].ask = (person, thing) => ({
    method,
    path: `/messages/sender/${thing.id}`,
    // a stranger does not know the receiver; the sender does
    body: { ...who(person), public_key: (person === thing.from ? thing.to : person).public },
  });
}
keyinboxRoutes['PUT /messages/{id}'].ask = (person, thing) => ({
  method: 'PUT',
  path: `/messages/${thing.id}`,
  body: { ...who(person), public_key: (person === thing.from ? thing.to : person).public, message: { subject: 'x', content: 'overwritten' } },
});
