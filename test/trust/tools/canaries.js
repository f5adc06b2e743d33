import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canaryAsks } from '../drivers/canaries.js';
import { drivers } from '../drivers/index.js';
import { findBelow, findIn, formsOf } from '../support/needles.js';
import { Seeded } from '../support/seeded.js';
import { withSite } from '../support/site.js';
import { brief, inParallel, Pool } from '../support/wire.js';

const AT_ONCE = 12;
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
/** Columns that hold texts of people on purpose: OSSN and PM are not sealed. */
const KEYINBOX_SPACE = 'keyinbox';

export const promise = 'P6: no secret in logs, database, refusals, metrics';
export const options = { levels: LEVELS.join(), large: 1 };

/**
 * Markers in every secret field, header, query, part and file name, on good days and bad ones (a
 * table is missing, the database is gone), at every log level; then everything that the server wrote
 * anywhere is searched for them in every form.
 */
export function run({ seed, program, levels, large }) {
  return withSite({ program, env: Object.assign({}, ...drivers.map(({ env }) => env)) }, async (site) => {
    const chance = new Seeded(seed, 'canaries');
    // every marker of a kind begins alike, so that one search finds them all
    const [secretHead, textHead, sealedHead] = ['Sec', 'Txt', 'Sea'].map((kind) => `${kind}${chance.word(13)}`);
    const marks = { secret: 0, text: 0 };
    const marker = (head, kind) => () => `${head}${(marks[kind] += 1).toString(36).padStart(5, '0')}`;
    const [secret, text] = [marker(secretHead, 'secret'), marker(textHead, 'text')];
    const forms = { secret: formsOf(secretHead), text: formsOf(textHead), sealed: formsOf(sealedHead), privateKey: formsOf('0xSPV') };
    const violations = [];
    const look = (where, bytes, kinds) => {
      for (const kind of kinds) for (const found of findIn(bytes, forms[kind])) violations.push(`a ${kind} in ${where}, as ${found}`);
    };
    let asked = 0;
    const casts = new Map();
    const round = async (name, isBad) => {
      const pool = new Pool(site.url, AT_ONCE);
      const world = { site, pool, casts };
      const list = canaryAsks.flatMap((asks) => asks(world, secret, text)).filter(({ ask }) => large || !ask.isLarge);
      await inParallel(list, AT_ONCE, async ({ name: what, ask }) => {
        const outcome = await pool.ask(ask);
        asked += 1;
        if (outcome.kind !== 'answered') {
          if (!isBad && !ask.isLarge) violations.push(`${what}: ${brief(outcome)}`);
          return;
        }
        const isRefusal = outcome.status >= 400 || outcome.json?.success === false || outcome.json?.payload === false;
        if (isRefusal) look(`the refusal of ${what} (${name})`, outcome.bytes, ['secret', 'text', 'privateKey']);
        for (const [header, value] of Object.entries(outcome.headers)) if (header !== 'x-request-id') look(`the header ${header} of ${what}`, Buffer.from(value, 'latin1'), ['secret', 'privateKey']);
      });
      pool.close();
    };
    const metrics = async (name) => {
      const pool = new Pool(site.metricsUrl, 1);
      const outcome = await pool.ask({ method: 'GET', path: '/metrics' });
      if (outcome.kind !== 'answered' || !outcome.text.includes('polypost_')) violations.push(`no metrics (${name}): ${brief(outcome)}`);
      else look(`the metrics (${name})`, outcome.bytes, Object.keys(forms));
      pool.close();
    };

    const first = new Pool(site.url, 4);
    for (const driver of drivers) casts.set(driver.name, await driver.people({ site, pool: first }, 2));
    await sealedMails({ site, pool: first, casts }, sealedHead);
    first.close();
    for (const [at, level] of levels.split(',').entries()) {
      await site.stop('SIGTERM');
      await site.start({ LOG_LEVEL: level });
      await round(`level ${level}`, false);
      if (at < 2) await withoutTable(site, () => round(`level ${level}, a table missing`, true));
      if (at < 2) {
        site.crashDatabase('SIGKILL');
        await round(`level ${level}, the database away`, true);
      }
      await metrics(`level ${level}`);
    }
    await site.sql('CHECKPOINT');
    await copies(site, look);
    look('the log', readFileSync(site.logPath), ['secret', 'text', 'sealed', 'privateKey']);
    look('the console', readFileSync(site.consolePath), ['secret', 'text', 'sealed', 'privateKey']);
    for (const [name, value] of Object.entries(site.secrets)) {
      const settings = formsOf(value);
      for (const [where, path] of [['log', site.logPath], ['console', site.consolePath]]) for (const found of findIn(readFileSync(path), settings)) violations.push(`${name} in the ${where}, as ${found}`);
    }
    await site.stop('SIGTERM');
    const disk = await findBelow(site.dataDir, new Map([...forms.secret, ...[...forms.privateKey].filter(([form]) => form === 'plain')]));
    violations.push(...disk.found.filter((found) => !found.startsWith('secrets/')).map((found) => `a secret on the disk in ${found}`));
    const sealed = await findBelow(join(site.dataDir, 'postgres'), forms.sealed);
    violations.push(...sealed.found.map((found) => `a sealed text on the disk in ${found}`));
    const count = site.log.split('\n').length;
    return {
      promise, tried: `requests with markers, ${levels.split(',').length} log levels, bad days included`, count: asked, violations,
      figures: { secrets: marks.secret, texts: marks.text, logLines: count, diskMegabytes: Math.round(disk.bytes / 1e6), diskFiles: disk.files },
    };
  });
}

/** Texts through the dialects whose messages are sealed: they may not be in the database either. */
async function sealedMails(world, head) {
  for (const driver of drivers.filter(({ space, isSealed }) => space === KEYINBOX_SPACE || isSealed)) {
    const [from, to] = world.casts.get(driver.name);
    for (let i = 0; i < 5; i += 1) {
      const outcome = await driver.mail((request) => world.pool.ask(request), { from, to, text: `${head}${i} some more of it`, key: `s${i}`, file: null }, world);
      if (outcome.kind !== 'answered' || !driver.sentOf(outcome)) throw new Error(`${driver.name}: ${brief(outcome)}`);
    }
  }
}

/** What must be stored cannot be: every send and list meets a fault of the server's own. */
async function withoutTable(site, work) {
  await site.sql('ALTER TABLE deliveries RENAME TO deliveries_hidden');
  try {
    await work();
  } finally {
    await site.sql('ALTER TABLE deliveries_hidden RENAME TO deliveries');
  }
}

/** Every row of every table, as text: what a dump of the database holds. */
async function copies(site, look) {
  const tables = await site.sql(`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`);
  for (const { name } of tables) {
    const rows = await site.sql(`SELECT t::text AS row FROM "${name}" t`);
    look(`the table ${name}`, Buffer.from(rows.map(({ row }) => row).join('\n')), ['secret', 'sealed', 'privateKey']);
  }
  const log = join(site.dataDir, 'postgres', 'log', 'postgres.log');
  if (existsSync(log)) look('the log of the database', readFileSync(log), ['secret', 'text', 'sealed', 'privateKey']);
}
