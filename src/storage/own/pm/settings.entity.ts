import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How a user wants to be told of things. The columns and their reasons stand in the migrations. */
@Entity('pm_settings')
export class PmSettings {
  @PrimaryColumn({ name: 'owner_id', type: 'bigint', primaryKeyConstraintName: 'pm_settings_pk' })
  ownerId: string;

  @Column({ type: 'jsonb' })
  choices: Record<string, number>;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;
}
