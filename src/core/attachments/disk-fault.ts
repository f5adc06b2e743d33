import { DomainError } from '../../kernel/domain-error.js';
import { limits } from '../../kernel/limits.js';

/** Faults that pass once there is room again: disk or quota full, no handles left. */
const PASSING = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE']);

/** @returns the code of a system error, or null */
export function systemCode(error: unknown): string | null {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : null;
}

/** @returns overloaded for faults that pass, any other error as it is */
export function diskFault(error: unknown): unknown {
  const code = systemCode(error);
  if (code === null || !PASSING.has(code)) return error;
  return new DomainError('overloaded', { retryAfterSeconds: limits.retry_after_seconds }, { cause: error });
}

/** Waits for work on a path that may not be there. @returns null in that case */
export async function unlessAbsent<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}
