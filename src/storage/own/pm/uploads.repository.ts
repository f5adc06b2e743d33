import { type Id } from '../../../kernel/id-source.js';
import { type OwnTables } from '../own-tables.js';
import { type Sql, statement } from '../../sql.js';

/** A file on its way into a message. Sizes are text: they came as bigint. */
export interface UploadRow {
  readonly owner_id: Id;
  readonly id: Id;
  readonly uuid: string;
  /** of a small picture: the file it shows */
  readonly parent_id: Id | null;
  readonly name: string;
  readonly duration: number | null;
  readonly parts_total: number | null;
  readonly told_size: string | null;
  readonly received_size: string | null;
  readonly received_md5: string | null;
  readonly byte_size: string | null;
  readonly media_type: string | null;
  readonly sha256: Buffer | null;
  readonly storage_key: string | null;
  readonly expires_at: Date;
  readonly finished_at: Date | null;
  readonly sent_at: Date | null;
}

export interface NewUpload {
  readonly ownerId: Id;
  readonly id: Id;
  readonly uuid: string;
  readonly parentId: Id | null;
  readonly name: string;
  readonly duration: number | null;
  readonly partsTotal: number | null;
  readonly toldSize: number | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** The stored bytes of a whole file. */
export interface UploadContent {
  readonly receivedSize: number;
  readonly receivedMd5: string;
  readonly byteSize: number;
  readonly mediaType: string;
  readonly sha256: Buffer;
  readonly storageKey: string;
}

export interface UploadPartRow {
  readonly part_index: number;
  readonly byte_size: string;
  readonly storage_key: string;
}

/** A file that some message carries. */
export interface CarriedRow {
  readonly wire_id: string;
  readonly name: string;
  readonly media_type: string;
  readonly byte_size: string;
  readonly sha256: Buffer;
  readonly storage_key: string;
  readonly details: unknown;
}

type Key = Pick<UploadRow, 'owner_id' | 'id'>;

const COLUMNS = `owner_id, id, uuid, parent_id, name, duration, parts_total, told_size, received_size, received_md5, byte_size,
  media_type, sha256, storage_key, expires_at, finished_at, sent_at`;

const ADD = statement(
  'pm-upload-add',
  `INSERT INTO pm_uploads (owner_id, id, uuid, parent_id, name, duration, parts_total, told_size, created_at, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);
const BY_UUID = statement<UploadRow>(
  'pm-upload-by-uuid',
  `SELECT ${COLUMNS} FROM pm_uploads WHERE owner_id = $1 AND uuid = $2 AND expires_at > $3`,
);
const HOLD = statement<UploadRow>('pm-upload-hold', `${BY_UUID.text} FOR UPDATE`);
const BY_ID = statement<UploadRow>('pm-upload-by-id', `SELECT ${COLUMNS} FROM pm_uploads WHERE owner_id = $1 AND id = $2`);
const THUMBNAIL = statement<UploadRow>(
  'pm-upload-thumbnail',
  `SELECT ${COLUMNS} FROM pm_uploads WHERE owner_id = $1 AND parent_id = $2 AND finished_at IS NOT NULL ORDER BY id DESC LIMIT 1`,
);
const SHOWN = statement<UploadRow>(
  'pm-upload-shown',
  `SELECT ${COLUMNS} FROM pm_uploads WHERE uuid = $1 AND expires_at > $2 AND finished_at IS NOT NULL AND sent_at IS NULL`,
);
const PARTS = statement<UploadPartRow>(
  'pm-upload-parts',
  'SELECT part_index, byte_size, storage_key FROM pm_upload_parts WHERE owner_id = $1 AND upload_id = $2 ORDER BY part_index',
);
const PUT_PART = statement(
  'pm-upload-put-part',
  `INSERT INTO pm_upload_parts (owner_id, upload_id, part_index, byte_size, storage_key) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (owner_id, upload_id, part_index) DO UPDATE SET byte_size = excluded.byte_size, storage_key = excluded.storage_key`,
);
const DROP_PARTS = statement('pm-upload-drop-parts', 'DELETE FROM pm_upload_parts WHERE owner_id = $1 AND upload_id = $2');
const DROP_THUMBNAILS = statement('pm-upload-drop-thumbnails', 'DELETE FROM pm_uploads WHERE owner_id = $1 AND parent_id = $2');
const TELL = statement(
  'pm-upload-tell',
  `UPDATE pm_uploads SET name = coalesce($3, name), parts_total = coalesce($4, parts_total), told_size = coalesce($5, told_size),
     duration = coalesce($6, duration)
   WHERE owner_id = $1 AND id = $2 AND sent_at IS NULL`,
);
const FINISH = statement(
  'pm-upload-finish',
  `UPDATE pm_uploads SET received_size = $3, received_md5 = $4, byte_size = $5, media_type = $6, sha256 = $7, storage_key = $8,
     finished_at = $9, expires_at = $10
   WHERE owner_id = $1 AND id = $2`,
);
// What the file is called is now told by the messages alone, and gone with them. The row still leads from the uuid of
// a small picture to that of its file.
const MARK_SENT = statement(
  'pm-upload-mark-sent',
  `UPDATE pm_uploads SET sent_at = $3, name = '', duration = NULL WHERE owner_id = $1 AND (id = $2 OR parent_id = $2)`,
);
const HOLD_OWNER = statement('pm-upload-hold-owner', 'SELECT 1 FROM mailboxes WHERE id = $1 FOR NO KEY UPDATE');
// What lies in pieces, and what is whole and not sent. Each counts as something, however small.
const WEIGHT = statement<{ bytes: string }>(
  'pm-upload-weight',
  `SELECT (SELECT coalesce(sum(greatest(byte_size, $2)), 0) FROM pm_uploads
           WHERE owner_id = $1 AND finished_at IS NOT NULL AND sent_at IS NULL AND expires_at > $3)
        + (SELECT coalesce(sum(greatest(byte_size, $2)), 0) FROM pm_upload_parts WHERE owner_id = $1) AS bytes`,
);
// Few messages carry one file. Looked up by its name alone, whatever the planner makes of the rest.
const carriedBy = (name: string, condition = 'true'): string => `
  WITH named AS MATERIALIZED (SELECT * FROM attachments a WHERE ${name})
  SELECT a.wire_id, a.name, a.media_type, a.byte_size, a.sha256, a.storage_key, a.details
  FROM named a JOIN messages m ON m.home_box = a.home_box AND m.id = a.message_id
  WHERE ${condition} AND m.space = $2 AND m.withdrawn_at IS NULL ORDER BY a.id DESC LIMIT 1`;
const UUID = `a.details ->> 'uuid' = $1`;
// files that came through another tongue have no uuid
const WIRE_ID = `a.wire_id = $1 AND a.details ->> 'uuid' IS NULL`;
const SENDER = 'a.home_box = $3';
const CARRIED = statement<CarriedRow>('pm-upload-carried', carriedBy(UUID));
const CARRIED_BY_WIRE_ID = statement<CarriedRow>('pm-upload-carried-by-wire-id', carriedBy(WIRE_ID));
const SENT_BY = statement<CarriedRow>('pm-upload-sent-by', carriedBy(UUID, SENDER));
const SENT_BY_WIRE_ID = statement<CarriedRow>('pm-upload-sent-by-wire-id', carriedBy(WIRE_ID, SENDER));
const REFERENCED = statement<{ storage_key: string }>(
  'pm-upload-referenced',
  `SELECT storage_key FROM unnest($1::text[]) AS asked (storage_key)
   WHERE EXISTS (SELECT 1 FROM pm_upload_parts p WHERE p.storage_key = asked.storage_key)
      OR EXISTS (SELECT 1 FROM pm_uploads u WHERE u.storage_key = asked.storage_key AND u.sent_at IS NULL)
      OR EXISTS (SELECT 1 FROM attachments a WHERE a.details #>> '{thumbnail,storage_key}' = asked.storage_key)`,
);
const EXPIRED = statement<{ gone: string }>(
  'pm-upload-expired',
  `WITH gone AS (
     DELETE FROM pm_uploads WHERE (owner_id, id) IN (
       SELECT owner_id, id FROM pm_uploads WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING 1)
   SELECT count(*) AS gone FROM gone`,
);
const REMOVE_OF = statement('pm-upload-remove-of', 'DELETE FROM pm_uploads WHERE owner_id = $1');

/** Files on their way into messages, and the files that messages carry by their uuid. */
export class PmUploadsRepository implements OwnTables {
  constructor(private readonly sql: Sql) {}

  async add(upload: NewUpload): Promise<void> {
    const { ownerId, id, uuid, parentId, name, duration, partsTotal, toldSize, createdAt, expiresAt } = upload;
    await this.sql.all(ADD, [ownerId, id, uuid, parentId, name, duration, partsTotal, toldSize, createdAt, expiresAt]);
  }

  /** @returns null when unknown, expired, or another user's */
  byUuid(ownerId: Id, uuid: string, now: Date): Promise<UploadRow | null> {
    return this.sql.one(BY_UUID, [ownerId, uuid, now]);
  }

  /** As byUuid, held until the end of the transaction. */
  hold(ownerId: Id, uuid: string, now: Date): Promise<UploadRow | null> {
    return this.sql.one(HOLD, [ownerId, uuid, now]);
  }

  byId(ownerId: Id, id: Id): Promise<UploadRow | null> {
    return this.sql.one(BY_ID, [ownerId, id]);
  }

  /** The small picture of a file. */
  thumbnailOf({ owner_id, id }: Key): Promise<UploadRow | null> {
    return this.sql.one(THUMBNAIL, [owner_id, id]);
  }

  /** @returns a whole file that was not sent yet, whoever brought it */
  shown(uuid: string, now: Date): Promise<UploadRow | null> {
    return this.sql.one(SHOWN, [uuid, now]);
  }

  /** In their order. */
  parts({ owner_id, id }: Key): Promise<UploadPartRow[]> {
    return this.sql.all(PARTS, [owner_id, id]);
  }

  /** Adds a part, or puts it in the place of one with the same index. */
  async putPart({ owner_id, id }: Key, part: { index: number; byteSize: number; storageKey: string }): Promise<void> {
    await this.sql.all(PUT_PART, [owner_id, id, part.index, part.byteSize, part.storageKey]);
  }

  async dropParts({ owner_id, id }: Key): Promise<void> {
    await this.sql.all(DROP_PARTS, [owner_id, id]);
  }

  async dropThumbnails({ owner_id, id }: Key): Promise<void> {
    await this.sql.all(DROP_THUMBNAILS, [owner_id, id]);
  }

  /** Notes what was told of a file; null leaves what is known. Of one that was sent nothing is noted any more. */
  async tell({ owner_id, id }: Key, told: { name: string | null; partsTotal: number | null; size: number | null; duration: number | null }): Promise<void> {
    await this.sql.all(TELL, [owner_id, id, told.name, told.partsTotal, told.size, told.duration]);
  }

  async finish({ owner_id, id }: Key, content: UploadContent, at: Date, expiresAt: Date): Promise<void> {
    const { receivedSize, receivedMd5, byteSize, mediaType, sha256, storageKey } = content;
    await this.sql.all(FINISH, [owner_id, id, receivedSize, receivedMd5, byteSize, mediaType, sha256, storageKey, at, expiresAt]);
  }

  /** From now on name and bytes are those of the messages that carry them. */
  async markSent({ owner_id, id }: Key, at: Date): Promise<void> {
    await this.sql.all(MARK_SENT, [owner_id, id, at]);
  }

  /** Holds all who bring files for one user at the same time. */
  async holdOwner(ownerId: Id): Promise<void> {
    await this.sql.all(HOLD_OWNER, [ownerId]);
  }

  /** Bytes a user has lying here that no message carries; each piece counts as `least` at least. */
  async weight(ownerId: Id, least: number, now: Date): Promise<number> {
    return Number((await this.sql.one(WEIGHT, [ownerId, least, now]))?.bytes ?? 0);
  }

  /** @returns the file with this name that some message carries */
  async carried(name: string, space: string): Promise<CarriedRow | null> {
    return (await this.sql.one(CARRIED, [name, space])) ?? this.sql.one(CARRIED_BY_WIRE_ID, [name, space]);
  }

  /** As carried, of messages this mailbox sent. */
  async sentBy(boxId: Id, name: string, space: string): Promise<CarriedRow | null> {
    return (await this.sql.one(SENT_BY, [name, space, boxId])) ?? this.sql.one(SENT_BY_WIRE_ID, [name, space, boxId]);
  }

  async referenced(storageKeys: readonly string[]): Promise<readonly string[]> {
    return (await this.sql.all(REFERENCED, [storageKeys])).map((row) => row.storage_key);
  }

  async removeExpired(now: Date, limit: number): Promise<number> {
    return Number((await this.sql.one(EXPIRED, [now, limit]))?.gone ?? 0);
  }

  async removeAllOf(boxId: Id): Promise<void> {
    await this.sql.all(REMOVE_OF, [boxId]);
  }
}
