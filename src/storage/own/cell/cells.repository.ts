import { type Id } from '../../../kernel/id-source.js';
import { type Query } from '../../../kernel/query.js';
import { type Columns } from '../../query/columns.js';
import { compileQuery } from '../../query/compile-query.js';
import { type Sql, statement } from '../../sql.js';

export interface CellRow {
  readonly id: Id;
  readonly name: string;
  readonly created_at: Date;
}

const COLUMNS: Columns = {
  fields: {
    name: { sql: 't.name', kind: 'text' },
    publishedAt: { sql: 't.created_at', kind: 'time' },
    updatedAt: { sql: 't.created_at', kind: 'time' },
    id: { sql: 't.id', kind: 'integer' },
  },
  natural: [{ field: 'publishedAt', descending: false }],
  key: ['id'],
  words: ['t.name'],
};
const SELECT = 'SELECT t.id, t.name, t.created_at FROM cells t WHERE t.deleted_at IS NULL';
const BY_NAMES = statement<CellRow>('cells-by-names', `${SELECT} AND t.name = ANY ($1::text[])`);
const VOUCHES = statement<{ id: Id }>(
  'cells-vouches',
  `SELECT id FROM cells c WHERE id = $1 AND name = $2 AND deleted_at IS NULL
     AND ($3::bigint IS NULL OR EXISTS (SELECT FROM cell_accounts a WHERE a.cell_id = c.id AND a.id = $3 AND a.status = 'active'))`,
);
const ADD = statement('cells-add', 'INSERT INTO cells (id, name, created_at) VALUES ($1, $2, $3)');
// No legal name begins with a tilde: the name is free for another cell at once.
const BURY = statement<{ id: Id }>(
  'cells-bury',
  `UPDATE cells SET deleted_at = $2, name = '~' || id WHERE id = $1 AND deleted_at IS NULL RETURNING id`,
);
const UNPURGED = statement<{ id: Id; deletedAt: Date }>(
  'cells-unpurged',
  'SELECT id, deleted_at AS "deletedAt" FROM cells WHERE deleted_at IS NOT NULL AND purged_at IS NULL ORDER BY deleted_at LIMIT $1',
);
const PURGED = statement('cells-purged', 'UPDATE cells SET purged_at = $2 WHERE id = $1');
const TABLES = ['cell_grants', 'cell_links', 'cell_ext_cells', 'cell_relations', 'cell_roles', 'cell_accounts', 'cell_boxes'];
const REMOVALS = TABLES.map((table) => statement(`cells-clear-${table}`, `DELETE FROM ${table} WHERE cell_id = $1`));

/** Places with an address of their own. Deleted ones are not found. */
export class CellsRepository {
  constructor(private readonly sql: Sql) {}

  /** @returns those that are there, in no order */
  byNames(names: readonly string[]): Promise<CellRow[]> {
    return this.sql.all(BY_NAMES, [names]);
  }

  async byName(name: string): Promise<CellRow | null> {
    return (await this.byNames([name]))[0] ?? null;
  }

  /** @returns whether the cell with this id has this name and, where one is given, this account in use */
  async vouches(id: Id, name: string, accountId: Id | null): Promise<boolean> {
    return (await this.sql.one(VOUCHES, [id, name, accountId])) !== null;
  }

  page(query: Query): Promise<CellRow[]> {
    const { where, order, page, values, pageValues } = compileQuery(query, COLUMNS, 0);
    return this.sql.allOnce(`${SELECT} AND ${where} ORDER BY ${order} ${page}`, [...values, ...pageValues]);
  }

  async count(query: Query): Promise<number> {
    const { where, values } = compileQuery(query, COLUMNS, 0);
    const [row] = await this.sql.allOnce<{ total: string }>(`SELECT count(*) AS total FROM cells t WHERE t.deleted_at IS NULL AND ${where}`, values);
    return Number(row?.total ?? 0);
  }

  /** @throws the driver's unique violation: cells_name_key */
  async add(cell: { readonly id: Id; readonly name: string }, at: Date): Promise<void> {
    await this.sql.all(ADD, [cell.id, cell.name, at]);
  }

  /** Makes a cell nameless, so that nobody finds it and its name is free. @returns false when there is none */
  async bury(id: Id, at: Date): Promise<boolean> {
    return (await this.sql.one(BURY, [id, at])) !== null;
  }

  /** Removes all objects of a cell. */
  async clear(id: Id): Promise<void> {
    for (const removal of REMOVALS) await this.sql.all(removal, [id]);
  }

  /** @returns deleted cells of which something may be left, the oldest first */
  unpurged(limit: number): Promise<{ id: Id; deletedAt: Date }[]> {
    return this.sql.all(UNPURGED, [limit]);
  }

  async markPurged(id: Id, at: Date): Promise<void> {
    await this.sql.all(PURGED, [id, at]);
  }
}
