import { DomainError, type ErrorCode } from '../../../kernel/domain-error.js';

/** Why a cell does not send, take or answer a message. */
const CODES = {
  /** sending: no Box of the sender belongs to the app */
  box_of_sender: 'invalid_input',
  /** sending: no such relation without a Box */
  relation_of_sender: 'invalid_input',
  /** sending: nobody is tied to the relation */
  relation_empty: 'invalid_input',
  /** sending */
  too_many_destinations: 'too_many_recipients',
  /** taking: no Box here belongs to the app */
  box_here: 'invalid_input',
  /** taking: it is here already */
  known: 'conflict',
  /** answering: not what may be said of this message as it stands */
  command: 'already_decided',
  /** approving: the app that is named has no Box here */
  box_of_class: 'invalid_input',
  /** approving: what is asked for is there already */
  tied: 'conflict',
  /** approving: no such relation or role */
  relation_unknown: 'conflict',
  /** approving: the other cell is not in the address book */
  target_unknown: 'conflict',
  /** approving: the two are not tied */
  not_tied: 'conflict',
} as const satisfies Record<string, ErrorCode>;

export type RefusalReason = keyof typeof CODES;

/** A refusal with what it is about; the dialect has the words. */
export class MessageRefusal extends DomainError {
  /**
   * @param reason what is wrong
   * @param subject the name or address at fault, as the client gave it
   */
  constructor(
    readonly reason: RefusalReason,
    readonly subject = '',
  ) {
    super(CODES[reason]);
  }
}
