import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Why: a cell has accounts, roles, relations, an address book and boxes, and a list that says
 * what holders of its roles may do. Only one dialect needs them.
 *
 * Rules of the keys: every key begins with the cell, but for that of boxes, which messages name
 * by themselves. "Bound to no Box" is the Box 0, so that it is a value like others in unique keys.
 */
export class CellControl1795780800000 implements MigrationInterface {
  readonly name = 'CellControl1795780800000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES_DOWN) await runner.query(`DROP TABLE ${table}`);
    await runner.query('ALTER TABLE cells DROP COLUMN purged_at, DROP COLUMN deleted_at');
  }
}

const TABLES_DOWN = ['cell_grants', 'cell_links', 'cell_ext_cells', 'cell_relations', 'cell_roles', 'cell_accounts', 'cell_boxes'];

const UP = [
  // A deleted cell stays as a nameless row: its id is in mailboxes, and sends may be under way.
  `ALTER TABLE cells ADD COLUMN deleted_at timestamptz, ADD COLUMN purged_at timestamptz`,
  `CREATE INDEX cells_unpurged_idx ON cells (deleted_at) WHERE deleted_at IS NOT NULL AND purged_at IS NULL`,

  `CREATE TABLE cell_boxes (
    id bigint NOT NULL,
    cell_id bigint NOT NULL,
    name text NOT NULL,
    -- address of the app whose Box it is
    schema text,
    published_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    CONSTRAINT cell_boxes_pk PRIMARY KEY (id),
    CONSTRAINT cell_boxes_cell_fk FOREIGN KEY (cell_id) REFERENCES cells (id)
  )`,
  `CREATE UNIQUE INDEX cell_boxes_name_key ON cell_boxes (cell_id, name)`,
  `CREATE UNIQUE INDEX cell_boxes_schema_key ON cell_boxes (cell_id, schema) WHERE schema IS NOT NULL`,

  `CREATE TABLE cell_accounts (
    cell_id bigint NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    -- none: nobody can log in with it
    password_hash text,
    -- goes up with each new password; refresh tokens from before are void
    password_revision integer NOT NULL DEFAULT 1,
    status text NOT NULL DEFAULT 'active',
    last_authenticated_at timestamptz,
    -- wrong passwords since then
    failed_count integer NOT NULL DEFAULT 0,
    published_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    CONSTRAINT cell_accounts_pk PRIMARY KEY (cell_id, id),
    CONSTRAINT cell_accounts_cell_fk FOREIGN KEY (cell_id) REFERENCES cells (id),
    CONSTRAINT cell_accounts_status_known CHECK (status IN ('active', 'deactivated'))
  )`,
  `CREATE UNIQUE INDEX cell_accounts_name_key ON cell_accounts (cell_id, name)`,

  `CREATE TABLE cell_roles (
    cell_id bigint NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    -- 0: bound to no Box
    box_id bigint NOT NULL DEFAULT 0,
    published_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    CONSTRAINT cell_roles_pk PRIMARY KEY (cell_id, id),
    CONSTRAINT cell_roles_cell_fk FOREIGN KEY (cell_id) REFERENCES cells (id)
  )`,
  `CREATE UNIQUE INDEX cell_roles_name_key ON cell_roles (cell_id, name, box_id)`,
  `CREATE INDEX cell_roles_box_idx ON cell_roles (cell_id, box_id)`,

  `CREATE TABLE cell_relations (
    cell_id bigint NOT NULL,
    id bigint NOT NULL,
    name text NOT NULL,
    -- 0: bound to no Box
    box_id bigint NOT NULL DEFAULT 0,
    published_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    CONSTRAINT cell_relations_pk PRIMARY KEY (cell_id, id),
    CONSTRAINT cell_relations_cell_fk FOREIGN KEY (cell_id) REFERENCES cells (id)
  )`,
  `CREATE UNIQUE INDEX cell_relations_name_key ON cell_relations (cell_id, name, box_id)`,
  `CREATE INDEX cell_relations_box_idx ON cell_relations (cell_id, box_id)`,

  `CREATE TABLE cell_ext_cells (
    cell_id bigint NOT NULL,
    id bigint NOT NULL,
    -- normalised, with the slash at its end
    url text NOT NULL,
    published_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    CONSTRAINT cell_ext_cells_pk PRIMARY KEY (cell_id, id),
    CONSTRAINT cell_ext_cells_cell_fk FOREIGN KEY (cell_id) REFERENCES cells (id)
  )`,
  `CREATE UNIQUE INDEX cell_ext_cells_url_key ON cell_ext_cells (cell_id, url)`,

  // Who is tied to what. The kind says which two tables left and right are in.
  `CREATE TABLE cell_links (
    cell_id bigint NOT NULL,
    kind text NOT NULL,
    left_id bigint NOT NULL,
    right_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT cell_links_pk PRIMARY KEY (cell_id, kind, left_id, right_id),
    CONSTRAINT cell_links_cell_fk FOREIGN KEY (cell_id) REFERENCES cells (id),
    CONSTRAINT cell_links_kind_known CHECK (kind IN ('account_role', 'ext_cell_role', 'ext_cell_relation', 'relation_role'))
  )`,
  `CREATE INDEX cell_links_right_idx ON cell_links (cell_id, kind, right_id, left_id)`,

  `CREATE TABLE cell_grants (
    cell_id bigint NOT NULL,
    -- 0: everybody, with or without a token
    role_id bigint NOT NULL,
    privileges text[] NOT NULL,
    CONSTRAINT cell_grants_pk PRIMARY KEY (cell_id, role_id),
    CONSTRAINT cell_grants_cell_fk FOREIGN KEY (cell_id) REFERENCES cells (id)
  )`,
];
