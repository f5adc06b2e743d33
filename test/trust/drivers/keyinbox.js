import { isRetryAfter } from './common.js';

const PAGE = 200;
const LEVELS = new Set(['info', 'warn', 'error', 'fatal']);

/** KeyInbox: keys instead of accounts, a body in every request. */
export const keyinbox = {
  name: 'keyinbox',
  space: 'keyinbox',
  tags: ['keyinbox'],
  env: {},
  takesFiles: false,
  /** what this dialect alone stands on */
  ownTable: 'keyinbox_contracts',

  owns: (path) => /^\/(?:messages(?!\/attachment|_)|ping|generate-keypair|identity|sign)(?:[/?]|$)/.test(path),

  async people({ pool }, count) {
    const people = [];
    for (let n = 0; n < count; n += 1) {
      const { json } = await pool.answer({ method: 'GET', path: '/generate-keypair', body: {} });
      people.push({ n, private: json.response.private_key, public: json.response.public_key });
    }
    return people;
  },

  mailAsk: ({ from, to, text, key }) => ({
    method: 'POST',
    path: '/messages',
    headers: key ? { 'Idempotency-Key': key } : {},
    body: { public_key: to.public, ...(from && { private_key: from.private }), message: { subject: subjectOf(text), content: text } },
  }),
  mail: (ask, mail) => ask(keyinbox.mailAsk(mail)),
  sentOf: ({ status, json }) => (status === 200 && json?.success === true ? { id: json.response?.id } : null),

  editAsk: ({ from, to, id, text }) => ({
    method: 'PUT',
    path: `/messages/${id}`,
    body: { private_key: from.private, public_key: to.public, message: { subject: subjectOf(text), content: text } },
  }),
  removeAsk: ({ to, id }) => ({ method: 'DELETE', path: `/messages/receiver/${id}`, body: { private_key: to.private } }),
  /** an edit or a deletion was done */
  isDone: ({ status, json }) => status === 200 && json?.success === true,
  isMissing: ({ status, json }) => status === 400 && json?.messages?.[0]?.code === 'message_not_found',
  readAsk: ({ to, id }) => ({ method: 'GET', path: `/messages/receiver/${id}`, body: { private_key: to.private } }),
  /** @returns {string | null} the text a read shows, null where there is none */
  textOf: ({ json }) => json?.response?.message?.content ?? null,

  /** Everything stored, read as its recipients read it. */
  async stored({ pool }, people, take) {
    const byKey = new Map(people.map((person) => [person.public, person.n]));
    await Promise.all(people.map(async (person) => {
      let total = 1;
      for (let skip = 0; skip < total; skip += PAGE) {
        const list = await pool.answer({ method: 'GET', path: '/messages', body: { private_key: person.private, pagination_data: { skip, take: PAGE } } });
        if (list.status !== 200) throw new Error(`list: ${list.text.slice(0, 200)}`);
        total = list.json.response.pagination_data.total;
        await Promise.all(list.json.response.messages.map(async (item) => {
          const { json } = await pool.answer(keyinbox.readAsk({ to: person, id: item.id }));
          const { id, pair, message } = json.response;
          const cut = [...message.content].slice(0, 30).join('');
          take({
            id,
            text: message.content,
            from: pair.from === null ? null : byKey.get(pair.from),
            to: person.n,
            file: null,
            isGone: false,
            fault: item.message.content === cut && subjectOf(message.content) === message.subject ? null : 'listed otherwise than read',
          });
        }));
      }
    }));
  },

  isBusy: (answer) => answer.status === 503 && isRetryAfter(answer) && answer.json?.messages?.[0]?.code === 'overloaded' && keyinbox.fault(answer) === null,

  /** @returns {string | null} what is wrong about a refusal, by the contract of the dialect */
  fault({ status, headers, json }) {
    if (![400, 404, 405, 413, 429, 503].includes(status)) return `status ${status}`;
    if (!/^application\/json/.test(headers['content-type'] ?? '')) return `content type ${headers['content-type']}`;
    if (json?.success !== false || json.response !== null || !Array.isArray(json.messages) || json.messages.length === 0) return 'not the envelope';
    if (!json.messages.every(({ level, message }) => LEVELS.has(level) && typeof message === 'string')) return 'not the messages of the envelope';
    if (json.messages[0].level !== 'error' || !/^[a-z_]+$/.test(json.messages[0].code ?? '')) return 'no code';
    if ([429, 503].includes(status) && !isRetryAfter({ headers })) return 'no Retry-After';
    if (status === 405 && !headers.allow) return 'no Allow';
    return Object.keys(json).length === 3 ? null : 'more members than the envelope has';
  },
};

const subjectOf = (text) => `s${text.slice(0, 8)}`;
