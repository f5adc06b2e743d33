import { isRetryAfter } from './common.js';

const PAGE = 1_000;
const CODE = /^PR(\d{3})-[A-Z]{2}-\d{4}$/;
const GRANT_WORDS = new Set(['invalid_request', 'invalid_client', 'invalid_grant', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope', 'temporarily_unavailable']);
const XML_HEAD = '<?xml version="1.0"?>';

/** Cell: places with an address each, OData lists, refusals by code. */
export const cell = {
  name: 'cell',
  space: 'cell',
  tags: ['cell'],
  env: {},
  takesFiles: false,
  /** PUT of a tie is told so (CELL-72) */
  usualStatuses: [501],
  bodyPaths: ['/__ctl/Cell'],

  owns: (path) => /^\/(?:__ctl(?:[/?]|$)|\.well-known\/polypost-cell|[A-Za-z0-9][\w-]*(?:[/?]|$))/.test(path) && !/^\/(?:livez|readyz|docs|docs-json|docs-yaml|metrics|health|console|api|c|ws|oauth|avatar)(?:[/?]|$)/.test(path),

  /** Each person is a cell; the administrator's token speaks for all of them. */
  async people({ pool, site }, count) {
    const people = [];
    for (let n = 0; n < count; n += 1) {
      const name = `t${n}x${Math.floor(performance.now() * 1000).toString(36)}`;
      const token = site.secrets.POLYPOST_ADMIN_TOKEN;
      const made = await pool.answer({ method: 'POST', path: '/__ctl/Cell', headers: bearer(token), body: { Name: name } });
      if (made.status !== 201) throw new Error(`cell: ${made.status} ${made.text.slice(0, 200)}`);
      people.push({ n, name, token, url: `${site.url}/${name}/` });
    }
    return people;
  },

  mailAsk: ({ from, to, text, key }) => ({
    method: 'POST',
    path: `/${from.name}/__message/send`,
    headers: { ...bearer(from.token), ...(key && { 'Idempotency-Key': key }) },
    body: { To: to.url, Title: `t${text.slice(0, 8)}`, Body: text },
  }),
  mail: (ask, mail) => ask(cell.mailAsk(mail)),
  sentOf({ status, json }) {
    const sent = json?.d?.results;
    return status === 201 && sent?.Result?.length === 1 && sent.Result[0].Code === '201' ? { id: sent.__id } : null;
  },

  editAsk: null,
  removeAsk: ({ to, id }) => ({ method: 'DELETE', path: `/${to.name}/__ctl/ReceivedMessage('${id}')`, headers: bearer(to.token) }),
  /** either side has a copy of its own */
  removeAsks: (mail) => [cell.removeAsk(mail), { method: 'DELETE', path: `/${mail.from.name}/__ctl/SentMessage('${mail.id}')`, headers: bearer(mail.from.token) }],
  isDone: ({ status }) => status === 204,
  isMissing: ({ status, json }) => status === 404 && json?.code === 'PR404-OD-0002',
  readAsk: ({ to, id }) => ({ method: 'GET', path: `/${to.name}/__ctl/ReceivedMessage('${id}')`, headers: bearer(to.token) }),
  textOf: ({ json }) => json?.d?.results?.Body ?? null,

  async stored({ pool }, people, take) {
    const byUrl = new Map(people.map(({ url, n }) => [url, n]));
    await Promise.all(people.map(async (person) => {
      for (let skip = 0; ; skip += PAGE) {
        const { status, json, text } = await pool.answer({ method: 'GET', path: `/${person.name}/__ctl/ReceivedMessage?$top=${PAGE}&$skip=${skip}&$orderby=__published%20asc,__id%20asc&$inlinecount=allpages`, headers: bearer(person.token) });
        if (status !== 200) throw new Error(`list: ${text.slice(0, 200)}`);
        const { results, __count: count } = json.d;
        for (const item of results) take({ id: item.__id, text: item.Body, from: byUrl.get(item.From), to: person.n, file: null, isGone: false, fault: null });
        if (results.length < PAGE) {
          if (Number(count) !== skip + results.length) take({ fault: `a list of ${skip + results.length} says it has ${count}` });
          return;
        }
      }
    }));
  },

  isBusy: (answer) => answer.status === 503 && isRetryAfter(answer) && cell.fault(answer, { path: '/x/__message/send' }) === null,

  fault({ status, headers, json, bytes }, { path }) {
    if (status < 400 || (status >= 500 && status !== 501 && status !== 503)) return `status ${status}`;
    if (!/^application\/json/.test(headers['content-type'] ?? '')) return `content type ${headers['content-type']}`;
    if (headers['access-control-allow-origin'] !== '*' || !headers['x-personium-version']) return 'not the headers of every answer';
    if ([429, 503].includes(status) && !isRetryAfter({ headers })) return 'no Retry-After';
    if (status === 405 && !headers.allow) return 'no Allow';
    if (/^\/[^/.][^/]*\/__token\/*$/.test(path)) return GRANT_WORDS.has(json?.error) && typeof json.error_description === 'string' ? null : `error ${bytes.toString('utf8', 0, 80)}`;
    if (Number(CODE.exec(json?.code)?.[1]) !== status) return `code ${json?.code} with status ${status}`;
    if (typeof json.message?.value !== 'string' || json.message.lang !== 'en' || Object.keys(json).length !== 2) return 'not the error of this dialect';
    return status === 401 && !headers['www-authenticate'] ? 'no WWW-Authenticate' : null;
  },
};

export const bearer = (token) => (token === undefined ? {} : { Authorization: `Bearer ${token}` });

/** An account that may do everything in its cell, signed in. @returns {Promise<string>} its token */
export async function ownerToken({ pool }, person) {
  const admin = bearer(person.token);
  const must = async (request, status) => {
    const answer = await pool.answer(request);
    if (answer.status !== status) throw new Error(`${request.method} ${request.path}: ${answer.status} ${answer.text.slice(0, 200)}`);
    return answer;
  };
  await must({ method: 'POST', path: `/${person.name}/__ctl/Account`, headers: { ...admin, 'X-Personium-Credential': 'owner-password-1' }, body: { Name: 'owner' } }, 201);
  await must({ method: 'POST', path: `/${person.name}/__ctl/Role`, headers: admin, body: { Name: 'owner' } }, 201);
  await must({ method: 'POST', path: `/${person.name}/__ctl/Account('owner')/$links/_Role`, headers: admin, body: { uri: `${person.url}__ctl/Role(Name='owner',_Box.Name=null)` } }, 204);
  const acl = `${XML_HEAD}<D:acl xmlns:D="DAV:" xmlns:p="urn:x-personium:xmlns" xml:base="${person.url}__role/__/"><D:ace><D:principal><D:href>owner</D:href></D:principal><D:grant><D:privilege><p:root/></D:privilege></D:grant></D:ace></D:acl>`;
  await must({ method: 'PUT', path: `/${person.name}/__acl`, headers: { ...admin, 'Content-Type': 'application/xml' }, body: acl }, 200);
  const signedIn = await must({ method: 'POST', path: `/${person.name}/__token`, headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'grant_type=password&username=owner&password=owner-password-1' }, 200);
  return signedIn.json.access_token;
}
