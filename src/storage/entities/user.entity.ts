import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A person: one row for every dialect that knows people. The columns and their reasons stand in the migrations. */
@Entity('users')
@Index('users_username_key', { synchronize: false })
@Index('users_email_key', { synchronize: false })
@Index('users_unpurged_idx', ['deletedAt'], { where: 'deleted_at IS NOT NULL AND purged_at IS NULL' })
@Index('users_envelope_user_id_key', ['envelopeUserId'], { unique: true, where: 'envelope_user_id IS NOT NULL' })
@Index('users_envelope_name_key', ['envelopeName'], { unique: true, where: 'envelope_name IS NOT NULL' })
@Check('users_role_known', `role IN ('user', 'moderator', 'admin')`)
export class User {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT', primaryKeyConstraintName: 'users_pk' })
  id: string;

  @Column({ type: 'text', nullable: true })
  username: string | null;

  @Column({ type: 'text', nullable: true })
  email: string | null;

  @Column({ name: 'password_hash', type: 'text', nullable: true })
  passwordHash: string | null;

  @Column({ name: 'first_name', type: 'text', default: '' })
  firstName: string;

  @Column({ name: 'last_name', type: 'text', default: '' })
  lastName: string;

  @Column({ type: 'date', nullable: true })
  birthdate: string | null;

  @Column({ type: 'text', nullable: true })
  gender: string | null;

  @Column({ type: 'text', default: 'user' })
  role: string;

  @Column({ name: 'envelope_user_id', type: 'text', nullable: true })
  envelopeUserId: string | null;

  @Column({ name: 'envelope_name', type: 'text', nullable: true })
  envelopeName: string | null;

  @Column({ name: 'envelope_keys', type: 'jsonb', nullable: true })
  envelopeKeys: unknown;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'validated_at', type: 'timestamptz', nullable: true })
  validatedAt: Date | null;

  @Column({ name: 'last_activity_at', type: 'timestamptz', nullable: true })
  lastActivityAt: Date | null;

  @Column({ name: 'disabled_at', type: 'timestamptz', nullable: true })
  disabledAt: Date | null;

  @Column({ name: 'deleted_at', type: 'timestamptz', nullable: true })
  deletedAt: Date | null;

  @Column({ name: 'purged_at', type: 'timestamptz', nullable: true })
  purgedAt: Date | null;
}
