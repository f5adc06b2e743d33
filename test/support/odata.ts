import fc from 'fast-check';
import { type Condition, type Operator, type Scalar } from '../../src/kernel/query.js';
import { type EntitySet, type ODataProperty } from '../../src/dialects/cell/odata/properties.js';

/** A condition beside the filter that says it. */
export interface MadeFilter {
  readonly text: string;
  readonly condition: Condition;
}

const OPERATORS: readonly Operator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];

/**
 * Filters made from the grammar, at most 48 conditions and 6 levels of parentheses.
 * @param texts words from which texts are put together, so that some are found
 */
export function madeFilters(set: EntitySet, texts: readonly string[]): fc.Arbitrary<MadeFilter> {
  const named = [...set.properties].filter(([, { type }]) => type !== 'structure');
  const textual = named.filter(([, { type }]) => type === 'text');
  const text = fc.oneof(fc.constantFrom(...texts), fc.array(fc.constantFrom(...texts.flatMap((one) => [...one]), "'", '%', '_', '\\', '\0'), { maxLength: 3 }).map((parts) => parts.join('')), fc.string({ unit: 'binary', maxLength: 4 }));
  const compare = fc.constantFrom(...named).chain(([name, property]) => valueOf(property, text).chain((value) => operatorFor(value).map((operator) => comparison(name, property, operator, value))));
  const call = fc.tuple(fc.constantFrom(...textual), text, fc.boolean()).map(([[name, { field }], wanted, prefix]): MadeFilter => ({
    text: prefix ? `startswith(${name},${quote(wanted)})` : `substringof(${quote(wanted)} , ${name})`,
    condition: { kind: prefix ? 'startsWith' : 'contains', field, text: wanted },
  }));
  const { filter } = fc.letrec<{ filter: MadeFilter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      fc.oneof(compare, call),
      fc.tuple(fc.constantFrom('all' as const, 'any' as const), fc.array(tie('filter'), { minLength: 2, maxLength: 3 })).map(([kind, of]) => joined(kind, of)),
    ),
  }));
  return filter.filter(({ text: whole }) => whole.length <= 2000);
}

function joined(kind: 'all' | 'any', of: readonly MadeFilter[]): MadeFilter {
  const word = kind === 'all' ? ' and ' : ' or ';
  return {
    text: of.map((one) => (one.condition.kind === 'all' || one.condition.kind === 'any' ? `(${one.text})` : one.text)).join(word),
    condition: { kind, of: of.map(({ condition }) => condition) },
  };
}

function comparison(name: string, { field, type }: ODataProperty, operator: Operator, value: Scalar): MadeFilter {
  return { text: `${name} ${operator} ${literal(type, value)}`, condition: { kind: 'compare', field, operator, value } };
}

function literal(type: ODataProperty['type'], value: Scalar): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'bigint') return value.toString();
  const iso = value.toISOString();
  return type === 'time' && iso.length === 24 && value.getTime() % 2 === 0 ? `datetime'${iso.slice(0, -1)}'` : String(value.getTime());
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function operatorFor(value: Scalar): fc.Arbitrary<Operator> {
  return fc.constantFrom(...(value === null ? OPERATORS.slice(0, 2) : OPERATORS));
}

function valueOf({ type }: ODataProperty, text: fc.Arbitrary<string>): fc.Arbitrary<Scalar> {
  const some: fc.Arbitrary<Scalar> =
    type === 'text' ? text : type === 'integer' ? fc.oneof(fc.bigInt({ min: 0n, max: 6n }), fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n })) : fc.oneof(fc.integer({ min: 1_795_000_000_000, max: 1_796_000_000_000 }), fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 })).map((ms) => new Date(ms));
  return fc.oneof({ weight: 9, arbitrary: some }, { weight: 1, arbitrary: fc.constant<Scalar>(null) });
}

/** What a row has by field; bigints for whole numbers. */
export type Row = Readonly<Record<string, Scalar>>;

/** Says by plain comparing whether a row fulfils a condition: what the database must say, too. */
export function fulfils(row: Row, condition: Condition): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.of.every((one) => fulfils(row, one));
    case 'any':
      return condition.of.some((one) => fulfils(row, one));
    case 'startsWith':
      return textOf(row[condition.field])?.startsWith(condition.text) ?? false;
    case 'contains':
      return textOf(row[condition.field])?.includes(condition.text) ?? false;
    case 'compare':
      return compares(row[condition.field] ?? null, condition.operator, condition.value);
  }
}

/** @returns below 0, 0 or above, by code point for texts */
export function order(left: Exclude<Scalar, null>, right: Exclude<Scalar, null>): number {
  if (typeof left === 'string' && typeof right === 'string') return Buffer.compare(Buffer.from(left), Buffer.from(right));
  return left < right ? -1 : left > right ? 1 : 0;
}

function compares(left: Scalar, operator: Operator, right: Scalar): boolean {
  if (left === null || right === null) return operator === 'eq' ? left === right : operator === 'ne' ? left !== right : false;
  const sign = order(left, right);
  return { eq: sign === 0, ne: sign !== 0, gt: sign > 0, ge: sign >= 0, lt: sign < 0, le: sign <= 0 }[operator];
}

function textOf(value: Scalar | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
