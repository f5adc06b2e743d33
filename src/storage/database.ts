import { type Pool } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions, type DatabaseSettings } from './data-source-options.js';

/** Serialises migrations of several processes that start at once. Any fixed number of our own. */
const MIGRATION_LOCK = 7_069_796;

/** The door to PostgreSQL: TypeORM's data source and its one connection pool. */
export class Database {
  private constructor(readonly dataSource: DataSource) {}

  /**
   * Connects without touching the schema.
   * @throws when the database cannot be reached; the address is not in the message
   */
  static async connect(settings: DatabaseSettings): Promise<Database> {
    return new Database(await new DataSource(dataSourceOptions(settings)).initialize());
  }

  /** TypeORM's own pool, so that named statements and the ORM share connections and settings. */
  get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }

  /** Brings the schema up to date. Safe to call from several processes at once. */
  async migrate(): Promise<void> {
    const guard = await this.pool.connect();
    try {
      await guard.query('SET statement_timeout = 0');
      await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      await this.dataSource.runMigrations();
    } finally {
      // Ending the session releases the lock, whatever happened.
      guard.release(true);
    }
  }

  /** @returns whether every migration of this build has run */
  async isMigrated(): Promise<boolean> {
    return !(await this.dataSource.showMigrations());
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }
}
