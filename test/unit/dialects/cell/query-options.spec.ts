import fc from 'fast-check';
import { ODataFault } from '../../../../src/dialects/cell/odata/odata.fault.js';
import { entitySet } from '../../../../src/dialects/cell/odata/properties.js';
import { checkFormat, type ListOptions, parseListOptions, parseViewOptions } from '../../../../src/dialects/cell/odata/query-options.js';

const set = entitySet(
  {
    Type: { field: 'type', type: 'text' },
    Status: { field: 'status', type: 'text' },
    Title: { field: 'title', type: 'text' },
    From: { field: 'from', type: 'text' },
    Url: { field: 'url', type: 'text' },
    Result: { field: 'result', type: 'structure' },
    __published: { field: 'published', type: 'time' },
    __updated: { field: 'updated', type: 'time' },
  },
  ['_Box'],
);

const read = (query: string): ListOptions => parseListOptions(query, set);
const is = (field: string, value: string): unknown => ({ kind: 'compare', field, operator: 'eq', value });

function codeOf(query: string): string {
  try {
    read(query);
  } catch (error) {
    if (error instanceof ODataFault) return error.wireCode;
    throw error;
  }
  return 'read';
}

describe('CELL-65 queries of real clients are read exactly as written', () => {
  const plain = { filter: null, words: [], order: [], top: 25, skip: 0, count: false };
  const byPublished = [{ field: 'published', descending: true }];
  it.each<[string, object]>([
    ['$filter=Type+eq+%27message%27+and+Status+eq+%27unread%27&$inlinecount=allpages', { filter: { kind: 'all', of: [is('type', 'message'), is('status', 'unread')] }, count: true }],
    ['$orderby=__published%20desc&$filter=Type+eq+%27message%27', { filter: is('type', 'message'), order: byPublished }],
    ['$inlinecount=allpages&$filter=Type+ne+%27message%27+and+Status+eq+%27none%27', { filter: { kind: 'all', of: [{ kind: 'compare', field: 'type', operator: 'ne', value: 'message' }, is('status', 'none')] }, count: true }],
    ['$filter=startswith%28Title,%27Garden%27%29&$orderby=__published%20desc', { filter: { kind: 'startsWith', field: 'title', text: 'Garden' }, order: byPublished }],
    ['$top=0&$inlinecount=allpages', { top: 0, count: true }],
    ['$orderby=__updated desc &$skip=0&$top=50', { order: [{ field: 'updated', descending: true }], top: 50 }],
    ['$orderby=__published%20desc', { order: byPublished }],
    [
      '$filter=From+eq+%27https%3A%2F%2Fhost%2Fbob%2F%27+and+Type+eq+%27message%27+and+Title+eq+%27x%27',
      { filter: { kind: 'all', of: [is('from', 'https://host/bob/'), is('type', 'message'), is('title', 'x')] } },
    ],
    ['$filter=substringof%28%27bob%27%2C+Url%29', { filter: { kind: 'contains', field: 'url', text: 'bob' } }],
  ])('%s', (query, wanted) => {
    expect(read(query)).toEqual({ query: { ...plain, ...wanted }, select: null, expand: new Set() });
  });
});

describe('CELL-64 query options', () => {
  it.each<[string, object]>([
    ['', { top: 25, skip: 0, count: false, order: [], words: [], filter: null }],
    ['$top=10000&$skip=100000', { top: 10000, skip: 100000 }],
    ['$top=%207%20', { top: 7 }],
    ['$inlinecount=none', { count: false }],
    ['%24top=3', { top: 3 }],
    ['$top=1&$top=2', { top: 1 }],
    ['_=1486638759524&$foo=bar', { top: 25 }],
    ['$orderby=Type,Title+desc,__published+asc', { order: [{ field: 'type', descending: false }, { field: 'title', descending: true }, { field: 'published', descending: false }] }],
    ['q=garden++party', { words: ['garden', 'party'] }],
    ['q=%22garden+party%22+now', { words: ['garden party', 'now'] }],
    ['q=%22open', { words: ['open'] }],
    ['q=%2B', { words: ['+'] }],
    [`q=${'x'.repeat(255)}`, { words: ['x'.repeat(255)] }],
  ])('"%s" is read', (query, wanted) => {
    expect(read(query).query).toMatchObject(wanted);
  });

  it.each<[string, string]>([
    ['$top=-1', 'PR400-OD-0029'],
    ['$top=10001', 'PR400-OD-0029'],
    ['$skip=-1', 'PR400-OD-0029'],
    ['$skip=100001', 'PR400-OD-0029'],
    ['$top=99999999999999999999999999999', 'PR400-OD-0029'],
    ['$top=101&$expand=_Box', 'PR400-OD-0029'],
    ['$top=ten', 'PR400-OD-0036'],
    ['$top=', 'PR400-OD-0036'],
    ['$top', 'PR400-OD-0036'],
    ['$top=1e3', 'PR400-OD-0036'],
    ['$skip=1.5', 'PR400-OD-0036'],
    ['$skip=%00', 'PR400-OD-0036'],
    ['$orderby=', 'PR400-OD-0015'],
    ['$orderby=,Type', 'PR400-OD-0015'],
    ['$orderby=Color', 'PR400-OD-0015'],
    ['$orderby=Result', 'PR400-OD-0015'],
    ['$orderby=Type+upwards', 'PR400-OD-0015'],
    ['$orderby=Type+DESC', 'PR400-OD-0015'],
    ['$orderby=Type;DROP', 'PR400-OD-0015'],
    ['$filter=', 'PR400-OD-0003'],
    ['$filter=%E0%A4%A', 'PR400-OD-0003'],
    ['$inlinecount=some', 'PR400-OD-0013'],
    ['$inlinecount=', 'PR400-OD-0013'],
    ['$select=', 'PR400-OD-0017'],
    ['$select=Color', 'PR400-OD-0017'],
    ['$select=Type,,Title', 'PR400-OD-0017'],
    ['$expand=', 'PR400-OD-0026'],
    ['$expand=_AccountRead', 'PR400-OD-0026'],
    ['$expand=_Box,_Role', 'PR400-OD-0026'],
    ['$format=csv', 'PR400-OD-0005'],
    ['$format=', 'PR400-OD-0005'],
    ['q=', 'PR400-OD-0029'],
    [`q=${'x'.repeat(256)}`, 'PR400-OD-0029'],
    [`q=${encodeURIComponent('ü'.repeat(128))}`, 'PR400-OD-0029'],
  ])('"%s" is refused with %s', (query, code) => {
    expect(codeOf(query)).toBe(code);
  });

  it('$select names what is shown, * shows everything', () => {
    expect(read('$select=Type,Title').select).toEqual(new Set(['Type', 'Title']));
    expect(read('$select=*').select).toBeNull();
    expect(read('$select=Type,*').select).toBeNull();
    expect(parseViewOptions('$select=__metadata,_Box&$expand=_Box', set)).toEqual({ select: new Set(['__metadata', '_Box']), expand: new Set(['_Box']) });
    expect(read('$expand=_Box&$top=100').expand).toEqual(new Set(['_Box']));
  });

  it('CELL-02 $format may be json, atom or xml in any letter case', () => {
    for (const format of ['json', 'JSON', 'atom', 'Atom', 'xml', 'XML']) expect(() => checkFormat(`$format=${format}`)).not.toThrow();
    expect(() => checkFormat('')).not.toThrow();
    expect(() => checkFormat('$format=html')).toThrow(expect.objectContaining({ wireCode: 'PR400-OD-0005', text: '$format value [html] is invalid.' }));
  });

  it('whatever stands there is read or refused with a code', () => {
    const option = fc.constantFrom('$filter', '$top', '$skip', '$orderby', '$select', '$expand', '$inlinecount', '$format', 'q', '__proto__', 'x');
    const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }).map(encodeURIComponent), fc.string({ maxLength: 20 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(option, value), { maxLength: 4 }), (options) => {
        expect(codeOf(options.map((pair) => pair.join('=')).join('&'))).toMatch(/^(read|PR400-OD-00\d\d)$/);
      }),
      { numRuns: 5000 },
    );
  });
});
