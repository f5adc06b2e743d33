import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A refresh token or an authorization code. The columns and their reasons stand in the migrations. */
@Entity('pm_grants')
@Index('pm_grants_secret_idx', ['secretHash'])
@Index('pm_grants_family_idx', ['ownerId', 'familyId'])
@Index('pm_grants_expiry_idx', ['expiresAt'])
@Check('pm_grants_kind_known', `kind IN ('refresh', 'code')`)
export class PmGrant {
  @PrimaryColumn({ name: 'owner_id', type: 'bigint', primaryKeyConstraintName: 'pm_grants_pk' })
  ownerId: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pm_grants_pk' })
  id: string;

  @Column({ name: 'family_id', type: 'bigint' })
  familyId: string;

  @Column({ type: 'text' })
  kind: string;

  @Column({ name: 'client_id', type: 'text' })
  clientId: string;

  @Column({ name: 'secret_hash', type: 'bytea' })
  secretHash: Buffer;

  @Column({ name: 'access_id', type: 'bigint', nullable: true })
  accessId: string | null;

  @Column({ name: 'redirect_uri', type: 'text', nullable: true })
  redirectUri: string | null;

  @Column({ type: 'text', nullable: true })
  challenge: string | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;

  @Column({ name: 'spent_at', type: 'timestamptz', nullable: true })
  spentAt: Date | null;
}
