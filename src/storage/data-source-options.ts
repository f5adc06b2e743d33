import pg from 'pg';
import { type DataSourceOptions } from 'typeorm';
import { entities } from './entities/index.js';
import { migrations } from './migrations/index.js';

/** How the server wants to reach its database. */
export interface DatabaseSettings {
  /** postgres://... ; a Unix socket as ?host=/folder */
  readonly url: string;
  /** connections of this process */
  readonly poolMax: number;
  /** receives faults of idle connections; they are not errors of any request */
  readonly onIdleFault?: (error: Error) => void;
}

/** Waiting longer than this for a connection counts as an overloaded database. */
const CONNECTION_WAIT_MS = 2_000;
/** A reply that takes longer than this is given up; its outcome is then unknown. */
const QUERY_WAIT_MS = 8_000;

/**
 * A connection whose loss is told to whoever waits for an answer on it, and to nobody else. While
 * a connection is lent out the pool does not listen to it, and an error nobody listens to would
 * end the process.
 */
class PatientClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/**
 * The one set of options for the server, the tests and the TypeORM command line.
 * Statements and parameters are never logged: parameters hold message text.
 */
export function dataSourceOptions(settings: DatabaseSettings): DataSourceOptions {
  return {
    type: 'postgres',
    url: settings.url,
    entities,
    migrations,
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    installExtensions: false,
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    poolSize: settings.poolMax,
    poolErrorHandler: (error: Error) => settings.onIdleFault?.(error),
    applicationName: 'polypost',
    extra: {
      connectionTimeoutMillis: CONNECTION_WAIT_MS,
      query_timeout: QUERY_WAIT_MS,
      statement_timeout: QUERY_WAIT_MS,
      idle_in_transaction_session_timeout: QUERY_WAIT_MS,
      keepAlive: true,
      Client: PatientClient,
    },
  };
}
