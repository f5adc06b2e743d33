// The proof of Polypost's promises. One tool alone:
//   npm run trust -- ledger --seed 7 --kills 20
// or a gate, which is some tools with their amounts:
//   npm run trust:commit | trust:night | trust:release
// Options of every tool: --seed N, --program FOLDER (the built server to try, by default this one),
// --json FILE. See docs/promises.md.
import { randomInt } from 'node:crypto';
import { join, resolve } from 'node:path';
import { build, isFresh } from '../../scripts/build.js';
import { gates, weights, withinSeconds } from './gates.js';
import { useProgram } from './drivers/index.js';
import { report } from './support/report.js';
import { root } from './support/site.js';
import { tools } from './tools/index.js';

const NODE_MAJOR_MIN = 24;

async function main([name, ...args]) {
  // an older one would only hand the server over to a newer one, and the faults would hit the wrong process
  if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) {
    console.error(`Node ${NODE_MAJOR_MIN} or newer is needed: npm run trust -- ${name} …`);
    return 2;
  }
  if (!(name in gates) && !(name in tools)) {
    console.error(`one of: ${[...Object.keys(gates), ...Object.keys(tools)].join(', ')}`);
    return 2;
  }
  const given = optionsOf(args);
  const common = { seed: Number(given.seed ?? randomInt(1, 1_000_000)), program: resolve(given.program ?? root) };
  if (common.program === root && !isFresh()) {
    const problem = build();
    if (problem) throw new Error(problem);
  }
  useProgram(common.program);
  const json = given.json ?? join(root, '.tmp', 'trust', `${name}.json`);
  const steps = name in gates ? gates[name] : [[name, {}]];
  const rows = [];
  const begun = performance.now();
  for (const [at, [tool, amounts]] of steps.entries()) {
    const left = (withinSeconds[name] ?? 0) - (performance.now() - begun) / 1000;
    const budgetSeconds = name in withinSeconds ? shareOf(tool, steps.slice(at), left) : 0;
    rows.push(...(await runTool(tool, { ...tools[tool].options, ...amounts, ...('budgetSeconds' in tools[tool].options && { budgetSeconds }), ...known(given, tools[tool].options), ...common })));
  }
  return report(rows, { json, level: name });
}

/** @returns {number} of the seconds that are left, those of one tool */
function shareOf(tool, steps, left) {
  const sum = steps.reduce((total, [name]) => total + (weights[name] ?? 0), 0);
  return Math.max(1, Math.round((left * (weights[tool] ?? 0)) / Math.max(sum, 1)));
}

async function runTool(name, options) {
  console.log(`${name}: ${Object.entries(options).filter(([key]) => key !== 'program').map(([key, value]) => `${key}=${value}`).join(' ')}`);
  const begun = performance.now();
  const made = await tools[name].run(options).catch((error) => ({
    promise: tools[name].promise, tried: 'the tool itself', count: 0, violations: [`the tool failed: ${error.stack}`],
  }));
  const seconds = (performance.now() - begun) / 1000;
  const rows = [made].flat().map((row) => ({ seed: options.seed, seconds, ...row }));
  for (const row of rows) console.log(`  ${Math.round(seconds)} s, ${row.count} (${row.tried}), ${row.violations.length} violations ${JSON.stringify(row.figures ?? {})}`);
  for (const row of rows) for (const violation of row.violations.slice(0, 5)) console.log(`  ! ${violation}`);
  return rows;
}

/** --name value, --name=value; numbers become numbers */
function optionsOf(args) {
  const given = {};
  for (let at = 0; at < args.length; at += 1) {
    const [, key, inline] = /^--([a-z-]+)(?:=(.*))?$/i.exec(args[at]) ?? [];
    if (key === undefined) throw new Error(`not an option: ${args[at]}`);
    const value = inline ?? args[(at += 1)];
    given[key.replace(/-(.)/g, (_, letter) => letter.toUpperCase())] = /^\d+$/.test(value ?? '') ? Number(value) : value;
  }
  return given;
}

function known(given, names) {
  return Object.fromEntries(Object.entries(given).filter(([key]) => key in names));
}

// a tool that failed may leave connections open; nobody waits for those
process.exit(await main(process.argv.slice(2)));
