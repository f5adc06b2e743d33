import { formData, urlEncoded } from '../support/multipart.js';
import { bearer } from './social.js';

const auth = (person) => (person.token === undefined ? {} : bearer(person));
const on = (method, path, takes, { body, by = 'from', query = () => '' } = {}) => ({
  takes,
  by,
  ask: (person, thing, scene) => ({
    method,
    path: `${path.replace('{id}', thing.id).replace('{uuid}', thing.id)}/${query(thing)}`,
    headers: auth(person),
    ...(body && { body: body(thing, scene) }),
  }),
});
const own = (method, path, body) => ({ own: 'speaks of the caller alone', ask: (person, _thing, scene) => ({ method, path: `${path}/`, headers: auth(person), ...(body && { body: body(scene) }) }) });
const open = (method, path, reason, rest = {}) => ({ open: reason, ask: (person) => ({ method, path: `${path}/`, headers: { ...auth(person), ...rest.headers }, ...(rest.body !== undefined && { body: rest.body }) }) });
const visible = (method, path, reason) => ({ ...on(method, path, 'person'), visible: reason });
const form = (fields) => urlEncoded(fields);
const file = (path) => ({ ...on('GET', path, 'file', { query: () => '?e=99999999999&s=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }), controlBy: (thing) => ({ method: 'GET', path: `/api/v2/pm/file/${thing.id}/${thing.query}` }) });

const upload = on('POST', '/api/v2/pm/upload', 'part');
upload.ask = (person, thing) => {
  const { headers, body } = formData({ partindex: 1, totalparts: 2, uuid: thing.id }, { field: 'file', name: 'evil.pdf', bytes: Buffer.from('evil') });
  return { method: 'POST', path: '/api/v2/pm/upload/', headers: { ...headers, ...auth(person) }, body };
};
const finish = { ...on('POST', '/api/v2/pm/upload', 'upload', { query: () => '?done', body: (thing) => ({ uuid: thing.id, filename: 'evil' }) }) };
const send = { ...on('POST', '/api/v2/pm', 'upload', { body: (thing, { people }) => ({ recipients: [people[0].guid], message: 'x', file_uuid: thing.id }) }) };
const ofThread = (method) => on(method, '/api/v2/pm', 'thread', { query: ({ id }) => `?thread=${id}` });

/** Every route of the dialect, and what it takes of whom; a list where one address takes several things. */
export const pmRoutes = {
  'GET /api/v2/dynamic_preference': open('GET', '/api/v2/dynamic_preference', 'says what this server has'),
  'GET /api/v2/feature': open('GET', '/api/v2/feature', 'says what this server has'),
  'POST /api/v2/jwt/verify_token': open('POST', '/api/v2/jwt/verify_token', 'says whether a token is good', { body: { token: 'x.y.z' } }),
  'GET /api/v2/notification': own('GET', '/api/v2/notification'),
  'POST /api/v2/notification/read': { ...on('POST', '/api/v2/notification/read', 'message', { body: ({ id }) => ({ sids: [String(id)] }), by: null }) },
  'GET /api/v2/notification/unseen/count': own('GET', '/api/v2/notification/unseen/count'),
  'DELETE /api/v2/pm': ofThread('DELETE'),
  'GET /api/v2/pm': [ofThread('GET'), own('GET', '/api/v2/pm')],
  'POST /api/v2/pm': send,
  'GET /api/v2/pm/file/{uuid}': file('/api/v2/pm/file/{uuid}'),
  'GET /api/v2/pm/file/{uuid}/thumbnail': { ...file('/api/v2/pm/file/{uuid}/thumbnail'), by: null },
  'POST /api/v2/pm/read': on('POST', '/api/v2/pm/read', 'thread', { body: ({ id }) => ({ thread: id }) }),
  'GET /api/v2/pm/search': own('GET', '/api/v2/pm/search'),
  'POST /api/v2/pm/upload': [upload, finish],
  'DELETE /api/v2/pm/{id}': [on('DELETE', '/api/v2/pm/{id}', 'message'), on('DELETE', '/api/v2/pm/{id}', 'thread', { query: () => '?hide=1' })],
  'GET /api/v2/pm/{id}': on('GET', '/api/v2/pm/{id}', 'message'),
  'POST /api/v2/user/connection/statuses': own('POST', '/api/v2/user/connection/statuses', ({ people }) => ({ users: people.map(({ guid }) => guid) })),
  'GET /api/v2/user/hidden_users': own('GET', '/api/v2/user/hidden_users'),
  'GET /api/v2/user/hidden_users_id': own('GET', '/api/v2/user/hidden_users_id'),
  'GET /api/v2/user/me': own('GET', '/api/v2/user/me'),
  'GET /api/v2/user/{id}': visible('GET', '/api/v2/user/{id}', 'who a user is, without the address'),
  'POST /api/v2/user/{id}/follow': visible('POST', '/api/v2/user/{id}/follow', 'the caller follows'),
  'GET /api/v2/user/{id}/followers': visible('GET', '/api/v2/user/{id}/followers', 'public'),
  'GET /api/v2/user/{id}/followings': visible('GET', '/api/v2/user/{id}/followings', 'public'),
  'POST /api/v2/user/{id}/hide': visible('POST', '/api/v2/user/{id}/hide', 'the caller hides'),
  'GET /api/v2/user/{id}/is_followed': visible('GET', '/api/v2/user/{id}/is_followed', 'of the caller'),
  'GET /api/v2/user/{id}/is_follower': visible('GET', '/api/v2/user/{id}/is_follower', 'of the caller'),
  'GET /api/v2/user/{id}/is_hidden': visible('GET', '/api/v2/user/{id}/is_hidden', 'of the caller'),
  'GET /api/v2/user/{id}/is_hidden_by': visible('GET', '/api/v2/user/{id}/is_hidden_by', 'of the caller'),
  // 403 for whoever it is (PM-99)
  'GET /api/v2/user/{id}/settings': on('GET', '/api/v2/user/{id}/settings', 'person'),
  'PATCH /api/v2/user/{id}/settings': on('PATCH', '/api/v2/user/{id}/settings', 'person', { body: () => ({ qa_frequency: 1 }) }),
  'GET /oauth/authorize': { open: 'a page to sign in on', ask: () => ({ method: 'GET', path: '/oauth/authorize/?client_id=none&response_type=code' }) },
  'POST /oauth/authorize': open('POST', '/oauth/authorize', 'needs a password', form({ client_id: 'none', username: 'x', password: 'y' })),
  'POST /oauth/revoke_token': open('POST', '/oauth/revoke_token', 'a token that is none', form({ client_id: 'none', token: 'x' })),
  'POST /oauth/token': open('POST', '/oauth/token', 'needs a password', form({ grant_type: 'password', client_id: 'none', username: 'x', password: 'y' })),
};
