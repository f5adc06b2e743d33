import { CommanderError } from 'commander';
import { ConfigError } from '../config/config-error.js';
import { CliError, exitCodes } from './cli-error.js';
import { program } from './program.js';
import { printable, systemTerminal } from './terminal.js';

/**
 * Runs the command line. Errors are told in one line (settings at fault: one line each) without a stack.
 *
 * @param args what follows the name of the command
 * @returns the exit code, once the command is done
 */
export async function runCli(args: readonly string[]): Promise<number> {
  try {
    await program(systemTerminal).parseAsync([...args], { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (error instanceof ConfigError) systemTerminal.err(error.message);
    else systemTerminal.err(`polypost: ${printable(reasonOf(error)).replaceAll('\n', ' ')}`);
    return error instanceof CliError ? error.exitCode : exitCodes.failed;
  }
}

/** Some errors of the network are bundles with an empty message of their own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return reasonOf(error.errors[0]);
  if (error instanceof Error) return error.message || error.name;
  return 'unknown error';
}
