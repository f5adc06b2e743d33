import { type Id } from '../../../kernel/id-source.js';
import { type Query } from '../../../kernel/query.js';
import { type Columns } from '../../query/columns.js';
import { compileQuery } from '../../query/compile-query.js';
import { type Sql, type Statement, statement } from '../../sql.js';

/** What every object of a cell has. */
export interface ControlRow {
  readonly id: Id;
  readonly published_at: Date;
  readonly updated_at: Date;
  readonly revision: number;
}

/** How one kind of objects lies in the database. All of it is SQL written by us. */
export interface ControlTable {
  /** of the table; begins the names of statements, too */
  readonly name: string;
  /** what is read, from `t` and what `joins` adds */
  readonly columns: string;
  /** SQL behind `FROM table t` */
  readonly joins?: string;
  readonly queried: Columns;
}

/** What all kinds share in what may be asked of their lists. */
export const controlFields = {
  publishedAt: { sql: 't.published_at', kind: 'time' },
  updatedAt: { sql: 't.updated_at', kind: 'time' },
  id: { sql: 't.id', kind: 'integer' },
} as const;

/** Oldest first, where no other order is asked for. */
export const controlOrder = { natural: [{ field: 'publishedAt', descending: false }], key: ['id'] } as const;

/** Objects of one kind. Every question names the cell. */
export abstract class ControlRepository<Row extends ControlRow> {
  private readonly select: string;
  private readonly byIds: Statement<Row>;
  private readonly removal: Statement;

  constructor(
    protected readonly sql: Sql,
    private readonly table: ControlTable,
  ) {
    this.select = selectOf(table);
    this.byIds = statement(`${table.name}-by-ids`, `${this.select} AND t.id = ANY ($2::bigint[]) ORDER BY t.published_at, t.id`);
    this.removal = statement(`${table.name}-remove`, `DELETE FROM ${table.name} WHERE cell_id = $1 AND id = $2`);
  }

  /** @returns those that are there, oldest first */
  ofIds(cellId: Id, ids: readonly Id[]): Promise<Row[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.sql.all(this.byIds, [cellId, ids]);
  }

  async byId(cellId: Id, id: Id): Promise<Row | null> {
    return (await this.ofIds(cellId, [id]))[0] ?? null;
  }

  /** @param query in the fields of the table */
  page(cellId: Id, query: Query): Promise<Row[]> {
    const { where, order, page, values, pageValues } = compileQuery(query, this.table.queried, 1);
    return this.sql.allOnce(`${this.select} AND ${where} ORDER BY ${order} ${page}`, [cellId, ...values, ...pageValues]);
  }

  /** @returns how many fit, whatever the page */
  async count(cellId: Id, query: Query): Promise<number> {
    const { where, values } = compileQuery(query, this.table.queried, 1);
    const [row] = await this.sql.allOnce<{ total: string }>(
      `SELECT count(*) AS total FROM ${this.table.name} t ${this.table.joins ?? ''} WHERE t.cell_id = $1 AND ${where}`,
      [cellId, ...values],
    );
    return Number(row?.total ?? 0);
  }

  /** Removes an object. What is tied to it stays; its ties are the links' affair. */
  async remove(cellId: Id, id: Id): Promise<void> {
    await this.sql.all(this.removal, [cellId, id]);
  }
}

/** @returns SQL that reads objects of the cell $1; conditions follow with AND */
export function selectOf({ name, columns, joins = '' }: ControlTable): string {
  return `SELECT t.id, t.published_at, t.updated_at, t.revision, ${columns} FROM ${name} t ${joins} WHERE t.cell_id = $1`;
}
