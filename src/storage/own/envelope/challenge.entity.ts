import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A question whose answer proves that one has a key. The columns and their reasons stand in the migrations. */
@Entity('envelope_challenges')
@Index('envelope_challenges_expiry_idx', ['expiresAt'])
@Check('envelope_challenges_purpose_known', `purpose IN ('register', 'login')`)
export class EnvelopeChallenge {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'envelope_challenges_pk' })
  id: string;

  @Column({ type: 'text' })
  purpose: string;

  @Column({ name: 'user_id', type: 'bigint', nullable: true })
  userId: string | null;

  @Column({ type: 'text', nullable: true })
  identity: string | null;

  @Column({ type: 'bytea' })
  nonce: Buffer;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;
}
