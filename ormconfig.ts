import { DataSource } from 'typeorm';
import { dataSourceOptions } from './src/storage/data-source-options.js';

/** The DataSource of the TypeORM command line; the server uses the same options. */
export default new DataSource(
  dataSourceOptions({ url: process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres', poolMax: 2 }),
);
