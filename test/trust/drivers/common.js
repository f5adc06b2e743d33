import { createHmac } from 'node:crypto';

export const isRetryAfter = ({ headers }) => /^[1-9]\d*$/.test(headers['retry-after'] ?? '');

/** What the house itself refuses with: application/problem+json. @returns {string | null} what is wrong about it */
export function problemFault({ status, headers, json }) {
  if (!/^application\/problem\+json/.test(headers['content-type'] ?? '')) return `content type ${headers['content-type']}`;
  if (json?.status !== status || json.type !== 'about:blank' || typeof json.title !== 'string') return 'not the problem it says it is';
  if (status >= 500 && status !== 503) return `status ${status}`;
  return status >= 400 ? null : `status ${status}`;
}

/** A token signed as integrators sign it (HS256). */
export function signedToken(secret, claims, header = { alg: 'HS256', typ: 'JWT' }) {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** The path and query of an address the server wrote. */
export const targetOf = (url) => new URL(url).pathname + new URL(url).search;
