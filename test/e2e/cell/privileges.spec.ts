import { CELL_PRIVILEGES, type CellPrivilege } from '../../../src/core/cell/access/privileges.js';
import { startApp, type TestApp } from '../../support/app.js';
import { ADMIN, call, type CellCall, TestCell } from '../../support/clients/cell.js';

let app: TestApp;
let home: TestCell;
beforeAll(async () => {
  app = await startApp();
  home = await TestCell.make(app);
});
afterAll(() => app.close());

/** The table of the contract, written down once more: what is needed for what. */
interface Operation {
  readonly name: string;
  readonly path: string;
  readonly call: CellCall;
  readonly needs: readonly CellPrivilege[];
}
const operation = (name: string, path: string, method: string, needs: readonly CellPrivilege[], body?: unknown): Operation => ({ name, path, call: { method, ...(body === undefined ? {} : { body }) }, needs });
const NOBODY = '0123456789abcdef0123456789abcdef';

const OPERATIONS: readonly Operation[] = [
  operation('send', '__message/send', 'POST', ['message'], {}),
  operation('answer', `__message/received/${NOBODY}`, 'POST', ['message'], { Command: 'read' }),
  operation('list received', '__ctl/ReceivedMessage?$top=0', 'GET', ['message-read']),
  operation('read received', `__ctl/ReceivedMessage('${NOBODY}')`, 'GET', ['message-read']),
  operation('delete received', `__ctl/ReceivedMessage('${NOBODY}')`, 'DELETE', ['message']),
  operation('list sent', '__ctl/SentMessage?$top=0', 'GET', ['message-read']),
  operation('delete sent', `__ctl/SentMessage('${NOBODY}')`, 'DELETE', ['message']),
  ...([['Relation', 'social'], ['ExtCell', 'social'], ['Account', 'auth'], ['Role', 'auth'], ['Box', 'box']] as const).flatMap(([set, privilege]) => [
    operation(`list ${set}`, `__ctl/${set}`, 'GET', [`${privilege}-read`]),
    operation(`read ${set}`, `__ctl/${set}('x')`, 'GET', [`${privilege}-read`]),
    operation(`make ${set}`, `__ctl/${set}`, 'POST', [privilege], {}),
    operation(`change ${set}`, `__ctl/${set}('x')`, 'MERGE', [privilege], {}),
    operation(`replace ${set}`, `__ctl/${set}('x')`, 'PUT', [privilege], {}),
    operation(`delete ${set}`, `__ctl/${set}('x')`, 'DELETE', [privilege]),
  ]),
  ...([['ExtCell', 'Role', 'social', 'auth'], ['ExtCell', 'Relation', 'social', 'social'], ['Account', 'Role', 'auth', 'auth'], ['Relation', 'Role', 'social', 'auth']] as const).flatMap(([from, to, one, other]) => [
    operation(`list links ${from}-${to}`, `__ctl/${from}('x')/$links/_${to}`, 'GET', [`${one}-read`, `${other}-read`]),
    operation(`list ${to} of ${from}`, `__ctl/${from}('x')/_${to}`, 'GET', [`${one}-read`, `${other}-read`]),
    operation(`link ${from}-${to}`, `__ctl/${from}('x')/$links/_${to}`, 'POST', [one, other], {}),
    operation(`unlink ${to}-${from}`, `__ctl/${to}('x')/$links/_${from}('y')`, 'DELETE', [one, other]),
  ]),
  operation('read the list of privileges', '__acl', 'GET', ['acl-read']),
  operation('set the list of privileges', '', 'ACL', ['acl'], '<x/>'),
];

/** What each privilege contains, as the contract says it. */
const contains = (held: CellPrivilege, needed: CellPrivilege): boolean => held === 'root' || held === needed || `${held}-read` === needed;

type Outcome = 'in' | 'PR401-AU-0001' | 'PR401-AU-0006' | 'PR403-AU-0002';

/** Whoever is let in is refused for another reason, or not at all. */
async function outcome({ path, call }: Operation, cell: TestCell, token: string | null): Promise<Outcome> {
  const { status, body } = await cell.call(path, { ...call, token });
  if (status >= 500) throw new Error(`${path}: ${status}`);
  return status === 401 || status === 403 ? (body.code as Outcome) : 'in';
}

describe('CELL-14 the privilege matrix', () => {
  it('has rows enough, and every one of them holds: roles of accounts', async () => {
    const deviations: string[] = [];
    let rows = 0;
    for (const held of CELL_PRIVILEGES) {
      const token = await home.tokenFor([held]);
      for (const each of OPERATIONS) {
        const expected: Outcome = each.needs.every((needed) => contains(held, needed)) ? 'in' : 'PR403-AU-0002';
        const got = await outcome(each, home, token);
        if (got !== expected) deviations.push(`${held}: ${each.name}: ${got}, not ${expected}`);
        rows += 1;
      }
    }
    expect(deviations).toEqual([]);
    expect(rows).toBeGreaterThanOrEqual(300);
  });

  it('holds for visitors by their own roles, strangers, nobody, and the administrator', async () => {
    const cell = await TestCell.make(app);
    const friend = await TestCell.make(app);
    await cell.call('__ctl/ExtCell', { method: 'POST', body: { Url: friend.url } });
    const deviations: string[] = [];
    const check = async (who: string, token: string | null, expected: (each: Operation) => Outcome): Promise<void> => {
      for (const each of OPERATIONS) {
        const got = await outcome(each, cell, token);
        if (got !== expected(each)) deviations.push(`${who}: ${each.name}: ${got}, not ${expected(each)}`);
      }
    };
    const visitor = await friend.tokenAsCell(cell);
    await check('visitor without a role', visitor, () => 'PR403-AU-0002');
    await cell.role('guest', ['message', 'social-read']);
    await cell.call(`__ctl/ExtCell('${encodeURIComponent(friend.url)}')/$links/_Role`, { method: 'POST', body: { uri: `${cell.url}__ctl/Role('guest')` } });
    const guest = (each: Operation): Outcome => (each.needs.every((needed) => ['message', 'message-read', 'social-read'].includes(needed)) ? 'in' : 'PR403-AU-0002');
    await check('visitor with a role', visitor, guest);
    await check('account without a role', await cell.tokenFor([]), () => 'PR403-AU-0002');
    await check('stranger', await (await TestCell.make(app)).tokenAsCell(cell), () => 'PR403-AU-0002');
    await check('nobody', null, () => 'PR401-AU-0001');
    await check('owner of another cell', await friend.tokenFor(['root']), () => 'PR401-AU-0006');
    await check('a token for another cell', await friend.tokenAsCell(home), () => 'PR401-AU-0006');
    await check('administrator', ADMIN, () => 'in');
    expect(deviations).toEqual([]);
  });
});

describe('CELL-15 who holds a privilege', () => {
  const acl = (cell: TestCell, entries: string) =>
    cell.call('', { method: 'ACL', body: `<D:acl xmlns:D="DAV:" xmlns:p="urn:x-personium:xmlns">${entries}</D:acl>` });
  const all = (privilege: string) => `<D:ace><D:principal><D:all/></D:principal><D:grant><D:privilege><p:${privilege}/></D:privilege></D:grant></D:ace>`;

  it('what is granted to all admits those without a token, and those with a token that opens nothing', async () => {
    const cell = await TestCell.make(app);
    const token = await cell.tokenFor([]);
    expect((await cell.call('__ctl/Role', { token: null })).status).toBe(401);
    await acl(cell, all('auth-read'));
    for (const each of [null, 'nonsense', token, await home.tokenFor(['root'])]) {
      expect((await cell.call('__ctl/Role', { token: each })).status).toBe(200);
      expect((await cell.call('__ctl/Role', { token: each, method: 'POST', body: { Name: 'x' } })).status).toBe(each === token ? 403 : 401);
    }
  });

  it('roles come with relations, too, and go with them', async () => {
    const [cell, friend] = [await TestCell.make(app), await TestCell.make(app)];
    const visitor = await friend.tokenAsCell(cell);
    const ask = async () => (await cell.call('__ctl/ReceivedMessage', { token: visitor })).status;
    await cell.role('reader', ['message-read']);
    await cell.tie('friends', [friend.url]);
    expect(await ask()).toBe(403);
    await cell.call("__ctl/Relation('friends')/$links/_Role", { method: 'POST', body: { uri: `${cell.url}__ctl/Role('reader')` } });
    expect(await ask()).toBe(200);
    await cell.call(`__ctl/Relation('friends')/$links/_ExtCell('${encodeURIComponent(friend.url)}')`, { method: 'DELETE' });
    expect(await ask()).toBe(403);
    await cell.tie('friends', [friend.url]);
    expect(await ask()).toBe(200);
    await cell.call("__ctl/Role('reader')", { method: 'DELETE' });
    expect(await ask()).toBe(403);
  });

  it('an account that is switched off keeps no role', async () => {
    const cell = await TestCell.make(app);
    const token = await cell.tokenFor(['root']);
    const [account] = await cell.list('Account');
    expect((await cell.call('__ctl/Role', { token })).status).toBe(200);
    await cell.call(`__ctl/Account('${account.Name as string}')`, { method: 'MERGE', body: { Status: 'deactivated' } });
    expect((await cell.call('__ctl/Role', { token })).status).toBe(403);
  });

  it('an approved request for a role lets the other cell do what the role may', async () => {
    const [cell, friend] = [await TestCell.make(app), await TestCell.make(app)];
    await cell.role('reader', ['message-read']);
    const visitor = await friend.tokenAsCell(cell);
    const sent = await friend.send({ To: cell.url, Type: 'req.role.grant', Title: 'May I?', RequestRelation: 'reader', RequestRelationTarget: friend.url });
    expect((await cell.call('__ctl/ReceivedMessage', { token: visitor })).status).toBe(403);
    expect((await cell.answer(sent.body.d.results.__id as string, 'approved')).status).toBe(204);
    expect((await cell.call('__ctl/ReceivedMessage', { token: visitor })).status).toBe(200);
    expect((await cell.call('__ctl/Role', { token: visitor })).status).toBe(403);
  });
});

describe('CELL-16 setting the list', () => {
  const D = 'xmlns:D="DAV:" xmlns:p="urn:x-personium:xmlns"';
  const ace = (principal: string, ...privileges: string[]) =>
    `<D:ace><D:principal>${principal}</D:principal><D:grant>${privileges.map((name) => `<D:privilege><p:${name}/></D:privilege>`).join('')}</D:grant></D:ace>`;
  let cell: TestCell;
  beforeAll(async () => {
    cell = await TestCell.make(app);
    for (const body of [{ Name: 'reader' }, { Name: 'writer' }]) await cell.call('__ctl/Role', { method: 'POST', body });
    await cell.call('__ctl/Box', { method: 'POST', body: { Name: 'board' } });
    await cell.call('__ctl/Role', { method: 'POST', body: { Name: 'reader', '_Box.Name': 'board' } });
  });
  const set = (body: string, call: CellCall = {}) => cell.call('', { method: 'ACL', body, ...call });
  const grants = async () => (await cell.call('__acl')).text;

  it('takes roles absolute, relative to xml:base, and of a Box; the whole list is replaced', async () => {
    const entries = [
      ace(`<D:href>${cell.url}__role/__/reader</D:href>`, 'message-read'), ace('<D:href>writer</D:href>', 'message', 'social'), ace('<D:href>../board/reader</D:href>', 'box'), ace('<D:all/>', 'auth-read'),
    ];
    expect((await set(`<?xml version="1.0" encoding="utf-8" ?><D:acl ${D} xml:base="${cell.url}__role/__/">${entries.join('\n')}</D:acl>`)).status).toBe(200);
    const text = await grants();
    for (const part of ['../__/reader</D:href></D:principal><D:grant><D:privilege><p:message-read/>', '../__/writer</D:href></D:principal><D:grant><D:privilege><p:message/></D:privilege><D:privilege><p:social/>', '../board/reader', '<D:all/></D:principal><D:grant><D:privilege><p:auth-read/>']) expect(text).toContain(part);
    expect((await set(text)).status).toBe(200);
    expect(await grants()).toBe(text);
    expect((await cell.call('', { method: 'POST', headers: { 'x-http-method-override': 'ACL' }, body: `<acl xmlns="DAV:"/>` })).status).toBe(200);
    expect(await grants()).not.toContain('ace');
  });

  it('refuses other roles, other privileges and other XML, and changes nothing then', async () => {
    expect((await set(`<D:acl ${D}>${ace('<D:href>reader</D:href>', 'message-read')}</D:acl>`)).status).toBe(200);
    const before = await grants();
    const good = ace('<D:href>reader</D:href>', 'root');
    const bomb = `<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><D:acl ${D}>${ace('<D:href>&z;</D:href>', 'root')}</D:acl>`;
    const rows: readonly (readonly [string, string])[] = [
      [`<D:acl ${D}>${good}${ace('<D:href>nobody</D:href>', 'root')}</D:acl>`, 'PR400-DV-0004'],
      [`<D:acl ${D}>${ace(`<D:href>${home.url}__role/__/reader</D:href>`, 'root')}</D:acl>`, 'PR400-DV-0004'],
      [`<D:acl ${D}>${ace('<D:href>../nobox/reader</D:href>', 'root')}</D:acl>`, 'PR400-DV-0004'],
      [`<D:acl ${D}>${good}${ace('<D:href>reader</D:href>', 'everything')}</D:acl>`, 'PR400-DV-0006'],
      [`<D:acl ${D}><D:ace><D:principal><D:all/></D:principal><D:grant><D:privilege><D:read/></D:privilege></D:grant></D:ace></D:acl>`, 'PR400-DV-0006'],
      ['', 'PR400-DV-0001'], ['{}', 'PR400-DV-0001'], ['<acl/>', 'PR400-DV-0001'], [`<D:acl ${D}>`, 'PR400-DV-0001'], [`<D:acl ${D}>text</D:acl>`, 'PR400-DV-0001'],
      [`<D:acl ${D}><D:ace/></D:acl>`, 'PR400-DV-0001'], [`<D:acl ${D}>${good.replace('</D:principal>', '<D:all/></D:principal>')}</D:acl>`, 'PR400-DV-0001'],
      [bomb, 'PR400-DV-0001'], [`<!DOCTYPE a SYSTEM "file:///etc/passwd"><D:acl ${D}/>`, 'PR400-DV-0001'], [`<?php x ?><D:acl ${D}/>`, 'PR400-DV-0001'],
      [`<D:acl ${D}>${ace('<D:href>&unknown;</D:href>', 'root')}</D:acl>`, 'PR400-DV-0001'], [`<D:acl ${D}>${good.repeat(1001)}</D:acl>`, 'PR400-DV-0001'],
      [`<D:acl ${D}>${'<D:ace>'.repeat(20_000)}</D:acl>`, 'PR400-DV-0001'],
    ];
    for (const [xml, code] of rows) expect({ xml: xml.slice(0, 120), code: (await set(xml)).body.code }).toEqual({ xml: xml.slice(0, 120), code });
    expect(await grants()).toBe(before);
  });

  it('is the affair of those who may, and of no other cell', async () => {
    expect((await call(app.url, '/nobody/', { method: 'ACL', token: ADMIN, body: '<x/>' })).body.code).toBe('PR404-DV-0003');
    expect((await set('<x/>', { token: await cell.tokenFor(['acl-read']) })).body.code).toBe('PR403-AU-0002');
    expect((await set(`<D:acl ${D}/>`, { token: await cell.tokenFor(['acl']) })).status).toBe(200);
  });
});
