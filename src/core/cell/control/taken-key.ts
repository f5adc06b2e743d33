import { databaseFault } from '../../../kernel/database-fault.js';

/** @returns the name of the unique key that a write met, null when the error is another */
export function takenKey(error: unknown): string | null {
  if (databaseFault(error) !== 'taken') return null;
  const { constraint } = error as { constraint?: unknown };
  return typeof constraint === 'string' ? constraint : '';
}
