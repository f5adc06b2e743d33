import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { User } from './user.entity.js';

/** A cell: a place with an owner. The columns and their reasons stand in the migrations. */
@Entity('cells')
@Unique('cells_name_key', ['name'])
@Index('cells_unpurged_idx', ['deletedAt'], { where: 'deleted_at IS NOT NULL AND purged_at IS NULL' })
@ForeignKey(() => User, ['ownerId'], ['id'], { name: 'cells_owner_fk' })
export class Cell {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'cells_pk' })
  id: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ name: 'owner_id', type: 'bigint', nullable: true })
  ownerId: string | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'deleted_at', type: 'timestamptz', nullable: true })
  deletedAt: Date | null;

  @Column({ name: 'purged_at', type: 'timestamptz', nullable: true })
  purgedAt: Date | null;
}
