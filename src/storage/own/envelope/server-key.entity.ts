import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A pair of keys of the server, the private half sealed. The columns and their reasons stand in the migrations. */
@Entity('envelope_server_keys')
@Index('envelope_server_keys_current_key', ['kind'], { unique: true, where: 'retired_at IS NULL' })
@Check('envelope_server_keys_kind_known', `kind IN ('identity', 'x25519', 'rsa')`)
export class EnvelopeServerKey {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'envelope_server_keys_pk' })
  kid: string;

  @Column({ type: 'text' })
  kind: string;

  @Column({ name: 'public_key', type: 'text' })
  publicKey: string;

  @Column({ name: 'private_key', type: 'bytea' })
  privateKey: Buffer;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'not_after', type: 'timestamptz', nullable: true })
  notAfter: Date | null;

  @Column({ name: 'retired_at', type: 'timestamptz', nullable: true })
  retiredAt: Date | null;
}
