import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Something that changed what a mailbox sees. The columns and their reasons stand in the migrations. */
@Entity('events')
@Index('events_created_idx', { synchronize: false })
export class Event {
  @PrimaryColumn({ name: 'box_id', type: 'bigint', primaryKeyConstraintName: 'events_pk' })
  boxId: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'events_pk' })
  xid: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'events_pk' })
  id: string;

  @Column({ type: 'text' })
  space: string;

  @Column({ type: 'text' })
  kind: string;

  @Column({ name: 'home_box', type: 'bigint' })
  homeBox: string;

  @Column({ name: 'message_id', type: 'bigint' })
  messageId: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
