import { createHash, randomBytes } from 'node:crypto';
import { isRetryAfter } from './common.js';
import { identityPem, newKeys, proofOf, registrationOf, sealed, SUITE } from './envelope.seal.js';

const PAGE = 200;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const PASSWORD_BYTES = 80;
const WORD = /^[a-z_]{3,40}$/;

/** Envelope: sealed packets; the server opens the outer layer only, and a packet's id makes a repeated send harmless. */
export const envelope = {
  name: 'envelope',
  space: 'envelope',
  tags: ['envelope'],
  env: {
    ENVELOPE_REGISTRATION: 'open', ENVELOPE_MAILBOX_MESSAGES: '10000000', ENVELOPE_MAILBOX_BYTES: '64G', ENVELOPE_TOKEN_PER_MINUTE: '100000', ENVELOPE_TOKEN_PER_DAY: '100000000', ENVELOPE_TOKEN_BYTES_PER_DAY: '64G',
    ENVELOPE_RSA_BITS: '2048', ENVELOPE_SESSION_TTL: '86400',
  },
  takesFiles: false,
  /** nobody can see who wrote */
  hidesSender: true,

  owns: (path) => /^\/(?:api\/v1(?:[/?]|$)|\.well-known\/polypost-envelope|c(?:[/?]|$))/.test(path),

  async people({ pool }, count) {
    const key = (await must(pool, { method: 'GET', path: '/api/v1/server/key?type=x25519' }, 200)).json;
    const people = [];
    for (let n = 0; n < count; n += 1) people.push(await newPerson(pool, n, key));
    return people;
  },

  /** The same packet for the same key: its id is the key. */
  mailAsk({ to, text, key }) {
    const id = key ?? randomBytes(15).toString('hex');
    const inner = { data: Buffer.concat([Buffer.alloc(IV_BYTES), Buffer.from(text), Buffer.alloc(TAG_BYTES)]), password: drawn(id, PASSWORD_BYTES) };
    const packet = { id, user_id: to.userId, token: to.token, data: inner.data.toString('base64'), algorithm: SUITE, password: inner.password.toString('base64') };
    return { method: 'POST', path: '/api/v1/message', body: sealed(packet, to.server) };
  },
  mail: (ask, mail) => ask(envelope.mailAsk(mail)),
  sentOf: ({ status, json }) => (status === 201 || status === 200) && typeof json?.message_id === 'string' ? { id: json.message_id } : null,

  editAsk: null,
  removeAsk: ({ to, id }) => ({ method: 'DELETE', path: `/api/v1/message/${id}`, headers: session(to) }),
  isDone: ({ status }) => status === 204,
  isMissing: ({ status }) => status === 404,
  readAsk: ({ to, id }) => ({ method: 'GET', path: `/api/v1/message/${id}`, headers: session(to) }),
  textOf: ({ json }) => (json?.packet ? textIn(json.packet) : null),

  async stored({ pool }, people, take) {
    await Promise.all(people.map(async (person) => {
      let after = '';
      for (;;) {
        const { status, json, text } = await pool.answer({ method: 'GET', path: `/api/v1/message?limit=${PAGE}${after}`, headers: session(person) });
        if (status !== 200) throw new Error(`list: ${text.slice(0, 200)}`);
        for (const item of json.messages) take({ id: item.message_id, text: textIn(item.packet), from: null, to: person.n, file: null, isGone: false, fault: item.packet.user_id === person.userId ? null : 'of somebody else' });
        if (json.messages.length === 0) return;
        after = `&after=${encodeURIComponent(json.messages.at(-1).cursor)}`;
      }
    }));
  },

  isBusy: (answer) => answer.status === 503 && isRetryAfter(answer) && envelope.fault(answer) === null,

  fault({ status, headers, json }) {
    if (![400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 416, 429, 503, 507].includes(status)) return `status ${status}`;
    if (!/^application\/json/.test(headers['content-type'] ?? '')) return `content type ${headers['content-type']}`;
    if (!WORD.test(json?.error ?? '') || typeof json.message !== 'string') return 'not the error of this dialect';
    if ([429, 503].includes(status) && !isRetryAfter({ headers })) return 'no Retry-After';
    if (status === 401 && !headers['www-authenticate']) return 'no WWW-Authenticate';
    return status === 405 && !headers.allow ? 'no Allow' : null;
  },
};

export const session = ({ session: token }) => (token === undefined ? {} : { Authorization: `Bearer ${token}` });

const textIn = ({ data }) => Buffer.from(data, 'base64').subarray(IV_BYTES, -TAG_BYTES).toString();

/** Bytes that depend on the id alone: the inner layer of a repeated packet is the same. */
function drawn(id, count) {
  const parts = [];
  for (let at = 0; parts.length * 32 < count; at += 1) parts.push(createHash('sha256').update(`${at} ${id}`).digest());
  return Buffer.concat(parts).subarray(0, count);
}

async function newPerson(pool, n, key) {
  const keys = newKeys();
  const name = `trust${n}.${randomBytes(5).toString('hex')}`;
  const challenge = (await must(pool, { method: 'POST', path: '/api/v1/auth/challenge', body: { purpose: 'register', identity_key: identityPem(keys) } }, 200)).json;
  const { user_id: userId } = (await must(pool, { method: 'POST', path: '/api/v1/user', body: { ...registrationOf(keys, challenge), name } }, 201)).json;
  const login = (await must(pool, { method: 'POST', path: '/api/v1/auth/challenge', body: { purpose: 'login', name } }, 200)).json;
  const opened = (await must(pool, { method: 'POST', path: '/api/v1/auth/session', body: proofOf(keys, 'login', login) }, 201)).json;
  const person = { n, name, userId, session: opened.session_token, server: key.public_key, keys };
  person.token = (await must(pool, { method: 'POST', path: '/api/v1/token', headers: session(person), body: {} }, 201)).json.token;
  return person;
}

async function must(pool, request, status) {
  const answer = await pool.answer(request);
  if (answer.status !== status) throw new Error(`${request.method} ${request.path}: ${answer.status} ${answer.text.slice(0, 200)}`);
  return answer;
}
