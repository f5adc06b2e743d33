import { databaseFault } from '../../kernel/database-fault.js';
import { DomainError } from '../../kernel/domain-error.js';

/**
 * Uniqueness is the database's: its refusal becomes a DomainError with the field at fault.
 * @throws DomainError duplicate
 */
export async function translateTakenName<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (databaseFault(error) !== 'taken') throw error;
    const constraint = String((error as { constraint?: unknown }).constraint);
    throw new DomainError('duplicate', { field: constraint.includes('email') ? 'email' : 'username' }, { cause: error });
  }
}
