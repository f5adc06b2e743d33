import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Why: lists of conversations are for those that hold something, and this index is for them. As
 * long as it held all, a planner without statistics took it for the key, and read every
 * conversation of a mailbox to find one.
 */
export class RecentConversations1795257100000 implements MigrationInterface {
  readonly name = 'RecentConversations1795257100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX conversations_recent_idx');
    await runner.query('CREATE INDEX conversations_recent_idx ON conversations (box_id, space, last_number) WHERE last_number > 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX conversations_recent_idx');
    await runner.query('CREATE INDEX conversations_recent_idx ON conversations (box_id, space, last_number)');
  }
}
