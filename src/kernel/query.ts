/**
 * A question to a list, without words of any foreign API and without SQL: dialects parse into it,
 * storage compiles it with bound parameters. Fields are names that both sides have agreed on.
 */
export interface Query {
  /** null: everything */
  readonly filter: Condition | null;
  /** words that must all be found somewhere in a row, letter case aside */
  readonly words: readonly string[];
  /** empty: the order that is natural for the list */
  readonly order: readonly Order[];
  /** rows at most; 0 where only the count is wanted */
  readonly top: number;
  /** rows to pass over */
  readonly skip: number;
  /** whether the rows that fit the filter are counted, whatever top and skip say */
  readonly count: boolean;
}

/**
 * What a row must fulfil. There is no negation on purpose: a condition on a field without a value
 * is simply not fulfilled, but for `ne`.
 */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'compare'; readonly field: string; readonly operator: Operator; readonly value: Scalar }
  | { readonly kind: 'startsWith' | 'contains'; readonly field: string; readonly text: string };

/** `ne` is true also where the field has no value. Texts are compared character by character, by code point. */
export type Operator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

/** Text, whole number, time, or no value at all (with `eq` and `ne` only). */
export type Scalar = string | bigint | Date | null;

export interface Order {
  readonly field: string;
  readonly descending: boolean;
}
