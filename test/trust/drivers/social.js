import { signedToken } from './common.js';
import { urlEncoded } from '../support/multipart.js';

/** long enough for a clock that jumps ahead by hours, short enough for one that jumps back */
const LIFE_SECONDS = 15 * 3600;
const known = new WeakMap();

/**
 * Users of the store that OSSN and PM share, who all follow each other. The two tongues of a site
 * have the same ones: what was written in one is read in the other.
 */
export function socialPeople({ pool, site }, count) {
  const before = known.get(site) ?? Promise.resolve([]);
  const after = before.then((people) => (people.length >= count ? people : grown(pool, site, people, count)));
  known.set(site, after);
  return after.then((people) => people.slice(0, count));
}

async function grown(pool, site, before, count) {
  const people = [...before];
  for (let n = people.length; n < count; n += 1) people.push(await newUser(pool, site, n));
  for (const one of people) {
    for (const other of people) {
      if (one === other || (one.n < before.length && other.n < before.length)) continue;
      const { status, text } = await pool.answer({ method: 'POST', path: `/api/v2/user/${other.guid}/follow/`, headers: bearer(one) });
      if (status !== 204) throw new Error(`follow: ${status} ${text.slice(0, 200)}`);
    }
  }
  return people;
}

/** Makes one user, whom nobody follows. */
export async function newUser(pool, site, n) {
  const username = `trust${n}x${Buffer.from(String(site.port)).toString('hex')}`;
  const password = `pass-word-${n}-${site.port}`;
  const { json, text } = await pool.answer({
    method: 'POST',
    path: '/api/v1.0/user_add',
    ...urlEncoded({
      api_key_token: site.secrets.OSSN_SITE_KEY, username, firstname: `First${n}`, lastname: `Last${n}`,
      email: `${username}@example.org`, reemail: `${username}@example.org`, password, gender: 'female', birthdate: '01/02/1990',
    }),
  });
  if (json?.code !== '100') throw new Error(`user_add: ${text.slice(0, 300)}`);
  const { guid } = json.payload;
  return { n, guid, username, password, email: `${username}@example.org`, token: tokenOf(site, guid) };
}

/** A token for a user, as the programs of an integrator sign it. */
export function tokenOf(site, guid, over = {}) {
  const now = Math.floor(Date.now() / 1000);
  return signedToken(site.secrets.PM_JWT_SECRET, { user_id: guid, token_type: 'access', iat: now, exp: now + LIFE_SECONDS, jti: `j${guid}`, ...over });
}

export const bearer = ({ token }) => ({ Authorization: `Bearer ${token}` });
