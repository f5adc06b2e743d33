import { EnvelopeError } from '@polypost/envelope/codec';
import { DomainError, type ErrorCode } from '../../kernel/domain-error.js';

interface FaultWords {
  readonly status: number;
  readonly under: ErrorCode;
  readonly text: string;
}

/** What this dialect refuses in its own words. */
const FAULTS = {
  malformed_request: { status: 400, under: 'invalid_input', text: 'The request does not have the form that is described.' },
  unsupported_media_type: { status: 415, under: 'malformed_body', text: 'The body has to be application/json.' },
  unknown_algorithm: { status: 400, under: 'invalid_input', text: 'The algorithm is not known here, or it is switched off.' },
  unknown_server_key: { status: 400, under: 'undecryptable', text: 'This server has no such key any more. Fetch its keys again.' },
  undecryptable: { status: 400, under: 'undecryptable', text: 'The body cannot be decrypted.' },
  malformed_packet: { status: 400, under: 'invalid_input', text: 'What was decrypted is not a Packet.' },
  bad_token: { status: 403, under: 'forbidden', text: 'The token does not open this mailbox.' },
  algorithm_not_accepted: { status: 400, under: 'invalid_input', text: 'The recipient does not take this algorithm.' },
  unknown_user_key: { status: 400, under: 'invalid_input', text: 'The recipient has another key now. Fetch it again.' },
  unsupported_key: { status: 400, under: 'invalid_input', text: 'This kind or form of key is not accepted.' },
  bad_proof: { status: 401, under: 'unauthenticated', text: 'The proof does not fit the challenge and the key.' },
  registration_closed: { status: 403, under: 'feature_off', text: 'Registration needs a valid invite here, or is closed.' },
  forbidden: { status: 403, under: 'forbidden', text: 'This is not allowed.' },
  not_found: { status: 404, under: 'message_not_found', text: 'There is no such thing here.' },
  name_taken: { status: 409, under: 'conflict', text: 'This name is taken.' },
} as const satisfies Record<string, FaultWords>;

export type FaultCode = keyof typeof FAULTS;

/** Members an error may have beside its code and sentence. */
export interface FaultMembers {
  readonly layer?: 'envelope' | 'packet';
  readonly supported?: readonly string[];
  readonly accepted?: readonly string[];
}

/** A refusal of this dialect. Nothing in it comes from the request. */
export class EnvelopeFault extends DomainError {
  readonly status: number;
  readonly text: string;

  constructor(
    readonly wireCode: FaultCode,
    readonly members: FaultMembers = {},
  ) {
    super(FAULTS[wireCode].under);
    this.status = FAULTS[wireCode].status;
    this.text = FAULTS[wireCode].text;
  }
}

export const malformed = (): EnvelopeFault => new EnvelopeFault('malformed_request');
export const notFound = (): EnvelopeFault => new EnvelopeFault('not_found');

/**
 * Runs a part of the codec and words what it refuses.
 * @param suites those that are switched on, for `supported`
 */
export function worded<T>(suites: readonly string[], work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof EnvelopeError ? faultOf(error, suites) : error;
  }
}

function faultOf({ code, layer }: EnvelopeError, suites: readonly string[]): EnvelopeFault {
  switch (code) {
    case 'unknown_algorithm':
      return layer === 'packet' ? new EnvelopeFault(code, { layer }) : new EnvelopeFault(code, { layer: 'envelope', supported: suites });
    case 'malformed_request':
    case 'undecryptable':
    case 'malformed_packet':
    case 'unsupported_key':
      return new EnvelopeFault(code);
    case 'unknown_server_key':
      return new EnvelopeFault(code);
    case 'malformed_message':
    case 'bad_signature':
      // they speak of inner parts, which nobody opens here
      return malformed();
  }
}
