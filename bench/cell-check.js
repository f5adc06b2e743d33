// npm run bench:cell: whether messages between cells keep to their bounds: one send to a thousand
// cells with 60 KB in half a second, and the lists that clients ask for at 100,000 messages within
// one and a half times of what they cost at 100. Fails when they do not.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { CellSeed, QUERIES, readOf, sendTo, TEXT_60K } from './lib/cell.js';
import { memoryMb } from './lib/processes.js';
import { startServer } from './lib/server.js';
import { median, quantile } from './lib/stats.js';
import { EmbeddedPostgres } from '../dist/src/embedded/embedded-postgres.js';

const SEND_MS_MAX = 500;
const GROWTH_MB_MAX = 64;
const RATIO_MAX = 1.5;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 150);

const token = randomBytes(32).toString('base64url');
const dataDir = mkdtempSync(join(tmpdir(), 'polypost-bench-'));
const undo = [];
const faults = [];
try {
  const url = await openDatabase();
  const server = await startServer({ DATABASE_URL: url, PUBLIC_URL: 'http://localhost:3000', ...secrets() });
  undo.push(() => server.stop());
  const seed = await CellSeed.open(url);
  undo.push(() => seed.close());
  await checkSend(server, seed);
  await checkLists(server, seed);
} finally {
  for (const step of undo.reverse()) await step();
  rmSync(dataDir, { recursive: true, force: true });
}
for (const fault of faults) console.log(`FAILED: ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;

async function checkSend(server, seed) {
  const many = Array.from({ length: 1000 }, (_, index) => `check-to-${index}`);
  const boxes = await seed.cells(['check-from', ...many]);
  const small = await timed(server, sendTo('check-from', many.slice(0, 1), 'hello', token));
  if (small.status !== 201) throw new Error(`the first send was refused: ${small.status} ${small.text}`);
  for (let warm = 0; warm < 3; warm += 1) await timed(server, sendTo('check-from', many, TEXT_60K, token));
  const before = memoryMb(server.pid);
  const times = [];
  let peak = before;
  for (let round = 0; round < 10; round += 1) {
    const watch = setInterval(() => (peak = Math.max(peak, memoryMb(server.pid))), 5);
    const { ms, status, text } = await timed(server, sendTo('check-from', many, TEXT_60K, token));
    clearInterval(watch);
    peak = Math.max(peak, memoryMb(server.pid));
    const results = JSON.parse(text).d.results.Result;
    if (status !== 201 || results.length !== 1000 || results.some(({ Code }) => Code !== '201')) faults.push('a send to a thousand cells did not reach them all');
    times.push(ms);
  }
  const { rows } = await seed.client.query(
    'SELECT count(*)::int AS n, sum(octet_length(body))::int AS bytes FROM messages WHERE home_box = $1 AND octet_length(body) > 50000', [boxes.get('check-from')],
  );
  const [{ copies }] = (await seed.client.query('SELECT count(*)::int AS copies FROM cell_copies c JOIN messages m ON m.home_box = c.home_box AND m.id = c.message_id WHERE c.home_box = $1 AND octet_length(m.body) > 50000', [boxes.get('check-from')])).rows;
  console.log(`send to 1,000 cells with 60 KB: median ${median(times).toFixed(0)} ms, slowest ${Math.max(...times).toFixed(0)} ms; memory ${before.toFixed(0)} MB, at most ${peak.toFixed(0)} MB`);
  console.log(`stored: ${rows[0].n} bodies for ${rows[0].n} sends, ${copies} copies`);
  if (median(times) > SEND_MS_MAX) faults.push(`a send to a thousand cells takes ${median(times).toFixed(0)} ms`);
  if (peak - before > GROWTH_MB_MAX) faults.push(`memory grew by ${(peak - before).toFixed(0)} MB`);
  if (rows[0].n !== 13) faults.push('a body is stored more than once');
}

async function checkLists(server, seed) {
  const boxes = await seed.cells(['check-small', 'check-large']);
  await seed.fill(boxes.get('check-small'), 100);
  await seed.fill(boxes.get('check-large'), 100_000);
  await seed.settle();
  console.log('| query | median ms at 100 | at 100,000 | ratio | p95 at 100,000 |');
  console.log('|---|---|---|---|---|');
  for (const [name, query] of Object.entries(QUERIES)) {
    const path = typeof query === 'string' ? query : query('http://localhost:3000/');
    const times = { small: [], large: [] };
    for (let round = 0; round < ROUNDS + 20; round += 1) {
      for (const size of ['small', 'large']) {
        const { ms, status, text } = await timed(server, readOf(`check-${size}`, path, token));
        if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
        if (round >= 20) times[size].push(ms);
      }
    }
    const [small, large] = [median(times.small), median(times.large)];
    console.log(`| ${name} | ${small.toFixed(2)} | ${large.toFixed(2)} | ${(large / small).toFixed(2)} | ${quantile(times.large, 0.95).toFixed(2)} |`);
    if (large / small > RATIO_MAX) faults.push(`${name}: ${(large / small).toFixed(2)} times the cost`);
  }
}

async function timed(server, { method, path, headers, body }) {
  const start = performance.now();
  const response = await fetch(server.url + path, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return { ms: performance.now() - start, status: response.status, text };
}

function secrets() {
  const names = ['FILE_URL_SECRET', 'KEYINBOX_NETWORK_SECRET', 'KEYINBOX_LOOKUP_PEPPER', 'OSSN_SITE_KEY', 'PM_JWT_SECRET', 'CELL_SIGNING_KEY'];
  return { POLYPOST_ADMIN_TOKEN: token, ...Object.fromEntries(names.map((name) => [name, randomBytes(32).toString('base64url')])) };
}

async function openDatabase() {
  if (!process.env.DATABASE_URL) {
    const embedded = await EmbeddedPostgres.start({ dataDir, log: () => undefined });
    undo.push(() => embedded.stop());
    return embedded.url;
  }
  const name = `polypost_bench_${randomBytes(6).toString('hex')}`;
  await run(`CREATE DATABASE ${name}`);
  undo.push(() => run(`DROP DATABASE ${name} WITH (FORCE)`));
  return process.env.DATABASE_URL.replace(/[^/]*$/, name);
}

async function run(text) {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  await client.query(text);
  await client.end();
}
