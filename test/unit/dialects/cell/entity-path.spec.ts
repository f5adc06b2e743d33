import fc from 'fast-check';
import { type EntityKey, type EntityPath, keyParts, parseEntityPath, parseEntityRef } from '../../../../src/dialects/cell/odata/entity-path.js';
import { ODataFault } from '../../../../src/dialects/cell/odata/odata.fault.js';

const single = (value: string): EntityKey => ({ kind: 'single', value });
const named = (values: Record<string, string | null>): EntityKey => ({ kind: 'named', values: new Map(Object.entries(values)) });
const path = (set: string, key: EntityKey | null = null, over: Partial<EntityPath> = {}): EntityPath => ({ set, key, links: false, navigation: null, ...over });

function codeOf(text: string): string | null {
  try {
    return parseEntityPath(text) ? 'read' : null;
  } catch (error) {
    if (error instanceof ODataFault) return error.wireCode;
    throw error;
  }
}

describe('CELL-71 addresses of entities', () => {
  it.each<[string, EntityPath]>([
    ['Role', path('Role')],
    ['Role/', path('Role')],
    ["Role('reader')", path('Role', single('reader'))],
    ["Role('reader')/", path('Role', single('reader'))],
    ["Role(Name='reader')", path('Role', named({ Name: 'reader' }))],
    ["Role(Name='reader',_Box.Name='orch')", path('Role', named({ Name: 'reader', '_Box.Name': 'orch' }))],
    ["Role( Name = 'reader' , _Box.Name = null )", path('Role', named({ Name: 'reader', '_Box.Name': null }))],
    ["ReceivedMessage(__id='3afcc60e35fc49ee9a4e4f6c1ebee426')", path('ReceivedMessage', named({ __id: '3afcc60e35fc49ee9a4e4f6c1ebee426' }))],
    ["Account('o''neil')", path('Account', single("o'neil"))],
    ["ExtCell('https://host/brook/')", path('ExtCell', single('https://host/brook/'))],
    ["ExtCell(Url='https://host/brook/')", path('ExtCell', named({ Url: 'https://host/brook/' }))],
    ["ExtCell('https://host/brook/')/_Role", path('ExtCell', single('https://host/brook/'), { navigation: { set: '_Role', key: null } })],
    ["ExtCell('https://host/brook/')/$links/_Role", path('ExtCell', single('https://host/brook/'), { links: true, navigation: { set: '_Role', key: null } })],
    [
      "Role('a')/$links/_ExtCell('https://host/brook/')/",
      path('Role', single('a'), { links: true, navigation: { set: '_ExtCell', key: single('https://host/brook/') } }),
    ],
    ["Box('b')/$links/_Role(Name='x',_Box.Name='b')", path('Box', single('b'), { links: true, navigation: { set: '_Role', key: named({ Name: 'x', '_Box.Name': 'b' }) } })],
  ])('%s', (text, wanted) => {
    expect(parseEntityPath(text)).toEqual(wanted);
  });

  it.each(["Role(", 'Role()', "Role('a", "Role('a'", "Role('a''", 'Role(a)', "Role(Name='a'", "Role(Name='a',)", "Role(Name='a',Name='b')", "Role(Name=a)", "Role(='a')", "Role('a','b')", "Role('a';x)", "Role('a')/$links/_Role("])(
    'CELL-61 a broken key is refused: %s',
    (text) => {
      expect(codeOf(text)).toBe('PR400-OD-0004');
    },
  );

  it.each(['', '/', '//', '$metadata', 'Role//', 'Role/x', "Role('a')x", "Role('a')/$links", "Role('a')/$links/", "Role('a')/_Role/x", "Role('a')/_Role/_Box", `${'a'.repeat(9000)}`])('no address of an entity: %s', (text) => {
    expect(codeOf(text)).toBeNull();
  });

  it('whatever stands there is read, refused or no address', () => {
    const pieces = fc.constantFrom('Role', "'", '(', ')', ',', '=', '/', '$links', '_Box.Name', 'null', ' ', "'a'", '_Role');
    fc.assert(
      fc.property(fc.oneof(fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')), fc.string({ unit: 'binary', maxLength: 30 })), (text) => {
        expect([null, 'read', 'PR400-OD-0004']).toContain(codeOf(text));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('CELL-72 the uri of a link', () => {
  it('is one entity, by its key', () => {
    expect(parseEntityRef("Role('a')")).toEqual({ set: 'Role', key: single('a') });
    for (const text of ['Role', "Role('a')/_Box", 'Role(', '', "Role('a')/$links/_Box('b')"]) expect(parseEntityRef(text)).toBeNull();
  });
});

describe('CELL-71 keys', () => {
  it('come in the order of the parts, whatever the form', () => {
    expect(keyParts(single('a'), ['Name', '_Box.Name'])).toEqual(['a', null]);
    expect(keyParts(named({ '_Box.Name': 'b', Name: 'a' }), ['Name', '_Box.Name'])).toEqual(['a', 'b']);
    expect(keyParts(named({ Name: 'a' }), ['Name', '_Box.Name'])).toEqual(['a', null]);
  });

  it('with foreign parts or without the first one are refused', () => {
    for (const key of [single('a\0'), named({ Name: 'a', '_Box.Name': '\0' }), named({ Url: 'a' }), named({ '_Box.Name': 'b' }), named({ Name: null }), named({ Name: 'a', Url: 'b' })]) {
      expect(() => keyParts(key, ['Name', '_Box.Name'])).toThrow(expect.objectContaining({ wireCode: 'PR400-OD-0004' }));
    }
  });
});
