import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';

/** A cell of this server that may get a message. */
export interface RecipientRow {
  readonly name: string;
  readonly cell_id: Id;
  /** null: nobody has used it yet */
  readonly box_id: Id | null;
  /** its Box for the app that was asked about */
  readonly bound_to: Id | null;
}

const BY_NAME = statement<RecipientRow>(
  'cell-recipients',
  `SELECT c.name, c.id AS cell_id, x.id AS box_id, b.id AS bound_to FROM cells c
   LEFT JOIN mailboxes x ON x.cell_id = c.id
   LEFT JOIN cell_boxes b ON b.cell_id = c.id AND b.schema = $2
   WHERE c.name = ANY($1::text[]) AND c.deleted_at IS NULL`,
);

/** Cells as those that messages go to. */
export class CellRecipientsRepository {
  constructor(private readonly sql: Sql) {}

  /**
   * @param schema address of an app; null: of none
   * @returns those cells that there are, in no order
   */
  byName(names: readonly string[], schema: string | null): Promise<RecipientRow[]> {
    return names.length === 0 ? Promise.resolve([]) : this.sql.all(BY_NAME, [names, schema]);
  }
}
