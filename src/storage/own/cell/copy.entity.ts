import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What the lists of a cell look at, once for each side that sees a message. The columns and their reasons stand in the migrations. */
@Entity('cell_copies')
@Index('cell_copies_published_idx', ['boxId', 'side', 'publishedAt', 'wireId'])
@Index('cell_copies_updated_idx', ['boxId', 'side', 'updatedAt', 'wireId'])
@Index('cell_copies_status_idx', ['boxId', 'side', 'status', 'publishedAt', 'wireId'])
@Index('cell_copies_type_idx', ['boxId', 'side', 'type', 'publishedAt', 'wireId'])
@Index('cell_copies_title_idx', ['boxId', 'side', 'title', 'publishedAt', 'wireId'])
@Index('cell_copies_from_idx', ['boxId', 'side', 'fromUrl', 'publishedAt', 'wireId'])
@Check('cell_copies_side_known', `side IN ('sent', 'received')`)
export class CellCopy {
  @PrimaryColumn({ name: 'box_id', type: 'bigint', primaryKeyConstraintName: 'cell_copies_pk' })
  boxId: string;

  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'cell_copies_pk' })
  side: string;

  @PrimaryColumn({ name: 'wire_id', type: 'text', collation: 'C', primaryKeyConstraintName: 'cell_copies_pk' })
  wireId: string;

  @Column({ name: 'home_box', type: 'bigint' })
  homeBox: string;

  @Column({ name: 'message_id', type: 'bigint' })
  messageId: string;

  @Column({ type: 'text', collation: 'C' })
  type: string;

  @Column({ type: 'bytea' })
  title: Buffer;

  @Column({ type: 'text', collation: 'C' })
  status: string;

  @Column({ name: 'from_url', type: 'text', collation: 'C' })
  fromUrl: string;

  @Column({ name: 'in_reply_to', type: 'bytea', nullable: true })
  inReplyTo: Buffer | null;

  @Column({ type: 'smallint' })
  priority: number;

  @Column({ name: 'bound_to', type: 'bigint', nullable: true })
  boundTo: string | null;

  @Column({ type: 'integer', nullable: true })
  place: number | null;

  @Column({ name: 'published_at', type: 'timestamptz' })
  publishedAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;

  @Column({ type: 'integer', default: 1 })
  revision: number;
}
