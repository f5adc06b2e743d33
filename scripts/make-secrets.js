// Fills a folder with the secrets of a deployment, once: what is there stays as it is.
//   node scripts/make-secrets.js FOLDER
// FOLDER/polypost is for the server, FOLDER/postgres for the database; each is readable for the user
// of its container image alone (when run as root). The address of the database is made to fit.
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HouseVariables } from '../dist/src/config/env.js';
import { SecretFolder } from '../dist/src/config/secret-folder.js';
import { dialects } from '../dist/src/dialects/index.js';

/** User numbers in the images node (node) and postgres (postgres). */
const SERVER_UID = 1000;
const DATABASE_UID = 999;

const target = process.argv[2];
const host = process.env.DATABASE_HOST || 'postgres';
if (!target) {
  console.error('Usage: node scripts/make-secrets.js FOLDER');
  process.exit(2);
}

try {
  mkdirSync(target, { recursive: true });
  if (process.getuid?.() === 0) chmodSync(target, 0o755);
  const server = new SecretFolder(join(target, 'polypost'));
  const database = new SecretFolder(join(target, 'postgres'));
  await server.prepare();
  await database.prepare();
  const { value: password } = await keep(database, 'POSTGRES_PASSWORD', random);
  await keep(server, 'DATABASE_URL', () => `postgres://polypost:${password}@${host}:5432/polypost`);
  for (const { name, optional } of [HouseVariables, ...dialects.map(({ config }) => config)].flatMap(({ secrets }) => secrets ?? [])) {
    if (!optional) await keep(server, name, random);
  }
  handOver(server.path, SERVER_UID);
  handOver(database.path, DATABASE_UID);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function keep(folder, name, make) {
  const kept = await folder.keep(name, make);
  if (kept.made) console.log(`Made ${name}.`);
  return kept;
}

/** Base64url, so that it needs no escapes in an address. */
function random() {
  return randomBytes(32).toString('base64url');
}

function handOver(folder, uid) {
  if (process.getuid?.() !== 0) return;
  for (const path of [folder, ...readdirSync(folder).map((name) => join(folder, name))]) chownSync(path, uid, uid);
}
