import { type Condition, type Operator, type Query } from '../../../kernel/query.js';
import { type CopySide } from '../../../storage/own/cell/copies.repository.js';

/** What the maintained totals tell apart. */
const FIELDS: ReadonlySet<string> = new Set(['type', 'status']);

/**
 * Whether a count can be taken from the maintained totals: it asks for nothing but type and
 * status, so that it costs the same however many messages there are.
 */
export function isCountedByLabels({ filter, words }: Query): boolean {
  return words.length === 0 && (filter === null || asksOnly(filter));
}

/**
 * @param totals by label, as countLabel names them
 * @param query for which isCountedByLabels holds
 */
export function countByLabels(totals: ReadonlyMap<string, number>, side: CopySide, { filter }: Query): number {
  let sum = 0;
  for (const [label, total] of totals) {
    const [of, type = '', status = ''] = label.split(':');
    if (of === side && (filter === null || fulfils({ type, status }, filter))) sum += total;
  }
  return sum;
}

function asksOnly(condition: Condition): boolean {
  return 'of' in condition ? condition.of.every(asksOnly) : FIELDS.has(condition.field);
}

function fulfils(row: Readonly<Record<string, string>>, condition: Condition): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.of.every((one) => fulfils(row, one));
    case 'any':
      return condition.of.some((one) => fulfils(row, one));
    case 'startsWith':
      return textOf(row, condition.field).startsWith(condition.text);
    case 'contains':
      return textOf(row, condition.field).includes(condition.text);
    case 'compare':
      // both fields always have a value
      if (condition.value === null) return condition.operator === 'ne';
      return compares(textOf(row, condition.field), condition.operator, String(condition.value));
  }
}

function textOf(row: Readonly<Record<string, string>>, field: string): string {
  return row[field] ?? '';
}

/** By code point, as the database compares. */
function compares(left: string, operator: Operator, right: string): boolean {
  const order = Buffer.compare(Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8'));
  switch (operator) {
    case 'eq':
      return order === 0;
    case 'ne':
      return order !== 0;
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'le':
      return order <= 0;
  }
}
