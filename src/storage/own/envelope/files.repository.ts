import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';
import { type OwnTables } from '../own-tables.js';

export interface FileRow {
  readonly wire_id: string;
  readonly byte_size: string;
  readonly sha256: Buffer;
  readonly storage_key: string;
  readonly created_at: Date;
}

const ADD = statement(
  'envelope-file-add',
  `INSERT INTO envelope_files (owner_id, id, wire_id, byte_size, sha256, storage_key, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
);
const FIND = statement<FileRow>(
  'envelope-file-find',
  'SELECT wire_id, byte_size, sha256, storage_key, created_at FROM envelope_files WHERE owner_id = $1 AND wire_id = $2 AND expires_at > $3',
);
const REMOVE = statement<{ byte_size: string }>('envelope-file-remove', 'DELETE FROM envelope_files WHERE owner_id = $1 AND wire_id = $2 RETURNING byte_size');
const REMOVE_OF = statement('envelope-file-remove-of', 'DELETE FROM envelope_files WHERE owner_id = $1');
const REFERENCED = statement<{ storage_key: string }>(
  'envelope-file-referenced',
  `SELECT storage_key FROM unnest($1::text[]) AS asked (storage_key)
   WHERE EXISTS (SELECT FROM envelope_files f WHERE f.storage_key = asked.storage_key)`,
);
// The room they took is given back in the same statement.
const REMOVE_EXPIRED = statement<{ gone: string }>(
  'envelope-file-expired',
  `WITH gone AS (
     DELETE FROM envelope_files WHERE (owner_id, id) IN (
       SELECT owner_id, id FROM envelope_files WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING owner_id, byte_size),
   less AS (
     UPDATE box_counts c SET total = c.total - g.bytes
     FROM (SELECT owner_id, sum(byte_size) AS bytes FROM gone GROUP BY owner_id) g
     WHERE c.box_id = g.owner_id AND c.space = 'envelope' AND c.label = 'bytes')
   SELECT count(*) AS gone FROM gone`,
);

/** Sealed files by their recipient. The bytes lie in the blob store. */
export class EnvelopeFilesRepository implements OwnTables {
  constructor(private readonly sql: Sql) {}

  async add(file: FileRow & { readonly owner_id: Id; readonly id: Id; readonly expires_at: Date }): Promise<void> {
    await this.sql.all(ADD, [file.owner_id, file.id, file.wire_id, file.byte_size, file.sha256, file.storage_key, file.created_at, file.expires_at]);
  }

  find(ownerId: Id, wireId: string, now: Date): Promise<FileRow | null> {
    return this.sql.one(FIND, [ownerId, wireId, now]);
  }

  /** @returns how many bytes it had; null when there was none */
  async remove(ownerId: Id, wireId: string): Promise<number | null> {
    const row = await this.sql.one(REMOVE, [ownerId, wireId]);
    return row && Number(row.byte_size);
  }

  async referenced(storageKeys: readonly string[]): Promise<readonly string[]> {
    return (await this.sql.all(REFERENCED, [storageKeys])).map((row) => row.storage_key);
  }

  async removeAllOf(boxId: Id): Promise<void> {
    await this.sql.all(REMOVE_OF, [boxId]);
  }

  async removeExpired(now: Date, limit: number): Promise<number> {
    return Number((await this.sql.one(REMOVE_EXPIRED, [now, limit]))?.gone ?? 0);
  }
}
