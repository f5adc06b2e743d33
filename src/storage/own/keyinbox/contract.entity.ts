import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A text one key asks another to sign, sealed for both. The columns and their reasons stand in the migrations. */
@Entity('keyinbox_contracts')
@Index('keyinbox_contracts_issuer_wire_key', ['issuerId', 'wireId'], { unique: true })
@Index('keyinbox_contracts_signer_wire_key', ['signerId', 'wireId'], { unique: true })
@Index('keyinbox_contracts_signer_idx', ['signerId', 'id'])
@Check('keyinbox_contracts_decided', `(signed IS NULL) = (decided_at IS NULL)`)
export class KeyinboxContract {
  @PrimaryColumn({ name: 'issuer_id', type: 'bigint', primaryKeyConstraintName: 'keyinbox_contracts_pk' })
  issuerId: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'keyinbox_contracts_pk' })
  id: string;

  @Column({ name: 'signer_id', type: 'bigint' })
  signerId: string;

  @Column({ name: 'wire_id', type: 'text' })
  wireId: string;

  @Column({ type: 'bytea' })
  body: Buffer;

  @Column({ name: 'issuer_key', type: 'bytea' })
  issuerKey: Buffer;

  @Column({ name: 'signer_key', type: 'bytea' })
  signerKey: Buffer;

  @Column({ name: 'issued_at', type: 'timestamptz' })
  issuedAt: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;

  @Column({ type: 'boolean', nullable: true })
  signed: boolean | null;

  @Column({ name: 'decided_at', type: 'timestamptz', nullable: true })
  decidedAt: Date | null;
}
