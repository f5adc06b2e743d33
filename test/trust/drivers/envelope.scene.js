import { formData } from '../support/multipart.js';
import { envelope, session } from './envelope.js';

/** Two pairs who write to each other, with tokens, sessions and files, and people who have nothing to do with them. */
export async function envelopeScene(world, others) {
  const { pool } = world;
  const people = await envelope.people(world, 7);
  const [ann, bob, carl, dora, ...outsiders] = people;
  const must = async (request, status) => {
    const answer = await pool.answer(request);
    if (answer.status !== status) throw new Error(`${request.method} ${request.path}: ${answer.status} ${answer.text.slice(0, 200)}`);
    return answer.json;
  };
  const make = {
    message: async (from, to) => (await must(envelope.mailAsk({ to, text: 'canary-text' }), 201)).message_id,
    token: async (from) => (await must({ method: 'POST', path: '/api/v1/token', headers: session(from), body: { label: 'canary-label' } }, 201)).token_id,
    session: async (from) => (await must({ method: 'GET', path: '/api/v1/auth/session', headers: session(from) }, 200)).sessions[0].session_id,
    attachment: async (from) => {
      const { headers, body } = formData({}, { field: 'file', name: 'x.bin', bytes: Buffer.from('canary-file') });
      return (await must({ method: 'POST', path: '/api/v1/attachment', headers: { ...headers, ...session(from) }, body }, 201)).attachment_id;
    },
    person: async (from) => from.userId,
    name: async (from) => from.name,
  };
  const things = [];
  for (const [from, to, strangers] of [[ann, bob, [carl, dora]], [carl, dora, [ann, bob]]]) {
    for (const kind of Object.keys(make)) things.push({ kind, id: await make[kind](from, to), from, to, outsiders: [...strangers, ...outsiders] });
  }
  const words = ['a'.repeat(26), 'b'.repeat(26)];
  return {
    things,
    // base64 of a packet begins on a letter of its own
    canary: /canary-|Y2FuYXJ5L/,
    missing: { message: words, token: words, session: words, attachment: words, person: ['AAAAAAAAAAAAAAAAAAAA', 'BBBBBBBBBBBBBBBBBBBB'], name: ['nobody.knows', 'nobody.else'] },
    strangers: [{ n: 'nobody' }, ...others.map((secret, i) => ({ n: `borrowed ${i}`, session: secret }))],
    fresh: async (kind) => ({ kind, id: await make[kind](ann, bob), from: ann, to: bob }),
    people: outsiders,
  };
}

const on = (method, path, takes, by, body) => ({ takes, by, usualBy: by ?? 'from', ask: (person, thing) => ({ method, path: path.replace('{id}', thing.id), headers: session(person), ...(body && { body: body(thing) }) }) });
const own = (method, path, body) => ({ own: 'speaks of the caller alone', ask: (person, _thing, scene) => ({ method, path, headers: session(person), ...(body && { body: body(scene) }) }) });
const open = (method, path, reason, body) => ({ open: reason, ask: () => ({ method, path, ...(body && { body }) }) });

/** Every route of the dialect, and what it takes of whom. */
export const envelopeRoutes = {
  'GET /.well-known/polypost-envelope': open('GET', '/.well-known/polypost-envelope', 'the keys of the server'),
  'GET /c': open('GET', '/c', 'a page for cards, the same for all'),
  'GET /api/v1/server': open('GET', '/api/v1/server', 'the keys of the server'),
  'GET /api/v1/server/key': open('GET', '/api/v1/server/key?type=x25519', 'the keys of the server'),
  'POST /api/v1/attachment': own('POST', '/api/v1/attachment'),
  'GET /api/v1/attachment/{id}': on('GET', '/api/v1/attachment/{id}', 'attachment', 'from'),
  'DELETE /api/v1/attachment/{id}': on('DELETE', '/api/v1/attachment/{id}', 'attachment', 'from'),
  'POST /api/v1/auth/challenge': open('POST', '/api/v1/auth/challenge', 'the same for names that are none', { purpose: 'login', name: 'nobody.knows' }),
  'GET /api/v1/auth/session': own('GET', '/api/v1/auth/session'),
  'POST /api/v1/auth/session': open('POST', '/api/v1/auth/session', 'needs a signature', { challenge_id: 'x', signature: 'AAAA' }),
  'DELETE /api/v1/auth/session': { open: 'ends the caller\'s own', ask: () => ({ method: 'DELETE', path: '/api/v1/auth/session' }) },
  'DELETE /api/v1/auth/session/{id}': on('DELETE', '/api/v1/auth/session/{id}', 'session', null),
  'GET /api/v1/directory/{name}': on('GET', '/api/v1/directory/{id}', 'name', null),
  'GET /api/v1/message': own('GET', '/api/v1/message'),
  'POST /api/v1/message': open('POST', '/api/v1/message', 'needs a sealed packet', { data: 'AAAA', algorithm: 'HPKE-X25519+A256GCM', password: 'AAAA' }),
  'POST /api/v1/message/ack': on('POST', '/api/v1/message/ack', 'message', null, (thing) => ({ message_ids: [thing.id] })),
  'GET /api/v1/message/stream': { open: 'an endless answer, tried elsewhere; without a session it is refused', ask: () => ({ method: 'GET', path: '/api/v1/message/stream' }) },
  'GET /api/v1/message/{id}': on('GET', '/api/v1/message/{id}', 'message', 'to'),
  'POST /api/v1/message/{id}/ack': on('POST', '/api/v1/message/{id}/ack', 'message', 'to'),
  'DELETE /api/v1/message/{id}': on('DELETE', '/api/v1/message/{id}', 'message', 'to'),
  'GET /api/v1/token': own('GET', '/api/v1/token'),
  'POST /api/v1/token': own('POST', '/api/v1/token', () => ({})),
  'PATCH /api/v1/token/{id}': on('PATCH', '/api/v1/token/{id}', 'token', 'from', () => ({ label: 'changed' })),
  'DELETE /api/v1/token/{id}': on('DELETE', '/api/v1/token/{id}', 'token', 'from'),
  'POST /api/v1/user': open('POST', '/api/v1/user', 'needs a signature', { challenge_id: 'x', signature: 'AAAA', name: 'intruder' }),
  'GET /api/v1/user/me': own('GET', '/api/v1/user/me'),
  'PATCH /api/v1/user/me': own('PATCH', '/api/v1/user/me', () => ({ retention_days: 30 })),
  'DELETE /api/v1/user/me': { open: 'without a session it is refused; with one it ends the caller', ask: () => ({ method: 'DELETE', path: '/api/v1/user/me' }) },
  'PUT /api/v1/user/me/key': own('PUT', '/api/v1/user/me/key', () => ({ encryption_key: 'x' })),
  'GET /api/v1/user/{user_id}/key': on('GET', '/api/v1/user/{id}/key', 'person', null),
};
