import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Why: applications sign in on behalf of users of PM. Access tokens are credentials like any
 * other; what stands here is what makes new ones, and how users want to be told of things.
 */
export class PmAuth1795255200000 implements MigrationInterface {
  readonly name = 'PmAuth1795255200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['pm_settings', 'pm_grants', 'pm_clients']) await runner.query(`DROP TABLE ${table}`);
  }
}

const UP = [
  // Few and read by everybody: a reference table, whose key need not begin with a box.
  `CREATE TABLE pm_clients (
    id text NOT NULL,
    name text NOT NULL,
    -- none: the client cannot keep one (an application on a device, or in a browser)
    secret_hash bytea,
    redirect_uris text[] NOT NULL,
    grants text[] NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT pm_clients_pk PRIMARY KEY (id)
  )`,

  // Refresh tokens and authorization codes. A spent one stays until it expires: that it comes
  // again tells that somebody else has it, and ends the family, which is one sign-in.
  `CREATE TABLE pm_grants (
    owner_id bigint NOT NULL,
    id bigint NOT NULL,
    family_id bigint NOT NULL,
    kind text NOT NULL,
    client_id text NOT NULL,
    secret_hash bytea NOT NULL,
    -- the access token that came with it
    access_id bigint,
    -- of a code: where it was sent, and what proves that it comes from who asked for it
    redirect_uri text,
    challenge text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    spent_at timestamptz,
    CONSTRAINT pm_grants_pk PRIMARY KEY (owner_id, id),
    CONSTRAINT pm_grants_kind_known CHECK (kind IN ('refresh', 'code'))
  )`,
  // Not unique: 256 random bits are, and a unique key would have to begin with the owner.
  `CREATE INDEX pm_grants_secret_idx ON pm_grants (secret_hash)`,
  `CREATE INDEX pm_grants_family_idx ON pm_grants (owner_id, family_id)`,
  `CREATE INDEX pm_grants_expiry_idx ON pm_grants (expires_at)`,

  `CREATE TABLE pm_settings (
    owner_id bigint NOT NULL,
    choices jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pm_settings_pk PRIMARY KEY (owner_id)
  )`,
];
