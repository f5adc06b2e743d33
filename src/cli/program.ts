import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { envelopeCommand } from './envelope/commands.js';
import { cellCommand } from './cell/commands.js';
import { keyInboxCommand } from './keyinbox/commands.js';
import { migrate } from './migrate.js';
import { ossnCommand } from './ossn/commands.js';
import { pmCommand } from './pm/commands.js';
import { serve } from './serve.js';
import { type Terminal } from './terminal.js';
import { userCommand } from './user/commands.js';

/** @returns the command line with everything `polypost` can do */
export function program(terminal: Terminal): Command {
  const root = new Command('polypost')
    .description('A self-hosted message server that speaks existing message APIs')
    .version(version())
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
    .exitOverride();
  root.command('serve').description('start the server').action(() => serve(terminal));
  root.command('migrate').description('bring the database up to date and stop').action(() => migrate(terminal));
  root
    .command('config')
    .description('settings')
    .command('check')
    .description('check the settings of the environment and show what is in force; secrets are not shown')
    .option('--json', 'as JSON')
    .action(async (options: { json?: true }) => {
      const { checkConfig } = await import('./check-config.js');
      checkConfig(terminal, options);
    });
  root.addCommand(userCommand(terminal));
  root.addCommand(ossnCommand(terminal));
  root.addCommand(pmCommand(terminal));
  root.addCommand(cellCommand(terminal));
  root.addCommand(keyInboxCommand(terminal));
  root.addCommand(envelopeCommand(terminal));
  inheritAll(root);
  return root;
}

/** Commands made with addCommand do not take over how the root ends and prints. */
function inheritAll(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inheritAll(child);
  }
}

function version(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
