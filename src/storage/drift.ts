import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source-options.js';

/**
 * Compares the entities with the schema that the migrations make.
 *
 * @param url an empty database that may be changed
 * @returns the statements that would be missing; empty when entities and migrations agree
 */
export async function findDrift(url: string): Promise<string[]> {
  const dataSource = await new DataSource(dataSourceOptions({ url, poolMax: 2 })).initialize();
  try {
    await dataSource.runMigrations();
    const drift = await dataSource.driver.createSchemaBuilder().log();
    return drift.upQueries.map((query) => query.query);
  } finally {
    await dataSource.destroy();
  }
}
