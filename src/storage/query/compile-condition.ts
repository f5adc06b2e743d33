import { assert } from '../../kernel/assert.js';
import { type Condition, type Operator, type Scalar } from '../../kernel/query.js';
import { type Columns, firstBytes, inByteOrder, type Parameters, type QueryColumn } from './columns.js';
import { afterPrefix, afterPrefixBytes } from './prefix-range.js';

const SIGNS = { eq: '=', ne: '<>', gt: '>', ge: '>=', lt: '<', le: '<=' } as const satisfies Record<Operator, string>;
const INT8_MAX = 2n ** 63n - 1n;
/** no stored time lies outside these, and JavaScript's bounds are wider than PostgreSQL's */
const TIME_MIN = Date.UTC(1000, 0, 1);
const TIME_MAX = Date.UTC(9999, 11, 31);

/**
 * @param condition whose fields must all be among the columns, with values of their kinds
 * @returns an SQL condition that may be NULL for false; its values are in `parameters`
 */
export function compileCondition(condition: Condition, columns: Columns, parameters: Parameters): string {
  switch (condition.kind) {
    case 'all':
    case 'any':
      assert(condition.of.length > 0, 'a condition of conditions has some');
      return `(${condition.of.map((one) => compileCondition(one, columns, parameters)).join(condition.kind === 'all' ? ' AND ' : ' OR ')})`;
    case 'compare':
      return compare(columnOf(columns, condition.field), condition.operator, condition.value, parameters);
    case 'startsWith':
      return startsWith(columnOf(columns, condition.field), condition.text, parameters);
    case 'contains':
      return contains(columnOf(columns, condition.field), condition.text, parameters);
  }
}

function columnOf(columns: Columns, field: string): QueryColumn {
  const column = columns.fields[field];
  assert(column, 'conditions name known fields');
  return column;
}

function compare(column: QueryColumn, operator: Operator, value: Scalar, parameters: Parameters): string {
  if (value === null) {
    assert(operator === 'eq' || operator === 'ne', 'no value is only equal or not');
    return `${column.sql} IS ${operator === 'eq' ? '' : 'NOT '}NULL`;
  }
  switch (column.kind) {
    case 'text':
      assert(typeof value === 'string', 'texts are compared with texts');
      return compareText(column, operator, value, parameters);
    case 'bytes':
      assert(typeof value === 'string', 'texts are compared with texts');
      return compareBytes(column, operator, Buffer.from(value, 'utf8'), parameters);
    case 'integer':
      assert(typeof value === 'bigint', 'numbers are compared with numbers');
      return compareInteger(column, operator, value, parameters);
    case 'time':
      assert(value instanceof Date, 'times are compared with times');
      return compareWith(column, operator, parameters.bind(new Date(clamp(value.getTime())), 'timestamptz'));
  }
}

/** Of a large one, one byte more than the value has decides. */
function compareBytes(column: QueryColumn, operator: Operator, value: Buffer, parameters: Parameters): string {
  return compareWith(column.large ? { ...column, sql: firstBytes(column, value.length + 1) } : column, operator, parameters.bind(value, 'bytea'));
}

function compareWith(column: QueryColumn, operator: Operator, parameter: string): string {
  if (operator === 'ne' && column.optional) return `${column.sql} IS DISTINCT FROM ${parameter}`;
  const left = operator === 'eq' || operator === 'ne' ? column.sql : inByteOrder(column);
  return `${left} ${SIGNS[operator]} ${parameter}`;
}

/** A text column cannot hold U+0000, and such a text cannot be bound: what comes before it decides. */
function compareText(column: QueryColumn, operator: Operator, value: string, parameters: Parameters): string {
  const nul = value.indexOf('\0');
  if (nul < 0) return compareWith(column, operator, parameters.bind(value, 'text'));
  if (operator === 'eq') return 'FALSE';
  if (operator === 'ne') return 'TRUE';
  const before = parameters.bind(value.slice(0, nul), 'text');
  return compareWith(column, operator === 'gt' || operator === 'ge' ? 'gt' : 'le', before);
}

function compareInteger(column: QueryColumn, operator: Operator, value: bigint, parameters: Parameters): string {
  const beyond = value > INT8_MAX ? 1 : value < -INT8_MAX ? -1 : 0;
  if (beyond === 0) return compareWith(column, operator, parameters.bind(value.toString(), 'bigint'));
  if (operator === 'eq') return 'FALSE';
  if (operator === 'ne') return 'TRUE';
  const fits = beyond > 0 ? operator === 'lt' || operator === 'le' : operator === 'gt' || operator === 'ge';
  return fits ? present(column) : 'FALSE';
}

/** As a range, which an index can serve; LIKE could not, and would need its wildcards escaped. */
function startsWith(column: QueryColumn, text: string, parameters: Parameters): string {
  if (text === '') return present(column);
  const left = inByteOrder(column);
  if (column.kind === 'bytes') {
    const bytes = Buffer.from(text, 'utf8');
    if (column.large) return `${firstBytes(column, bytes.length)} = ${parameters.bind(bytes, 'bytea')}`;
    return `(${left} >= ${parameters.bind(bytes, 'bytea')} AND ${left} < ${parameters.bind(afterPrefixBytes(bytes), 'bytea')})`;
  }
  assert(column.kind === 'text', 'only texts begin with a text');
  if (text.includes('\0')) return 'FALSE';
  const from = `${left} >= ${parameters.bind(text, 'text')}`;
  const after = afterPrefix(text);
  return after === null ? from : `(${from} AND ${left} < ${parameters.bind(after, 'text')})`;
}

function contains(column: QueryColumn, text: string, parameters: Parameters): string {
  if (text === '') return present(column);
  if (column.kind === 'bytes') return `position(${parameters.bind(Buffer.from(text, 'utf8'), 'bytea')} IN ${column.sql}) > 0`;
  assert(column.kind === 'text', 'only texts hold a text');
  return text.includes('\0') ? 'FALSE' : `strpos(${column.sql}, ${parameters.bind(text, 'text')}) > 0`;
}

function present(column: QueryColumn): string {
  return column.optional ? `${column.sql} IS NOT NULL` : 'TRUE';
}

function clamp(ms: number): number {
  return Math.min(Math.max(ms, TIME_MIN), TIME_MAX);
}
