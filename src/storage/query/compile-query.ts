import { assert } from '../../kernel/assert.js';
import { type Order, type Query } from '../../kernel/query.js';
import { compileCondition } from './compile-condition.js';
import { type Columns, Parameters, sortKey } from './columns.js';

/** Stands between texts that are searched as one: the unit separator. */
const BETWEEN_TEXTS = '\u001f';

/** Parts of a statement. They hold names of columns and numbers of parameters, never a value. */
export interface CompiledQuery {
  /** a condition for WHERE, in parentheses */
  readonly where: string;
  /** for ORDER BY; always total, so that pages neither skip nor repeat */
  readonly order: string;
  /** LIMIT and OFFSET; its parameters follow those of `where` */
  readonly page: string;
  /** of `where` */
  readonly values: readonly unknown[];
  /** of `page` */
  readonly pageValues: readonly unknown[];
}

/**
 * Turns a question into SQL. Where a repository counts, it takes `where` and `values`; where it
 * lists, all parts, with `values` and `pageValues` in this order after its own.
 *
 * @param query whose fields must all be among the columns
 * @param columns what may be asked of this list
 * @param ownParameters how many parameters the repository has before these
 */
export function compileQuery(query: Query, columns: Columns, ownParameters: number): CompiledQuery {
  const parameters = new Parameters(ownParameters);
  const wanted = [
    ...(query.filter ? [compileCondition(query.filter, columns, parameters)] : []),
    ...(query.words.length > 0 ? [holdsWords(query.words, columns.words, parameters)] : []),
  ];
  const values = [...parameters.values];
  const page = `LIMIT ${parameters.bind(query.top, 'bigint')} OFFSET ${parameters.bind(query.skip, 'bigint')}`;
  return {
    where: wanted.length > 0 ? `(${wanted.join(' AND ')})` : '(TRUE)',
    order: orderOf(query.order, columns),
    page,
    values,
    pageValues: parameters.values.slice(values.length),
  };
}

/** Puts the texts of a row together once, however many words there are. */
function holdsWords(words: readonly string[], texts: readonly string[], parameters: Parameters): string {
  // U+0000 cannot be bound, and no text column can hold it; a word with the other would be found in two texts at once
  if (texts.length === 0 || words.some((word) => word.includes('\0') || word.includes(BETWEEN_TEXTS))) return 'FALSE';
  const between = parameters.bind(BETWEEN_TEXTS, 'text');
  const found = words.map((word) => `strpos(whole.text, lower(${parameters.bind(word, 'text')})) > 0`);
  // OFFSET keeps the planner from putting the texts together once more for each word
  return `(SELECT ${found.join(' AND ')} FROM (SELECT lower(concat_ws(${between}, ${texts.join(', ')})) AS text OFFSET 0) whole)`;
}

/** The key of the list ends every order, in the direction of the last, so that one index serves both directions. */
function orderOf(wanted: readonly Order[], columns: Columns): string {
  const orders = wanted.length > 0 ? wanted : columns.natural;
  const descending = orders.at(-1)?.descending ?? false;
  const named = new Set(orders.map(({ field }) => field));
  const rest = columns.key.filter((field) => !named.has(field)).map((field) => ({ field, descending }));
  const seen = new Set<string>();
  return [...orders, ...rest]
    .filter(({ field }) => !seen.has(field) && seen.add(field))
    .map(({ field, descending: down }) => {
      const column = columns.fields[field];
      assert(column, 'orders name known fields');
      return `${sortKey(column)} ${down ? 'DESC' : 'ASC'}`;
    })
    .join(', ');
}
