import { Command, CommanderError } from 'commander';
import { EnvelopeError } from '../base/errors.js';
import { JcsError } from '../base/jcs.js';
import { NetworkError, RefusedError, TrustError, UsageError } from '../client/errors.js';
import { ExportError } from '../identity/export.js';
import { addAccountCommands } from './commands/account.js';
import { addKeyCommands } from './commands/keys.js';
import { addReceiveCommands } from './commands/receive.js';
import { addSendCommands } from './commands/send.js';
import { addVectorCommands, VectorFailure } from './commands/vectors.js';
import { type CommonOptions, Desk, safe } from './desk.js';

/** How the command ends. */
export const EXIT = { ok: 0, usage: 1, crypto: 2, refused: 3, network: 4 } as const;

/**
 * Runs the command.
 *
 * @param args without program and script
 * @returns the exit code
 */
export async function runCli(args: readonly string[]): Promise<number> {
  const out = (text: string): void => void process.stdout.write(text);
  const program = createProgram(out);
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    // commander has told already
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { code, word, text } = describe(error);
    const isJson = args.includes('--json');
    process.stderr.write(isJson ? `${JSON.stringify({ error: word, message: text, ...detailsOf(error) })}\n` : `${safe(text)}\n`);
    return code;
  }
}

function createProgram(out: (text: string) => void): Command {
  const program = new Command('envelope')
    .description('send and receive doubly sealed messages')
    .exitOverride()
    .showHelpAfterError()
    .configureHelp({ showGlobalOptions: true });
  const desk = (): Desk => new Desk(program.opts<CommonOptions>(), out);
  addKeyCommands(program, desk);
  addAccountCommands(program, desk);
  addSendCommands(program, desk);
  addReceiveCommands(program, desk);
  addVectorCommands(program, desk, (text) => out(`${text}\n`));
  addCommonOptions(program);
  return program;
}

/** Taken before and after the name of a command. */
function addCommonOptions(program: Command): void {
  const add = (command: Command): void => {
    command
      .option('--json', 'write JSON, one line for each result')
      .option('--home <folder>', 'where keys and contacts are kept (or ENVELOPE_HOME); .envelope in your home by default')
      .option('--allow-http', 'http to this machine (or ENVELOPE_ALLOW_HTTP=1)')
      .option('--algorithm <name>', 'the suite to use before all others');
    for (const child of command.commands) add(child);
  };
  add(program);
  // options given after a command belong to it; they are handed up
  program.hook('preAction', (_program, action) => {
    for (const [name, value] of Object.entries(action.optsWithGlobals<Record<string, unknown>>())) {
      if (['json', 'home', 'allowHttp', 'algorithm'].includes(name)) program.setOptionValue(name, value);
    }
  });
}

function describe(error: unknown): { code: number; word: string; text: string } {
  if (error instanceof UsageError) return { code: EXIT.usage, word: 'usage', text: error.message };
  if (error instanceof RefusedError) return { code: EXIT.refused, word: error.code, text: error.message };
  if (error instanceof NetworkError) return { code: EXIT.network, word: 'network', text: error.message };
  if (error instanceof EnvelopeError || error instanceof TrustError) return { code: EXIT.crypto, word: error.code, text: error.message };
  if (error instanceof VectorFailure) return { code: EXIT.crypto, word: 'vectors', text: 'Some vectors did not come out as expected.' };
  if (error instanceof ExportError) return { code: EXIT.crypto, word: 'export', text: error.message };
  if (error instanceof JcsError) return { code: EXIT.usage, word: 'usage', text: `This cannot be sent: ${error.message}.` };
  // a fault of ours, or of the machine: its text may hold anything
  return { code: EXIT.usage, word: 'internal', text: `Something went wrong: ${error instanceof Error ? `${error.name} ${(error as NodeJS.ErrnoException).code ?? ''}`.trim() : 'unknown'}.` };
}

function detailsOf(error: unknown): Readonly<Record<string, unknown>> {
  return error instanceof RefusedError ? { status: error.status, ...error.details } : {};
}
