import { formData, urlEncoded } from '../support/multipart.js';
import { ossn } from './ossn.js';
import { pm } from './pm.js';
import { bearer, newUser, socialPeople } from './social.js';

const scenes = new WeakMap();
const PDF = Buffer.from('%PDF-1.4\n%canary-file\n%%EOF\n');

/** Two pairs who write to each other in both tongues, with files and uploads, and people who have nothing to do with them. */
export async function socialScene(world, others) {
  const made = scenes.get(world.site) ?? makeScene(world);
  scenes.set(world.site, made);
  const scene = await made;
  const { guid } = scene.people[0];
  // nobody, and those who try the keys of other dialects here
  return { ...scene, strangers: [{ n: 'nobody' }, ...others.map((secret, i) => ({ n: `borrowed ${i}`, token: secret, key: secret, cookie: `ossn=${secret}`, guid }))] };
}

async function makeScene(world) {
  const { site, pool } = world;
  const people = await socialPeople(world, 7);
  const [ann, bob, carl, dora, ...outsiders] = people;
  const loner = await newUser(pool, site, `lone${people.length}`);
  for (const person of [...people, loner]) {
    person.key = JSON.parse(site.command('ossn', 'key', 'create', '--user', String(person.guid), '--json')).key;
    const session = await pool.answer({ method: 'POST', path: '/api/v1.0/user_authenticate', ...urlEncoded({ api_key_token: site.secrets.OSSN_SITE_KEY, username: person.username, password: person.password }) });
    person.cookie = /^[^;]+/.exec(session.headers['set-cookie'])[0];
  }
  const must = async (request, status) => {
    const answer = await pool.answer(request);
    if (answer.status !== status) throw new Error(`${request.method} ${request.path}: ${answer.status} ${answer.text.slice(0, 200)}`);
    return answer;
  };
  const file = { name: 'canary-name.pdf', type: 'application/pdf', bytes: PDF };
  const bring = async (from, fields = {}) => {
    const { headers, body } = formData(fields, { field: 'file', ...file });
    return (await must({ method: 'POST', path: '/api/v2/pm/upload/', headers: { ...headers, ...bearer(from) }, body }, 200)).json.file_uuid;
  };
  const write = async (from, to, uuid) => {
    const { json } = await must(pm.mailAsk({ from, to, text: `canary-text-${from.n}`, uuid }), 201);
    return Array.isArray(json) ? json[0] : json;
  };
  const attach = async (from, to) => (await must(ossn.mailAsk({ from, to, text: `canary-attached-${from.n}`, file }, world), 200)).json.payload;
  const pair = (from, to) => ({ from, to });
  const make = {
    message: async (from, to) => ({ id: (await write(from, to)).id, ...pair(from, to) }),
    thread: async (from, to) => ({ id: (await write(from, to)).thread_id, ...pair(from, to) }),
    attachment: async (from, to) => ({ id: (await attach(from, to)).attachment_guid, ...pair(from, to) }),
    file: async (from, to) => {
      const message = await write(from, to, await bring(from));
      return { id: message.file.uuid, query: new URL(message.file.url).search, ...pair(from, to) };
    },
    part: async (from, to) => ({ id: await bring(from, { partindex: 0, totalparts: 2 }), ...pair(from, to) }),
    upload: async (from, to) => ({ id: await bring(from), ...pair(from, to) }),
    person: async (from, to) => ({ id: from.guid, ...pair(from, to) }),
  };
  // everybody has a thread with everybody, so that no look fails for want of one
  for (const one of people) for (const other of people) if (one !== other && (outsiders.includes(one) || outsiders.includes(other))) await must(pm.mailAsk({ from: one, to: other, text: 'Hello' }), 201);
  const things = [];
  for (const [from, to, strangers] of [[ann, bob, [carl, dora]], [carl, dora, [ann, bob]]]) {
    for (const kind of Object.keys(make)) {
      const thing = { kind, ...(await make[kind](from, to)), outsiders: [...strangers, ...outsiders, loner] };
      things.push(thing);
    }
  }
  const uuid = ['00000000-0000-4000-8000-000000000000', '7d444840-9dc0-11d1-b245-5ffdce74fad2'];
  const number = [987_654_321, 4_503_599_627_370_495];
  return {
    things,
    canary: new RegExp(`canary-|${[ann, bob, carl, dora].map(({ email }) => email).join('|')}`),
    missing: { message: number, thread: number, attachment: number, file: uuid, part: uuid, upload: uuid, person: number },
    fresh: async (kind) => ({ kind, ...(await make[kind](ann, bob)) }),
    people: [...outsiders, loner],
  };
}
