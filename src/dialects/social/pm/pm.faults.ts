import { DomainError, type ErrorCode, type ErrorFacts } from '../../../kernel/domain-error.js';

/** The words a client can tell faults apart by. The first five are those it knows by itself. */
export type FaultWord =
  | 'invalid' | 'unique' | 'exist' | 'min_length' | 'permission_denied'
  | 'required' | 'max_length' | 'does_not_exist' | 'not_authenticated' | 'authentication_failed' | 'not_found'
  | 'throttled' | 'parse_error' | 'method_not_allowed' | 'not_acceptable' | 'too_large' | 'unavailable' | 'error';

/** What is wrong with one field. */
export interface FieldFault {
  /** name of the member of the request; non_field_errors where it is none in particular */
  readonly field: string;
  readonly code: FaultWord;
  readonly message: string;
}

/** An error without a field. */
export interface GeneralFault {
  readonly code: FaultWord;
  readonly message: string;
}

/** The name of errors that belong to no field of a form. */
export const NO_FIELD = 'non_field_errors';

/** A refusal of this dialect, worded where it is thrown. */
export class PmFault extends DomainError {
  /**
   * @param status of the answer
   * @param under the core code the refusal stands under
   * @param faults what is wrong, by field or in general
   */
  constructor(
    readonly status: number,
    under: ErrorCode,
    readonly faults: readonly (FieldFault | GeneralFault)[],
    facts: ErrorFacts = {},
  ) {
    super(under, facts);
  }
}

/** @returns 400 for one field */
export function fieldFault(field: string, code: FaultWord, message: string): PmFault {
  return new PmFault(400, 'invalid_input', [{ field, code, message }], { field });
}

/** @returns 400 for several fields at once */
export function fieldFaults(faults: readonly FieldFault[]): PmFault {
  return new PmFault(400, 'invalid_input', faults);
}

/** @returns 400 for the whole of a form */
export function formFault(message: string, code: FaultWord = 'invalid'): PmFault {
  return fieldFault(NO_FIELD, code, message);
}

/** @returns 403: the caller may not do this, whatever he sends */
export function denied(message = 'You do not have permission to perform this action.'): PmFault {
  return new PmFault(403, 'forbidden', [{ code: 'permission_denied', message }]);
}

/** @returns 404, the same for what is unknown, gone or not the caller's */
export function notFound(): PmFault {
  return new PmFault(404, 'message_not_found', [{ code: 'not_found', message: 'Not found.' }]);
}

/** @returns 401: there is no token, or none that opens anything */
export function unauthenticated(given: boolean): PmFault {
  return new PmFault(401, 'unauthenticated', [
    given
      ? { code: 'authentication_failed', message: 'The token is not valid.' }
      : { code: 'not_authenticated', message: 'Authentication credentials were not provided.' },
  ]);
}
