import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Why: packets sealed by the sender's program come in without a sender, for people who have keys
 * instead of passwords. What every dialect may use (credentials that can be used only so often,
 * places in the order of arrival, sends that are bound to a credential) becomes columns of the
 * shared tables; keys of the server, challenges, names that rest and files are tables of their own.
 */
export class Envelope1795788000000 implements MigrationInterface {
  readonly name = 'Envelope1795788000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  // Whoever has keys only is nobody to those who look for usernames: no name, no row for them.
  `ALTER TABLE users ALTER COLUMN username DROP NOT NULL`,
  `CREATE UNIQUE INDEX users_envelope_name_key ON users (envelope_name) WHERE envelope_name IS NOT NULL`,

  // How often a credential may be used, counted in the row that the append statement holds anyway.
  `ALTER TABLE credentials
    ADD COLUMN wire_id text,
    ADD COLUMN details jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN per_minute_max integer,
    ADD COLUMN per_day_max integer,
    ADD COLUMN bytes_per_day_max bigint,
    -- the minute and the day that are being counted
    ADD COLUMN minute_at timestamptz,
    ADD COLUMN minute_uses integer NOT NULL DEFAULT 0,
    ADD COLUMN day_on date,
    ADD COLUMN day_uses integer NOT NULL DEFAULT 0,
    ADD COLUMN day_bytes bigint NOT NULL DEFAULT 0`,
  `CREATE UNIQUE INDEX credentials_wire_id_key ON credentials (mailbox_id, wire_id) WHERE wire_id IS NOT NULL`,

  // A place in the order of arrival, drawn while the mailbox's count is held until the commit:
  // nobody ever sees a later place before an earlier one, and a dump and restore keeps it.
  `ALTER TABLE deliveries ADD COLUMN arrival bigint`,
  `CREATE UNIQUE INDEX deliveries_arrival_key ON deliveries (recipient_id, space, arrival) WHERE arrival IS NOT NULL`,

  // A tombstone lives as long as the credential that the send came with.
  `ALTER TABLE idempotency_keys ADD COLUMN credential_id bigint`,
  `CREATE INDEX idempotency_keys_credential_idx ON idempotency_keys (credential_id) WHERE credential_id IS NOT NULL`,

  // Few, read by every process: a reference table. The private halves are sealed under a key
  // that is not in the database.
  `CREATE TABLE envelope_server_keys (
    kid text NOT NULL,
    kind text NOT NULL,
    public_key text NOT NULL,
    private_key bytea NOT NULL,
    created_at timestamptz NOT NULL,
    -- when it is to be replaced; none for the identity
    not_after timestamptz,
    -- replaced: opens for a grace time still, then the row goes
    retired_at timestamptz,
    CONSTRAINT envelope_server_keys_pk PRIMARY KEY (kid),
    CONSTRAINT envelope_server_keys_kind_known CHECK (kind IN ('identity', 'x25519', 'rsa'))
  )`,
  `CREATE UNIQUE INDEX envelope_server_keys_current_key ON envelope_server_keys (kind) WHERE retired_at IS NULL`,

  // Answered within two minutes, once. Asked for by anybody, so there is no mailbox to begin a key with.
  `CREATE TABLE envelope_challenges (
    id text NOT NULL,
    purpose text NOT NULL,
    -- who wants to log in; none for a name that nobody has
    user_id bigint,
    -- the fingerprint of the key that is to be registered
    identity text,
    nonce bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT envelope_challenges_pk PRIMARY KEY (id),
    CONSTRAINT envelope_challenges_purpose_known CHECK (purpose IN ('register', 'login'))
  )`,
  `CREATE INDEX envelope_challenges_expiry_idx ON envelope_challenges (expires_at)`,

  // The name of somebody who left is nobody's for a while: letters to it must not reach a stranger.
  `CREATE TABLE envelope_resting_names (
    name text NOT NULL,
    until timestamptz NOT NULL,
    CONSTRAINT envelope_resting_names_pk PRIMARY KEY (name)
  )`,
  `CREATE INDEX envelope_resting_names_until_idx ON envelope_resting_names (until)`,

  // Files that senders brought for somebody: ciphertext whose key travels in a sealed message.
  `CREATE TABLE envelope_files (
    owner_id bigint NOT NULL,
    id bigint NOT NULL,
    wire_id text NOT NULL,
    byte_size bigint NOT NULL,
    sha256 bytea NOT NULL,
    storage_key text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT envelope_files_pk PRIMARY KEY (owner_id, id)
  )`,
  `CREATE UNIQUE INDEX envelope_files_wire_id_key ON envelope_files (owner_id, wire_id)`,
  `CREATE INDEX envelope_files_expiry_idx ON envelope_files (expires_at)`,
  `CREATE INDEX envelope_files_storage_key_idx ON envelope_files (storage_key)`,
];

const DOWN = [
  ...['files', 'resting_names', 'challenges', 'server_keys'].map((name) => `DROP TABLE envelope_${name}`),
  'ALTER TABLE idempotency_keys DROP COLUMN credential_id',
  'ALTER TABLE deliveries DROP COLUMN arrival',
  `ALTER TABLE credentials ${['wire_id', 'details', 'per_minute_max', 'per_day_max', 'bytes_per_day_max', 'minute_at', 'minute_uses', 'day_on', 'day_uses', 'day_bytes'].map((name) => `DROP COLUMN ${name}`).join(', ')}`,
  'DROP INDEX users_envelope_name_key',
  `DELETE FROM mailboxes WHERE user_id IN (SELECT id FROM users WHERE username IS NULL)`,
  'DELETE FROM users WHERE username IS NULL',
  'ALTER TABLE users ALTER COLUMN username SET NOT NULL',
];
