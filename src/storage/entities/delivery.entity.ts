import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Message } from './message.entity.js';

/** A message at one recipient, with the state that recipient sees. The columns and their reasons stand in the migrations. */
@Entity('deliveries')
@Index('deliveries_wire_id_key', ['recipientId', 'space', 'wireId'], { unique: true, where: 'wire_id IS NOT NULL' })
@Index('deliveries_client_id_key', ['recipientId', 'space', 'clientId'], { unique: true, where: 'client_id IS NOT NULL' })
@Index('deliveries_message_idx', ['homeBox', 'messageId'])
@Index('deliveries_number_key', ['recipientId', 'number'], { unique: true, where: 'number IS NOT NULL' })
@Index('deliveries_inbox_idx', ['recipientId', 'space', 'messageId'], { where: 'number IS NULL AND deleted_at IS NULL' })
@Index('deliveries_arrival_key', ['recipientId', 'space', 'arrival'], { unique: true, where: 'arrival IS NOT NULL' })
@Index('deliveries_talk_idx', ['recipientId', 'homeBox', 'number'], { where: 'number IS NOT NULL AND deleted_at IS NULL' })
@Index('deliveries_unread_idx', ['recipientId', 'homeBox', 'number'], { where: 'number IS NOT NULL AND read_at IS NULL AND deleted_at IS NULL' })
@Index('deliveries_unnoticed_idx', ['recipientId', 'number'], { where: 'number IS NOT NULL AND noticed_at IS NULL AND deleted_at IS NULL' })
@Index('deliveries_due_idx', ['dueAt'], { where: 'due_at IS NOT NULL' })
@Check('deliveries_decision_known', `decision IN ('approved', 'rejected')`)
@ForeignKey(() => Message, ['homeBox', 'messageId'], ['homeBox', 'id'], { name: 'deliveries_message_fk', onDelete: 'CASCADE' })
export class Delivery {
  @PrimaryColumn({ name: 'recipient_id', type: 'bigint', primaryKeyConstraintName: 'deliveries_pk' })
  recipientId: string;

  @PrimaryColumn({ name: 'message_id', type: 'bigint', primaryKeyConstraintName: 'deliveries_pk' })
  messageId: string;

  @Column({ name: 'home_box', type: 'bigint' })
  homeBox: string;

  @Column({ type: 'text' })
  space: string;

  @Column({ name: 'wire_id', type: 'text', nullable: true })
  wireId: string | null;

  @Column({ type: 'bigint', nullable: true })
  number: string | null;

  @Column({ name: 'client_id', type: 'text', nullable: true })
  clientId: string | null;

  @Column({ name: 'wrapped_key', type: 'bytea', nullable: true })
  wrappedKey: Buffer | null;

  @Column({ name: 'read_at', type: 'timestamptz', nullable: true })
  readAt: Date | null;

  @Column({ name: 'noticed_at', type: 'timestamptz', nullable: true })
  noticedAt: Date | null;

  @Column({ name: 'deleted_at', type: 'timestamptz', nullable: true })
  deletedAt: Date | null;

  @Column({ type: 'text', nullable: true })
  decision: string | null;

  @Column({ name: 'decided_at', type: 'timestamptz', nullable: true })
  decidedAt: Date | null;

  @Column({ name: 'outcome_code', type: 'smallint', nullable: true })
  outcomeCode: number | null;

  @Column({ name: 'outcome_reason', type: 'text', nullable: true })
  outcomeReason: string | null;

  @Column({ name: 'attempted_at', type: 'timestamptz', nullable: true })
  attemptedAt: Date | null;

  @Column({ name: 'due_at', type: 'timestamptz', nullable: true })
  dueAt: Date | null;

  @Column({ type: 'bigint', nullable: true })
  arrival: string | null;
}
