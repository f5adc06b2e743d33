import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Why: every login makes a credential that expires, and the housekeeper removes those that have.
 * It must not read all the others to find them. Keys that never expire are not in the index.
 */
export class CredentialExpiry1795257000000 implements MigrationInterface {
  readonly name = 'CredentialExpiry1795257000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX credentials_expiry_idx ON credentials (expires_at) WHERE expires_at IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX credentials_expiry_idx');
  }
}
