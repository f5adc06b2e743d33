import { realpath } from 'node:fs/promises';
import pg from 'pg';
import { DATABASE_NAME, SOCKET_PORT } from './settings.js';

/** How long a server may take to greet, in milliseconds. */
const GREETING_MS_MAX = 2000;

/**
 * Runs something on one connection of its own and closes it.
 *
 * @param socketFolder folder of the server's Unix socket
 * @param database database to open
 * @param work what to do
 */
export async function onConnection<T>(
  socketFolder: string,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  // every value is given here, so that PGHOST and the like of the user's shell cannot interfere
  const client = new pg.Client({
    host: socketFolder,
    port: SOCKET_PORT,
    user: DATABASE_NAME,
    database,
    ssl: false,
    connectionTimeoutMillis: GREETING_MS_MAX,
    query_timeout: 30_000,
    application_name: 'polypost supervisor',
  });
  // a connection that breaks while idle must not end the process; the query under way rejects
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * @param socketFolder folder of the Unix socket
 * @param cluster absolute path of the cluster that should answer there
 * @returns whether a server of exactly this cluster answers
 */
export async function answersFor(socketFolder: string, cluster: string): Promise<boolean> {
  try {
    const folder = await onConnection(socketFolder, 'postgres', async (client) => {
      const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
      return rows[0]?.data_directory;
    });
    return folder !== undefined && (await realpath(folder)) === cluster;
  } catch {
    return false;
  }
}

/** Makes our database where it is missing. */
export async function ensureDatabase(socketFolder: string): Promise<void> {
  await onConnection(socketFolder, 'postgres', async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE_NAME]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE_NAME}`);
  });
}

/** Has a running server read its settings again. */
export async function reloadSettings(socketFolder: string): Promise<void> {
  await onConnection(socketFolder, 'postgres', (client) => client.query('SELECT pg_reload_conf()'));
}
