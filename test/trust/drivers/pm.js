import { formData } from '../support/multipart.js';
import { isRetryAfter, targetOf } from './common.js';
import { bearer, socialPeople } from './social.js';

const PAGE = 200;
const OAUTH = /^\/oauth(?:[/?]|$)/;
const WORDS = new Set([
  'invalid', 'unique', 'exist', 'min_length', 'permission_denied', 'required', 'max_length', 'does_not_exist', 'not_authenticated',
  'authentication_failed', 'not_found', 'throttled', 'parse_error', 'method_not_allowed', 'not_acceptable', 'too_large', 'unavailable',
]);
const OAUTH_WORDS = new Set([
  'invalid_request', 'invalid_client', 'invalid_grant', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope', 'access_denied',
  'unsupported_response_type', 'temporarily_unavailable', 'slow_down', 'unsupported_token_type',
]);

/** PM: bearer tokens, numbers as ids, refusals as lists of faults. */
export const pm = {
  name: 'pm',
  space: 'social',
  tags: ['pm'],
  env: {},
  takesFiles: true,
  /** what this dialect alone stands on */
  ownTable: 'pm_uploads',
  /** texts have 10,000 characters at most */
  largeBytes: 14_000,

  owns: (path) => /^\/(?:api\/v2(?:[/?]|$)|oauth(?:[/?]|$)|ws(?:[/?]|$))/.test(path),

  people: socialPeople,

  mailAsk: ({ from, to, text, key, uuid }) => ({
    method: 'POST',
    path: '/api/v2/pm/',
    headers: { ...bearer(from), ...(key && { 'Idempotency-Key': key }) },
    body: { recipients: [to.guid], message: text, ...(uuid && { file_uuid: uuid }) },
  }),
  /** With a file there are two requests; a file that was not taken is a message that was not sent. */
  async mail(ask, mail) {
    if (!mail.file) return ask(pm.mailAsk(mail));
    mail.uuid ??= null;
    if (mail.uuid === null) {
      const taken = await ask(pm.uploadAsk(mail));
      if (taken.kind !== 'answered' || taken.status !== 200) return { ...taken, kind: taken.kind === 'answered' && !pm.isBusy(taken) ? 'answered' : 'refused', status: taken.status };
      mail.uuid = taken.json.file_uuid;
    }
    return ask(pm.mailAsk(mail));
  },
  uploadAsk: ({ from, file }) => {
    const { headers, body } = formData({}, { field: 'file', name: file.name, type: file.type, bytes: file.bytes });
    return { method: 'POST', path: '/api/v2/pm/upload/', headers: { ...headers, ...bearer(from) }, body };
  },
  sentOf({ status, json }) {
    if (status !== 201) return null;
    const message = Array.isArray(json) ? json[0] : json;
    return { id: message.id, file: message.file && targetOf(message.file.url) };
  },

  editAsk: null,
  removeAsk: ({ from, id }) => ({ method: 'DELETE', path: `/api/v2/pm/${id}/`, headers: bearer(from) }),
  isDone: ({ status }) => status === 204,
  isMissing: ({ status }) => status === 404,
  readAsk: ({ to, id }) => ({ method: 'GET', path: `/api/v2/pm/${id}/`, headers: bearer(to) }),
  textOf: ({ json }) => json?.message ?? null,

  async stored({ pool }, people, take) {
    const byId = new Map(people.map((person) => [person.guid, person.n]));
    const pairs = people.flatMap((one) => people.filter((other) => other.n < one.n).map((other) => [one, other]));
    await Promise.all(pairs.map(async ([one, other]) => {
      let before = '';
      let count = null;
      let seen = 0;
      for (;;) {
        const { status, json, text } = await pool.answer({ method: 'GET', path: `/api/v2/pm/?user=${other.guid}&limit=${PAGE}${before}`, headers: bearer(one) });
        if (status !== 200) throw new Error(`thread: ${text.slice(0, 200)}`);
        count ??= json.count;
        if (json.results.length === 0) break;
        before = `&before_message=${json.results[0].id}`;
        seen += json.results.length;
        for (const item of json.results) {
          const file = item.file ? await pool.answer({ method: 'GET', path: targetOf(item.file.url) }) : null;
          take({
            id: item.id,
            text: item.message,
            from: byId.get(item.sender.id),
            to: byId.get(item.receiver.id),
            file: file && (file.status === 200 ? file.bytes : Buffer.from(`status ${file.status}`)),
            isGone: item.status === 'hidden',
            fault: null,
          });
        }
      }
      if (seen !== count) take({ fault: `a thread of ${seen} says it has ${count}` });
    }));
  },

  isBusy: (answer) => answer.status === 503 && isRetryAfter(answer) && pm.fault(answer, { path: '/api/v2/' }) === null,

  fault(answer, { path }) {
    const { status, headers, json } = answer;
    if (![400, 401, 403, 404, 405, 406, 410, 413, 429, 503].includes(status)) return `status ${status}`;
    if (!/^application\/json/.test(headers['content-type'] ?? '') && !OAUTH.test(path)) return `content type ${headers['content-type']}`;
    if ([429, 503].includes(status) && !isRetryAfter({ headers })) return 'no Retry-After';
    if (status === 405 && !headers.allow) return 'no Allow';
    if (OAUTH.test(path)) return oauthFault(answer);
    if (status === 401 && !headers['www-authenticate']) return 'no WWW-Authenticate';
    if (!Array.isArray(json?.errors) || json.errors.length === 0 || Object.keys(json).length !== 1) return 'not the list of errors';
    return json.errors.every(isFault) ? null : 'an error of another form';
  },
};

function isFault(item) {
  const isSaid = ({ message, code }) => typeof message === 'string' && WORDS.has(code);
  if ('field' in item) return typeof item.field === 'string' && Array.isArray(item.messages) && item.messages.length > 0 && item.messages.every(isSaid);
  return isSaid(item);
}

/** Under /oauth/ refusals are those of RFC 6749, or a page for people. */
function oauthFault({ headers, json, text }) {
  if (/^text\/html/.test(headers['content-type'] ?? '')) return /<!doctype html>/i.test(text) && headers['content-security-policy'] ? null : 'a page without a policy';
  return OAUTH_WORDS.has(json?.error) ? null : `error ${JSON.stringify(json)?.slice(0, 80)}`;
}
