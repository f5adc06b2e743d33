import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Why: users of PM bring files before the messages that carry them, in pieces if they like, and
 * give them small pictures to be shown by. A file that was sent belongs to its messages; what
 * stands here is the way there, and lives for a day.
 */
export class PmFiles1795255300000 implements MigrationInterface {
  readonly name = 'PmFiles1795255300000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  `CREATE TABLE pm_uploads (
    owner_id bigint NOT NULL,
    id bigint NOT NULL,
    -- what clients know it by; random, so that knowing one opens nothing else
    uuid text NOT NULL,
    -- of a small picture: the file it shows
    parent_id bigint,
    name text NOT NULL,
    -- seconds, as told by the client
    duration double precision,
    -- of a file in pieces, as told; null as long as nobody said
    parts_total integer,
    told_size bigint,
    -- of the bytes as they came: pictures are stored without what they tell beside their pixels
    received_size bigint,
    received_md5 text,
    byte_size bigint,
    media_type text,
    sha256 bytea,
    storage_key text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    finished_at timestamptz,
    -- from then on the bytes are those of the messages that carry them, and go with them
    sent_at timestamptz,
    CONSTRAINT pm_uploads_pk PRIMARY KEY (owner_id, id),
    CONSTRAINT pm_uploads_parent_fk FOREIGN KEY (owner_id, parent_id) REFERENCES pm_uploads (owner_id, id) ON DELETE CASCADE,
    CONSTRAINT pm_uploads_whole CHECK (num_nulls(finished_at, storage_key, sha256, media_type) IN (0, 4))
  )`,
  `CREATE INDEX pm_uploads_uuid_idx ON pm_uploads (uuid)`,
  `CREATE INDEX pm_uploads_expiry_idx ON pm_uploads (expires_at)`,
  `CREATE INDEX pm_uploads_parent_idx ON pm_uploads (owner_id, parent_id) WHERE parent_id IS NOT NULL`,
  `CREATE INDEX pm_uploads_storage_key_idx ON pm_uploads (storage_key) WHERE storage_key IS NOT NULL`,

  `CREATE TABLE pm_upload_parts (
    owner_id bigint NOT NULL,
    upload_id bigint NOT NULL,
    part_index integer NOT NULL,
    byte_size bigint NOT NULL,
    storage_key text NOT NULL,
    CONSTRAINT pm_upload_parts_pk PRIMARY KEY (owner_id, upload_id, part_index),
    CONSTRAINT pm_upload_parts_upload_fk FOREIGN KEY (owner_id, upload_id) REFERENCES pm_uploads (owner_id, id) ON DELETE CASCADE
  )`,
  `CREATE INDEX pm_upload_parts_storage_key_idx ON pm_upload_parts (storage_key)`,

  // A file keeps its uuid in every message that carries it, and its small picture with it.
  `CREATE INDEX attachments_uuid_idx ON attachments ((details ->> 'uuid')) WHERE details ->> 'uuid' IS NOT NULL`,
  `CREATE INDEX attachments_thumbnail_key_idx ON attachments ((details #>> '{thumbnail,storage_key}'))
    WHERE details #>> '{thumbnail,storage_key}' IS NOT NULL`,
];

const DOWN = [
  'DROP INDEX attachments_thumbnail_key_idx',
  'DROP INDEX attachments_uuid_idx',
  'DROP TABLE pm_upload_parts',
  'DROP TABLE pm_uploads',
];
