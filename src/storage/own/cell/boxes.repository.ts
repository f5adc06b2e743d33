import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';
import { controlFields, controlOrder, ControlRepository, type ControlRow, type ControlTable, selectOf } from './control-table.js';

export interface CellBoxRow extends ControlRow {
  readonly name: string;
  /** address of the app whose Box it is */
  readonly schema: string | null;
}

const TABLE: ControlTable = {
  name: 'cell_boxes',
  columns: 't.name, t.schema',
  queried: {
    ...controlOrder,
    fields: { ...controlFields, name: { sql: 't.name', kind: 'text' }, schema: { sql: 't.schema', kind: 'text', optional: true } },
    words: ['t.name', 't.schema'],
  },
};
const BY_NAME = statement<CellBoxRow>('cell-boxes-by-name', `${selectOf(TABLE)} AND t.name = $2`);
const HOLD = statement<CellBoxRow>('cell-boxes-hold', `${BY_NAME.text} FOR UPDATE OF t`);
const KEEP = statement<CellBoxRow>('cell-boxes-keep', `${BY_NAME.text} FOR KEY SHARE OF t`);
const BY_SCHEMA = statement<CellBoxRow>('cell-boxes-by-schema', `${selectOf(TABLE)} AND t.schema = $2`);
const KEEP_BY_SCHEMA = statement<CellBoxRow>('cell-boxes-keep-by-schema', `${BY_SCHEMA.text} FOR KEY SHARE OF t`);
const KEEP_BY_ID = statement<CellBoxRow>('cell-boxes-keep-by-id', `${selectOf(TABLE)} AND t.id = $2 FOR KEY SHARE OF t`);
const HAVING_SCHEMA = statement<{ cell_id: Id; id: Id; name: string }>(
  'cell-boxes-having-schema',
  'SELECT cell_id, id, name FROM cell_boxes WHERE cell_id = ANY ($1::bigint[]) AND schema = $2',
);
const ADD = statement(
  'cell-boxes-add',
  'INSERT INTO cell_boxes (cell_id, id, name, schema, published_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)',
);
const CHANGE = statement(
  'cell-boxes-change',
  'UPDATE cell_boxes SET name = $3, schema = $4, updated_at = $5, revision = revision + 1 WHERE cell_id = $1 AND id = $2',
);
const IN_USE = statement(
  'cell-boxes-in-use',
  `SELECT WHERE EXISTS (SELECT FROM cell_roles WHERE cell_id = $1 AND box_id = $2)
     OR EXISTS (SELECT FROM cell_relations WHERE cell_id = $1 AND box_id = $2)`,
);

/** Parts of a cell that belong to apps. */
export class CellBoxesRepository extends ControlRepository<CellBoxRow> {
  constructor(sql: Sql) {
    super(sql, TABLE);
  }

  byName(cellId: Id, name: string): Promise<CellBoxRow | null> {
    return this.sql.one(BY_NAME, [cellId, name]);
  }

  /** As byName; until the end of the transaction nobody else binds anything to it, or changes it. */
  hold(cellId: Id, name: string): Promise<CellBoxRow | null> {
    return this.sql.one(HOLD, [cellId, name]);
  }

  /** As byName; it cannot be deleted until the end of the transaction. */
  keep(cellId: Id, name: string): Promise<CellBoxRow | null> {
    return this.sql.one(KEEP, [cellId, name]);
  }

  /** @param schema normalised address of an app */
  bySchema(cellId: Id, schema: string): Promise<CellBoxRow | null> {
    return this.sql.one(BY_SCHEMA, [cellId, schema]);
  }

  /** As bySchema; it cannot be deleted until the end of the transaction. */
  keepBySchema(cellId: Id, schema: string): Promise<CellBoxRow | null> {
    return this.sql.one(KEEP_BY_SCHEMA, [cellId, schema]);
  }

  /** As byId; it cannot be deleted until the end of the transaction. */
  keepById(cellId: Id, id: Id): Promise<CellBoxRow | null> {
    return this.sql.one(KEEP_BY_ID, [cellId, id]);
  }

  /** @returns the Box of one app in each of many cells, for those that have one */
  ofApp(cellIds: readonly Id[], schema: string): Promise<{ cell_id: Id; id: Id; name: string }[]> {
    return this.sql.all(HAVING_SCHEMA, [cellIds, schema]);
  }

  /** @throws the driver's unique violation: cell_boxes_name_key or cell_boxes_schema_key */
  async add(cellId: Id, box: { readonly id: Id; readonly name: string; readonly schema: string | null }, at: Date): Promise<void> {
    await this.sql.all(ADD, [cellId, box.id, box.name, box.schema, at]);
  }

  /** Gives it other values; its revision goes up by one. @throws as add */
  async change(cellId: Id, id: Id, to: { readonly name: string; readonly schema: string | null }, at: Date): Promise<void> {
    await this.sql.all(CHANGE, [cellId, id, to.name, to.schema, at]);
  }

  /** @returns whether a role or a relation is bound to it */
  async isInUse(cellId: Id, id: Id): Promise<boolean> {
    return (await this.sql.all(IN_USE, [cellId, id])).length > 0;
  }
}
