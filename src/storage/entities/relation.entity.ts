import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A one-sided fact between two mailboxes. The columns and their reasons stand in the migrations. */
@Entity('relations')
@Index('relations_to_idx', ['toId', 'kind'])
export class Relation {
  @PrimaryColumn({ name: 'from_id', type: 'bigint', primaryKeyConstraintName: 'relations_pk' })
  fromId: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'relations_pk' })
  kind: string;

  @PrimaryColumn({ type: 'text', default: '', primaryKeyConstraintName: 'relations_pk' })
  name: string;

  @PrimaryColumn({ type: 'text', default: '', primaryKeyConstraintName: 'relations_pk' })
  box: string;

  @PrimaryColumn({ name: 'to_id', type: 'bigint', primaryKeyConstraintName: 'relations_pk' })
  toId: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
