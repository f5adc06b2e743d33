import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Cell } from '../../entities/cell.entity.js';

/** Another cell in the address book of this one. The columns and their reasons stand in the migrations. */
@Entity('cell_ext_cells')
@Index('cell_ext_cells_url_key', ['cellId', 'url'], { unique: true })
@ForeignKey(() => Cell, ['cellId'], ['id'], { name: 'cell_ext_cells_cell_fk' })
export class CellExtCell {
  @PrimaryColumn({ name: 'cell_id', type: 'bigint', primaryKeyConstraintName: 'cell_ext_cells_pk' })
  cellId: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'cell_ext_cells_pk' })
  id: string;

  @Column({ type: 'text' })
  url: string;

  @Column({ name: 'published_at', type: 'timestamptz' })
  publishedAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;

  @Column({ type: 'integer', default: 1 })
  revision: number;
}
