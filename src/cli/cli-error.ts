/** How a command ended, as the shell sees it. */
export const exitCodes = {
  ok: 0,
  /** refused: wrong settings, or the server said no */
  failed: 1,
  /** wrong use of the command line */
  usage: 2,
  /** no answer from the server */
  unreachable: 3,
} as const;

/** A command cannot go on. The message is the one line its user sees. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    message: string,
    readonly exitCode: number = exitCodes.failed,
  ) {
    super(message);
  }
}
