import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Cell } from './cell.entity.js';
import { User } from './user.entity.js';

/** Anything that can send or receive. The columns and their reasons stand in the migrations. */
@Entity('mailboxes')
@Index('mailboxes_user_key', ['userId'], { unique: true, where: 'user_id IS NOT NULL' })
@Index('mailboxes_cell_key', ['cellId'], { unique: true, where: 'cell_id IS NOT NULL' })
@Index('mailboxes_key_hash_key', ['keyHash'], { unique: true, where: 'key_hash IS NOT NULL' })
@Index('mailboxes_url_key', ['url'], { unique: true, where: 'url IS NOT NULL' })
@Check('mailboxes_one_principal', `(kind = 'user' AND user_id IS NOT NULL AND num_nonnulls(cell_id, key_hash, url) = 0) OR (kind = 'cell' AND cell_id IS NOT NULL AND num_nonnulls(user_id, key_hash, url) = 0) OR (kind = 'key' AND key_hash IS NOT NULL AND octet_length(key_hash) = 32 AND num_nonnulls(user_id, cell_id, url) = 0) OR (kind = 'remote' AND url IS NOT NULL AND num_nonnulls(user_id, cell_id, key_hash) = 0)`)
@ForeignKey(() => User, ['userId'], ['id'], { name: 'mailboxes_user_fk' })
@ForeignKey(() => Cell, ['cellId'], ['id'], { name: 'mailboxes_cell_fk' })
export class Mailbox {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'mailboxes_pk' })
  id: string;

  @Column({ type: 'text' })
  kind: string;

  @Column({ name: 'user_id', type: 'bigint', nullable: true })
  userId: string | null;

  @Column({ name: 'cell_id', type: 'bigint', nullable: true })
  cellId: string | null;

  @Column({ name: 'key_hash', type: 'bytea', nullable: true })
  keyHash: Buffer | null;

  @Column({ type: 'text', nullable: true })
  url: string | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
