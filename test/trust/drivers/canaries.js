import { formData, urlEncoded } from '../support/multipart.js';
import { bearer } from './social.js';

/**
 * Requests with a marker in every field that holds a secret, and another in every field that holds a
 * text of somebody's: right ones, wrong ones, too large ones, broken ones.
 *
 * @param {object} world site, and people by dialect
 * @param {() => string} secret a new marker for what may stand nowhere
 * @param {() => string} text a new marker for what may stand in no log, no metric and no refusal
 * @returns {{name: string, ask: import('../support/wire.js').Ask}[]}
 */
export const canaryAsks = [keyinboxAsks, ossnAsks, pmAsks, envelopeAsks, cellAsks, houseAsks];

function keyinboxAsks({ casts }, secret, text) {
  const [ann, bob] = casts.get('keyinbox');
  const routes = [
    ['GET', '/ping'], ['GET', '/messages'], ['POST', '/messages'], ['PUT', '/messages/x'], ['GET', '/messages/receiver/x'], ['DELETE', '/messages/receiver/x'],
    ['GET', '/messages/sender/x'], ['DELETE', '/messages/sender/x'], ['GET', '/messages/x'], ['DELETE', '/messages/x'], ['POST', '/identity'], ['GET', '/identity'], ['DELETE', '/identity'],
    ['POST', '/identity/auth'], ['POST', '/sign'], ['GET', '/sign'], ['POST', '/sign/sign'], ['GET', '/sign/x'], ['PUT', '/sign/x'], ['POST', '/nowhere'], ['PATCH', '/messages'],
  ];
  const list = [];
  const add = (name, method, path, more) => list.push({ name: `keyinbox ${name} ${method} ${path}`, ask: { method, path, ...more } });
  for (const [method, path] of routes) {
    const rest = () => ({ public_key: bob.public, message: { subject: text(), content: text() }, pagination_data: { skip: 0, take: 5 }, id: 'x' });
    add('wrong key', method, path, { body: { private_key: secret(), ...rest() } });
    add('key of the right form', method, path, { body: { private_key: `0xSPV${secret().padEnd(128, 'A').slice(0, 128)}`, ...rest() } });
    add('right key', method, path, { body: { private_key: ann.private, ...rest() } });
    add('key in the header', method, path, { headers: { Authorization: `PrivateKey ${secret()}`, 'X-SLS-Private-Key': secret() }, body: rest() });
    add('key in the query', method, `${path}?private_key=${secret()}`, { body: {} });
    add('key as an object', method, path, { body: { private_key: { [secret()]: secret() }, ...rest() } });
    add('key as a list', method, path, { body: { private_key: [secret()], message: [text()], public_key: [secret()] } });
    add('broken JSON', method, path, { body: `{"private_key":"${secret()}","message":{"content":"${text()}"` });
    add('too large', method, path, { body: `{"private_key":"${secret()}","pad":"${'x'.repeat(7_000_000)}"}`, isLarge: true });
    add('in the path', method, `${path}/${secret()}`, { body: { private_key: ann.private } });
  }
  add('sent', 'POST', '/messages', { headers: { 'Idempotency-Key': secret() }, body: { private_key: ann.private, public_key: bob.public, message: { subject: text(), content: text() } } });
  add('asked to sign', 'POST', '/sign', { body: { private_key: ann.private, public_key: bob.public, message: text(), expires: 60 } });
  return list;
}

function ossnAsks({ site, casts }, secret, text) {
  const [ann, bob] = casts.get('ossn');
  const key = site.secrets.OSSN_SITE_KEY;
  const list = [];
  const add = (name, ask) => list.push({ name: `ossn ${name}`, ask });
  const operations = [
    '/api/v2.0/message/send', '/api/v1.0/message_add', '/api/v2.0/message/list', '/api/v2.0/message/new', '/api/v1.0/message_recent', '/api/v1.0/message_delete',
    '/api/v1.0/user_add', '/api/v1.0/user_authenticate', '/api/v1.0/user_details', '/api/v1.0/user_edit', '/api/v2.0/user/block', '/api/v1.0/notifications_count', '/api/v9.9/x', '/api/v1.0/none',
  ];
  const fields = () => ({
    from: ann.guid, to: bob.guid, guid: ann.guid, message: text(), username: ann.username, firstname: text(), lastname: text(), email: 'bad', reemail: 'bad2', password: secret(),
    current_password: secret(), new_password: secret(), new_email: 'x', new_first_name: text(), new_last_name: text(), gender: 'male', birthdate: '01/01/1990', types: text(),
  });
  for (const path of operations) {
    add(`right key ${path}`, { method: 'POST', path, ...urlEncoded({ api_key_token: key, ...fields() }) });
    add(`wrong key ${path}`, { method: 'POST', path, ...urlEncoded({ api_key_token: secret(), ...fields() }) });
    add(`in the query ${path}`, { method: 'GET', path: `${path}?${new URLSearchParams({ api_key_token: key, ...fields() })}` });
    add(`wrong in the query ${path}`, { method: 'GET', path: `${path}?${new URLSearchParams({ api_key_token: secret(), api_key: secret() })}` });
    add(`as JSON ${path}`, { method: 'POST', path, body: { api_key_token: key, ...fields() } });
    add(`as broken JSON ${path}`, { method: 'POST', path, headers: { 'Content-Type': 'application/json' }, body: `{"api_key_token":"${secret()}","message":"${text()}` });
    add(`in the header ${path}`, { method: 'POST', path, headers: { Authorization: `Bearer ${secret()}`, Cookie: `session=${secret()}` }, body: '' });
    add(`with a file ${path}`, { method: 'POST', path, ...formData({ api_key_token: key, ...fields() }, { field: 'attachment', name: `${text()}.pdf`, bytes: Buffer.from(`%PDF-1.4\n%${text()}\n`) }) });
    add(`with a refused file ${path}`, { method: 'POST', path, ...formData({ api_key_token: key, ...fields() }, { field: 'attachment', name: `${text()}.exe`, bytes: Buffer.from(text()) }) });
    add(`with a file under another name ${path}`, { method: 'POST', path, ...formData({ api_key_token: secret(), [secret()]: secret() }, { field: secret(), name: `${text()}.pdf`, bytes: Buffer.from(text()) }) });
  }
  for (const path of ['/messages/attachment/1/x.pdf', '/messages_attachment_view/1/x.pdf']) {
    add(`file ${path}`, { method: 'GET', path: `${path}?s=${secret()}&e=99999999999&api_key_token=${secret()}`, headers: { Cookie: `ossn=${secret()}` } });
  }
  return list;
}

function pmAsks({ casts }, secret, text) {
  const [ann, bob] = casts.get('pm');
  const list = [];
  const add = (name, ask) => list.push({ name: `pm ${name}`, ask });
  const routes = [
    ['GET', '/api/v2/pm/'], ['POST', '/api/v2/pm/'], ['DELETE', '/api/v2/pm/'], ['GET', '/api/v2/pm/1/'], ['POST', '/api/v2/pm/read/'], ['POST', '/api/v2/pm/upload/'], ['GET', '/api/v2/pm/search/'],
    ['GET', '/api/v2/user/me/'], ['GET', '/api/v2/user/1/'], ['PATCH', '/api/v2/user/1/settings/'], ['POST', '/api/v2/jwt/verify_token/'], ['POST', '/oauth/token/'], ['GET', '/oauth/authorize/'],
    ['POST', '/oauth/authorize/'], ['POST', '/oauth/revoke_token/'], ['GET', '/api/v2/none/'],
  ];
  const body = () => ({
    recipients: [bob.guid], message: text(), token: secret(), grant_type: 'password', client_id: 'none', client_secret: secret(), username: ann.username, password: secret(), code: secret(),
    refresh_token: secret(), redirect_uri: 'https://x.example', code_verifier: secret(), filename: text(), uuid: 'x',
  });
  for (const [method, path] of routes) {
    add(`wrong token ${method} ${path}`, { method, path, headers: { Authorization: `Bearer ${secret()}` }, body: body() });
    add(`Token ${method} ${path}`, { method, path, headers: { Authorization: `Token ${secret()}` }, body: body() });
    add(`like a JWT ${method} ${path}`, { method, path, headers: { Authorization: `Bearer eyJhbGciOiJub25lIn0.${Buffer.from(secret()).toString('base64url')}.${secret()}` } });
    add(`right token ${method} ${path}`, { method, path, headers: bearer(ann), body: body() });
    add(`form ${method} ${path}`, { method, path, headers: { ...bearer(ann), ...urlEncoded(body()).headers }, body: urlEncoded(body()).body });
    add(`in the query ${method} ${path}`, { method, path: `${path}?user=${text()}&token=${secret()}&access_token=${secret()}&s=${secret()}&code_challenge=${secret()}&state=${secret()}`, headers: bearer(ann) });
    add(`broken JSON ${method} ${path}`, { method, path, headers: bearer(ann), body: `{"message":"${text()}","password":"${secret()}` });
  }
  const file = formData({ filename: text(), duration: text(), md5: text() }, { field: 'file', name: `${text()}.html`, bytes: Buffer.from(`<p>${text()}</p>`) });
  add('file', { method: 'POST', path: '/api/v2/pm/upload/', headers: { ...bearer(ann), ...file.headers }, body: file.body });
  const kept = formData({}, { field: 'file', name: `${text()}.txt`, bytes: Buffer.from(text()) });
  add('file taken', { method: 'POST', path: '/api/v2/pm/upload/', headers: { ...bearer(ann), ...kept.headers }, body: kept.body });
  add('file fetched', { method: 'GET', path: `/api/v2/pm/file/00000000-0000-4000-8000-000000000000/?e=99999999999&s=${secret()}`, headers: { Cookie: secret() } });
  add('sent', { method: 'POST', path: '/api/v2/pm/', headers: { ...bearer(ann), 'Idempotency-Key': text() }, body: { recipients: [bob.guid], message: text() } });
  add('live', {
    method: 'GET', path: '/ws/notify?subscribe-user',
    headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Protocol': `__${secret()}` },
  });
  return list;
}

function envelopeAsks({ casts }, secret, text) {
  if (!casts.has('envelope')) return [];
  const [ann] = casts.get('envelope');
  const right = { Authorization: `Bearer ${ann.session}` };
  const list = [];
  const add = (name, ask) => list.push({ name: `envelope ${name}`, ask });
  const routes = [
    ['GET', '/api/v1/message'], ['POST', '/api/v1/message'], ['GET', '/api/v1/message/x'], ['DELETE', '/api/v1/message/x'], ['POST', '/api/v1/message/ack'], ['GET', '/api/v1/token'], ['POST', '/api/v1/token'],
    ['PATCH', '/api/v1/token/x'], ['POST', '/api/v1/auth/challenge'], ['POST', '/api/v1/auth/session'], ['GET', '/api/v1/auth/session'], ['POST', '/api/v1/user'], ['GET', '/api/v1/user/me'], ['PUT', '/api/v1/user/me/key'],
    ['GET', '/api/v1/user/x/key'], ['GET', '/api/v1/directory/x'], ['POST', '/api/v1/attachment'], ['GET', '/api/v1/none'],
  ];
  const body = () => ({
    data: secret(), algorithm: text(), password: secret(), kid: text(), token: secret(), challenge_id: secret(), signature: secret(), invite: secret(), name: text(), identity_key: secret(), encryption_key: secret(), key_created: text(), key_signature: secret(), message_ids: [text()],
  });
  for (const [method, path] of routes) {
    add(`wrong session ${method} ${path}`, { method, path, headers: { Authorization: `Bearer pps1_${secret()}` }, body: body() });
    add(`wrong token ${method} ${path}`, { method, path, headers: { Authorization: `Token ${secret()}` }, body: body() });
    // labels of tokens are kept as they are given: no marker of a secret may stand there
    if (!(method === 'POST' && path === '/api/v1/token')) add(`right session ${method} ${path}`, { method, path, headers: right, body: body() });
    add(`in the query ${method} ${path}`, { method, path: `${path}?token=${secret()}&session=${secret()}&after=${text()}`, headers: right });
    add(`broken JSON ${method} ${path}`, { method, path, headers: right, body: `{"password":"${secret()}","data":"${secret()}` });
  }
  return list;
}

function cellAsks({ site, casts }, secret, text) {
  if (!casts.has('cell')) return [];
  const [ann, bob] = casts.get('cell');
  const right = { Authorization: `Bearer ${site.secrets.POLYPOST_ADMIN_TOKEN}` };
  const list = [];
  const add = (name, ask) => list.push({ name: `cell ${name}`, ask });
  const routes = [
    ['POST', '/__message/send'], ['POST', '/__message/port'], ['POST', '/__message/received/x'], ['GET', '/__ctl/ReceivedMessage'], ['GET', '/__ctl/SentMessage'], ['GET', "/__ctl/ReceivedMessage('x')"], ['DELETE', "/__ctl/ReceivedMessage('x')"],
    ['GET', '/__ctl/Account'], ['POST', '/__ctl/Account'], ['PUT', "/__ctl/Account('x')"], ['GET', '/__acl'], ['PUT', '/__acl'], ['GET', '/__none'],
  ];
  const body = () => ({ To: bob.url, Title: text(), Body: text(), InReplyTo: text(), Password: secret(), token: secret() });
  for (const [method, rest] of routes) {
    const path = `/${ann.name}${rest}`;
    add(`wrong token ${method} ${rest}`, { method, path, headers: { Authorization: `Bearer ${secret()}` }, body: body() });
    add(`like a JWT ${method} ${rest}`, { method, path, headers: { Authorization: `Bearer eyJhbGciOiJub25lIn0.${Buffer.from(secret()).toString('base64url')}.${secret()}` }, body: body() });
    add(`Basic ${method} ${rest}`, { method, path, headers: { Authorization: `Basic ${Buffer.from(`a:${secret()}`).toString('base64')}` } });
    add(`by X-Override ${method} ${rest}`, { method, path, headers: { 'X-Override': `Authorization:Bearer ${secret()}` }, body: body() });
    add(`right token ${method} ${rest}`, { method, path, headers: { ...right, 'X-Personium-Credential': secret() }, body: body() });
    add(`in the query ${method} ${rest}`, { method, path: `${path}?$filter=Title%20eq%20'${text()}'&token=${secret()}&p_cookie=${secret()}`, headers: right });
    add(`broken JSON ${method} ${rest}`, { method, path, headers: right, body: `{"Body":"${text()}","Password":"${secret()}` });
  }
  add('sent', { method: 'POST', path: `/${ann.name}/__message/send`, headers: right, body: { To: bob.url, Title: text(), Body: text() } });
  for (const grant of ['password', 'refresh_token', 'x']) {
    const fields = { grant_type: grant, username: 'owner', password: secret(), refresh_token: secret(), client_id: 'https://x.example/', client_secret: secret(), p_target: bob.url };
    add(`token ${grant}`, { method: 'POST', path: `/${ann.name}/__token`, ...urlEncoded(fields) });
    add(`token ${grant} as JSON`, { method: 'POST', path: `/${ann.name}/__token`, body: fields });
    add(`token ${grant} in the query`, { method: 'POST', path: `/${ann.name}/__token?${new URLSearchParams(fields)}`, headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: '' });
  }
  return list;
}

function houseAsks(_world, secret) {
  return [
    ['GET', `/${secret()}`], ['GET', `/livez?token=${secret()}`], ['GET', `/docs?key=${secret()}`], ['POST', `/console/${secret()}`], ['GET', `/readyz/${secret()}`], ['DELETE', `/api/${secret()}`], ['GET', `/metrics?key=${secret()}`],
  ].map(([method, path]) => ({ name: `house ${method}`, ask: { method, path, headers: { Authorization: `Bearer ${secret()}`, Cookie: `a=${secret()}`, Referer: `http://x.example/?key=${secret()}` } } }));
}
