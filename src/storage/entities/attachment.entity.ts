import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Message } from './message.entity.js';

/** A file of a message; its bytes lie in the blob store. The columns and their reasons stand in the migrations. */
@Entity('attachments')
@Index('attachments_message_idx', ['homeBox', 'messageId'])
@Index('attachments_wire_id_idx', ['wireId'])
@Index('attachments_storage_key_idx', ['storageKey'])
@Index('attachments_uuid_idx', { synchronize: false })
@Index('attachments_thumbnail_key_idx', { synchronize: false })
@ForeignKey(() => Message, ['homeBox', 'messageId'], ['homeBox', 'id'], { name: 'attachments_message_fk', onDelete: 'CASCADE' })
export class Attachment {
  @PrimaryColumn({ name: 'home_box', type: 'bigint', primaryKeyConstraintName: 'attachments_pk' })
  homeBox: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'attachments_pk' })
  id: string;

  @Column({ name: 'message_id', type: 'bigint' })
  messageId: string;

  @Column({ name: 'wire_id', type: 'text' })
  wireId: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ name: 'media_type', type: 'text' })
  mediaType: string;

  @Column({ name: 'byte_size', type: 'bigint' })
  byteSize: string;

  @Column({ type: 'bytea' })
  sha256: Buffer;

  @Column({ name: 'storage_key', type: 'text' })
  storageKey: string;

  @Column({ type: 'jsonb', default: {} })
  details: unknown;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
