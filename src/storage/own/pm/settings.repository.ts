import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';
import { type OwnTables } from '../own-tables.js';

const GET = statement<{ choices: Record<string, number> }>('pm-settings-get', 'SELECT choices FROM pm_settings WHERE owner_id = $1');
// Two changes at once both count, each for what it names.
const MERGE = statement<{ choices: Record<string, number> }>(
  'pm-settings-merge',
  `INSERT INTO pm_settings AS old (owner_id, choices, updated_at) VALUES ($1, $2, $3)
   ON CONFLICT (owner_id) DO UPDATE SET choices = old.choices || excluded.choices, updated_at = excluded.updated_at
   RETURNING choices`,
);
const REMOVE_OF = statement('pm-settings-remove-of', 'DELETE FROM pm_settings WHERE owner_id = $1');

/** How users want to be told of things. */
export class PmSettingsRepository implements OwnTables {
  constructor(private readonly sql: Sql) {}

  /** @returns what was chosen; nothing else is in it */
  async get(ownerId: Id): Promise<Record<string, number>> {
    return (await this.sql.one(GET, [ownerId]))?.choices ?? {};
  }

  /** Changes what is named and leaves the rest. @returns all that was ever chosen */
  async merge(ownerId: Id, choices: Readonly<Record<string, number>>, at: Date): Promise<Record<string, number>> {
    return (await this.sql.one(MERGE, [ownerId, JSON.stringify(choices), at]))?.choices ?? {};
  }

  async removeAllOf(boxId: Id): Promise<void> {
    await this.sql.all(REMOVE_OF, [boxId]);
  }
}
