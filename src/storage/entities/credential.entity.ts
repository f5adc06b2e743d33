import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** A key or token, hashed. The columns and their reasons stand in the migrations. */
@Entity('credentials')
@Index('credentials_mailbox_idx', ['mailboxId'])
@Index('credentials_wire_id_key', ['mailboxId', 'wireId'], { unique: true, where: 'wire_id IS NOT NULL' })
@Index('credentials_expiry_idx', ['expiresAt'], { where: 'expires_at IS NOT NULL' })
@Unique('credentials_secret_key', ['dialect', 'secretHash'])
export class Credential {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'credentials_pk' })
  id: string;

  @Column({ type: 'text' })
  dialect: string;

  @Column({ type: 'text' })
  kind: string;

  @Column({ name: 'mailbox_id', type: 'bigint', nullable: true })
  mailboxId: string | null;

  @Column({ name: 'secret_hash', type: 'bytea' })
  secretHash: Buffer;

  @Column({ type: 'text', default: '' })
  label: string;

  @Column({ type: 'text', array: true, default: [] })
  scopes: string[];

  @Column({ type: 'bigint', default: 0 })
  uses: string;

  @Column({ name: 'uses_max', type: 'bigint', nullable: true })
  usesMax: string | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'last_used_at', type: 'timestamptz', nullable: true })
  lastUsedAt: Date | null;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt: Date | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt: Date | null;

  @Column({ name: 'wire_id', type: 'text', nullable: true })
  wireId: string | null;

  @Column({ type: 'jsonb', default: {} })
  details: object;

  @Column({ name: 'per_minute_max', type: 'integer', nullable: true })
  perMinuteMax: number | null;

  @Column({ name: 'per_day_max', type: 'integer', nullable: true })
  perDayMax: number | null;

  @Column({ name: 'bytes_per_day_max', type: 'bigint', nullable: true })
  bytesPerDayMax: string | null;

  @Column({ name: 'minute_at', type: 'timestamptz', nullable: true })
  minuteAt: Date | null;

  @Column({ name: 'minute_uses', type: 'integer', default: 0 })
  minuteUses: number;

  @Column({ name: 'day_on', type: 'date', nullable: true })
  dayOn: string | null;

  @Column({ name: 'day_uses', type: 'integer', default: 0 })
  dayUses: number;

  @Column({ name: 'day_bytes', type: 'bigint', default: 0 })
  dayBytes: string;
}
