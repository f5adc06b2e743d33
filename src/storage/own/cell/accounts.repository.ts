import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';
import { controlFields, controlOrder, ControlRepository, type ControlRow, type ControlTable, selectOf } from './control-table.js';

export interface CellAccountRow extends ControlRow {
  readonly name: string;
  readonly status: 'active' | 'deactivated';
}

/** What a login needs to know. */
export interface CellLoginRow {
  readonly id: Id;
  readonly name: string;
  readonly status: 'active' | 'deactivated';
  readonly password_hash: string | null;
  readonly password_revision: number;
}

const TABLE: ControlTable = {
  name: 'cell_accounts',
  // the password hash is read where a password is checked, and nowhere else
  columns: 't.name, t.status',
  queried: {
    ...controlOrder,
    fields: { ...controlFields, name: { sql: 't.name', kind: 'text' }, status: { sql: 't.status', kind: 'text' } },
    words: ['t.name', 't.status'],
  },
};
const BY_NAME = statement<CellAccountRow>('cell-accounts-by-name', `${selectOf(TABLE)} AND t.name = $2`);
const HOLD = statement<CellAccountRow>('cell-accounts-hold', `${BY_NAME.text} FOR UPDATE OF t`);
const LOGIN_COLUMNS = 'SELECT id, name, status, password_hash, password_revision FROM cell_accounts WHERE cell_id = $1';
const LOGIN = statement<CellLoginRow>('cell-accounts-login', `${LOGIN_COLUMNS} AND name = $2`);
const LOGIN_BY_ID = statement<CellLoginRow>('cell-accounts-login-by-id', `${LOGIN_COLUMNS} AND id = $2`);
const ADD = statement(
  'cell-accounts-add',
  'INSERT INTO cell_accounts (cell_id, id, name, password_hash, status, published_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)',
);
const CHANGE = statement(
  'cell-accounts-change',
  `UPDATE cell_accounts SET name = $3, status = $4, password_hash = coalesce($5, password_hash),
     password_revision = password_revision + CASE WHEN $5::text IS NULL THEN 0 ELSE 1 END, updated_at = $6, revision = revision + 1
   WHERE cell_id = $1 AND id = $2`,
);
const FAILED = statement('cell-accounts-failed', 'UPDATE cell_accounts SET failed_count = least(failed_count + 1, 1000000) WHERE cell_id = $1 AND id = $2');
const SUCCEEDED = statement<{ last_authenticated_at: Date | null; failed_count: number }>(
  'cell-accounts-succeeded',
  `WITH before AS (SELECT id, last_authenticated_at, failed_count FROM cell_accounts WHERE cell_id = $1 AND id = $2 FOR NO KEY UPDATE)
   UPDATE cell_accounts a SET last_authenticated_at = $3, failed_count = 0 FROM before b
   WHERE a.cell_id = $1 AND a.id = b.id RETURNING b.last_authenticated_at, b.failed_count`,
);

/** Who may log in to a cell. */
export class CellAccountsRepository extends ControlRepository<CellAccountRow> {
  constructor(sql: Sql) {
    super(sql, TABLE);
  }

  byName(cellId: Id, name: string): Promise<CellAccountRow | null> {
    return this.sql.one(BY_NAME, [cellId, name]);
  }

  /** As byName; nobody else ties anything to it, changes or removes it until the end of the transaction. */
  hold(cellId: Id, name: string): Promise<CellAccountRow | null> {
    return this.sql.one(HOLD, [cellId, name]);
  }

  login(cellId: Id, name: string): Promise<CellLoginRow | null> {
    return this.sql.one(LOGIN, [cellId, name]);
  }

  loginById(cellId: Id, id: Id): Promise<CellLoginRow | null> {
    return this.sql.one(LOGIN_BY_ID, [cellId, id]);
  }

  /** @throws the driver's unique violation: cell_accounts_name_key */
  async add(cellId: Id, row: { readonly id: Id; readonly name: string; readonly passwordHash: string | null; readonly status: string }, at: Date): Promise<void> {
    await this.sql.all(ADD, [cellId, row.id, row.name, row.passwordHash, row.status, at]);
  }

  /** Gives it other values; its revision goes up by one. @param to.passwordHash null: stays. @throws as add */
  async change(cellId: Id, id: Id, to: { readonly name: string; readonly status: string; readonly passwordHash: string | null }, at: Date): Promise<void> {
    await this.sql.all(CHANGE, [cellId, id, to.name, to.status, to.passwordHash, at]);
  }

  /** Counts a wrong password. */
  async noteFailure(cellId: Id, id: Id): Promise<void> {
    await this.sql.all(FAILED, [cellId, id]);
  }

  /** Notes a login. @returns the one before, and the wrong passwords since; null when the account is gone */
  noteSuccess(cellId: Id, id: Id, at: Date): Promise<{ last_authenticated_at: Date | null; failed_count: number } | null> {
    return this.sql.one(SUCCEEDED, [cellId, id, at]);
  }
}
