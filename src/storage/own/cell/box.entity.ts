import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Cell } from '../../entities/cell.entity.js';

/** A part of a cell that belongs to an app. The columns and their reasons stand in the migrations. */
@Entity('cell_boxes')
@Index('cell_boxes_name_key', ['cellId', 'name'], { unique: true })
@Index('cell_boxes_schema_key', ['cellId', 'schema'], { unique: true, where: 'schema IS NOT NULL' })
@ForeignKey(() => Cell, ['cellId'], ['id'], { name: 'cell_boxes_cell_fk' })
export class CellBox {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'cell_boxes_pk' })
  id: string;

  @Column({ name: 'cell_id', type: 'bigint' })
  cellId: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', nullable: true })
  schema: string | null;

  @Column({ name: 'published_at', type: 'timestamptz' })
  publishedAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;

  @Column({ type: 'integer', default: 1 })
  revision: number;
}
