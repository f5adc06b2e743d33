import { type PoolClient, type Pool, type QueryResultRow } from 'pg';

/** SQL text with a name, so that PostgreSQL parses and plans it once per connection. */
export interface Statement<Row extends QueryResultRow = QueryResultRow> {
  readonly name: string;
  readonly text: string;
  /** carries the row type; never set */
  readonly row?: Row;
}

/**
 * @param name unique in the process
 * @param text SQL with $1 parameters; every value is bound, none is concatenated
 */
export function statement<Row extends QueryResultRow>(name: string, text: string): Statement<Row> {
  return { name, text };
}

/** Runs statements: on one connection inside a transaction, or on any connection for single reads. */
export class Sql {
  constructor(private readonly target: Pool | PoolClient) {}

  /** @returns all rows */
  async all<Row extends QueryResultRow>(what: Statement<Row>, values: readonly unknown[]): Promise<Row[]> {
    const result = await this.target.query<Row>({ name: what.name, text: what.text, values: values as unknown[] });
    return result.rows;
  }

  /**
   * Runs a statement whose text depends on the question, so that keeping its plan would not pay.
   * @param text SQL with $1 parameters; every value is bound, none is concatenated
   * @returns all rows
   */
  async allOnce<Row extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const result = await this.target.query<Row>({ text, values: values as unknown[] });
    return result.rows;
  }

  /** @returns the first row, or null */
  async one<Row extends QueryResultRow>(what: Statement<Row>, values: readonly unknown[]): Promise<Row | null> {
    return (await this.all(what, values))[0] ?? null;
  }
}
