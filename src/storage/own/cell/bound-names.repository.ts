import { type Id } from '../../../kernel/id-source.js';
import { type Sql, type Statement, statement } from '../../sql.js';
import { controlFields, controlOrder, ControlRepository, type ControlRow, type ControlTable, selectOf } from './control-table.js';

/** A role or a relation: a name that is bound to a Box, or to none. */
export interface BoundNameRow extends ControlRow {
  readonly name: string;
  /** 0: bound to none */
  readonly box_id: Id;
  readonly box_name: string | null;
}

/** The Box of what is bound to none. */
export const NO_BOX: Id = '0';

function tableOf(name: string): ControlTable {
  return {
    name,
    columns: 't.name, t.box_id, b.name AS box_name',
    joins: 'LEFT JOIN cell_boxes b ON b.id = t.box_id',
    queried: {
      ...controlOrder,
      fields: {
        ...controlFields,
        name: { sql: 't.name', kind: 'text' },
        box: { sql: 'b.name', kind: 'text', optional: true },
        boxId: { sql: 't.box_id', kind: 'integer' },
      },
      words: ['t.name', 'b.name'],
    },
  };
}

/** Names that may be bound to a Box: the same name may be there once for each Box, and once without. */
class BoundNamesRepository extends ControlRepository<BoundNameRow> {
  private readonly find: Statement<BoundNameRow>;
  private readonly holding: Statement<BoundNameRow>;
  private readonly adding: Statement;
  private readonly ensuring: Statement<{ id: Id }>;
  private readonly changing: Statement;

  constructor(sql: Sql, name: string) {
    const table = tableOf(name);
    super(sql, table);
    this.find = statement(`${name}-find`, `${selectOf(table)} AND t.name = $2 AND t.box_id = $3`);
    this.holding = statement(`${name}-hold`, `${this.find.text} FOR UPDATE OF t`);
    const add = `INSERT INTO ${name} (cell_id, id, name, box_id, published_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)`;
    this.adding = statement(`${name}-add`, add);
    this.ensuring = statement(`${name}-ensure`, `${add} ON CONFLICT (cell_id, name, box_id) DO NOTHING RETURNING id`);
    this.changing = statement(
      `${name}-change`,
      `UPDATE ${name} SET name = $3, box_id = $4, updated_at = $5, revision = revision + 1 WHERE cell_id = $1 AND id = $2`,
    );
  }

  /** @param boxId NO_BOX: bound to none */
  byName(cellId: Id, name: string, boxId: Id): Promise<BoundNameRow | null> {
    return this.sql.one(this.find, [cellId, name, boxId]);
  }

  /** As byName; nobody else ties anything to it, changes or removes it until the end of the transaction. */
  hold(cellId: Id, name: string, boxId: Id): Promise<BoundNameRow | null> {
    return this.sql.one(this.holding, [cellId, name, boxId]);
  }

  /** @throws the driver's unique violation */
  async add(cellId: Id, row: { readonly id: Id; readonly name: string; readonly boxId: Id }, at: Date): Promise<void> {
    await this.sql.all(this.adding, [cellId, row.id, row.name, row.boxId, at]);
  }

  /** Makes sure that it is there, and holds it as hold does. @param id that it gets if it has to be made */
  async ensure(cellId: Id, row: { readonly id: Id; readonly name: string; readonly boxId: Id }, at: Date): Promise<BoundNameRow | null> {
    await this.sql.all(this.ensuring, [cellId, row.id, row.name, row.boxId, at]);
    return this.hold(cellId, row.name, row.boxId);
  }

  /** Gives it other values; its revision goes up by one. @throws the driver's unique violation */
  async change(cellId: Id, id: Id, to: { readonly name: string; readonly boxId: Id }, at: Date): Promise<void> {
    await this.sql.all(this.changing, [cellId, id, to.name, to.boxId, at]);
  }
}

/** What holders may do is said by the grants. */
export class CellRolesRepository extends BoundNamesRepository {
  constructor(sql: Sql) {
    super(sql, 'cell_roles');
  }
}

/** Names for what other cells are to a cell. */
export class CellRelationsRepository extends BoundNamesRepository {
  constructor(sql: Sql) {
    super(sql, 'cell_relations');
  }
}
