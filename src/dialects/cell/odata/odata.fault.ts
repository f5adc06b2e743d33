import { DomainError } from '../../../kernel/domain-error.js';

/** Refusals of a query or a key. {0} and {1} stand for what is told with them. */
const WORDS = {
  'PR400-OD-0003': 'OData $filter Parse Error.',
  'PR400-OD-0004': 'OData EntityKey Parse error.',
  'PR400-OD-0005': '$format value [{0}] is invalid.',
  'PR400-OD-0013': '$inlinecount value [{0}] is invalid.',
  'PR400-OD-0015': 'Odata $orderby parse error.',
  'PR400-OD-0017': 'OData $select Parse error.',
  'PR400-OD-0026': 'OData $expand parse error.',
  'PR400-OD-0029': 'Query value [{0}]=[{1}] is invalid.',
  'PR400-OD-0036': 'OData Query [{0}] parse error.',
  'PR400-OD-0043': 'Unsupported operator specified in query.',
  'PR400-OD-0044': 'Unsupported function specified in query.',
  'PR400-OD-0045': "An unknown property with name '{0}' was found.",
  'PR400-OD-0046': "Mismatched operand/argument is specified for '{0}'.",
} as const;

export type ODataCode = keyof typeof WORDS;

/** Longer pieces of a request are cut before they are told back, in characters. */
const ECHO_MAX = 128;

/** A query or a key that cannot be understood; 400 on the wire. */
export class ODataFault extends DomainError {
  /** the sentence clients see */
  readonly text: string;

  /**
   * @param wireCode the code of the error body
   * @param told names of options and properties and short values of options; never a text to compare with
   */
  constructor(
    readonly wireCode: ODataCode,
    ...told: readonly string[]
  ) {
    super('invalid_input');
    this.text = WORDS[wireCode].replace(/\{(\d)\}/g, (_, index: string) => (told[Number(index)] ?? '').slice(0, ECHO_MAX));
  }
}
