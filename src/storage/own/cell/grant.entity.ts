import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Cell } from '../../entities/cell.entity.js';

/** What holders of a role may do in a cell. The columns and their reasons stand in the migrations. */
@Entity('cell_grants')
@ForeignKey(() => Cell, ['cellId'], ['id'], { name: 'cell_grants_cell_fk' })
export class CellGrant {
  @PrimaryColumn({ name: 'cell_id', type: 'bigint', primaryKeyConstraintName: 'cell_grants_pk' })
  cellId: string;

  @PrimaryColumn({ name: 'role_id', type: 'bigint', primaryKeyConstraintName: 'cell_grants_pk' })
  roleId: string;

  @Column({ type: 'text', array: true })
  privileges: string[];
}
