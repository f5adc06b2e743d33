import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { PmUpload } from './upload.entity.js';

/** A part of a file that comes in pieces. The columns and their reasons stand in the migrations. */
@Entity('pm_upload_parts')
@Index('pm_upload_parts_storage_key_idx', ['storageKey'])
@ForeignKey(() => PmUpload, ['ownerId', 'uploadId'], ['ownerId', 'id'], { name: 'pm_upload_parts_upload_fk', onDelete: 'CASCADE' })
export class PmUploadPart {
  @PrimaryColumn({ name: 'owner_id', type: 'bigint', primaryKeyConstraintName: 'pm_upload_parts_pk' })
  ownerId: string;

  @PrimaryColumn({ name: 'upload_id', type: 'bigint', primaryKeyConstraintName: 'pm_upload_parts_pk' })
  uploadId: string;

  @PrimaryColumn({ name: 'part_index', type: 'integer', primaryKeyConstraintName: 'pm_upload_parts_pk' })
  partIndex: number;

  @Column({ name: 'byte_size', type: 'bigint' })
  byteSize: string;

  @Column({ name: 'storage_key', type: 'text' })
  storageKey: string;
}
