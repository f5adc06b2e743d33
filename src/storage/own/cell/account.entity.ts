import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Cell } from '../../entities/cell.entity.js';

/** Somebody who may log in to a cell. The columns and their reasons stand in the migrations. */
@Entity('cell_accounts')
@Index('cell_accounts_name_key', ['cellId', 'name'], { unique: true })
@Check('cell_accounts_status_known', `status IN ('active', 'deactivated')`)
@ForeignKey(() => Cell, ['cellId'], ['id'], { name: 'cell_accounts_cell_fk' })
export class CellAccount {
  @PrimaryColumn({ name: 'cell_id', type: 'bigint', primaryKeyConstraintName: 'cell_accounts_pk' })
  cellId: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'cell_accounts_pk' })
  id: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ name: 'password_hash', type: 'text', nullable: true })
  passwordHash: string | null;

  @Column({ name: 'password_revision', type: 'integer', default: 1 })
  passwordRevision: number;

  @Column({ type: 'text', default: 'active' })
  status: string;

  @Column({ name: 'last_authenticated_at', type: 'timestamptz', nullable: true })
  lastAuthenticatedAt: Date | null;

  @Column({ name: 'failed_count', type: 'integer', default: 0 })
  failedCount: number;

  @Column({ name: 'published_at', type: 'timestamptz' })
  publishedAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;

  @Column({ type: 'integer', default: 1 })
  revision: number;
}
