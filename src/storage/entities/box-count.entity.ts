import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A maintained total of a mailbox. The columns and their reasons stand in the migrations. */
@Entity('box_counts')
export class BoxCount {
  @PrimaryColumn({ name: 'box_id', type: 'bigint', primaryKeyConstraintName: 'box_counts_pk' })
  boxId: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'box_counts_pk' })
  space: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'box_counts_pk' })
  label: string;

  @Column({ type: 'bigint' })
  total: string;
}
