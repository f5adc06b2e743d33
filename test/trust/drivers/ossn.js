import { formData, urlEncoded } from '../support/multipart.js';
import { isRetryAfter, problemFault, targetOf } from './common.js';
import { socialPeople } from './social.js';

const CODES = new Set(['101', '102', '103', '104', '105', '106', '107', '200', '201']);
const MEMBERS = 'merchant,url,time_token,payload,code,message';
const API = /^\/api\/v\d+\.\d/;

/** OSSN: a site key that acts for every user; refusals are codes in answers of status 200. */
export const ossn = {
  name: 'ossn',
  space: 'social',
  tags: ['ossn'],
  env: {},
  takesFiles: true,

  owns: (path) => API.test(path) || /^\/(?:avatar|messages\/attachment|messages_attachment_view)(?:[/?]|$)/.test(path),

  people: socialPeople,

  mailAsk({ from, to, text, key, file }, { site }) {
    const fields = { api_key_token: site.secrets.OSSN_SITE_KEY, from: from.guid, to: to.guid, message: text };
    const { headers, body } = file ? formData(fields, { field: 'attachment', name: file.name, type: file.type, bytes: file.bytes }) : urlEncoded(fields);
    return { method: 'POST', path: '/api/v2.0/message/send', headers: { ...headers, ...(key && { 'Idempotency-Key': key }) }, body };
  },
  mail: (ask, mail, world) => ask(ossn.mailAsk(mail, world)),
  sentOf: ({ status, json }) =>
    status === 200 && json?.code === '100' ? { id: json.payload.id, file: json.payload.attachment_url && targetOf(json.payload.attachment_url) } : null,

  editAsk: null,
  removeAsk: ({ from, id }, { site }) => call(site, '/api/v1.0/message_delete', { id, guid: from.guid }),
  isDone: ({ status, json }) => status === 200 && json?.code === '100',
  isMissing: ({ status, json }) => status === 200 && json?.code === '200',
  readAsk: ({ from, to, id }, { site }) => call(site, '/api/v2.0/message/list', { guid: to.guid, to: from.guid, before_id: Number(id) + 1, page_limit: 1 }),
  textOf: ({ json }) => json?.payload?.list?.[0]?.message ?? null,

  async stored({ pool, site }, people, take) {
    const byGuid = new Map(people.map((person) => [person.guid, person.n]));
    const pairs = people.flatMap((one) => people.filter((other) => other.n > one.n).map((other) => [one, other]));
    await Promise.all(pairs.map(async ([one, other]) => {
      let before = Number.MAX_SAFE_INTEGER;
      let count = null;
      let seen = 0;
      for (;;) {
        const { json, text } = await pool.answer(call(site, '/api/v2.0/message/list', { guid: one.guid, to: other.guid, before_id: before, page_limit: 100 }));
        if (json?.code !== '100') throw new Error(`list: ${text.slice(0, 200)}`);
        count ??= json.payload.count;
        const list = json.payload.list || [];
        if (list.length === 0) break;
        before = Math.min(...list.map(({ id }) => id));
        seen += list.length;
        for (const item of list) {
          const file = item.attachment_url ? await pool.answer({ method: 'GET', path: targetOf(item.attachment_url) }) : null;
          take({
            id: item.id,
            text: item.message,
            from: byGuid.get(item.message_from),
            to: byGuid.get(item.message_to),
            file: file && (file.status === 200 ? file.bytes : Buffer.from(`status ${file.status}`)),
            isGone: item.is_deleted === '1',
            fault: null,
          });
        }
      }
      if (seen !== count) take({ fault: `a conversation of ${seen} says it has ${count}` });
    }));
  },

  isBusy: (answer) => answer.status === 503 && isRetryAfter(answer) && ossn.fault(answer, { path: '/api/v2.0/' }) === null,

  fault(answer, { path }) {
    const { status, headers, json } = answer;
    if (!API.test(path)) return problemFault(answer);
    if (![200, 405, 413, 429, 503].includes(status)) return `status ${status}`;
    if (!/^application\/json/.test(headers['content-type'] ?? '')) return `content type ${headers['content-type']}`;
    if (json === undefined || json === null || Object.keys(json).join() !== MEMBERS) return 'not the envelope';
    if (json.payload !== false || !CODES.has(json.code)) return `code ${json.code}`;
    if (typeof json.message !== 'string' && json.message !== 6) return 'no message';
    if (status !== 200 && json.code !== '200') return `status ${status} with code ${json.code}`;
    if ([429, 503].includes(status) && !isRetryAfter({ headers })) return 'no Retry-After';
    return status === 405 && !headers.allow ? 'no Allow' : null;
  },
};

/** A call with the site key. */
export function call(site, path, fields, key = site.secrets.OSSN_SITE_KEY) {
  return { method: 'POST', path, ...urlEncoded({ ...(key !== null && { api_key_token: key }), ...fields }) };
}
