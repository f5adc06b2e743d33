import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { drivers } from '../drivers/index.js';
import { bearer } from '../drivers/cell.js';
import { Site } from '../support/site.js';
import { INSIDE_ADDRESSES, spellings } from '../support/spellings.js';
import { brief, inParallel, Pool } from '../support/wire.js';

const SHIM = fileURLToPath(new URL('../support/dns-shim.mjs', import.meta.url));
const AT_ONCE = 8;
const LISTED = 'listed.trust.test';

export const promise = 'P8: no way to the inside';
export const options = { waitSeconds: 3 };

/**
 * Messages to addresses in every spelling of the inside, to listed servers whose names lead inside, or here and there
 * in turn. A trap on every interface of this machine counts who comes.
 */
export async function run({ program, waitSeconds }) {
  const driver = drivers.find(({ name }) => name === 'cell');
  if (!driver) return { promise, tried: 'nothing', count: 0, violations: [], skipped: ['this server sends nothing to other servers'] };
  const trap = { connections: 0 };
  const server = createServer((socket) => {
    trap.connections += 1;
    socket.destroy();
  }).listen(0, '::');
  await once(server, 'listening');
  const { port } = server.address();
  const site = await Site.open({ program, env: Object.assign({}, ...drivers.map(({ env }) => env)) });
  try {
    const names = { [LISTED]: [['127.0.0.1']], 'mixed.trust.test': [['93.184.215.14', '127.0.0.1']], 'turn.trust.test': [['127.0.0.1'], ['::1'], ['10.0.0.1']] };
    for (const [at, address] of INSIDE_ADDRESSES.entries()) names[`n${at}.trust.test`] = [[address]];
    const path = join(site.folder, 'names.json');
    writeFileSync(path, JSON.stringify(names));
    const units = [...Object.keys(names).map((name) => `https://${name}:${port}`), `https://127.0.0.1:${port}`, `https://[::1]:${port}`];
    Object.assign(site.env, { NODE_OPTIONS: `--import=${SHIM}`, TRUST_NAMES_FILE: path, CELL_REMOTE_UNITS: units.join() });
    await site.start();
    const pool = new Pool(site.url, AT_ONCE);
    const [from] = await driver.people({ site, pool }, 1);
    const violations = [];
    const tried = [...spellings(port, LISTED), ...units.map((unit) => `${unit}/x/`), ...Object.keys(names).flatMap((name) => [`https://${name.toUpperCase()}:${port}/y/`, `https://${name}.:${port}/y/`, `http://${name}:${port}/y/`])];
    const codes = {};
    await inParallel(tried, AT_ONCE, async (to) => {
      const outcome = await pool.ask({ method: 'POST', path: `/${from.name}/__message/send`, headers: bearer(from.token), body: { To: to, Title: 'x', Body: 'x' } });
      const results = outcome.json?.d?.results?.Result ?? [];
      const said = outcome.kind !== 'answered' ? brief(outcome) : results.length > 0 ? `result ${results.map(({ Code }) => Code).join()}` : String(outcome.status);
      codes[said] = (codes[said] ?? 0) + 1;
      if (outcome.kind !== 'answered' || outcome.status >= 500) violations.push(`${to}: ${brief(outcome)}`);
      else if (results.some(({ Code }) => Code === '201')) violations.push(`${to}: delivered`);
    });
    // what waits to be tried again
    await sleep(waitSeconds * 1000);
    if (trap.connections > 0) violations.push(`${trap.connections} connections came to this machine`);
    const lookups = existsSync(`${path}.asked`) ? readFileSync(`${path}.asked`, 'utf8').trim().split('\n').length : 0;
    if (lookups === 0) violations.push('no name was looked up: nothing was tried');
    pool.close();
    const reached = await control(site, driver, port, trap);
    if (!reached) violations.push('an address that is let through does not reach the trap: it proves nothing');
    return { promise, tried: 'spellings of addresses inside, and names that lead there', count: tried.length, violations, figures: { codes, lookups, connections: reached ? 0 : null } };
  } finally {
    server.close();
    await site.close();
  }
}

/** With its range let through, the same name does reach the trap. */
async function control(site, driver, port, trap) {
  await site.stop('SIGTERM');
  site.env.CELL_REMOTE_UNITS = `https://${LISTED}:${port}=127.0.0.0/8`;
  await site.start();
  const pool = new Pool(site.url, 1);
  const [from] = await driver.people({ site, pool }, 1);
  const before = trap.connections;
  await pool.ask({ method: 'POST', path: `/${from.name}/__message/send`, headers: bearer(from.token), body: { To: `https://${LISTED}:${port}/x/`, Title: 'x', Body: 'x' } });
  await sleep(500);
  pool.close();
  return trap.connections > before;
}
