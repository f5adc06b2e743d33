import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One side of a pair of mailboxes that have written to each other. The columns and their reasons stand in the migrations. */
@Entity('conversations')
@Index('conversations_id_key', ['boxId', 'id'], { unique: true })
@Index('conversations_recent_idx', ['boxId', 'space', 'lastNumber'], { where: 'last_number > 0' })
export class Conversation {
  @PrimaryColumn({ name: 'box_id', type: 'bigint', primaryKeyConstraintName: 'conversations_pk' })
  boxId: string;

  @PrimaryColumn({ name: 'peer_id', type: 'bigint', primaryKeyConstraintName: 'conversations_pk' })
  peerId: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'conversations_pk' })
  space: string;

  @Column({ type: 'bigint' })
  id: string;

  @Column({ name: 'last_number', type: 'bigint' })
  lastNumber: string;

  @Column({ name: 'total_count', type: 'bigint', default: 0 })
  totalCount: string;

  @Column({ name: 'unread_count', type: 'bigint', default: 0 })
  unreadCount: string;

  @Column({ name: 'cleared_to', type: 'bigint', default: 0 })
  clearedTo: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
