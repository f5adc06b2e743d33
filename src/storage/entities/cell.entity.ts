import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { User } from './user.entity.js';

/** A cell: a place with an owner. The columns and their reasons stand in the migrations. */
@Entity('cells')
@Unique('cells_name_key', ['name'])
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
}
