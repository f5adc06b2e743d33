import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';

/** What holders of a role may do. */
export interface CellGrantRow {
  /** EVERYBODY, or a role */
  readonly role_id: Id;
  readonly privileges: readonly string[];
}

/** A role somebody holds, with what it lets do; null where nothing is granted to it. */
export interface HeldRow {
  readonly role_id: Id;
  readonly privileges: readonly string[] | null;
}

/** Stands where a role does: whoever asks, with or without a token. */
export const EVERYBODY: Id = '0';

const ALL = statement<CellGrantRow>('cell-grants-all', 'SELECT role_id, privileges FROM cell_grants WHERE cell_id = $1 ORDER BY role_id LIMIT 10000');
const FORGET = statement('cell-grants-forget', 'DELETE FROM cell_grants WHERE cell_id = $1');
const FORGET_ROLE = statement('cell-grants-forget-role', 'DELETE FROM cell_grants WHERE cell_id = $1 AND role_id = $2');
const ADD = statement(
  'cell-grants-add',
  'INSERT INTO cell_grants (cell_id, role_id, privileges) VALUES ($1, $2, $3)',
);
const GRANT = statement(
  'cell-grants-grant',
  `INSERT INTO cell_grants AS g (cell_id, role_id, privileges) VALUES ($1, $2, $3)
   ON CONFLICT (cell_id, role_id) DO UPDATE SET privileges = ARRAY(SELECT DISTINCT unnest(g.privileges || excluded.privileges) ORDER BY 1)`,
);
const HOLD_CELL = statement('cell-grants-hold-cell', 'SELECT FROM cells WHERE id = $1 FOR NO KEY UPDATE');
const held = (roles: string): string => `SELECT r.role_id, g.privileges FROM (SELECT ${EVERYBODY}::bigint AS role_id ${roles}) r
  LEFT JOIN cell_grants g ON g.cell_id = $1 AND g.role_id = r.role_id`;
const OF_NOBODY = statement<HeldRow>('cell-grants-of-nobody', held(''));
const OF_ACCOUNT = statement<HeldRow>(
  'cell-grants-of-account',
  held(`UNION SELECT l.right_id FROM cell_accounts a
    JOIN cell_links l ON l.cell_id = a.cell_id AND l.kind = 'account_role' AND l.left_id = a.id
    WHERE a.cell_id = $1 AND a.id = $2 AND a.status = 'active'`),
);
const OF_VISITOR = statement<HeldRow>(
  'cell-grants-of-visitor',
  held(`UNION SELECT l.right_id FROM cell_ext_cells e
    JOIN cell_links l ON l.cell_id = e.cell_id AND l.kind = 'ext_cell_role' AND l.left_id = e.id
    WHERE e.cell_id = $1 AND e.url = $2
    UNION SELECT r.right_id FROM cell_ext_cells e
    JOIN cell_links l ON l.cell_id = e.cell_id AND l.kind = 'ext_cell_relation' AND l.left_id = e.id
    JOIN cell_links r ON r.cell_id = l.cell_id AND r.kind = 'relation_role' AND r.left_id = l.right_id
    WHERE e.cell_id = $1 AND e.url = $2`),
);

/** What holders of roles may do in a cell. */
export class CellGrantsRepository {
  constructor(private readonly sql: Sql) {}

  all(cellId: Id): Promise<CellGrantRow[]> {
    return this.sql.all(ALL, [cellId]);
  }

  /** Puts a list in the place of the one before. Writers of one cell follow one after the other. */
  async replace(cellId: Id, grants: readonly { readonly roleId: Id; readonly privileges: readonly string[] }[]): Promise<void> {
    await this.sql.all(HOLD_CELL, [cellId]);
    await this.sql.all(FORGET, [cellId]);
    for (const { roleId, privileges } of grants) await this.sql.all(ADD, [cellId, roleId, privileges]);
  }

  /** Grants a role something beside what it has. */
  async grant(cellId: Id, roleId: Id, privileges: readonly string[]): Promise<void> {
    await this.sql.all(HOLD_CELL, [cellId]);
    await this.sql.all(GRANT, [cellId, roleId, privileges]);
  }

  /** Forgets what was granted to a role that goes away. */
  async forgetRole(cellId: Id, roleId: Id): Promise<void> {
    await this.sql.all(FORGET_ROLE, [cellId, roleId]);
  }

  /** @returns what everybody may do */
  heldByAnyone(cellId: Id): Promise<HeldRow[]> {
    return this.sql.all(OF_NOBODY, [cellId]);
  }

  /** @returns the roles of an account with what they let do, and what everybody may */
  heldByAccount(cellId: Id, accountId: Id): Promise<HeldRow[]> {
    return this.sql.all(OF_ACCOUNT, [cellId, accountId]);
  }

  /**
   * The same for another cell: its own roles, and those of the relations it stands in.
   * @param url normalised
   */
  heldByVisitor(cellId: Id, url: string): Promise<HeldRow[]> {
    return this.sql.all(OF_VISITOR, [cellId, url]);
  }
}
