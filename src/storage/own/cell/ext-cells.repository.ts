import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';
import { controlFields, controlOrder, ControlRepository, type ControlRow, type ControlTable, selectOf } from './control-table.js';

export interface ExtCellRow extends ControlRow {
  /** normalised, with the slash at its end */
  readonly url: string;
}

const TABLE: ControlTable = {
  name: 'cell_ext_cells',
  columns: 't.url',
  queried: { ...controlOrder, fields: { ...controlFields, url: { sql: 't.url', kind: 'text' } }, words: ['t.url'] },
};
const BY_URL = statement<ExtCellRow>('cell-ext-cells-by-url', `${selectOf(TABLE)} AND t.url = $2`);
const HOLD = statement<ExtCellRow>('cell-ext-cells-hold', `${BY_URL.text} FOR UPDATE OF t`);
const INSERT = 'INSERT INTO cell_ext_cells (cell_id, id, url, published_at, updated_at) VALUES ($1, $2, $3, $4, $4)';
const ADD = statement('cell-ext-cells-add', INSERT);
const ENSURE = statement('cell-ext-cells-ensure', `${INSERT} ON CONFLICT (cell_id, url) DO NOTHING`);
const CHANGE = statement(
  'cell-ext-cells-change',
  'UPDATE cell_ext_cells SET url = $3, updated_at = $4, revision = revision + 1 WHERE cell_id = $1 AND id = $2',
);
const OF_RELATION = statement<{ url: string }>(
  'cell-ext-cells-of-relation',
  `SELECT t.url FROM cell_links l JOIN cell_ext_cells t ON t.cell_id = l.cell_id AND t.id = l.left_id
   WHERE l.cell_id = $1 AND l.kind = 'ext_cell_relation' AND l.right_id = $2 ORDER BY l.created_at, t.id LIMIT $3`,
);

/** The address book of a cell. */
export class CellExtCellsRepository extends ControlRepository<ExtCellRow> {
  constructor(sql: Sql) {
    super(sql, TABLE);
  }

  /** @param url normalised */
  byUrl(cellId: Id, url: string): Promise<ExtCellRow | null> {
    return this.sql.one(BY_URL, [cellId, url]);
  }

  /** As byUrl; nobody else ties anything to it, changes or removes it until the end of the transaction. */
  hold(cellId: Id, url: string): Promise<ExtCellRow | null> {
    return this.sql.one(HOLD, [cellId, url]);
  }

  /** @throws the driver's unique violation: cell_ext_cells_url_key */
  async add(cellId: Id, row: { readonly id: Id; readonly url: string }, at: Date): Promise<void> {
    await this.sql.all(ADD, [cellId, row.id, row.url, at]);
  }

  /** Makes sure that it is there, and holds it as hold does. @param id that it gets if it has to be made */
  async ensure(cellId: Id, row: { readonly id: Id; readonly url: string }, at: Date): Promise<ExtCellRow | null> {
    await this.sql.all(ENSURE, [cellId, row.id, row.url, at]);
    return this.hold(cellId, row.url);
  }

  /** Gives it another address; its revision goes up by one. @throws the driver's unique violation */
  async change(cellId: Id, id: Id, to: { readonly url: string }, at: Date): Promise<void> {
    await this.sql.all(CHANGE, [cellId, id, to.url, at]);
  }

  /** @returns addresses of the cells that are tied to a relation, in the order they were tied; at most `limit` */
  async urlsOfRelation(cellId: Id, relationId: Id, limit: number): Promise<string[]> {
    return (await this.sql.all(OF_RELATION, [cellId, relationId, limit])).map(({ url }) => url);
  }
}
