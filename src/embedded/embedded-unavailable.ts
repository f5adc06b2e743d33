/**
 * The embedded database cannot serve here. The message is one sentence (or two) for the console
 * that says what is in the way and names DATABASE_URL as the way out.
 */
export class EmbeddedUnavailable extends Error {
  override readonly name = 'EmbeddedUnavailable';

  /**
   * @param reason what is in the way, without a full stop at the end
   * @param options `cause` for the log; `instead` replaces the usual advice
   */
  constructor(reason: string, options: { cause?: unknown; instead?: string } = {}) {
    const advice = options.instead ?? 'set DATABASE_URL to use a PostgreSQL server (15 or newer) of your own';
    super(`The embedded database cannot start: ${reason}; ${advice}.`, { cause: options.cause });
  }
}
