import { assert } from '../../kernel/assert.js';
import { type Order, type Query } from '../../kernel/query.js';
import { compileCondition } from './compile-condition.js';
import { type Columns, inByteOrder, Parameters } from './columns.js';

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
    ...query.words.map((word) => oneOf(columns.words, word, parameters)),
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

function oneOf(texts: readonly string[], word: string, parameters: Parameters): string {
  // such a text cannot be bound, and none of these columns can hold it
  if (word.includes('\0') || texts.length === 0) return 'FALSE';
  const parameter = parameters.bind(word, 'text');
  return `(${texts.map((text) => `strpos(lower(${text}), lower(${parameter})) > 0`).join(' OR ')})`;
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
      return `${inByteOrder(column)} ${down ? 'DESC' : 'ASC'}`;
    })
    .join(', ');
}
