import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Cell } from '../../entities/cell.entity.js';

/** What holders of it may do, by the list of grants. The columns and their reasons stand in the migrations. */
@Entity('cell_roles')
@Index('cell_roles_name_key', ['cellId', 'name', 'boxId'], { unique: true })
@Index('cell_roles_box_idx', ['cellId', 'boxId'])
@ForeignKey(() => Cell, ['cellId'], ['id'], { name: 'cell_roles_cell_fk' })
export class CellRole {
  @PrimaryColumn({ name: 'cell_id', type: 'bigint', primaryKeyConstraintName: 'cell_roles_pk' })
  cellId: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'cell_roles_pk' })
  id: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ name: 'box_id', type: 'bigint', default: 0 })
  boxId: string;

  @Column({ name: 'published_at', type: 'timestamptz' })
  publishedAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;

  @Column({ type: 'integer', default: 1 })
  revision: number;
}
