import { describeConfig, type DescribedSetting } from '../config/describe-config.js';
import { readEnvironment } from '../config/environment.js';
import { mayMakeSecrets } from '../config/first-boot-secrets.js';
import { loadConfig } from '../config/load-config.js';
import { dialects } from '../dialects/index.js';
import { type Terminal } from './terminal.js';

/**
 * Checks the settings without changing anything and shows those in force.
 *
 * @throws ConfigError with every fault
 */
export function checkConfig(terminal: Terminal, options: { readonly json?: true }): void {
  const given = { env: readEnvironment(), sections: dialects };
  const draft = loadConfig({ ...given, allowMissingSecrets: true });
  const config = mayMakeSecrets(draft) ? draft : loadConfig(given);
  const settings = describeConfig(config);
  if (options.json) {
    terminal.out(JSON.stringify({ settings, warnings: config.warnings }, null, 2));
    return;
  }
  for (const line of tableOf(settings)) terminal.out(line);
  for (const warning of config.warnings) terminal.err(`warning: ${warning}`);
}

function tableOf(settings: readonly DescribedSetting[]): string[] {
  const width = Math.max(...settings.map(({ name }) => name.length));
  const lines: string[] = [];
  let section = '';
  for (const { section: own, name, value, origin } of settings) {
    if (own !== section) lines.push(...(section === '' ? [] : ['']), `# ${own}`);
    section = own;
    lines.push(`${name.padEnd(width)}  ${value}${origin === 'default' ? '' : `  (${origin})`}`);
  }
  return lines;
}
