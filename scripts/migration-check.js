// npm run migration:check: makes an empty database, on the server DATABASE_URL names or else on an
// embedded one, runs every migration, and fails when the entities say anything else.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { importBuilt, orStop, withFolder } from './support.js';

await orStop(async () => {
  const { findDrift } = await importBuilt('src/storage/drift.js');
  const drift = process.env.DATABASE_URL ? await onServer(process.env.DATABASE_URL, findDrift) : await onEmbedded(findDrift);
  if (drift.length > 0) {
    throw new Error(['Entities and migrations differ. Missing in the migrations:', ...drift.map((statement) => `  ${statement};`)].join('\n'));
  }
});

async function onEmbedded(work) {
  const { EmbeddedPostgres } = await importBuilt('src/embedded/embedded-postgres.js');
  return withFolder(async (folder) => {
    const database = await EmbeddedPostgres.start({ dataDir: folder, log: () => undefined });
    try {
      return await onServer(database.url, work);
    } finally {
      await database.stop();
    }
  });
}

async function onServer(url, work) {
  const name = `polypost_drift_${randomBytes(6).toString('hex')}`;
  await run(url, `CREATE DATABASE ${name} TEMPLATE template0`);
  try {
    // an address of a socket has no host, which the URL class does not take
    return await work(url.replace(/^(postgres(?:ql)?:\/\/[^/]*\/?)[^?]*/, (_, server) => `${server.replace(/\/?$/, '/')}${name}`));
  } finally {
    await run(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
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
