import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A send that must happen once, and the answer it got. The columns and their reasons stand in the migrations. */
@Entity('idempotency_keys')
@Index('idempotency_keys_credential_idx', ['credentialId'], { where: 'credential_id IS NOT NULL' })
@Index('idempotency_keys_expiry_idx', ['expiresAt'], { where: 'expires_at IS NOT NULL' })
export class IdempotencyKey {
  @PrimaryColumn({ name: 'box_id', type: 'bigint', primaryKeyConstraintName: 'idempotency_keys_pk' })
  boxId: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'idempotency_keys_pk' })
  scope: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'idempotency_keys_pk' })
  key: string;

  @Column({ type: 'bytea' })
  digest: Buffer;

  @Column({ name: 'message_id', type: 'bigint' })
  messageId: string;

  @Column({ type: 'bytea', nullable: true })
  result: Buffer | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt: Date | null;

  @Column({ name: 'credential_id', type: 'bigint', nullable: true })
  credentialId: string | null;
}
