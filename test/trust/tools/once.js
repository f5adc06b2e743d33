import { drivers } from '../drivers/index.js';
import { Budget } from '../support/budget.js';
import { Proxy } from '../support/proxy.js';
import { Seeded } from '../support/seeded.js';
import { withSite } from '../support/site.js';
import { brief, inParallel, Pool, Wire } from '../support/wire.js';

const PEOPLE = 8;
const COPIES = 16;

export const promise = 'P2: a retry never doubles';
export const options = { sends: 5_000, races: 60, clients: 32, loss: 30, budgetSeconds: 0 };

/**
 * Sends through a proxy that lets a share of the replies get lost, each repeated until it is answered;
 * many copies of one send at the same moment; one key for two different messages.
 */
export function run({ seed, program, sends, races, clients, loss, budgetSeconds }) {
  return withSite({ program, env: Object.assign({}, ...drivers.map(({ env }) => env)) }, async (site) => {
    const chance = new Seeded(seed, 'once');
    const pool = new Pool(site.url, 16);
    const world = { site, pool };
    const proxy = await Proxy.start(site.port, chance.fork('proxy'));
    const able = drivers.filter(({ mailAsk }) => mailAsk);
    const trial = { world, able, chance, violations: [], casts: new Map(), ids: new Map(able.map(({ space }) => [space, new Map()])), rows: new Map() };
    for (const driver of able) trial.casts.set(driver.name, await driver.people(world, PEOPLE));
    for (const { space } of able) trial.rows.set(space, await rowsOf(site, space));
    const budget = new Budget(budgetSeconds);
    const { sent, repeats } = await sendAll(trial, proxy, { sends, clients, share: loss / 100, budget });
    const raced = await raceAll(trial, pool, races);
    const refused = await reuseKeys(trial, pool, 20);
    await compareRows(trial, site);
    await proxy.close();
    pool.close();
    return [
      { promise, tried: `sends with ${loss} % of the replies lost, ${able.length} dialects`, count: sent, violations: trial.violations, skipped: budget.told(sent, sends, 'sends'), figures: { lostReplies: proxy.lost, repeats } },
      { promise, tried: `${COPIES} copies of a send at once`, count: raced, violations: [] },
      { promise, tried: 'one key for two different messages', count: refused, violations: [] },
    ];
  });
}

/** @returns {{sent: number, repeats: number}} how many, and how often something had to be sent again */
async function sendAll(trial, proxy, { sends, clients, share, budget }) {
  proxy.lossShare = share;
  let repeats = 0;
  let next = 0;
  await Promise.all(Array.from({ length: clients }, async (_, i) => {
    const wire = new Wire(proxy.url);
    const chance = trial.chance.fork(`sender ${i}`);
    while (next < sends && !budget.isUp(next, sends)) {
      const n = next;
      next += 1;
      const driver = trial.able[n % trial.able.length];
      const request = driver.mailAsk(await draft(trial, driver, n, chance), trial.world);
      let outcome;
      do {
        outcome = await wire.ask(request);
        repeats += 1;
      } while (outcome.kind !== 'answered' || driver.isBusy(outcome));
      settle(trial, driver, `send ${n}`, [outcome]);
    }
    wire.close();
  }));
  proxy.lossShare = 0;
  return { sent: next, repeats: repeats - next };
}

async function raceAll(trial, pool, races) {
  await inParallel(Array.from({ length: races }, (_, i) => i), 1, async (i) => {
    const driver = trial.able[i % trial.able.length];
    const request = driver.mailAsk(await draft(trial, driver, `race${i}`, trial.chance), trial.world);
    settle(trial, driver, `race ${i}`, await Promise.all(Array.from({ length: COPIES }, () => pool.ask(request))));
  });
  return races;
}

/** The same key with another text: a refusal in the dialect's own words, and no second message. */
async function reuseKeys(trial, pool, count) {
  for (let i = 0; i < count; i += 1) {
    const driver = trial.able[i % trial.able.length];
    const mail = await draft(trial, driver, `reuse${i}`, trial.chance);
    settle(trial, driver, `reuse ${i}`, [await pool.ask(driver.mailAsk(mail, trial.world))]);
    const request = driver.mailAsk({ ...mail, text: `${mail.text} and more` }, trial.world);
    const other = await pool.answer(request);
    const isReplay = driver.ignoresReuse === true && driver.sentOf(other) !== null;
    if (!isReplay && (driver.sentOf(other) !== null || driver.fault(other, request) !== null)) trial.violations.push(`${driver.name}: a key used for another message gives ${brief(other)}`);
  }
  return count;
}

async function draft(trial, driver, n, chance) {
  const people = trial.casts.get(driver.name);
  const from = chance.pick(people);
  const to = people[(from.n + 1 + chance.below(people.length - 1)) % people.length];
  return { from, to, text: `${n};${chance.word(30)}`, key: `once-${n}-${chance.word(12)}`, file: null };
}

/** All answers of one send must be the same success, under an id nobody else has. */
function settle(trial, driver, name, outcomes) {
  const told = new Set();
  for (const outcome of outcomes) {
    const sent = outcome.kind === 'answered' ? driver.sentOf(outcome) : null;
    if (sent) told.add(String(sent.id));
    else if (!(outcome.kind === 'answered' && driver.isBusy(outcome))) trial.violations.push(`${driver.name} ${name}: ${brief(outcome)}`);
  }
  if (told.size > 1) trial.violations.push(`${driver.name} ${name}: answered with ${told.size} ids`);
  const ids = trial.ids.get(driver.space);
  for (const id of told) {
    if (ids.has(id)) trial.violations.push(`${driver.name} ${name}: has the id of ${ids.get(id)}`);
    ids.set(id, name);
  }
}

const rowsOf = async (site, space) => (await site.sql('SELECT count(*)::int AS count FROM messages WHERE space = $1', [space]))[0].count;

async function compareRows(trial, site) {
  for (const [space, ids] of trial.ids) {
    const rows = (await rowsOf(site, space)) - trial.rows.get(space);
    if (rows !== ids.size) trial.violations.push(`${rows} messages of ${space} are stored where ${ids.size} were sent`);
  }
}
