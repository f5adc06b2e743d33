import { type Config } from '../config/config.js';
import { readEnvironment } from '../config/environment.js';
import { loadConfigForStart } from '../config/first-boot-secrets.js';
import { Activity } from '../core/accounts/activity.js';
import { Credentials } from '../core/accounts/credentials.js';
import { DeleteUser } from '../core/accounts/delete-user.js';
import { Users } from '../core/accounts/users.js';
import { Passwords } from '../crypto/passwords.js';
import { dialects } from '../dialects/index.js';
import { type Clock, SystemClock } from '../kernel/clock.js';
import { type IdSource, TimeOrderedIds } from '../kernel/id-source.js';
import { openDatabase } from '../server.js';
import { type Database } from '../storage/database.js';
import { Store } from '../storage/store.js';
import { type Terminal } from './terminal.js';

/** What the commands around accounts and keys work with. */
export interface Core {
  readonly users: Users;
  readonly credentials: Credentials;
  readonly deletion: DeleteUser;
  /** for what one dialect alone needs */
  readonly store: Store;
  readonly passwords: Passwords;
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/**
 * Opens the database of the settings in force for the time of `work`. The embedded one is started
 * where no server runs, and stopped afterwards; that of a running server is used and left alone.
 * This file loads the whole server: commands import it when they run, not before.
 *
 * @throws ConfigError, EmbeddedUnavailable, the driver's error, or what `work` throws
 */
export async function withCore<T>(terminal: Terminal, work: (core: Core) => Promise<T>): Promise<T> {
  const say = (line: string): void => terminal.err(line);
  const config = await loadConfigForStart({ env: readEnvironment(), sections: dialects, say });
  const steps: (() => Promise<void>)[] = [];
  try {
    const database = await openDatabase(config, { add: (step) => void steps.push(step) }, say, { beside: true });
    await database.migrate();
    return await workOn(config, database, work);
  } finally {
    for (const step of steps.reverse()) await step();
  }
}

async function workOn<T>(config: Config, database: Database, work: (core: Core) => Promise<T>): Promise<T> {
  const clock = new SystemClock();
  const ids = new TimeOrderedIds(clock);
  const store = new Store(database, clock, ids);
  const activity = new Activity(store, clock);
  const passwords = new Passwords(ids);
  try {
    return await work({
      users: new Users(store, clock, passwords),
      credentials: new Credentials(store, clock, ids, activity),
      deletion: new DeleteUser(store, clock),
      store,
      passwords,
      config,
      clock,
      ids,
    });
  } finally {
    await activity.onModuleDestroy();
    await store.drain();
  }
}
