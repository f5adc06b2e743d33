// npm run bench: what the server does, beside what the database alone could do in the same minutes.
//
// Rounds are interleaved, so that a busy machine slows bound and server alike; ratios and CPU
// microseconds travel between machines, requests per second do not. Not a test: nothing fails
// here, but no report is given when the bound itself moved by more than 30 %.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasPgbench, measureBound } from './lib/bound.js';
import { prepareCell } from './lib/cell.js';
import { drive } from './lib/http-load.js';
import { prepareKeyInbox } from './lib/keyinbox.js';
import { makeUsers, prepareOssn } from './lib/ossn.js';
import { measureIdleSockets, preparePm } from './lib/pm.js';
import { familyOf, loadAverage, memoryMb } from './lib/processes.js';
import { startServer } from './lib/server.js';
import { median, quantile, spread } from './lib/stats.js';
import { EmbeddedPostgres } from '../dist/src/embedded/embedded-postgres.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const SPREAD_MAX = 0.3;
/** Only rows whose name matches, when a part is looked at. */
const WANTED = new RegExp(process.env.BENCH_ROWS ?? '');

const dataDir = mkdtempSync(join(tmpdir(), 'polypost-bench-'));
const undo = [];
try {
  const idle = await measureIdle();
  const url = await openDatabase();
  const given = secrets();
  const server = await startServer({ DATABASE_URL: url, PUBLIC_URL: 'http://localhost:3000', ...given });
  undo.push(() => server.stop());
  const guids = await makeUsers(server, given.OSSN_SITE_KEY, 343);
  const rows = [
    ...(await prepareKeyInbox(server)),
    ...(await prepareOssn(server, guids.slice(0, 40), given.OSSN_SITE_KEY)),
    ...(await preparePm(server, guids.slice(40), given.PM_JWT_SECRET)),
    ...(await prepareCell(url, given.POLYPOST_ADMIN_TOKEN)),
  ];
  const core = await startCore(url);
  const measured = await measure(url, server, core, rows);
  report(measured, { ...idle, socket: await measureSockets(url, given, guids) });
} finally {
  for (const step of undo.reverse()) await step();
  rmSync(dataDir, { recursive: true, force: true });
}

/** Server and embedded database as a newcomer starts them, left alone for a while. */
async function measureIdle() {
  const server = await startServer();
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const postmaster = readFileSync(join(await findDataFolder(server.dataDir), 'postmaster.pid'), 'utf8').split('\n')[0];
  const database = familyOf(postmaster).reduce((sum, pid) => sum + memoryMb(pid), 0);
  const own = memoryMb(server.pid);
  await server.stop();
  return { own, database };
}

/** On a server that has done nothing else yet: one that was busy has room left that would hide what sockets cost. */
async function measureSockets(url, given, guids) {
  const fresh = await startServer({ DATABASE_URL: url, ...given });
  try {
    return await measureIdleSockets(fresh, guids, given.PM_JWT_SECRET);
  } finally {
    await fresh.stop();
  }
}

async function findDataFolder(folder) {
  const { glob } = await import('node:fs/promises');
  for await (const path of glob('**/postmaster.pid', { cwd: folder })) return join(folder, path, '..');
  throw new Error('the embedded database does not run');
}

async function openDatabase() {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  const embedded = await EmbeddedPostgres.start({ dataDir, log: () => undefined });
  undo.push(() => embedded.stop());
  return embedded.url;
}

function secrets() {
  const secret = () => randomBytes(32).toString('base64url');
  return { POLYPOST_ADMIN_TOKEN: secret(), FILE_URL_SECRET: secret(), KEYINBOX_NETWORK_SECRET: secret(), KEYINBOX_LOOKUP_PEPPER: secret(), OSSN_SITE_KEY: secret(), PM_JWT_SECRET: secret(), CELL_SIGNING_KEY: secret(), ENVELOPE_KEY_ENCRYPTION_KEY: secret(), ENVELOPE_TOKEN_PEPPER: secret() };
}

async function startCore(url) {
  const child = fork(new URL('./lib/core-append.js', import.meta.url), { env: { ...process.env, BENCH_URL: url } });
  undo.push(() => child.kill());
  await once(child, 'message');
  return async (seconds) => {
    child.send({ seconds });
    const [result] = await once(child, 'message');
    return {
      perSecond: result.count / result.seconds,
      p50: quantile(result.latencies, 0.5),
      p99: quantile(result.latencies, 0.99),
      cpuMicros: result.cpuMicros / result.count,
      failures: 0,
    };
  };
}

async function measure(url, server, core, rows) {
  const bound = [];
  const loads = [];
  const results = new Map();
  const add = (name, result) => results.set(name, [...(results.get(name) ?? []), result]);
  for (let round = 0; round < ROUNDS; round += 1) {
    bound.push(await measureBound(url, SECONDS));
    add('core append, no HTTP', await core(SECONDS));
    for (const row of rows.filter(({ name }) => WANTED.test(name))) add(row.name, await drive(server, row.requests, SECONDS));
    loads.push(loadAverage());
    process.stderr.write(`round ${round + 1} of ${ROUNDS}\n`);
  }
  return { bound, loads, results };
}

function report({ bound, loads, results }, idle) {
  const limit = median(bound);
  console.log(`${cpus().length} x ${cpus()[0].model}, Node ${process.versions.node}, ${ROUNDS} rounds of ${SECONDS} s, medians`);
  console.log(`bound (${hasPgbench() ? 'pgbench' : 'raw prepared loop'}, 16 clients, message + delivery): ${Math.round(limit)} /s, spread ${(spread(bound) * 100).toFixed(0)} %`);
  console.log(`load average ${loads.map((load) => load.toFixed(1)).join(' ')}`);
  console.log(`idle memory: server ${idle.own.toFixed(0)} MB + database ${idle.database.toFixed(0)} MB = ${(idle.own + idle.database).toFixed(0)} MB`);
  console.log(`an idle live connection of PM: ${idle.socket.toFixed(1)} KB (2,000 of them on a fresh server)`);
  if (spread(bound) > SPREAD_MAX) {
    console.log('The bound moved by more than 30 %: this machine is too busy for a report. Try again.');
    process.exitCode = 1;
    return;
  }
  console.log('| row | req/s | of bound | p50 ms | p99 ms | server CPU us/req | wrong |');
  console.log('|---|---|---|---|---|---|---|');
  for (const [name, rounds] of results) {
    const of = (key) => median(rounds.map((round) => round[key]));
    const wrong = rounds.reduce((sum, round) => sum + round.failures, 0);
    console.log(`| ${name} | ${Math.round(of('perSecond'))} | ${((of('perSecond') / limit) * 100).toFixed(0)} % | ${of('p50').toFixed(1)} | ${of('p99').toFixed(1)} | ${Math.round(of('cpuMicros'))} | ${wrong} |`);
  }
}
