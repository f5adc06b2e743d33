import { startApp, type TestApp } from '../../support/app.js';
import { type CellAnswer, type Loose, TestCell } from '../../support/clients/cell.js';

let app: TestApp;
beforeAll(async () => (app = await startApp()));
afterAll(() => app.close());

const fieldText = (field: string): string => `request body format error. field [${field}]`;

/** Two cells, and a message from one to the other. */
async function scene(more: object = {}): Promise<{ from: TestCell; to: TestCell; id: string }> {
  const [from, to] = [await TestCell.make(app), await TestCell.make(app)];
  const { status, body, text } = await from.send({ To: to.url, ...more });
  if (status !== 201) throw new Error(text);
  return { from, to, id: body.d.results.__id as string };
}
async function request(type: string, more: object = {}) {
  const [from, to] = [await TestCell.make(app), await TestCell.make(app)];
  const { body, text } = await from.send({ To: to.url, Type: type, RequestRelation: 'friend', RequestRelationTarget: from.url, ...more });
  if (!body?.d) throw new Error(text);
  return { from, to, id: body.d.results.__id as string };
}
async function read(cell: TestCell, id: string): Promise<{ entity: Loose; etag: string | null }> {
  const { body, headers } = await cell.call(`__ctl/ReceivedMessage('${id}')`);
  return { entity: body.d.results, etag: headers.get('etag') };
}
function expectRefusal(answer: CellAnswer, code: string, text?: string): void {
  expect([answer.status, answer.body?.code]).toEqual([Number(code.slice(2, 5)), code]);
  if (text !== undefined) expect(answer.body.message.value).toBe(text);
}

describe('CELL-50 the command', () => {
  test('CELL-50 reading answers with nothing but a new ETag, and moves __updated alone', async () => {
    const { to, id } = await scene();
    const before = await read(to, id);
    const answer = await to.answer(id, 'read');
    expect([answer.status, answer.text, answer.headers.get('dataserviceversion')]).toEqual([204, '', '2.0']);
    const after = await read(to, id);
    expect(answer.headers.get('etag')).toBe(after.etag);
    expect(after.etag).toMatch(/^W\/"2-\d{13}"$/);
    expect(after.entity).toEqual({ ...before.entity, Status: 'read', __updated: `/Date(${after.etag!.slice(5, -1)})/`, __metadata: { ...before.entity.__metadata, etag: after.etag } });
  });

  test.each([[{}], [{ Command: null }], [{ Command: 'Read' }], [{ Command: 'READ' }], [{ Command: 'delete' }], [{ Command: '' }], [{ Command: 1 }], [{ Command: ['read'] }], [{ command: 'read' }]])('CELL-50 %j is refused', async (body) => {
    const { to, id } = await scene();
    expectRefusal(await to.call(`__message/received/${id}`, { method: 'POST', body }), 'PR400-OD-0006', fieldText('Command'));
    expect((await read(to, id)).entity.Status).toBe('unread');
  });

  test.each(['', '{', '[]', '"read"'])('CELL-50 the body %j is no JSON object', async (body) => {
    const { to, id } = await scene();
    expectRefusal(await to.call(`__message/received/${id}`, { method: 'POST', body }), 'PR400-OD-0001');
  });

  test('CELL-50 unknown ids are not found, whatever they look like, and those of other lists neither', async () => {
    const { from, to, id } = await scene();
    for (const unknown of ['0'.repeat(32), 'x', '%00', "'", id.toUpperCase(), `${id}%20`]) expectRefusal(await to.answer(unknown, 'read'), 'PR404-OD-0002');
    expectRefusal(await from.answer(id, 'read'), 'PR404-OD-0002');
  });
});

describe('CELL-51 states over HTTP', () => {
  test('CELL-51 a message is read and unread as often as one likes, and never approved', async () => {
    const { to, id } = await scene();
    for (const word of ['read', 'read', 'unread', 'unread', 'read']) {
      expect((await to.answer(id, word)).status).toBe(204);
      expect((await read(to, id)).entity.Status).toBe(word);
    }
    for (const word of ['approved', 'rejected']) expectRefusal(await to.answer(id, word), 'PR400-OD-0006', fieldText('Command'));
  });

  test.each(['approved', 'rejected'])('CELL-51 a request that is %s takes no further command', async (word) => {
    const { to, id } = await request('req.role.grant');
    for (const early of ['read', 'unread']) expectRefusal(await to.answer(id, early), 'PR400-OD-0006', fieldText('Command'));
    expect((await to.answer(id, word)).status).toBe(204);
    const after = await read(to, id);
    for (const late of ['read', 'unread', 'approved', 'rejected']) expectRefusal(await to.answer(id, late), 'PR400-OD-0006', fieldText('Command'));
    expect(await read(to, id)).toEqual(after);
  });
});

describe('CELL-14 privileges', () => {
  test('CELL-14 message is needed to answer, and social as well to approve a request', async () => {
    const { to, id } = await request('req.relation.build');
    for (const privileges of [['message-read'], ['social'], ['message-read', 'social', 'auth', 'box', 'acl']] as const) {
      expectRefusal(await to.answer(id, 'rejected', { token: await to.tokenFor(privileges) }), 'PR403-AU-0002');
    }
    const messenger = await to.tokenFor(['message']);
    expectRefusal(await to.answer(id, 'approved', { token: messenger }), 'PR403-AU-0002');
    expect(await to.list('ReceivedMessage')).toMatchObject([{ Status: 'none' }]);
    expect((await to.answer(id, 'rejected', { token: messenger })).status).toBe(204);
    const second = await request('req.relation.build');
    expect((await second.to.answer(second.id, 'approved', { token: await second.to.tokenFor(['message', 'social']) })).status).toBe(204);
  });

  test('CELL-14 approving a plain message is a wrong command, not a matter of privileges', async () => {
    const { to, id } = await scene();
    expectRefusal(await to.answer(id, 'approved', { token: await to.tokenFor(['message']) }), 'PR400-OD-0006');
  });
});

/** What is tied in a cell: kind, address, name and Box. */
async function ties(cell: TestCell): Promise<string[]> {
  const rows = await app.sql<{ tie: string }>(
    `SELECT l.kind || ' ' || e.url || ' ' || n.name || coalesce('@' || b.name, '') AS tie FROM cell_links l JOIN cell_ext_cells e ON e.id = l.left_id
     JOIN (SELECT id, name, box_id FROM cell_relations UNION ALL SELECT id, name, box_id FROM cell_roles) n ON n.id = l.right_id
     LEFT JOIN cell_boxes b ON b.id = n.box_id WHERE l.cell_id = $1 ORDER BY 1`,
    [cell.id],
  );
  return rows.map(({ tie }) => tie);
}

describe('CELL-52 approving over HTTP', () => {
  const rows = [
    ['req.relation.build', 'req.relation.break', 'ext_cell_relation'],
    ['req.role.grant', 'req.role.revoke', 'ext_cell_role'],
  ] as const;

  test.each(rows)('CELL-52 %s ties, and %s unties again', async (build, undo, kind) => {
    const { from, to, id } = await request(build);
    expect((await to.answer(id, 'approved')).status).toBe(204);
    expect(await ties(to)).toEqual([`${kind} ${from.url} friend`]);
    const again = async (type: string): Promise<CellAnswer> => {
      const { body } = await from.send({ To: to.url, Type: type, RequestRelation: 'friend', RequestRelationTarget: from.url.slice(0, -1) });
      return to.answer(body.d.results.__id as string, 'approved');
    };
    expectRefusal(await again(build), 'PR400-RM-0001', 'Requested relation already exists.');
    expect((await again(undo)).status).toBe(204);
    expect(await ties(to)).toEqual([]);
    expectRefusal(await again(undo), 'PR409-RM-0005');
  });

  test.each(rows)('CELL-52 %s, %s: what is not there cannot be untied', async (_, undo) => {
    const { from, to, id } = await request(undo);
    expectRefusal(await to.answer(id, 'approved'), 'PR409-RM-0002');
    await to.tie('friend', []);
    await app.sql('INSERT INTO cell_roles (cell_id, id, name, published_at, updated_at) SELECT cell_id, id, name, published_at, updated_at FROM cell_relations WHERE cell_id = $1', [to.id]);
    expectRefusal(await to.answer(id, 'approved'), 'PR409-RM-0004');
    expect(from.url).toBeTruthy();
    expect((await read(to, id)).entity.Status).toBe('none');
  });

  test('CELL-52 the target is the same cell under its alias', async () => {
    const { from, to, id } = await request('req.relation.build');
    expect((await to.answer(id, 'approved')).status).toBe(204);
    const { body } = await from.send({ To: to.url, Type: 'req.relation.break', RequestRelation: 'friend', RequestRelationTarget: `personium-localunit:/${from.name}` });
    expect((await to.answer(body.d.results.__id as string, 'approved')).status).toBe(204);
    expect(await ties(to)).toEqual([]);
  });

  test('CELL-52 a class is looked for in the Box of its app', async () => {
    const app1 = await TestCell.make(app);
    const { from, to, id } = await request('req.role.grant', { RequestRelation: `${app1.url}__role/__/reader` });
    expectRefusal(await to.answer(id, 'approved'), 'PR400-RM-0003', `Box corresponding to the RelationClassURL can not be found. RelationClassURL [${app1.url}__role/__/reader].`);
    expect(await ties(to)).toEqual([]);
    await to.box('apps', app1.url);
    expect((await to.answer(id, 'approved')).status).toBe(204);
    expect(await ties(to)).toEqual([`ext_cell_role ${from.url} reader@apps`]);
  });

  test('CELL-52 a class of the recipient itself is a name without a Box, under its alias, too', async () => {
    const [from, to] = [await TestCell.make(app), await TestCell.make(app)];
    for (const [RequestRelation, name] of [[`${to.url}__relation/__/one`, 'one'], [`personium-localunit:/${to.name}/__relation/__/two/`, 'two']]) {
      const { body } = await from.send({ To: to.url, Type: 'req.relation.build', RequestRelation, RequestRelationTarget: from.url });
      expect((await to.answer(body.d.results.__id as string, 'approved')).status).toBe(204);
      expect(await ties(to)).toContain(`ext_cell_relation ${from.url} ${name}`);
    }
  });

  test('CELL-52 a bare name belongs into the Box of the message', async () => {
    const [from, to, app1] = [await TestCell.make(app), await TestCell.make(app), await TestCell.make(app)];
    await from.box('mine', app1.url);
    await to.box('yours', app1.url);
    const token = await from.tokenFor(['message'], app1.url);
    const { body } = await from.send({ BoxBound: true, To: to.url, Type: 'req.relation.build', RequestRelation: 'friend', RequestRelationTarget: from.url }, { token });
    expect((await to.answer(body.d.results.__id as string, 'approved')).status).toBe(204);
    expect(await ties(to)).toEqual([`ext_cell_relation ${from.url} friend@yours`]);
  });

  test('CELL-52 a request of later clients makes entries of the address book, no roles; all or nothing', async () => {
    const [from, to] = [await TestCell.make(app), await TestCell.make(app)];
    const object = (RequestType: string, Name: string) => ({ RequestType, Name, TargetUrl: from.url });
    const RequestObjects = [object('role.add', 'reader'), object('relation.add', 'friend')];
    const send = async (objects: object[]) => (await from.send({ To: to.url, Type: 'request', RequestObjects: objects })).body.d.results.__id as string;
    const id = await send(RequestObjects);
    expectRefusal(await to.answer(id, 'approved'), 'PR409-RM-0002');
    await to.role('reader', ['message-read']);
    expectRefusal(await to.answer(id, 'approved'), 'PR409-RM-0002');
    expect(await ties(to)).toEqual([]);
    await to.tie('friend', []);
    expect((await to.answer(id, 'approved')).status).toBe(204);
    expect(await ties(to)).toEqual([`ext_cell_relation ${from.url} friend`, `ext_cell_role ${from.url} reader`]);
    expectRefusal(await to.answer(await send(RequestObjects), 'approved'), 'PR400-RM-0001');
    expect((await to.answer(await send([object('role.remove', 'reader'), object('relation.remove', 'friend')]), 'approved')).status).toBe(204);
    expect(await ties(to)).toEqual([]);
  });

  test('CELL-52 CELL-15 after it the other cell holds the role, and what the role may do', async () => {
    const { from, to, id } = await request('req.role.grant', { RequestRelation: 'reader' });
    const visitor = await from.tokenAsCell(to);
    expectRefusal(await to.call('__ctl/ReceivedMessage', { token: visitor }), 'PR403-AU-0002');
    await to.answer(id, 'approved');
    expectRefusal(await to.call('__ctl/ReceivedMessage', { token: visitor }), 'PR403-AU-0002');
    await app.sql("INSERT INTO cell_grants (cell_id, role_id, privileges) SELECT cell_id, id, '{message-read}' FROM cell_roles WHERE cell_id = $1", [to.id]);
    expect((await to.call('__ctl/ReceivedMessage', { token: visitor })).status).toBe(200);
    expectRefusal(await to.answer(id, 'read', { token: visitor }), 'PR403-AU-0002');
  });

  test('CELL-52 of those who approve at once exactly one succeeds', async () => {
    const { to, id } = await request('req.relation.build');
    const answers = await Promise.all(Array.from({ length: 6 }, () => to.answer(id, 'approved')));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400, 400, 400, 400, 400]);
    expect(await ties(to)).toHaveLength(1);
  });
});
