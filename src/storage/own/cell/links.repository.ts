import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';

/** Which two kinds of objects are tied; the first named is the left one. */
export type CellLinkKind = 'account_role' | 'ext_cell_role' | 'ext_cell_relation' | 'relation_role';

/** Two objects of one cell. */
export interface LinkEnds {
  readonly leftId: Id;
  readonly rightId: Id;
}

const ADD = statement<{ left_id: Id }>(
  'cell-links-add',
  `INSERT INTO cell_links (cell_id, kind, left_id, right_id, created_at) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT DO NOTHING RETURNING left_id`,
);
const REMOVE = statement<{ left_id: Id }>(
  'cell-links-remove',
  'DELETE FROM cell_links WHERE cell_id = $1 AND kind = $2 AND left_id = $3 AND right_id = $4 RETURNING left_id',
);
const RIGHTS = statement<{ id: Id }>(
  'cell-links-rights',
  'SELECT right_id AS id FROM cell_links WHERE cell_id = $1 AND kind = $2 AND left_id = $3 ORDER BY created_at, right_id LIMIT $4',
);
const LEFTS = statement<{ id: Id }>(
  'cell-links-lefts',
  'SELECT left_id AS id FROM cell_links WHERE cell_id = $1 AND kind = $2 AND right_id = $3 ORDER BY created_at, left_id LIMIT $4',
);
const REMOVE_LEFT = statement('cell-links-remove-left', 'DELETE FROM cell_links WHERE cell_id = $1 AND kind = $2 AND left_id = $3');
const REMOVE_RIGHT = statement('cell-links-remove-right', 'DELETE FROM cell_links WHERE cell_id = $1 AND kind = $2 AND right_id = $3');

/** What is tied to what in a cell. Whoever ties two objects holds both, so that neither goes meanwhile. */
export class CellLinksRepository {
  constructor(private readonly sql: Sql) {}

  /** @returns false when they were tied already */
  async add(cellId: Id, kind: CellLinkKind, { leftId, rightId }: LinkEnds, at: Date): Promise<boolean> {
    return (await this.sql.all(ADD, [cellId, kind, leftId, rightId, at])).length > 0;
  }

  /** @returns false when they were not tied */
  async remove(cellId: Id, kind: CellLinkKind, { leftId, rightId }: LinkEnds): Promise<boolean> {
    return (await this.sql.all(REMOVE, [cellId, kind, leftId, rightId])).length > 0;
  }

  /** @returns what is tied to an object, in the order it was tied; at most `limit` */
  async tiedTo(cellId: Id, kind: CellLinkKind, side: 'left' | 'right', id: Id, limit: number): Promise<Id[]> {
    return (await this.sql.all(side === 'left' ? RIGHTS : LEFTS, [cellId, kind, id, limit])).map((row) => row.id);
  }

  /** Removes all ties of one kind that an object has. */
  async removeOf(cellId: Id, kind: CellLinkKind, side: 'left' | 'right', id: Id): Promise<void> {
    await this.sql.all(side === 'left' ? REMOVE_LEFT : REMOVE_RIGHT, [cellId, kind, id]);
  }
}
