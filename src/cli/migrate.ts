import { readEnvironment } from '../config/environment.js';
import { loadConfigForStart } from '../config/first-boot-secrets.js';
import { type Terminal } from './terminal.js';

/**
 * Brings the schema up to date and stops. A server does the same when it starts; this is for
 * deployments that want it done before, once.
 *
 * @throws ConfigError, DataFolderBusy (a running server has migrated already) or the driver's error
 */
export async function migrate(terminal: Terminal): Promise<void> {
  const { openDatabase } = await import('../server.js');
  const { dialects } = await import('../dialects/index.js');
  const say = (line: string): void => terminal.err(line);
  const config = await loadConfigForStart({ env: readEnvironment(), sections: dialects, say });
  const steps: (() => Promise<void>)[] = [];
  try {
    const database = await openDatabase(config, { add: (step) => void steps.push(step) }, say);
    await database.migrate();
    terminal.out('The database is up to date.');
  } finally {
    for (const step of steps.reverse()) await step();
  }
}
