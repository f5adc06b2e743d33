import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** What the database can do with single durable sends: message and delivery in one statement. */
const INSERT = `WITH m AS (
  INSERT INTO messages (home_box, id, space, wire_id, sender_id, content_kind, body, algorithm, created_at)
  VALUES ($1, $2, 'bound', $3, $1, 'sealed', $4, 'none', now()) RETURNING id)
INSERT INTO deliveries (recipient_id, message_id, home_box, space, wire_id, outcome_code) SELECT $5, id, $1, 'bound', $3, 201 FROM m`;

const CLIENTS = 16;

/** @returns whether pgbench is installed; without it a raw loop of prepared statements is the bound */
export function hasPgbench() {
  try {
    execFileSync('pgbench', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * @param url address of the database
 * @param seconds how long to run
 * @returns durable sends per second of 16 clients with nothing between them and PostgreSQL
 */
export function measureBound(url, seconds) {
  return hasPgbench() ? withPgbench(url, seconds) : withRawLoop(url, seconds);
}

function withPgbench(url, seconds) {
  const folder = mkdtempSync(join(tmpdir(), 'polypost-bench-'));
  const script = join(folder, 'bound.sql');
  const values = {
    $1: ':box::bigint', $2: ':id::bigint', $3: `md5(:id::text)`, $5: ':to::bigint',
    $4: `decode(repeat(md5(:id::text), 22), 'hex')`,
  };
  const text = INSERT.replace(/\$(\d)/g, (name) => values[name]).replace(/\s+/g, ' ');
  writeFileSync(script, `\\set id random(1, 9000000000000000000)\n\\set box random(1, 1000)\n\\set to random(1, 1000)\n${text};\n`);
  return new Promise((resolve, reject) => {
    const args = ['-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', '2', '-T', String(seconds), '-f', script, url];
    const child = spawn('pgbench', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('close', (code) => {
      const tps = /tps = ([\d.]+)/.exec(out);
      if (code === 0 && tps) resolve(Number(tps[1]));
      else reject(new Error(`pgbench failed: ${err.slice(0, 500)}`));
    });
  });
}

async function withRawLoop(url, seconds) {
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    }),
  );
  const end = performance.now() + seconds * 1000;
  let done = 0;
  const body = Buffer.alloc(704, 7);
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < end) {
        const id = String(BigInt.asUintN(62, BigInt(Math.floor(Math.random() * 2 ** 52)) * 1024n));
        const box = Math.ceil(Math.random() * 1000);
        await client.query({ name: 'bound', text: INSERT, values: [box, id, `w${id}`, body, Math.ceil(Math.random() * 1000)] });
        done += 1;
      }
      await client.end();
    }),
  );
  return done / seconds;
}
