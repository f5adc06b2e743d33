import { startApp, type TestApp } from '../../support/app.js';
import { ADMIN, call, type CellAnswer, type CellCall, TestCell } from '../../support/clients/cell.js';

let app: TestApp;
let ada: TestCell;
beforeAll(async () => {
  app = await startApp();
  ada = await TestCell.make(app);
});
afterAll(() => app.close());

const DATE = /^\/Date\(\d{13}\)\/$/;
const make = (set: string, body: unknown, more: CellCall = {}) => ada.call(`__ctl/${set}`, { method: 'POST', body, ...more });
const unit = (path: string, more: CellCall = {}) => call(app.url, `/__ctl/${path}`, { token: ADMIN, ...more });
const codeOf = async (answer: CellAnswer | Promise<CellAnswer>) => ((await answer).body as { code?: string } | undefined)?.code;

describe('CELL-70 cells', () => {
  it('are made, listed, read and deleted by the administrator', async () => {
    const made = await unit('Cell', { method: 'POST', body: { Name: 'zoe' } });
    const uri = "http://localhost:3000/__ctl/Cell('zoe')";
    expect([made.status, made.headers.get('location'), made.headers.get('dataserviceversion')]).toEqual([201, uri, '2.0']);
    const etag = made.headers.get('etag');
    expect(made.body.d.results).toEqual({
      __metadata: { uri, etag, type: 'UnitCtl.Cell' }, Name: 'zoe', __published: expect.stringMatching(DATE), __updated: expect.stringMatching(DATE),
    });
    expect((await unit("Cell('zoe')")).body).toEqual(made.body);
    expect((await unit("Cell(Name='zoe')")).status).toBe(200);
    expect((await unit("Cell('zoe')", { headers: { 'if-none-match': etag ?? '' } })).status).toBe(304);
    const listed = await unit("Cell?$filter=Name eq 'zoe'&$inlinecount=allpages".replaceAll(' ', '%20'));
    expect(listed.body.d).toEqual({ results: [made.body.d.results], __count: '1' });
    expect((await call(app.url, '/zoe/')).body).toEqual({ cell: { name: 'zoe', url: 'http://localhost:3000/zoe/' } });
    expect(await codeOf(unit("Cell('zoe')", { method: 'DELETE', headers: { 'if-match': 'W/"2-1"' } }))).toBe('PR412-OD-0002');
    expect((await unit("Cell('zoe')", { method: 'DELETE' })).status).toBe(204);
    expect(await codeOf(unit("Cell('zoe')"))).toBe('PR404-OD-0002');
    expect(await codeOf(unit("Cell('zoe')", { method: 'DELETE' }))).toBe('PR404-OD-0002');
    expect(await codeOf(call(app.url, '/zoe/'))).toBe('PR404-DV-0003');
  });

  it('are nobody else\'s affair', async () => {
    expect(await codeOf(unit('Cell', { token: null }))).toBe('PR401-AU-0001');
    for (const token of ['wrong', await ada.tokenFor(['root'])]) {
      for (const method of ['GET', 'POST']) expect([await codeOf(unit('Cell', { method, token })), (await unit('Cell', { method, token })).status]).toEqual(['PR403-AU-0001', 403]);
      for (const method of ['GET', 'DELETE']) expect(await codeOf(unit(`Cell('${ada.name}')`, { method, token }))).toBe('PR403-AU-0001');
    }
  });

  it('have names that are no paths of others, and each name once', async () => {
    const named = (Name: unknown) => codeOf(unit('Cell', { method: 'POST', body: { Name } }));
    expect(await named(ada.name)).toBe('PR409-OD-0003');
    for (const name of ['api', 'Docs', 'MESSAGES', 'ws', 'c', '', '-a', '_a', 'a b', 'a/b', 'a.b', 'a'.repeat(129), 7, true, {}, 'ä', 'a\u0000']) expect({ name, code: await named(name) }).toEqual({ name, code: 'PR400-OD-0006' });
    for (const name of [null, undefined]) expect(await named(name)).toBe('PR400-OD-0009');
    for (const body of [{ Name: 'x1', Other: 1 }, { Name: 'x1', __published: 'x' }]) expect(await codeOf(unit('Cell', { method: 'POST', body }))).toBe('PR400-OD-0007');
    expect(await codeOf(unit('Cell', { method: 'POST', body: '[' }))).toBe('PR400-OD-0001');
    expect(await Promise.all(Array.from({ length: 5 }, async () => (await unit('Cell', { method: 'POST', body: { Name: 'raced' } })).status)).then((all) => all.sort())).toEqual([201, 409, 409, 409, 409]);
    expect(await codeOf(unit('Nothing'))).toBe('PR404-OD-0001');
    expect(await codeOf(unit("Cell('x')/_Box"))).toBe('PR404-OD-0003');
  });

  it('go with everything in them; what others received stays theirs', async () => {
    const [doomed, ben] = [await TestCell.make(app), await TestCell.make(app)];
    const kept = await doomed.send({ To: ben.url, Type: 'message', Title: 'kept' });
    const lost = await ben.send({ To: doomed.url, Type: 'message', Title: 'lost' });
    await doomed.send({ To: doomed.url, Type: 'message', Title: 'alone' });
    await doomed.tie('friends', [ben.url]);
    await doomed.tokenFor(['root']);
    await doomed.box('board', 'https://app.example/');
    expect((await unit(`Cell('${doomed.name}')`, { method: 'DELETE' })).status).toBe(204);
    for (const table of ['cell_accounts', 'cell_roles', 'cell_relations', 'cell_ext_cells', 'cell_boxes', 'cell_links', 'cell_grants']) {
      expect({ table, rows: await app.sql(`SELECT count(*)::int AS n FROM ${table} WHERE cell_id = $1`, [doomed.id]) }).toEqual({ table, rows: [{ n: 0 }] });
    }
    const box = (await app.sql<{ id: string }>('SELECT id FROM mailboxes WHERE cell_id = $1', [doomed.id]))[0]?.id;
    for (const [table, column] of [['cell_copies', 'box_id'], ['box_counts', 'box_id'], ['events', 'box_id'], ['idempotency_keys', 'box_id']]) {
      expect({ table, rows: await app.sql(`SELECT count(*)::int AS n FROM ${table} WHERE ${column} = $1`, [box]) }).toEqual({ table, rows: [{ n: 0 }] });
    }
    expect(await app.sql("SELECT count(*)::int AS n FROM messages WHERE subject = 'alone'")).toEqual([{ n: 0 }]);
    const received = await ben.call(`__ctl/ReceivedMessage('${kept.body.d.results.__id as string}')`);
    expect(received.body.d.results).toMatchObject({ Title: 'kept', From: doomed.url });
    const sent = await ben.call(`__ctl/SentMessage('${lost.body.d.results.__id as string}')`);
    expect(sent.body.d.results).toMatchObject({ Title: 'lost', Result: [{ To: doomed.url, Code: '201' }] });
    expect((await ben.send({ To: doomed.url, Type: 'message' })).body.d.results.Result).toEqual([{ To: doomed.url, Code: '404', Reason: 'Cell not found.' }]);
    const reborn = await TestCell.make(app, undefined, doomed.name);
    expect(await reborn.list('ReceivedMessage')).toEqual([]);
  });
});

/** One object of each set: its body, its members, its key and its address. */
const SETS = [
  { set: 'Account', body: { Name: 'ann' }, own: { Name: 'ann', Type: 'basic', Status: 'active', IPAddressRange: null, Cell: null }, keys: ["('ann')", "(Name='ann')"], navigations: ['Role'] },
  { set: 'Role', body: { Name: 'reader' }, own: { Name: 'reader', '_Box.Name': null }, keys: ["(Name='reader',_Box.Name=null)", "('reader')", "(Name='reader')"], navigations: ['Box', 'Account', 'ExtCell', 'Relation'] },
  { set: 'Relation', body: { Name: '+friend:1' }, own: { Name: '+friend:1', '_Box.Name': null }, keys: ["(Name='+friend:1',_Box.Name=null)", "('%2Bfriend:1')"], navigations: ['Box', 'ExtCell', 'Role'] },
  { set: 'ExtCell', body: { Url: 'https://host.example/brook/' }, own: { Url: 'https://host.example/brook/' }, keys: ["('https%3A%2F%2Fhost.example%2Fbrook%2F')", "(Url='https://host.example/brook/')"], navigations: ['Role', 'Relation'] },
  { set: 'Box', body: { Name: 'board', Schema: 'https://app.example/x/' }, own: { Name: 'board', Schema: 'https://app.example/x/' }, keys: ["('board')", "(Name='board')"], navigations: ['Role', 'Relation'] },
] as const;

describe.each(SETS)('CELL-71 the set $set', ({ set, body, own, keys, navigations }) => {
  it('makes, reads, lists, changes and removes', async () => {
    const made = await make(set, body);
    // the addresses that clients cut apart: CELL-73
    const uri = `${ada.url}__ctl/${set}${set === 'Account' ? "('ann')" : set === 'Box' ? "('board')" : keys[0]}`;
    expect([made.status, made.headers.get('location'), made.headers.get('dataserviceversion')]).toEqual([201, uri, '2.0']);
    const etag = made.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"1-\d{13}"$/);
    expect(Object.entries(made.body.d.results as object)).toEqual(Object.entries({
      __metadata: { uri, etag, type: `CellCtl.${set}` }, ...own, __published: expect.stringMatching(DATE), __updated: expect.stringMatching(DATE),
      ...Object.fromEntries(navigations.map((name) => [`_${name}`, { __deferred: { uri: `${uri}/_${name}` } }])),
    }));
    expect(await codeOf(make(set, body))).toBe('PR409-OD-0003');
    for (const key of keys) expect((await ada.call(`__ctl/${set}${key}`)).body).toEqual(made.body);
    const path = `__ctl/${set}${keys[0]}`;
    for (const name of navigations) expect((await ada.call(`${path}/_${name}`)).body).toEqual({ d: { results: [] } });
    expect((await ada.call(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const [member, value] = Object.entries(body)[0] ?? ['', ''];
    const filter = `$filter=${member}%20eq%20'${encodeURIComponent(value)}'&$inlinecount=allpages&$select=${member}`;
    expect((await ada.call(`__ctl/${set}?${filter}`)).body.d).toEqual({ results: [{ __metadata: expect.objectContaining({ uri }), [member]: value }], __count: '1' });

    for (const method of ['PUT', 'MERGE', 'DELETE']) expect(await codeOf(ada.call(path, { method, body: method === 'DELETE' ? undefined : body, headers: { 'if-match': 'W/"9-9"' } }))).toBe('PR412-OD-0002');
    const merged = await ada.call(path, { method: 'MERGE', body: {}, headers: { 'if-match': etag } });
    expect([merged.status, merged.text, merged.headers.get('etag')?.slice(0, 5)]).toEqual([204, '', 'W/"2-']);
    expect((await ada.call(path, { method: 'PUT', body, headers: { 'if-match': '*' } })).headers.get('etag')).toMatch(/^W\/"3-/);
    expect((await ada.call(path)).body.d.results).toMatchObject(own);
    expect((await ada.call(path, { method: 'DELETE' })).status).toBe(204);
    for (const method of ['GET', 'DELETE', 'MERGE', 'PUT']) expect(await codeOf(ada.call(path, { method, body: method === 'MERGE' || method === 'PUT' ? body : undefined }))).toBe('PR404-OD-0002');
  });

  it('refuses what is missing, unknown, or the server\'s own', async () => {
    const [member = ''] = Object.keys(body);
    for (const missing of [{}, { [member]: null }]) expect(await codeOf(make(set, missing))).toBe('PR400-OD-0009');
    for (const surplus of ['Nmae', '__published', '__updated', '__metadata', 'constructorx']) expect(await codeOf(make(set, { ...body, [surplus]: 'x' }))).toBe('PR400-OD-0007');
    const wrong = set === 'ExtCell' ? 'PR400-OD-0049' : 'PR400-OD-0006';
    for (const value of [1, true, [], {}, '', ' x', 'x\u0000', '-'.repeat(2), '_x', 'x'.repeat(1025)]) {
      if (set === 'Relation' && value === '--') continue;
      expect({ value, code: await codeOf(make(set, { ...body, [member]: value })) }).toEqual({ value, code: wrong });
    }
    expect(await codeOf(make(set, []))).toBe('PR400-OD-0001');
    expect(await codeOf(ada.call(`__ctl/${set}?$filter=Nothing eq 1`.replaceAll(' ', '%20')))).toBe('PR400-OD-0045');
  });
});

describe('CELL-71 what each set has of its own', () => {
  it('a password has 6 to 32 characters and is never told', async () => {
    const secret = 'a-Password~of_32!characters*long';
    expect(secret).toHaveLength(32);
    const made = await make('Account', { Name: 'pia' }, { headers: { 'x-personium-credential': secret } });
    expect(made.text).not.toContain(secret);
    for (const wrong of ['short', `${secret}x`, 'with blank']) expect(await codeOf(make('Account', { Name: 'pib' }, { headers: { 'x-personium-credential': wrong } }))).toBe('PR400-OD-0006');
    for (const name of ["a-_!$*=^`{|}~.@", '9', 'x'.repeat(128)]) expect((await make('Account', { Name: name })).status).toBe(201);
    for (const name of ['.a', 'a b', 'a/b', "a'b", 'a(b', 'x'.repeat(129), 'ä']) expect({ name, code: await codeOf(make('Account', { Name: name })) }).toEqual({ name, code: 'PR400-OD-0006' });
    for (const more of [{ Type: 'oidc:google' }, { Status: 'gone' }, { Cell: 'x' }, { IPAddressRange: '10.0.0.0/8' }]) expect(await codeOf(make('Account', { Name: 'pic', ...more }))).toBe('PR400-OD-0006');
    expect((await make('Account', { Name: 'pic', Type: 'basic', Status: 'deactivated', Cell: null, IPAddressRange: null })).body.d.results.Status).toBe('deactivated');
  });

  it('a name may be there once for each Box, and once without', async () => {
    await make('Box', { Name: 'one' });
    for (const set of ['Role', 'Relation']) {
      for (const box of ['one', null, undefined]) {
        const { status, headers } = await make(set, { Name: 'twin', '_Box.Name': box });
        expect(status).toBe(box === undefined ? 409 : 201);
        if (box === 'one') expect(headers.get('location')).toBe(`${ada.url}__ctl/${set}(Name='twin',_Box.Name='one')`);
      }
      expect(await codeOf(make(set, { Name: 'x', '_Box.Name': 'nobox' }))).toBe('PR400-OD-0024');
      for (const wrong of [1, {}]) expect(await codeOf(make(set, { Name: 'x', '_Box.Name': wrong }))).toBe('PR400-OD-0006');
      expect((await ada.call(`__ctl/${set}(Name='twin',_Box.Name='one')`)).body.d.results['_Box.Name']).toBe('one');
      expect((await ada.call(`__ctl/${set}(_Box.Name='one',Name='twin')`)).status).toBe(200);
      expect(await codeOf(ada.call(`__ctl/${set}(Name='twin',_Box.Name='nobox')`))).toBe('PR404-OD-0002');
      expect((await ada.call(`__ctl/${set}(Name='twin',_Box.Name='one')/_Box`)).body.d.results).toMatchObject([{ Name: 'one' }]);
      expect((await ada.call(`__ctl/Box('one')/_${set}`)).body.d.results).toMatchObject([{ Name: 'twin', '_Box.Name': 'one' }]);
      expect(await codeOf(ada.call(`__ctl/${set}('twin')`, { method: 'MERGE', body: { '_Box.Name': 'one' } }))).toBe('PR409-OD-0003');
      expect((await ada.call(`__ctl/${set}('twin')`, { method: 'MERGE', body: { Name: 'moved', '_Box.Name': 'one' } })).status).toBe(204);
    }
    expect(await codeOf(ada.call("__ctl/Box('one')", { method: 'DELETE' }))).toBe('PR409-OD-0001');
    for (const set of ['Role', 'Relation']) for (const name of ['twin', 'moved']) expect((await ada.call(`__ctl/${set}(Name='${name}',_Box.Name='one')`, { method: 'DELETE' })).status).toBe(204);
    expect((await ada.call("__ctl/Box('one')", { method: 'DELETE' })).status).toBe(204);
  });

  it('a Box that goes while something is bound to it: one of the two is refused', async () => {
    for (let i = 0; i < 8; i += 1) {
      await make('Box', { Name: 'raced' });
      const [bound, removed] = await Promise.all([make('Role', { Name: 'racer', '_Box.Name': 'raced' }), ada.call("__ctl/Box('raced')", { method: 'DELETE' })]);
      expect([[201, 409], [400, 204]]).toContainEqual([bound.status, removed.status]);
      await ada.call("__ctl/Role(Name='racer',_Box.Name='raced')", { method: 'DELETE' });
      await ada.call("__ctl/Box('raced')", { method: 'DELETE' });
    }
  });

  it('an app has one Box in a cell', async () => {
    await make('Box', { Name: 'first', Schema: 'https://app.example/one/' });
    expect(await codeOf(make('Box', { Name: 'second', Schema: 'https://app.example/one/' }))).toBe('PR409-OD-0003');
    expect(await codeOf(make('Box', { Name: 'second', Schema: 'https://APP.example/one' }))).toBe('PR409-OD-0003');
    for (const wrong of ['x', 'ftp://a/', 1, 'https://a b/']) expect(await codeOf(make('Box', { Name: 'second', Schema: wrong }))).toBe('PR400-OD-0050');
    for (const name of ['second', 'third']) expect((await make('Box', { Name: name, Schema: null })).status).toBe(201);
    expect(await codeOf(ada.call("__ctl/Box('second')", { method: 'MERGE', body: { Schema: 'https://app.example/one/' } }))).toBe('PR409-OD-0003');
    expect((await ada.call("__ctl/Box('first')", { method: 'PUT', body: { Name: 'first' } })).status).toBe(204);
    expect((await ada.call("__ctl/Box('first')")).body.d.results.Schema).toBeNull();
  });

  it('an address needs its slash, and is the same in every spelling', async () => {
    for (const wrong of ['https://host.example/x', 'x/', 'ftp://host.example/x/', 'https://', 'https://host.example/x/?a/', 'https://u:p@host.example/x/']) expect({ wrong, code: await codeOf(make('ExtCell', { Url: wrong })) }).toEqual({ wrong, code: 'PR400-OD-0049' });
    const ben = await TestCell.make(app);
    expect((await make('ExtCell', { Url: `personium-localunit:/${ben.name}/` })).body.d.results.Url).toBe(ben.url);
    expect(await codeOf(make('ExtCell', { Url: ben.url }))).toBe('PR409-OD-0003');
    expect(await codeOf(make('ExtCell', { Url: `HTTP://LOCALHOST:3000/${ben.name}/` }))).toBe('PR409-OD-0003');
  });
});

describe('CELL-72 links', () => {
  const link = (from: string, to: string, uri: unknown) => ada.call(`__ctl/${from}/$links/_${to}`, { method: 'POST', body: { uri } });
  const links = async (from: string, to: string) => ((await ada.call(`__ctl/${from}/$links/_${to}`)).body.d.results as { uri: string }[]).map(({ uri }) => uri);
  const EXT = "ExtCell('https%3A%2F%2Flinked.example%2Fx%2F')";
  /** Each pair from both sides: path and address of either end. */
  const ends: Record<string, { path: string; uri: () => string; listed?: () => string }> = {
    Account: { path: "Account('lia')", uri: () => `${ada.url}__ctl/Account('lia')` },
    Role: { path: "Role(Name='lr',_Box.Name='lb')", uri: () => `${ada.url}__ctl/Role(Name='lr',_Box.Name='lb')` },
    Relation: { path: "Relation('lrel')", uri: () => `${ada.url}__ctl/Relation(Name='lrel',_Box.Name=null)` },
    ExtCell: { path: EXT, uri: () => `${ada.url}__ctl/${EXT}`, listed: () => `${ada.url}__ctl/ExtCell('https://linked.example/x/')` },
  };
  beforeAll(async () => {
    await make('Box', { Name: 'lb' });
    await make('Account', { Name: 'lia' });
    await make('Role', { Name: 'lr', '_Box.Name': 'lb' });
    await make('Relation', { Name: 'lrel' });
    await make('ExtCell', { Url: 'https://linked.example/x/' });
  });

  it.each([['Account', 'Role'], ['Role', 'Account'], ['ExtCell', 'Role'], ['Role', 'ExtCell'], ['ExtCell', 'Relation'], ['Relation', 'ExtCell'], ['Relation', 'Role'], ['Role', 'Relation']])('%s to %s: made, told from both sides, taken away', async (from, to) => {
    const [a, b] = [ends[from]!, ends[to]!];
    const made = await link(a.path, to, b.uri());
    expect([made.status, made.text, made.headers.get('dataserviceversion')]).toEqual([204, '', '2.0']);
    expect(await codeOf(link(a.path, to, b.uri()))).toBe('PR409-OD-0002');
    expect(await codeOf(link(b.path, from, a.uri()))).toBe('PR409-OD-0002');
    // bare addresses in lists of links: CELL-73
    expect([await links(a.path, to), await links(b.path, from)]).toEqual([[(b.listed ?? b.uri)()], [(a.listed ?? a.uri)()]]);
    expect((await ada.call(`__ctl/${a.path}/_${to}`)).body.d.results[0].__metadata.uri).toBe(b.uri());
    const key = b.path.slice(b.path.indexOf('('));
    expect(await codeOf(ada.call(`__ctl/${a.path}/$links/_${to}${key}`, { method: 'PUT', body: {} }))).toBe('PR501-MC-0001');
    expect((await ada.call(`__ctl/${a.path}/$links/_${to}${key}`, { method: 'DELETE' })).status).toBe(204);
    expect(await codeOf(ada.call(`__ctl/${a.path}/$links/_${to}${key}`, { method: 'DELETE' }))).toBe('PR404-OD-0000');
    expect(await links(b.path, from)).toEqual([]);
  });

  it('takes the addresses that lists of links tell', async () => {
    expect((await link(ends['Role']!.path, 'ExtCell', ends['ExtCell']!.listed!())).status).toBe(204);
    expect((await link(ends['Relation']!.path, 'Role', `personium-localunit:/${ada.name}/__ctl/Role(Name='lr',_Box.Name='lb')`)).status).toBe(204);
    expect(await links(ends['Role']!.path, 'Relation')).toEqual([ends['Relation']!.uri()]);
  });

  it('refuses what leads nowhere', async () => {
    const wrong = ['x', '', null, undefined, 7, {}, `${ada.url}__ctl/Role`, `${ada.url}__ctl/Account('lia')`, `${ada.url}__ctl/Role('nobody')`, `${ada.url}__ctl/Role(Nme='lr')`, `${ada.url}__ctl/Role('lr'`, `${ada.url}__ctl/Role('%')`, "http://localhost:3000/other/__ctl/Role('lr')", `${ada.url}__ctl/Role('lr')/_Box`];
    for (const uri of wrong) {
      const { status, body } = await link("Account('lia')", 'Role', uri);
      expect({ uri, status, body }).toEqual({ uri, status: 400, body: { code: 'PR400-OD-0006', message: { lang: 'en', value: 'request body format error. field [uri]' } } });
    }
    const role = ends['Role']!.uri();
    expect(await codeOf(link("Account('nobody')", 'Role', role))).toBe('PR404-OD-0000');
    expect(await codeOf(ada.call("__ctl/Account('nobody')/$links/_Role"))).toBe('PR404-OD-0000');
    expect(await codeOf(link("Account('lia')", "Role('lr')", role))).toBe('PR400-OD-0010');
    expect(await codeOf(ada.call("__ctl/Account('lia')/$links/_Role('lr')"))).toBe('PR400-OD-0010');
    expect(await codeOf(ada.call("__ctl/Account('lia')/$links/_Role", { method: 'DELETE' }))).toBe('PR400-OD-0011');
    for (const to of ['Relation', 'ExtCell', 'Box', 'Account', 'Nothing']) expect({ to, code: await codeOf(link("Account('lia')", to, role)) }).toEqual({ to, code: 'PR404-OD-0003' });
    for (const method of ['POST', 'DELETE']) expect(await codeOf(ada.call(`__ctl/${ends['Role']!.path}/$links/_Box${method === 'DELETE' ? "('lb')" : ''}`, { method, body: method === 'POST' ? {} : undefined }))).toBe('PR405-MC-0001');
    expect((await ada.call(`__ctl/${ends['Role']!.path}/$links/_Box`)).body.d.results).toEqual([{ uri: `${ada.url}__ctl/Box('lb')` }]);
  });

  it('links go with what they tie', async () => {
    await make('Role', { Name: 'gone' });
    await link("Account('lia')", 'Role', `${ada.url}__ctl/Role('gone')`);
    await ada.call("__ctl/Role('gone')", { method: 'DELETE' });
    await make('Role', { Name: 'gone' });
    expect(await links("Account('lia')", 'Role')).toEqual([]);
    expect(await app.sql('SELECT count(*)::int AS n FROM cell_links l WHERE cell_id = $1 AND NOT EXISTS (SELECT FROM cell_roles r WHERE r.id = l.right_id) AND kind = $2', [ada.id, 'account_role'])).toEqual([{ n: 0 }]);
  });

  it('of many who tie the same two at once, one does', async () => {
    const results = await Promise.all(Array.from({ length: 6 }, (_, at) => (at % 2 ? link(ends['Account']!.path, 'Role', ends['Role']!.uri()) : link(ends['Role']!.path, 'Account', ends['Account']!.uri()))));
    expect(results.map(({ status }) => status).sort()).toEqual([204, 409, 409, 409, 409, 409]);
  });
});

describe('CELL-73 addresses', () => {
  it('are told by clients with their regular expressions', async () => {
    await make('Box', { Name: 'orch' });
    await make('Role', { Name: 'cut', '_Box.Name': 'orch' });
    await make('Account', { Name: 'cutter' });
    await ada.call("__ctl/Account('cutter')/$links/_Role", { method: 'POST', body: { uri: `${ada.url}__ctl/Role(Name='cut',_Box.Name='orch')` } });
    const [{ uri }] = (await ada.call("__ctl/Account('cutter')/$links/_Role")).body.d.results as [{ uri: string }];
    expect(uri).toBe(`${ada.url}__ctl/Role(Name='cut',_Box.Name='orch')`);
    expect(/\(Name='(.+?)',/.exec(uri)?.[1]).toBe('cut');
    expect(/_Box\.Name='(.+?)'/.exec(uri)?.[1]).toBe('orch');
    await make('ExtCell', { Url: 'https://cut.example/brook/' });
    await ada.call("__ctl/Role(Name='cut',_Box.Name='orch')/$links/_ExtCell", { method: 'POST', body: { uri: `${ada.url}__ctl/ExtCell('https://cut.example/brook/')` } });
    const [ext] = (await ada.call("__ctl/Role(Name='cut',_Box.Name='orch')/$links/_ExtCell")).body.d.results as [{ uri: string }];
    expect(/\('(.+)'\)$/.exec(ext.uri)?.[1]).toBe('https://cut.example/brook/');
    const path = new URL(ext.uri).pathname;
    expect((await call(app.url, path, { token: ADMIN })).body.d.results.Url).toBe('https://cut.example/brook/');
  });
});
