import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A name that nobody may take for a while. The columns and their reasons stand in the migrations. */
@Entity('envelope_resting_names')
@Index('envelope_resting_names_until_idx', ['until'])
export class EnvelopeRestingName {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'envelope_resting_names_pk' })
  name: string;

  @Column({ type: 'timestamptz' })
  until: Date;
}
