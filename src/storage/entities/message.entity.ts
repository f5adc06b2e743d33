import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A message with the state its sender sees. The columns and their reasons stand in the migrations. */
@Entity('messages')
@Index('messages_wire_id_key', ['homeBox', 'space', 'wireId'], { unique: true, where: 'wire_id IS NOT NULL' })
@Index('messages_number_key', ['homeBox', 'number'], { unique: true, where: 'number IS NOT NULL' })
@Index('messages_sent_idx', ['senderId', 'space', 'id'], { where: 'sender_id IS NOT NULL AND peer_id IS NULL AND sender_deleted_at IS NULL' })
@Index('messages_talk_idx', ['homeBox', 'peerId', 'number'], { where: 'peer_id IS NOT NULL AND sender_deleted_at IS NULL' })
@Check('messages_content_kind_known', `content_kind IN ('text', 'sealed')`)
@Check('messages_algorithm_if_sealed', `(content_kind = 'sealed') = (algorithm IS NOT NULL)`)
@Check('messages_home_is_sender', `sender_id IS NULL OR sender_id = home_box`)
export class Message {
  @PrimaryColumn({ name: 'home_box', type: 'bigint', primaryKeyConstraintName: 'messages_pk' })
  homeBox: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'messages_pk' })
  id: string;

  @Column({ type: 'text' })
  space: string;

  @Column({ name: 'wire_id', type: 'text', nullable: true })
  wireId: string | null;

  @Column({ type: 'bigint', nullable: true })
  number: string | null;

  @Column({ name: 'sender_id', type: 'bigint', nullable: true })
  senderId: string | null;

  @Column({ name: 'peer_id', type: 'bigint', nullable: true })
  peerId: string | null;

  @Column({ name: 'content_kind', type: 'text' })
  contentKind: string;

  @Column({ type: 'text', default: '' })
  subject: string;

  @Column({ type: 'bytea' })
  body: Buffer;

  @Column({ type: 'bytea', nullable: true })
  preview: Buffer | null;

  @Column({ type: 'text', nullable: true })
  algorithm: string | null;

  @Column({ name: 'sender_key', type: 'bytea', nullable: true })
  senderKey: Buffer | null;

  @Column({ name: 'in_reply_to', type: 'text', nullable: true })
  inReplyTo: string | null;

  @Column({ type: 'jsonb', default: {} })
  details: unknown;

  @Column({ type: 'integer', default: 1 })
  revision: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'edited_at', type: 'timestamptz', nullable: true })
  editedAt: Date | null;

  @Column({ name: 'withdrawn_at', type: 'timestamptz', nullable: true })
  withdrawnAt: Date | null;

  @Column({ name: 'sender_deleted_at', type: 'timestamptz', nullable: true })
  senderDeletedAt: Date | null;
}
