import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SystemClock } from '../kernel/clock.js';
import { type IdSource, TimeOrderedIds } from '../kernel/id-source.js';
import { ConfigError } from './config-error.js';
import { type SecretSpec } from './config.js';
import { loadConfig, type LoadOptions } from './load-config.js';
import { type LoadedConfig } from './loaded-config.js';
import { SecretFolder } from './secret-folder.js';

const SECRET_BYTES = 32;

/** What loading the settings for a start takes. */
export interface StartOptions extends Pick<LoadOptions, 'env' | 'sections' | 'files'> {
  /** where the random bytes come from; default the system's generator */
  readonly ids?: IdSource;
  /** takes the lines meant for the person at the console; default the standard error stream */
  readonly say?: (line: string) => void;
}

/**
 * Loads the settings of a server that is about to start. With the embedded database and outside
 * production, secrets nobody gave are read from DATA_DIR/secrets, or made there; one that a person
 * needs is told once, when it is made.
 *
 * @returns the settings, complete
 * @throws ConfigError naming everything that is wrong or missing
 */
export async function loadConfigForStart(options: StartOptions): Promise<LoadedConfig> {
  const draft = loadConfig({ ...options, allowMissingSecrets: true });
  if (draft.missingSecrets.length === 0) return draft;
  if (!mayMakeSecrets(draft)) return loadConfig(options);
  const made = await keepSecrets(draft.missingSecrets, draft.house.DATA_DIR, options);
  return loadConfig({ ...options, made });
}

/** @returns whether secrets that nobody gave may be made, and need not be given */
export function mayMakeSecrets(config: LoadedConfig): boolean {
  return config.embeddedDatabase && config.house.NODE_ENV !== 'production';
}

async function keepSecrets(specs: readonly SecretSpec[], dataDir: string, options: StartOptions): Promise<Map<string, string>> {
  const ids = options.ids ?? new TimeOrderedIds(new SystemClock());
  const say = options.say ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const folder = new SecretFolder(join(dataDir, 'secrets'));
  // in this order: a process that starts at the same time makes its secrets before its database
  if ((await holdsDatabase(dataDir)) && (await folder.isEmpty())) throw lostSecrets(specs);
  await folder.prepare();
  const kept = new Map<string, string>();
  for (const { name, shown } of specs) {
    const secret = await folder.keep(name, () => ids.bytes(SECRET_BYTES).toString('base64url'));
    kept.set(name, secret.value);
    if (secret.wasOpen) say(`${folder.pathOf(name)} could be read by others; its mode is 0600 now. Replace the secret if you do not trust them.`);
    if (secret.made) say(shown ? `Made ${name} (shown once, kept in ${folder.pathOf(name)}): ${secret.value}` : `Made ${name}, kept in ${folder.pathOf(name)}`);
  }
  return kept;
}

/** New secrets beside an old database would lock everybody out of it, silently. */
function lostSecrets(specs: readonly SecretSpec[]): ConfigError {
  return new ConfigError(
    specs.map(({ name }) => ({
      name,
      rule: 'is missing, and DATA_DIR holds a database that was used with one: put DATA_DIR/secrets back, give the secret, or begin anew in another DATA_DIR',
    })),
  );
}

/** @returns whether a PostgreSQL data folder lies in the folder or one level below */
async function holdsDatabase(dataDir: string): Promise<boolean> {
  const names = await readdir(dataDir).catch(() => []);
  const marks = ['.', ...names].flatMap((name) => [join(dataDir, name, 'PG_VERSION'), join(dataDir, name, 'data', 'PG_VERSION')]);
  const found = await Promise.all(marks.map((mark) => stat(mark).then(() => true, () => false)));
  return found.includes(true);
}
