import { DomainError } from '../kernel/domain-error.js';

/** @returns the one refusal of everything here: the bytes are not what such a file is made of */
export function brokenMedia(): DomainError {
  return new DomainError('attachment_refused');
}

/** @throws DomainError attachment_refused when the condition does not hold */
export function must(condition: unknown): asserts condition {
  if (!condition) throw brokenMedia();
}
