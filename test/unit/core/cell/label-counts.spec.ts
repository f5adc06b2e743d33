import fc from 'fast-check';
import { countByLabels, isCountedByLabels } from '../../../../src/core/cell/messages/label-counts.js';
import { type Condition, type Query } from '../../../../src/kernel/query.js';
import { fulfils } from '../../../support/odata.js';

const query = (filter: Condition | null, words: string[] = []): Query => ({ filter, words, order: [], top: 0, skip: 0, count: true });
const PAIRS = [['message', 'unread'], ['message', 'read'], ['req.role.grant', 'none'], ['request', 'approved']] as const;
const totals = new Map<string, number>([...PAIRS.map(([type, status], index) => [`received:${type}:${status}`, 10 ** index] as const), ['sent:message', 7], ['sent:request', 70]]);

const field = fc.constantFrom('type', 'status');
const value = fc.constantFrom<string | null>('message', 'read', 'un', 'req', 'none', '', null);
const leaf = fc.oneof(
  fc.tuple(field, fc.constantFrom('eq', 'ne', 'lt', 'le', 'gt', 'ge'), value).filter(([, operator, one]) => one !== null || operator === 'eq' || operator === 'ne').map(([name, operator, one]): Condition => ({ kind: 'compare', field: name, operator, value: one })),
  fc.tuple(fc.constantFrom('startsWith', 'contains'), field, fc.constantFrom('', 're', 'message', 'x')).map(([kind, name, text]): Condition => ({ kind, field: name, text })),
);
const condition = fc.letrec<{ c: Condition }>((tie) => ({
  c: fc.oneof({ maxDepth: 3 }, leaf, fc.tuple(fc.constantFrom('all' as const, 'any' as const), fc.array(tie('c'), { minLength: 1, maxLength: 3 })).map(([kind, of]) => ({ kind, of }))),
})).c;

test('CELL-61 totals that are kept say what counting says, for every condition about type and status', () => {
  fc.assert(
    fc.property(condition, (filter) => {
      const wanted = PAIRS.reduce((sum, [type, status], index) => sum + (fulfils({ type, status }, filter) ? 10 ** index : 0), 0);
      return isCountedByLabels(query(filter)) && countByLabels(totals, 'received', query(filter)) === wanted;
    }),
  );
});

test('CELL-61 without a condition everything of one side counts', () => {
  expect(countByLabels(totals, 'received', query(null))).toBe(1111);
  expect(countByLabels(totals, 'sent', query(null))).toBe(77);
});

test('CELL-64 what asks for more is not taken from the totals', () => {
  const title: Condition = { kind: 'contains', field: 'title', text: 'x' };
  for (const other of [query(title), query({ kind: 'all', of: [{ kind: 'startsWith', field: 'type', text: 'm' }, { kind: 'any', of: [title] }] }), query(null, ['word'])]) expect(isCountedByLabels(other)).toBe(false);
});
