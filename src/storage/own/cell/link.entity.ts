import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Cell } from '../../entities/cell.entity.js';

/** A tie between two objects of a cell. The columns and their reasons stand in the migrations. */
@Entity('cell_links')
@Index('cell_links_right_idx', ['cellId', 'kind', 'rightId', 'leftId'])
@Check('cell_links_kind_known', `kind IN ('account_role', 'ext_cell_role', 'ext_cell_relation', 'relation_role')`)
@ForeignKey(() => Cell, ['cellId'], ['id'], { name: 'cell_links_cell_fk' })
export class CellLink {
  @PrimaryColumn({ name: 'cell_id', type: 'bigint', primaryKeyConstraintName: 'cell_links_pk' })
  cellId: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'cell_links_pk' })
  kind: string;

  @PrimaryColumn({ name: 'left_id', type: 'bigint', primaryKeyConstraintName: 'cell_links_pk' })
  leftId: string;

  @PrimaryColumn({ name: 'right_id', type: 'bigint', primaryKeyConstraintName: 'cell_links_pk' })
  rightId: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
