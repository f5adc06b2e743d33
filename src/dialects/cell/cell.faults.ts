import { DomainError, type ErrorCode, type ErrorFacts } from '../../kernel/domain-error.js';

/** Codes clients know, with their sentences. {0} and {1} stand for what is told with them. The first digits are the HTTP status. */
const WORDS = {
  'PR400-AN-0001': 'Unsupported grant type.',
  'PR400-AN-0002': 'Invalid target.',
  'PR400-AN-0003': 'The client secret cannot be read.',
  'PR400-AN-0004': 'The client secret has expired.',
  'PR400-AN-0006': 'The client secret was not issued by the client.',
  'PR400-AN-0007': 'The client secret is meant for another cell.',
  'PR400-AN-0009': 'The refresh token cannot be read.',
  'PR400-AN-0010': 'The refresh token has expired.',
  'PR400-AN-0013': 'This is not a refresh token.',
  'PR400-AN-0016': 'The parameter [{0}] is missing or invalid.',
  'PR400-AN-0017': 'Authentication failed.',
  'PR400-DV-0001': 'XML parse error.',
  'PR400-DV-0004': 'The role [{0}] does not exist.',
  'PR400-DV-0006': 'The privilege [{0}] does not exist.',
  'PR400-OD-0001': 'JSON parse error.',
  'PR400-OD-0004': 'OData EntityKey Parse error.',
  'PR400-OD-0006': 'request body format error. field [{0}]',
  'PR400-OD-0007': '[{0}]',
  'PR400-OD-0009': '[{0}] is required.',
  'PR400-OD-0010': 'A key after the navigation property cannot be specified.',
  'PR400-OD-0011': 'A key after the navigation property is required.',
  'PR400-OD-0024': 'The Box [{0}] does not exist.',
  'PR400-OD-0049': 'The cell URL is invalid. field [{0}]',
  'PR400-OD-0050': 'The schema URI is invalid. field [{0}]',
  'PR400-SM-0001': 'ToRelation [{0}] does not exist.',
  'PR400-SM-0002': 'ToRelation [{0}] does not have related ExtCell.',
  'PR400-SM-0003': 'The maximum number of destinations was exceeded.',
  'PR400-SM-0004': 'Box corresponding to the schema can not be found from the schema-authenticated token. Schema[{0}].',
  'PR400-RM-0001': 'Requested relation already exists.',
  'PR400-RM-0002': 'Box corresponding to the schema can not be found. Schema [{0}].',
  'PR400-RM-0003': 'Box corresponding to the RelationClassURL can not be found. RelationClassURL [{0}].',
  'PR401-AU-0001': 'Authorization is required.',
  'PR401-AU-0002': 'The token has expired.',
  'PR401-AU-0003': 'The authentication scheme is not supported.',
  'PR401-AU-0006': 'The token cannot be read.',
  'PR401-AU-0007': 'A refresh token cannot be used for access.',
  'PR401-AU-0008': 'The signature of the token is invalid.',
  'PR403-AU-0001': 'Unit user access required.',
  'PR403-AU-0002': 'Necessary privilege is lacking.',
  'PR404-DV-0003': 'Cell not found.',
  'PR404-MC-0001': 'URI is not recognized.',
  'PR404-OD-0000': 'Not found.',
  'PR404-OD-0001': 'No such entity set.',
  'PR404-OD-0002': 'No such entity.',
  'PR404-OD-0003': 'No such Navigation Property.',
  'PR405-MC-0001': 'Method not allowed.',
  'PR409-OD-0001': 'There is data related to this entity.',
  'PR409-OD-0002': 'The link exists already.',
  'PR409-OD-0003': 'The entity already exists.',
  'PR409-RM-0002': 'Requested relation does not exist.',
  'PR409-RM-0004': 'Requested relation target does not exist.',
  'PR409-RM-0005': 'Requested relation is not related to the target.',
  'PR412-OD-0002': 'ETag does not match.',
  'PR413-MC-0001': 'The request is too large.',
  'PR429-MC-0001': 'Too many requests.',
  'PR500-SM-0001': 'Sent Message connection error.',
  'PR500-SV-0000': 'Unknown error.',
  'PR501-MC-0001': 'Not implemented.',
  'PR503-SV-0000': 'The server is busy. Please try again.',
} as const;

export type CellCode = keyof typeof WORDS;

/** Longer pieces of a request are cut before they are told back, in characters. */
const ECHO_MAX = 256;

const UNDER: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated', 403: 'forbidden', 404: 'message_not_found', 405: 'method_not_allowed', 409: 'conflict', 412: 'conflict',
  413: 'payload_too_large', 429: 'rate_limited', 500: 'internal', 503: 'overloaded',
};

/** A refusal of this dialect. */
export class CellFault extends DomainError {
  /** the sentence clients see */
  readonly text: string;

  /**
   * @param wireCode the code of the error body; its digits are the status
   * @param told names of fields and addresses; never texts of messages, tokens or passwords
   */
  constructor(
    readonly wireCode: CellCode,
    told: readonly string[] | string = [],
    facts: ErrorFacts = {},
  ) {
    super(UNDER[statusOf(wireCode)] ?? 'invalid_input', facts);
    this.text = sentence(wireCode, ...[told].flat());
  }
}

/** @returns the sentence of a code, also where it is told as a part of an answer */
export function sentence(code: CellCode, ...told: readonly string[]): string {
  return WORDS[code].replace(/\{(\d)\}/g, (_, index: string) => (told[Number(index)] ?? '').slice(0, ECHO_MAX).toWellFormed());
}

/** @returns the HTTP status a code stands for */
export function statusOf(code: string): number {
  return Number(/^PR(\d{3})-/.exec(code)?.[1] ?? 500);
}

/** @returns 400 for a field of a body */
export function fieldFault(field: string): CellFault {
  return new CellFault('PR400-OD-0006', field);
}
