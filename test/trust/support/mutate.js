import { NASTY_TEXTS, NASTY_VALUES } from './arbitraries.js';
import { bytesOf } from './wire.js';

const HEADERS = {
  'Content-Type': ['', 'application/json', 'application/json; charset=utf-16', 'application/json; charset=bogus', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary="a', 'multipart/mixed; boundary=x', 'application/xml', '*/*', 'a'.repeat(3_000), 'application/json;;;'],
  'Content-Encoding': ['gzip', 'br', 'deflate', 'identity', 'bogus', 'gzip, gzip'],
  'Content-Length': ['0', '1', '5', '-1', '1e3', '99999999999999999999', '0x10', '+3', ' 3', '3, 3'],
  'Transfer-Encoding': ['chunked', 'gzip, chunked', 'identity', 'chunked, chunked', 'xchunked'],
  Accept: ['', '*/*', 'text/html', 'application/xml;q=0.9', 'application/json;q=0', ';;;', 'a/b'.repeat(500)],
  Authorization: ['', 'Bearer', 'Bearer ', 'Bearer a b', 'Token x', 'Basic eA==', 'Basic !!!', 'Bearer eyJhbGciOiJub25lIn0.eyJ1c2VyX2lkIjoxfQ.', 'PrivateKey x', `Bearer ${'a'.repeat(9_000)}`, 'bearer \xff'],
  Range: ['bytes=0-', 'bytes=-1', 'bytes=5-2', 'bytes=0-0,2-3', 'bytes=99999999999999999999-', 'items=1'],
  'If-None-Match': ['*', '"x"', 'W/"1-1"', '"'],
  'If-Match': ['*', 'W/"1-1"', '"', 'x'],
  'Idempotency-Key': ['', ' ', 'k', 'a'.repeat(255), 'a'.repeat(256), '\xe9', 'a,b'],
  'X-HTTP-Method-Override': ['GET', 'DELETE', 'PUT', 'MERGE', 'TRACE', 'CONNECT', 'get', 'BOGUS', ''],
  'X-Override': ['', ':', 'Authorization:Bearer x', 'Host:evil', 'Content-Length:5', 'A'.repeat(2_000), 'X: y: z'],
  'X-Forwarded-For': ['1.2.3.4', '::1', 'bogus', '127.0.0.1, 127.0.0.1'],
  'X-Forwarded-Host': ['evil.example'],
  'X-Request-Id': ['\x7f', 'a'.repeat(500), '<script>', 'ok'],
  Host: ['', 'evil.example', 'a b', '[::1', `${'a'.repeat(300)}.example`],
  Expect: ['100-continue', '200-ok'],
  Connection: ['close', 'upgrade', 'keep-alive, x'],
  Upgrade: ['websocket', 'h2c', 'TLS/1.0'],
  Cookie: ['a', '=', ';;;', 'a=b; a=c', `x=${'y'.repeat(8_000)}`],
  'Sec-Fetch-Dest': ['image', 'document', 'empty', 'bogus'],
  'X-SLS-Private-Key': ['', 'x', `0xSPV${'A'.repeat(128)}`],
  'X-SLS-Version': ['0.12', 'x'],
};
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'MERGE', 'ACL', 'PROPFIND', 'MKCOL', 'TRACE', 'M-SEARCH', 'QUERY', 'LOCK'];

/**
 * One harmful change of a request.
 * @param {import('./wire.js').Ask} request
 * @param {() => unknown} value from the description or from nowhere
 * @returns {{request: import('./wire.js').Ask, isSamePath: boolean, how: string}}
 */
export function mutated(request, chance, value) {
  const made = { ...request, headers: { ...request.headers } };
  const how = chance.pick(['body', 'body', 'body', 'body', 'bytes', 'bytes', 'query', 'query', 'path', 'path', 'header', 'header', 'method']);
  if (how === 'body' && made.body !== undefined) made.body = changedBody(made.body, made.headers, chance, value);
  else if (how === 'bytes' && made.body !== undefined) made.body = changedBytes(rawOf(made.body), chance);
  else if (how === 'path') made.path = changedPath(made.path, chance);
  else if (how === 'header') Object.assign(made.headers, changedHeader(chance));
  else if (how === 'method') made.method = chance.pick(METHODS);
  else made.path = changedQuery(made.path, chance, value);
  return { request: made, how, isSamePath: pathOf(made.path) === pathOf(request.path) && !/^X-(HTTP-Method-)?Override|^X-Forwarded/.test(Object.keys(made.headers).join()) };
}

const pathOf = (path) => path.split('?')[0];
const isPlain = (body) => typeof body === 'object' && body !== null && !Buffer.isBuffer(body);

function changedBody(body, headers, chance, value) {
  if (isPlain(body)) return changedJson(body, chance, value);
  if (typeof body === 'string' && /urlencoded/.test(headers['Content-Type'] ?? '')) return changedForm(body, chance, value);
  return changedBytes(rawOf(body), chance);
}

const rawOf = (body) => Buffer.from(typeof body === 'string' || Buffer.isBuffer(body) ? body : (JSON.stringify(body) ?? ''));

function changedJson(body, chance, value) {
  const copy = structuredClone(body);
  const places = placesIn(copy);
  const [holder, name] = chance.pick(places) ?? [copy, 'x'];
  const what = chance.below(10);
  if (what < 6) holder[name] = what < 2 ? chance.pick(NASTY_VALUES) : what < 4 ? chance.pick(NASTY_TEXTS) : value();
  else if (what === 6) delete holder[name];
  else if (what === 7) return value();
  else if (what === 8) holder[chance.pick(NASTY_TEXTS.filter((text) => text.length < 40))] = value();
  else return Buffer.from(JSON.stringify(copy).replace(/"([^"]+)":/, (all, key) => `"${key}":1,"__proto__":{"polluted":true},${all}`));
  return copy;
}

/** Every member of an object, however deep. */
function placesIn(holder, depth = 0) {
  if (depth > 5 || !isPlain(holder)) return [];
  return Object.keys(holder).flatMap((name) => [[holder, name], ...placesIn(holder[name], depth + 1)]);
}

function changedForm(body, chance, value) {
  const fields = [...new URLSearchParams(body)];
  const at = chance.below(fields.length || 1);
  const what = chance.below(7);
  const name = fields[at]?.[0] ?? 'x';
  if (what < 3) fields[at] = [name, what === 0 ? asText(value()) : chance.pick(NASTY_TEXTS)];
  else if (what === 3) fields.splice(at, 1);
  else if (what === 4) fields.push([name, asText(value())]);
  else if (what === 5) fields[at] = [`${name}[${chance.pick(['', 'a', '__proto__', '0'])}]`, chance.pick(NASTY_TEXTS)];
  else return fields.map(([key, text]) => `${key}=${chance.below(2) ? text : chance.pick(NASTY_TEXTS)}`).join('&');
  return fields.map(([key, text]) => `${wellEncoded(key)}=${wellEncoded(text)}`).join('&');
}

const asText = (value) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined'));

function wellEncoded(text) {
  return encodeURIComponent(String(text).toWellFormed());
}

function changedQuery(path, chance, value) {
  const [bare, query = ''] = path.split('?');
  if (query === '' || chance.below(3) === 0) {
    const name = chance.pick(['limit', 'offset', 'user', 'thread', 'before_message', 'from_message', 'skip', 'take', 'folder', 'id', 'guid', 's', 'e', '$filter', '$top', '$skip', '$orderby', '$select', '$expand', '$inlinecount', 'x', 'done', 'hide', 'mutual', 'next_id']);
    return `${bare}?${query}${query && '&'}${name}=${target(chance.below(2) ? chance.pick(NASTY_TEXTS) : asText(value()))}`;
  }
  return `${bare}?${target(changedForm(query, chance, value))}`;
}

/** What can stand in the first line of a request. */
function target(text) {
  return text.slice(0, 6_000).replace(/[\s\0-\x20\x7f-\uffff]/g, (c) => encodeURIComponent(c.toWellFormed()));
}

function changedPath(path, chance) {
  const [bare, query] = path.split('?');
  const parts = bare.split('/');
  const at = chance.between(1, Math.max(1, parts.length - 1));
  const nasty = target(chance.pick(NASTY_TEXTS).slice(0, 3_000)).replace(/[?#]/g, encodeURIComponent);
  const what = chance.below(5);
  if (what < 3) parts[at] = nasty;
  else if (what === 3) parts.splice(at, 0, chance.pick(['', '.', '..', '%2e%2e', '%2f', nasty]));
  else parts[at] = `${parts[at]}${chance.pick(['/', '//', '%00', ';x=1', '.json', '%20', nasty.slice(0, 50)])}`;
  return `${parts.join('/').replace(/^(?!\/)/, '/')}${query === undefined ? '' : `?${query}`}`;
}

function changedHeader(chance) {
  const name = chance.pick(Object.keys(HEADERS));
  return { [name]: chance.pick(HEADERS[name]) };
}

/** Bytes flipped, cut out, doubled, put in. */
export function changedBytes(bytes, chance) {
  let made = Buffer.from(bytes);
  for (let times = chance.between(1, 4); times > 0; times -= 1) {
    const at = chance.below(made.length + 1);
    const what = chance.below(6);
    if (what === 0 && made.length > 0) made[Math.min(at, made.length - 1)] ^= 1 << chance.below(8);
    else if (what === 1) made = made.subarray(0, at);
    else if (what === 2) made = Buffer.concat([made.subarray(0, at), chance.bytes(chance.between(1, 8)), made.subarray(at)]);
    else if (what === 3) made = Buffer.concat([made.subarray(0, at), made.subarray(Math.min(made.length, at + chance.between(1, 9)))]);
    else if (what === 4) made = Buffer.concat([made.subarray(0, at), Buffer.from(chance.pick(['"', '{', '}', '[', '\\u0000', '\\ud800', '\0', '\xff', '\r\n', '--', '0', '-', 'e999', ',']), 'latin1'), made.subarray(at)]);
    else made = Buffer.concat([made.subarray(0, at), made.subarray(Math.max(0, at - chance.between(1, 50)))]);
  }
  return made;
}

/** A whole request that is hardly HTTP any more. @returns {Buffer} */
export function mangled(request, host, chance) {
  const bytes = bytesOf(request, host);
  const end = bytes.indexOf('\r\n\r\n');
  const [head, body] = [bytes.toString('latin1', 0, end), bytes.subarray(end + 4)];
  const what = chance.below(9);
  const put = (line) => Buffer.concat([Buffer.from(`${head}\r\n${line}\r\n\r\n`, 'latin1'), body]);
  if (what === 0) return changedBytes(bytes, chance);
  if (what === 1) return put('Transfer-Encoding: chunked');
  if (what === 2) return put(`Content-Length: ${chance.below(50)}`);
  if (what === 3) return put(`X-Long: ${'a'.repeat(chance.pick([8_000, 40_000]))}`);
  if (what === 4) return put(Array.from({ length: 300 }, (_, i) => `X-H${i}: ${i}`).join('\r\n'));
  if (what === 5) return put(chance.pick([' folded: 1', ': no name', 'no colon', 'Bad\0Name: 1', 'Name : 1', '\tX: 1', 'X: \x01']));
  if (what === 6) return Buffer.concat([Buffer.from(head.replace('HTTP/1.1', chance.pick(['HTTP/1.0', 'HTTP/2.0', 'HTTP/9', 'HTP/1.1', ''])), 'latin1'), Buffer.from('\r\n\r\n'), body]);
  if (what === 7) return Buffer.concat([Buffer.from(`${head.replaceAll(/\r\nContent-Length: \d+/g, '')}\r\nTransfer-Encoding: chunked\r\n\r\n${chance.pick(['zz', '-1', '5', 'ffffffffffffffffff', '0', '1;ext=x'])}\r\n`, 'latin1'), body, Buffer.from('\r\n0\r\n\r\n')]);
  return Buffer.from(head.replace(/^(\S+) (\S+)/, (_, method, path) => chance.pick([`${method} http://evil.example${path}`, `${method} *`, `${method} //${path}`, `CONNECT evil.example:443`, `${method}  ${path}`, `${method} ${path}#x`, `get ${path}`])) + '\r\n\r\n', 'latin1');
}
