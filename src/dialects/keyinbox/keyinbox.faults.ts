import { DomainError, type ErrorCode, type ErrorFacts } from '../../kernel/domain-error.js';

/** What this dialect refuses in its own words: wire code, wording, and the core code it stands under. */
interface FaultWords {
  readonly under: ErrorCode;
  readonly text: string;
}

/** Every refusal of the dialect that the core does not know. NAME is replaced by the parameter. */
const FAULTS = {
  invalid_json: { under: 'malformed_body', text: 'Invalid JSON data received' },
  missing_parameter: { under: 'invalid_input', text: 'Missing request parameter: NAME' },
  invalid_parameter: { under: 'invalid_input', text: 'Invalid request parameter: NAME' },
  invalid_public_key: { under: 'invalid_input', text: 'Invalid public key.' },
  invalid_private_key: { under: 'unauthenticated', text: 'Invalid private key.' },
  self_send: { under: 'invalid_input', text: 'Sender public key cannot be the same as the target public key.' },
  anonymous_not_allowed: { under: 'feature_off', text: 'Sending without a private key is disabled on this network.' },
  message_empty: { under: 'blank_message', text: 'The message is empty.' },
  message_too_large: { under: 'too_long', text: 'The message is larger than the limit of NAME bytes.' },
  edit_disabled: { under: 'feature_off', text: 'Editing messages is disabled on this network.' },
  deletion_disabled: { under: 'feature_off', text: 'Deleting messages is disabled on this network.' },
  identity_not_found: { under: 'message_not_found', text: 'This public key has no public identity.' },
  contract_expired: { under: 'conflict', text: 'The time to decide on this contract is over.' },
} as const satisfies Record<string, FaultWords>;

/** The wire code of one of the dialect's own refusals. */
export type FaultCode = keyof typeof FAULTS;

/** A refusal of this dialect, worded where it is thrown. Always 400 on the wire. */
export class KeyInboxFault extends DomainError {
  /** the sentence clients see */
  readonly text: string;

  /**
   * @param wireCode the machine-readable code
   * @param name what stands for NAME in the sentence: the last element of a parameter's path, or a limit
   */
  constructor(
    readonly wireCode: FaultCode,
    name = '',
    facts: ErrorFacts = {},
  ) {
    super(FAULTS[wireCode].under, facts);
    this.text = FAULTS[wireCode].text.replace('NAME', name);
  }
}

/** @returns the fault for a required parameter that is not there */
export function missing(name: string): KeyInboxFault {
  return new KeyInboxFault('missing_parameter', name, { field: name });
}

/** @returns the fault for a parameter of the wrong type or out of its range */
export function invalid(name: string): KeyInboxFault {
  return new KeyInboxFault('invalid_parameter', name, { field: name });
}

/** @param limit the bound that was passed, in bytes */
export function tooLarge(limit: number): KeyInboxFault {
  return new KeyInboxFault('message_too_large', String(limit), { limit });
}
