import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { drivers } from '../drivers/index.js';
import { chromiumPath, openBrowser } from '../support/browser.js';
import { hostileFiles } from '../support/hostile.js';
import { Seeded } from '../support/seeded.js';
import { withSite } from '../support/site.js';
import { brief, inParallel, Pool } from '../support/wire.js';

const AT_ONCE = 6;
const EMBEDDED_AT_ONCE = 6;
/** What a browser runs, or shows with what is in it. */
const ACTIVE = /html|\bxml|\+xml|svg|javascript|ecmascript|css|flash|wasm|manifest|x-mixed|event-stream|mhtml|rfc822/i;

export const promise = 'P7: files run nowhere, leave their folder nowhere, are guessed by nobody';
export const options = { files: 300, guesses: 2_000, browse: 1 };

/** Hostile files through every dialect that takes files, fetched back, looked at, and opened in a browser. */
export function run({ seed, program, files, guesses, browse }) {
  return withSite({ program, env: Object.assign({}, ...drivers.map(({ env }) => env)) }, async (site) => {
    const chance = new Seeded(seed, 'files');
    const pool = new Pool(site.url, AT_ONCE, { isPatient: true });
    const world = { site, pool };
    const violations = [];
    const skipped = [];
    const browser = browse && chromiumPath() !== null ? await openBrowser() : null;
    if (browser === null) skipped.push('opening files in a browser: there is no Chromium here');
    const corpus = hostileFiles(browser?.beacon ?? 'http://127.0.0.1:9/beacon', chance, files);
    const served = [];
    const refused = { count: 0 };
    for (const driver of drivers.filter(({ takesFiles }) => takesFiles)) {
      const [from, to] = await driver.people(world, 2);
      await inParallel(corpus, AT_ONCE, async (file) => {
        const mail = { from, to, text: 'a file', key: null, file };
        const outcome = await driver.mail((request) => pool.ask(request), mail, world);
        const sent = outcome.kind === 'answered' ? driver.sentOf(outcome) : null;
        if (sent?.file) served.push({ label: `${driver.name}, ${file.label}`, path: sent.file, bytes: file.bytes });
        else if (outcome.kind === 'answered' && outcome.status < 500) refused.count += 1;
        else violations.push(`${driver.name}, ${file.label}: ${brief(outcome)}`);
      });
    }
    const fetched = [];
    await inParallel(served, AT_ONCE, async (file) => fetched.push({ ...file, answer: await pool.answer({ method: 'GET', path: file.path }) }));
    for (const file of fetched) violations.push(...faultsOf(file));
    violations.push(...strayFiles(site));
    let opened = 0;
    if (browser) {
      opened = await openAll(browser, site, served, violations);
      await browser.close();
    }
    const guessed = await guess(pool, served, chance, guesses, violations);
    violations.push(...site.troubles.slice(0, 5).map((line) => `logged: ${line.slice(0, 300)}`));
    pool.close();
    const row = { promise, violations, skipped };
    return [
      { ...row, tried: `hostile files, through ${drivers.filter(({ takesFiles }) => takesFiles).length} dialects`, count: corpus.length, figures: { taken: served.length, refused: refused.count, openedInBrowser: opened } },
      { promise, tried: 'addresses guessed and altered', count: guessed, violations: [] },
    ];
  });
}

/** @returns {string[]} what a served file lacks to be harmless */
function faultsOf({ label, bytes, answer }) {
  const { status, headers } = answer;
  if (status !== 200) return [`${label}: ${brief(answer)}`];
  const faults = [];
  const say = (what) => faults.push(`${label}: ${what}`);
  const type = headers['content-type'] ?? '';
  if (type === '' || ACTIVE.test(type) || /^text\//.test(type)) say(`served as ${type}`);
  if (headers['x-content-type-options'] !== 'nosniff') say('may be sniffed');
  const policy = headers['content-security-policy'] ?? '';
  if (!/sandbox/.test(policy) || !/default-src 'none'/.test(policy) || /allow-scripts/.test(policy)) say(`policy ${policy}`);
  const disposition = headers['content-disposition'] ?? '';
  if (!/^(?:attachment|inline)\b/.test(disposition)) say('no disposition');
  if (/^inline/.test(disposition) && !/^(?:image\/(?:png|jpeg|gif|webp)|application\/pdf)$/.test(type)) say(`${type} shown inline`);
  const name = /filename="((?:[^"\\]|\\.)*)"/.exec(disposition)?.[1] ?? /filename=([^;]+)/.exec(disposition)?.[1] ?? '';
  if (/[/\\\0-\x1f]|^\.\.?$/.test(name.replace(/\\(["\\])/g, '$1'))) say(`named ${name}`);
  if (/[\r\n]/.test(disposition) || headers['set-cookie']) say('wrote a header');
  if (/public/.test(headers['cache-control'] ?? '')) say('kept by shared caches');
  if (answer.bytes.length > bytes.length) say('longer than it came');
  return faults;
}

/** Everything the files folder may hold has the name of a digest. */
function strayFiles(site) {
  const entries = readdirSync(site.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries
    .map((entry) => ({ name: entry.name, at: entry.parentPath.slice(site.folder.length + 1) }))
    .filter(({ name, at }) => !/^data\/(?:postgres|run|secrets)/.test(at) && !/^[0-9a-f]{64}$/.test(name) && !/\.log$/.test(name))
    .filter(({ at, name }) => /^data\/files/.test(at) || /evil/.test(name))
    .map(({ name, at }) => `${at}/${name} was written`);
}

async function openAll(browser, site, served, violations) {
  const note = (what) => {
    for (const call of browser.calls.splice(0)) violations.push(`${what}: it ran, and called ${call}`);
    for (const dialog of browser.dialogs.splice(0)) violations.push(`${what}: it ran, and said ${dialog}`);
  };
  for (const { label, path } of served) {
    const title = await browser.visit(`${site.url}${path}`);
    if (title === 'ran') violations.push(`${label}: it ran`);
    note(label);
  }
  for (let at = 0; at < served.length; at += EMBEDDED_AT_ONCE) {
    const part = served.slice(at, at + EMBEDDED_AT_ONCE);
    await browser.show(part.map(({ path }) => markup(`${site.url}${path}`)).join(''));
    await sleep(150);
    note(`taken into a page: ${part.map(({ label }) => label).join(' / ').slice(0, 300)}`);
  }
  // what waits for a timer
  await sleep(1_500);
  note('later');
  return served.length;
}

function markup(url) {
  const safe = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<script src="${safe}"></script><script type=module src="${safe}"></script><link rel=stylesheet href="${safe}"><iframe src="${safe}"></iframe><object data="${safe}"></object><embed src="${safe}"><img src="${safe}"><video src="${safe}"></video><link rel=manifest href="${safe}">`;
}

/** Ids without the right to them: altered signatures, other ids, times to come. */
async function guess(pool, served, chance, count, violations) {
  if (served.length === 0) return 0;
  const numbers = Array.from({ length: count }, (_, i) => i);
  await inParallel(numbers, AT_ONCE * 2, async () => {
    const { path } = chance.pick(served);
    const url = new URL(path, 'http://x');
    const what = chance.below(5);
    const s = url.searchParams.get('s') ?? '';
    if (what === 0) url.search = '';
    else if (what === 1) url.searchParams.set('s', altered(s, chance));
    else if (what === 2) url.searchParams.set('e', String(Number(url.searchParams.get('e')) + chance.between(1, 1_000_000)));
    else if (what === 3) url.pathname = new URL(chance.pick(served.filter((other) => other.path !== path)).path, 'http://x').pathname;
    else url.pathname = url.pathname.replace(/\d{6,}|[0-9a-f-]{36}/, (id) => (id.includes('-') ? `${chance.bytes(4).toString('hex')}${id.slice(8)}` : String(Number(id) + chance.between(1, 1000))));
    if (`${url.pathname}${url.search}` === path) return;
    const outcome = await pool.ask({ method: 'GET', path: `${url.pathname}${url.search}` });
    if (outcome.kind !== 'answered' || outcome.status !== 404) violations.push(`guessed ${url.pathname}${url.search}: ${brief(outcome).slice(0, 80)}`);
  });
  return count;
}

function altered(signature, chance) {
  const at = chance.below(Math.max(1, signature.length - 2));
  const letter = signature[at] === 'A' ? 'B' : 'A';
  return `${signature.slice(0, at)}${letter}${signature.slice(at + 1)}`;
}
