import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** Set by the global set-up: where databases can be made, and the migrated one to copy. */
const ADMIN_URL = 'POLYPOST_TEST_ADMIN_URL';
const TEMPLATE = 'POLYPOST_TEST_TEMPLATE';

/** A migrated database of a test file's own. */
export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  /** Straight SQL, for looking and for damage on purpose. */
  sql<Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** Copies the migrated template; takes a few hundredths of a second. */
export async function createDatabase(): Promise<TestDatabase> {
  const template = process.env[TEMPLATE]!;
  const name = `pp_test_${randomBytes(6).toString('hex')}`;
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = withDatabase(process.env[ADMIN_URL]!, name);
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  // Tests end the server under our feet on purpose; the next query says what it must.
  pool.on('error', () => undefined);
  return {
    url,
    name,
    sql: async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) => (await pool.query<Row>(text, values)).rows,
    drop: async () => {
      await pool.end();
      await asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** An empty database without any table. */
export async function createEmptyDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `pp_test_${randomBytes(6).toString('hex')}`;
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE template0`);
  return {
    url: withDatabase(process.env[ADMIN_URL]!, name),
    drop: () => asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function asAdmin(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: process.env[ADMIN_URL]! });
  await client.connect();
  try {
    // Copies of one template must follow one another.
    await client.query('SELECT pg_advisory_lock(7069797)');
    await client.query(text);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  // A socket address has no host, which the URL class does not take.
  return url.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`);
}
