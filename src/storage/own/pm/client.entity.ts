import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An application that may ask for tokens. The columns and their reasons stand in the migrations. */
@Entity('pm_clients')
export class PmClient {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pm_clients_pk' })
  id: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ name: 'secret_hash', type: 'bytea', nullable: true })
  secretHash: Buffer | null;

  @Column({ name: 'redirect_uris', type: 'text', array: true })
  redirectUris: string[];

  @Column({ type: 'text', array: true })
  grants: string[];

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt: Date | null;
}
