import { type Readiness, ReadinessProbe } from '../kernel/readiness-probe.js';
import { type Database } from './database.js';

/** Settings without which a commit is not on disk when it is acknowledged. */
const DURABILITY = ['fsync', 'synchronous_commit', 'full_page_writes'];

/** Whether an acknowledged message would survive: the database answers, is migrated and flushes. */
export class DatabaseReadiness extends ReadinessProbe {
  constructor(private readonly database: Database) {
    super();
  }

  async check(): Promise<Readiness> {
    const reasons = await this.reasons();
    return { ok: reasons.length === 0, reasons };
  }

  private async reasons(): Promise<string[]> {
    try {
      const { rows } = await this.database.pool.query<{ name: string; setting: string }>(
        'SELECT name, setting FROM pg_settings WHERE name = ANY ($1)',
        [DURABILITY],
      );
      const reasons = rows.filter((row) => row.setting === 'off').map((row) => `${row.name}_off`);
      return (await this.database.isMigrated()) ? reasons : [...reasons, 'migrations_missing'];
    } catch {
      return ['database_away'];
    }
  }
}
