import { DomainError, type ErrorCode, type ErrorFacts } from '../../../kernel/domain-error.js';

/** What this dialect refuses in its own words, and the core code the refusal stands under. */
interface FaultWords {
  readonly under: ErrorCode;
  readonly code: string;
  readonly message: string | number;
}

/** Least length of a password, in bytes. It is also the message of the fault that says so. */
export const PASSWORD_BYTES_MIN = 6;

const USER_UNKNOWN = 'No such a user exists';

/** Every refusal of the dialect that is worded where it is thrown. */
const FAULTS = {
  unknown_version: { under: 'route_not_found', code: '107', message: 'Invalid API version' },
  unknown_name: { under: 'route_not_found', code: '101', message: 'Invalid Method' },
  key_invalid: { under: 'unauthenticated', code: '106', message: 'Invalid API KEY token' },
  component_off: {
    under: 'feature_off',
    code: '201',
    message: 'One or more component required for this request can not be found on remote server',
  },
  blank_message: { under: 'blank_message', code: '106', message: 'Message can not be blank' },
  input_empty: {
    under: 'invalid_input',
    code: '106',
    message: 'One or more input expected , is empty. Please make sure you send all required inputs',
  },
  user_unknown: { under: 'recipient_unknown', code: '103', message: USER_UNKNOWN },
  /** the same in lists and counters */
  list_user_unknown: { under: 'recipient_unknown', code: '200', message: USER_UNKNOWN },
  not_sent: { under: 'invalid_input', code: '200', message: 'Message can not be sent' },
  attachment_refused: { under: 'attachment_refused', code: '200', message: 'Message can not be sent' },
  not_deleted: { under: 'message_not_found', code: '200', message: 'Message delete failed' },
  not_blocked: { under: 'invalid_input', code: '200', message: 'Cannot block user! Please try again later.' },
  not_viewed: { under: 'message_not_found', code: '200', message: 'Can not mark notification as read' },
  nothing_unread: { under: 'message_not_found', code: '200', message: 'No unread messages has been found' },
  not_validated: { under: 'forbidden', code: '104', message: 'User not validated' },
  wrong_password: { under: 'unauthenticated', code: '105', message: 'Invalid username or password!' },
  fields_missing: { under: 'invalid_input', code: '103', message: 'Please make sure you provided all the fields' },
  password_short: { under: 'invalid_input', code: '107', message: PASSWORD_BYTES_MIN },
  /** the same in `user_edit`, where every refusal has one code */
  new_password_short: { under: 'invalid_input', code: '103', message: 'password:error' },
  gender_invalid: { under: 'invalid_input', code: '103', message: 'invalidgender' },
  emails_differ: { under: 'invalid_input', code: '103', message: 'email:error:matching' },
  username_invalid: { under: 'invalid_input', code: '103', message: 'username:error' },
  username_taken: { under: 'duplicate', code: '103', message: 'username:inuse' },
  email_taken: { under: 'duplicate', code: '103', message: 'email:inuse' },
  email_invalid: { under: 'invalid_input', code: '103', message: 'email:invalid' },
  /** what `user_edit` answers where the login would answer 105 */
  password_not_current: { under: 'unauthenticated', code: '103', message: 'Invalid username or password!' },
} as const satisfies Record<string, FaultWords>;

/** The name of one of the dialect's own refusals. */
export type FaultName = keyof typeof FAULTS;

/** A refusal of this dialect. HTTP status 200 on the wire, like every answer. */
export class OssnFault extends DomainError {
  /** `code` of the answer */
  readonly wireCode: string;
  /** `message` of the answer */
  readonly wireMessage: string | number;

  /**
   * @param fault which refusal
   * @param message in place of its usual wording
   */
  constructor(fault: FaultName, facts: ErrorFacts = {}, message?: string) {
    super(FAULTS[fault].under, facts);
    this.wireCode = FAULTS[fault].code;
    this.wireMessage = message ?? FAULTS[fault].message;
  }
}

/** @returns the fault that names the fields a form lacks, in the form's order */
export function fieldsMissing(names: readonly string[]): OssnFault {
  return new OssnFault('fields_missing', {}, `Please make sure you provided all the fields, missing (${names.join(',')})`);
}
