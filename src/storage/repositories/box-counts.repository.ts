import { type Id } from '../../kernel/id-source.js';
import { type Sql, statement } from '../sql.js';

const TOTAL = statement<{ total: string }>(
  'box-count-total',
  'SELECT total FROM box_counts WHERE box_id = $1 AND space = $2 AND label = $3',
);
const TOTALS = statement<{ label: string; total: string }>(
  'box-count-totals',
  'SELECT label, total FROM box_counts WHERE box_id = $1 AND space = $2',
);
const MOVE = statement(
  'box-count-move',
  `INSERT INTO box_counts AS c (box_id, space, label, total) VALUES ($1, $2, $3, $4)
   ON CONFLICT (box_id, space, label) DO UPDATE SET total = c.total + excluded.total`,
);

/** Totals of a mailbox, kept in step by whoever adds or removes. */
export class BoxCountsRepository {
  constructor(private readonly sql: Sql) {}

  async total(boxId: Id, space: string, label: string): Promise<number> {
    return Number((await this.sql.one(TOTAL, [boxId, space, label]))?.total ?? 0);
  }

  /** @returns every total of a mailbox, by label */
  async totals(boxId: Id, space: string): Promise<Map<string, number>> {
    return new Map((await this.sql.all(TOTALS, [boxId, space])).map(({ label, total }) => [label, Number(total)]));
  }

  async move(boxId: Id, space: string, label: string, delta: number): Promise<void> {
    await this.sql.all(MOVE, [boxId, space, label, delta]);
  }
}
