import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The public card of a key. The columns and their reasons stand in the migrations. */
@Entity('keyinbox_identities')
export class KeyinboxIdentity {
  @PrimaryColumn({ name: 'mailbox_id', type: 'bigint', primaryKeyConstraintName: 'keyinbox_identities_pk' })
  mailboxId: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  biography: string;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;
}
