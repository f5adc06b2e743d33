import { DomainError } from '../kernel/domain-error.js';
import { type UploadRules } from './uploads.js';

/**
 * Words what stopped the reading of a multipart body. Only for errors of the parser and of the
 * stream: faults of our own store are kept apart from them.
 */
export function uploadFault(error: unknown, rules: UploadRules): DomainError {
  if (error instanceof DomainError) return error;
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  const limit = name === 'MulterError' ? limitOf(code, rules) : null;
  return limit === null ? new DomainError('malformed_body') : new DomainError('payload_too_large', { limit });
}

/** @returns the bound that was passed, or null where the form of the body was at fault */
function limitOf(code: unknown, rules: UploadRules): number | null {
  switch (code) {
    case 'LIMIT_FILE_SIZE': return rules.fileBytesMax;
    case 'LIMIT_FIELD_VALUE': return rules.fieldBytesMax;
    case 'LIMIT_FILE_COUNT': return rules.filesMax;
    case 'LIMIT_FIELD_COUNT': return rules.fieldsMax;
    case 'LIMIT_PART_COUNT': return rules.filesMax + rules.fieldsMax;
    default: return null;
  }
}
