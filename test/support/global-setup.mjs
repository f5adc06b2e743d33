import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

// Jest loads this file before its own module system: it works on the built server, which
// `npm test` brings up to date first.
const loadEmbedded = () => import('../../dist/src/embedded/embedded-postgres.js');
const { Database } = await import('../../dist/src/storage/database.js');

/**
 * Starts the embedded database, unless DATABASE_URL names a server where databases may be made,
 * and makes the migrated template that every test file copies.
 */
export default async function globalSetup() {
  const stop = process.env.DATABASE_URL ? async () => undefined : await startEmbedded();
  const admin = process.env.POLYPOST_TEST_ADMIN_URL ?? process.env.DATABASE_URL;
  const template = `pp_template_${randomBytes(6).toString('hex')}`;
  await run(admin, `CREATE DATABASE ${template} TEMPLATE template0`);
  const database = await Database.connect({ url: admin.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${template}`), poolMax: 2 });
  await database.migrate();
  await database.close();
  process.env.POLYPOST_TEST_ADMIN_URL = admin;
  process.env.POLYPOST_TEST_TEMPLATE = template;
  globalThis.stopDatabaseForTests = async () => {
    await run(admin, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await stop();
  };
}

async function startEmbedded() {
  const { EmbeddedPostgres } = await loadEmbedded();
  const dataDir = await mkdtemp(join(tmpdir(), 'polypost-test-'));
  const embedded = await EmbeddedPostgres.start({ dataDir, log: () => undefined });
  process.env.POLYPOST_TEST_ADMIN_URL = embedded.url;
  return async () => {
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

async function run(url, text) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
