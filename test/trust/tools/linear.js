import { drivers } from '../drivers/index.js';
import { Budget } from '../support/budget.js';
import { isLinear } from '../support/linear.js';
import { Seeded } from '../support/seeded.js';
import { withSite } from '../support/site.js';
import { brief, inParallel, Pool } from '../support/wire.js';

const AT_ONCE = 8;

export const promise = 'P16: edits and deletions are linear';
export const options = { histories: 100, operations: 60, hands: 6, budgetSeconds: 0 };

/** Many hands on one message: reads, edits and deletions must fit some order in which each happened at one moment. */
export function run({ seed, program, histories, operations, hands, budgetSeconds }) {
  return withSite({ program, env: Object.assign({}, ...drivers.map(({ env }) => env)) }, async (site) => {
    const chance = new Seeded(seed, 'linear');
    const pool = new Pool(site.url, AT_ONCE * hands, { isPatient: true });
    const world = { site, pool };
    const able = drivers.filter(({ readAsk, removeAsk }) => readAsk && removeAsk);
    const casts = new Map();
    for (const driver of able) casts.set(driver.name, await driver.people(world, 4));
    const violations = [];
    const figures = { operations: 0, reads: 0, edits: 0, removals: 0 };
    const budget = new Budget(budgetSeconds);
    const tried = await inParallel(Array.from({ length: histories }, (_, i) => i), AT_ONCE, async (nth) => {
      // the dialect that has edits has most to lose
      const driver = nth % 2 === 0 && able.some(({ editAsk }) => editAsk) ? able.filter(({ editAsk }) => editAsk)[(nth / 2) % able.filter(({ editAsk }) => editAsk).length] : able[nth % able.length];
      const history = await historyOf({ driver, world, pool, people: casts.get(driver.name), chance: chance.fork(`history ${nth}`), operations, hands, violations, figures });
      if (history !== null && !isLinear(history)) violations.push(`${driver.name}: no order explains history ${nth}: ${JSON.stringify(history).slice(0, 1_500)}`);
    }, (done) => budget.isUp(done, histories));
    pool.close();
    return { promise, tried: `histories of ${operations} operations by ${hands} hands`, count: tried, violations, skipped: budget.told(tried, histories, 'histories'), figures };
  });
}

async function historyOf({ driver, world, pool, people, chance, operations, hands, violations, figures }) {
  const [from, to] = chance.shuffled(people);
  const sent = driver.sentOf(await driver.mail((request) => pool.ask(request), { from, to, text: 'v0', key: null, file: null }, world));
  if (!sent) {
    violations.push(`${driver.name}: the message of a history was not sent`);
    return null;
  }
  const { id } = sent;
  const history = [];
  let left = operations;
  let version = 0;
  await Promise.all(Array.from({ length: hands }, async () => {
    while (left > 0) {
      left -= 1;
      const what = chance.below(100);
      // a deletion ends the story: late, so that there is something to tell
      const kind = driver.editAsk && what < 45 ? 'edit' : what < 96 || left > operations / 3 ? 'read' : 'remove';
      const text = `v${(version += 1)}`;
      const request = kind === 'edit' ? driver.editAsk({ from, to, id, text }, world) : kind === 'read' ? driver.readAsk({ from, to, id }, world) : driver.removeAsk({ from, to, id }, world);
      const begun = performance.now();
      const outcome = await pool.ask(request);
      const ended = performance.now();
      figures.operations += 1;
      figures[`${kind}s`.replace('removes', 'removals')] += 1;
      const value = valueOf(driver, kind, outcome, text);
      if (value === undefined) violations.push(`${driver.name} ${kind}: ${brief(outcome)}`);
      else history.push({ kind, value, begun, ended });
    }
  }));
  return history;
}

/** What an operation did or saw: a text, null for nothing there; undefined for what it must not be. */
function valueOf(driver, kind, outcome, text) {
  if (outcome.kind !== 'answered') return undefined;
  if (kind === 'read') {
    const seen = driver.textOf(outcome);
    return driver.isMissing(outcome) || seen === null || seen === '' ? null : seen;
  }
  if (driver.isDone(outcome)) return kind === 'edit' ? text : 'done';
  return driver.isMissing(outcome) ? null : undefined;
}
