import fc from 'fast-check';
import { type Condition, type Query } from '../../../src/kernel/query.js';
import { entitySet } from '../../../src/dialects/cell/odata/properties.js';
import { type Columns } from '../../../src/storage/query/columns.js';
import { compileQuery } from '../../../src/storage/query/compile-query.js';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { fulfils, madeFilters, order, type Row } from '../../support/odata.js';

const columns: Columns = {
  fields: {
    key: { sql: 'r.key', kind: 'text' },
    name: { sql: 'r.name', kind: 'text', optional: true },
    title: { sql: 'r.title', kind: 'bytes' },
    level: { sql: 'r.level', kind: 'integer', optional: true },
    at: { sql: 'r.at', kind: 'time' },
  },
  natural: [{ field: 'at', descending: false }],
  key: ['key'],
  words: ['r.name', 'r.shown'],
};
const set = entitySet({
  key: { field: 'key', type: 'text' },
  name: { field: 'name', type: 'text' },
  title: { field: 'title', type: 'text' },
  level: { field: 'level', type: 'integer' },
  at: { field: 'at', type: 'time' },
});

const texts = ['Garden party', 'Garden', 'garden', 'gar', 'Zoë', 'Ärger', '訪問', '\u{1F600}', '\uE000', '\uD7FF', '50%', "it's", 'a_b', 'a\\b', '', 'a', 'b', 'aa', '\u{10FFFF}', 'x\u{10FFFF}y'];
const titles = [...texts, 'ti\0tle', '\0', 'ti', 'ti\0'];
const rows: Row[] = Array.from({ length: 200 }, (_, index) => ({
  key: String(index).padStart(3, '0'),
  name: index % 7 === 0 ? null : (texts[index % texts.length] ?? ''),
  title: titles[(index * 5) % titles.length] ?? '',
  level: index % 11 === 0 ? null : BigInt(index % 6),
  at: new Date(1_795_000_000_000 + (index % 50) * 20_000_000),
}));

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
  await db.sql('CREATE TABLE rows (cell int, key text, name text, title bytea, shown text, level smallint, at timestamptz)');
  for (const cell of [1, 2]) {
    for (const row of rows) await db.sql('INSERT INTO rows VALUES ($1, $2, $3, $4, $5, $6, $7)', [cell, row['key'], row['name'], Buffer.from(String(row['title'])), String(row['title']).replaceAll('\0', ''), row['level'], row['at']]);
  }
});
afterAll(() => db.drop());

const query = (over: Partial<Query> = {}): Query => ({ filter: null, words: [], order: [], top: 10_000, skip: 0, count: true, ...over });

/** As where texts are so long that they lie apart. */
const largeColumns: Columns = { ...columns, fields: { ...columns.fields, title: { sql: 'r.title', kind: 'bytes', large: true } } };

async function ask(wanted: Query, of = columns): Promise<{ keys: string[]; count: number }> {
  const { where, order: by, page, values, pageValues } = compileQuery(wanted, of, 1);
  const found = await db.sql<{ cell: number; key: string }>(`SELECT cell, key FROM rows r WHERE r.cell = $1 AND ${where} ORDER BY ${by} ${page}`, [1, ...values, ...pageValues]);
  expect(found.every(({ cell }) => cell === 1)).toBe(true);
  const [counted] = await db.sql<{ count: string }>(`SELECT count(*) FROM rows r WHERE r.cell = $1 AND ${where}`, [1, ...values]);
  return { keys: found.map(({ key }) => key), count: Number(counted?.count) };
}

const expected = (filter: Condition): string[] => rows.filter((row) => fulfils(row, filter)).map(({ key }) => String(key));

describe('compiled queries', () => {
  it('CELL-64 give exactly the rows that fulfil the condition', async () => {
    await fc.assert(
      fc.asyncProperty(madeFilters(set, titles), async ({ condition }) => {
        const { keys, count } = await ask(query({ filter: condition }));
        const wanted = expected(condition);
        expect(keys.sort()).toEqual(wanted);
        expect(count).toBe(wanted.length);
      }),
      { numRuns: 600 },
    );
  });

  it('CELL-64 answer the same of long texts, of which they read no more than the value has and one byte', async () => {
    await fc.assert(
      fc.asyncProperty(madeFilters(set, titles), async ({ condition }) => {
        const wanted = query({ filter: condition, order: [{ field: 'title', descending: false }] });
        expect(await ask(wanted, largeColumns)).toEqual(await ask(wanted));
      }),
      { numRuns: 600 },
    );
    const compared = compileQuery(query({ filter: { kind: 'compare', field: 'title', operator: 'gt', value: 'ab' } }), largeColumns, 0);
    expect(compared.where).toBe('(substring(r.title FROM 1 FOR 3) > $1::bytea)');
    expect(compileQuery(query({ filter: { kind: 'startsWith', field: 'title', text: 'ab' } }), largeColumns, 0).where).toBe('(substring(r.title FROM 1 FOR 2) = $1::bytea)');
  });

  it.each<[string, Condition]>([
    ['a text with U+0000 in a column that can hold it', { kind: 'compare', field: 'title', operator: 'eq', value: 'ti\0tle' }],
    ['a prefix that ends in U+0000', { kind: 'startsWith', field: 'title', text: 'ti\0' }],
    ['U+0000 in a column that cannot hold it', { kind: 'compare', field: 'name', operator: 'ge', value: 'Garden\0' }],
    ['below a text with U+0000', { kind: 'compare', field: 'name', operator: 'lt', value: 'Garden\0' }],
    ['a prefix that no text follows', { kind: 'startsWith', field: 'name', text: '\u{10FFFF}' }],
    ['a prefix before the surrogates', { kind: 'startsWith', field: 'name', text: '\uD7FF' }],
    ['an empty prefix', { kind: 'startsWith', field: 'name', text: '' }],
    ['what LIKE would take for wildcards', { kind: 'contains', field: 'name', text: '%' }],
    ['a number beyond what a column holds', { kind: 'compare', field: 'level', operator: 'lt', value: 2n ** 64n }],
    ['the smallest number of all', { kind: 'compare', field: 'level', operator: 'ge', value: -(2n ** 63n) }],
    ['no value', { kind: 'compare', field: 'name', operator: 'eq', value: null }],
    ['another value or none', { kind: 'compare', field: 'name', operator: 'ne', value: 'a' }],
    ['a time long ago', { kind: 'compare', field: 'at', operator: 'gt', value: new Date(-8_640_000_000_000_000) }],
  ])('find %s', async (_, condition) => {
    const { keys } = await ask(query({ filter: condition }));
    expect(keys.sort()).toEqual(expected(condition));
  });

  it.each<[string, Query['order'], (left: Row, right: Row) => number]>([
    ['by code point', [{ field: 'title', descending: false }], (left, right) => order(left['title']!, right['title']!) || order(left['key']!, right['key']!)],
    ['downwards, the key too', [{ field: 'at', descending: true }], (left, right) => order(right['at']!, left['at']!) || order(right['key']!, left['key']!)],
    ['by nature', [], (left, right) => order(left['at']!, right['at']!) || order(left['key']!, right['key']!)],
    ['a field named twice counts once', [{ field: 'at', descending: true }, { field: 'at', descending: false }], (left, right) => order(right['at']!, left['at']!) || order(left['key']!, right['key']!)],
  ])('CELL-64 order rows %s, and pages neither skip nor repeat', async (_, by, sign) => {
    const seen: string[] = [];
    for (let skip = 0; skip < rows.length; skip += 30) seen.push(...(await ask(query({ order: by, top: 30, skip }))).keys);
    expect(seen).toEqual([...rows].sort(sign).map(({ key }) => key));
  });

  it('CELL-64 find rows that hold all words, in whatever letter case', async () => {
    const holds = (row: Row, word: string): boolean => [row['name'], row['title']].some((text) => String(text ?? '').toLowerCase().includes(word));
    for (const words of [['garden'], ['GARDEN', 'party'], ['garden party'], ['zOË'], ['%'], ['nothing']]) {
      const { keys } = await ask(query({ words }));
      expect(keys.sort()).toEqual(rows.filter((row) => words.every((word) => holds(row, word.toLowerCase()))).map(({ key }) => key));
    }
    for (const word of ['a\0', 'a\u001fa', '\u001f']) expect((await ask(query({ words: [word] }))).keys).toEqual([]);
  });

  it('never write a value into the statement', () => {
    const { where, page, values } = compileQuery(query({ filter: { kind: 'compare', field: 'name', operator: 'eq', value: "x' OR 1=1" }, words: ['w0rd'], top: 77 }), columns, 3);
    expect(where).toBe("(r.name = $4::text AND (SELECT strpos(whole.text, lower($6::text)) > 0 FROM (SELECT lower(concat_ws($5::text, r.name, r.shown)) AS text OFFSET 0) whole))");
    expect(values).toEqual(["x' OR 1=1", '\u001f', 'w0rd']);
    expect(page).toBe('LIMIT $7::bigint OFFSET $8::bigint');
  });
});
