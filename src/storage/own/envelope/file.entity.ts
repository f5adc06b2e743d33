import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A sealed file for somebody; its bytes lie in the blob store. The columns and their reasons stand in the migrations. */
@Entity('envelope_files')
@Index('envelope_files_wire_id_key', ['ownerId', 'wireId'], { unique: true })
@Index('envelope_files_expiry_idx', ['expiresAt'])
@Index('envelope_files_storage_key_idx', ['storageKey'])
export class EnvelopeFile {
  @PrimaryColumn({ name: 'owner_id', type: 'bigint', primaryKeyConstraintName: 'envelope_files_pk' })
  ownerId: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'envelope_files_pk' })
  id: string;

  @Column({ name: 'wire_id', type: 'text' })
  wireId: string;

  @Column({ name: 'byte_size', type: 'bigint' })
  byteSize: string;

  @Column({ type: 'bytea' })
  sha256: Buffer;

  @Column({ name: 'storage_key', type: 'text' })
  storageKey: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;
}
