import { spawn } from 'node:child_process';

/** A program call as an account wants it; see run-as.ts. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** user and group the child changes to (root only) */
  readonly uid?: number;
  readonly gid?: number;
}

/** How a program ended. `code` is null when it could not be run, or was killed. */
export interface Outcome {
  readonly code: number | null;
  /** the end of both outputs, trimmed; otherwise the system's error or the signal */
  readonly output: string;
}

/**
 * The only environment PostgreSQL's programs see: PGDATA, PGOPTIONS and the like of the user's
 * shell must not reach them, and messages stay in English for the log.
 */
const BARE_ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };

const OUTPUT_CHARACTERS_MAX = 16 * 1024;

/**
 * Runs a program to its end, in a session of its own: Ctrl-C in the terminal must not reach it,
 * or a start under way would take the database down while requests still need it.
 *
 * @param command what to run
 * @param cwd folder to run in; must be reachable by the account
 * @returns how it ended; never rejects
 */
export function run(command: Command, cwd: string): Promise<Outcome> {
  const account = command.uid === undefined ? {} : { uid: command.uid, gid: command.gid ?? command.uid };
  return new Promise((resolve) => {
    const child = spawn(command.file, command.args, {
      cwd,
      env: BARE_ENVIRONMENT,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...account,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-OUTPUT_CHARACTERS_MAX)));
    }
    // 'error' instead of 'close' when it cannot be run at all
    child.on('error', (error) => resolve({ code: null, output: error.message }));
    child.on('close', (code, signal) => resolve({ code, output: output.trim() || (signal ?? '') }));
  });
}

/** @returns the line of a program's output that says most: the last fatal or error line, else the last */
export function tellingLine(output: string): string {
  const lines = output.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  return lines.findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? lines.at(-1) ?? 'no output';
}
