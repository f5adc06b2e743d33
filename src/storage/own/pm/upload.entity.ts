import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A file that a user has brought, or is bringing, for a message. The columns and their reasons stand in the migrations. */
@Entity('pm_uploads')
@Index('pm_uploads_uuid_idx', ['uuid'])
@Index('pm_uploads_expiry_idx', ['expiresAt'])
@Index('pm_uploads_parent_idx', ['ownerId', 'parentId'], { where: 'parent_id IS NOT NULL' })
@Index('pm_uploads_storage_key_idx', ['storageKey'], { where: 'storage_key IS NOT NULL' })
@ForeignKey(() => PmUpload, ['ownerId', 'parentId'], ['ownerId', 'id'], { name: 'pm_uploads_parent_fk', onDelete: 'CASCADE' })
@Check('pm_uploads_whole', 'num_nulls(finished_at, storage_key, sha256, media_type) IN (0, 4)')
export class PmUpload {
  @PrimaryColumn({ name: 'owner_id', type: 'bigint', primaryKeyConstraintName: 'pm_uploads_pk' })
  ownerId: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pm_uploads_pk' })
  id: string;

  @Column({ type: 'text' })
  uuid: string;

  @Column({ name: 'parent_id', type: 'bigint', nullable: true })
  parentId: string | null;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'double precision', nullable: true })
  duration: number | null;

  @Column({ name: 'parts_total', type: 'integer', nullable: true })
  partsTotal: number | null;

  @Column({ name: 'told_size', type: 'bigint', nullable: true })
  toldSize: string | null;

  @Column({ name: 'received_size', type: 'bigint', nullable: true })
  receivedSize: string | null;

  @Column({ name: 'received_md5', type: 'text', nullable: true })
  receivedMd5: string | null;

  @Column({ name: 'byte_size', type: 'bigint', nullable: true })
  byteSize: string | null;

  @Column({ name: 'media_type', type: 'text', nullable: true })
  mediaType: string | null;

  @Column({ type: 'bytea', nullable: true })
  sha256: Buffer | null;

  @Column({ name: 'storage_key', type: 'text', nullable: true })
  storageKey: string | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt: Date | null;

  @Column({ name: 'sent_at', type: 'timestamptz', nullable: true })
  sentAt: Date | null;
}
