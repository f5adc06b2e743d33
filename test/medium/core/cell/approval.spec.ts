import { type CellAnswer } from '../../../../src/core/cell/messages/answer-cell-message.js';
import { type RequestedChange } from '../../../../src/core/cell/messages/requested-change.js';
import { type Id } from '../../../../src/kernel/id-source.js';
import { openCells, type TestCell, type TestCells, UNIT } from '../../../support/cells.js';

let t: TestCells;
beforeAll(async () => (t = await openCells()));
afterAll(() => t.close());

const APP = `${UNIT}app/`;
const TARGET = `${UNIT}target/`;
const change = (over: Partial<RequestedChange> = {}): RequestedChange => ({ kind: 'relation', act: 'tie', name: 'friend', schema: null, classUrl: null, target: TARGET, ...over });

/** Answers as one who may tie. */
function answer(cell: TestCell, wireId: string, word: CellAnswer, changes: readonly RequestedChange[] = [], mayTie = true) {
  return t.answer.execute({ cell, wireId, answer: word, mayTie, changesOf: () => changes });
}

/** What stands in a cell: names with their Boxes, addresses, and what is tied. */
async function standing(cell: TestCell) {
  const names = (table: string) =>
    t.db.sql<{ name: string }>(`SELECT r.name || coalesce('@' || b.name, '') AS name FROM ${table} r LEFT JOIN cell_boxes b ON b.id = r.box_id WHERE r.cell_id = $1 ORDER BY 1`, [cell.cellId]);
  const urls = await t.db.sql<{ url: string }>('SELECT url FROM cell_ext_cells WHERE cell_id = $1 ORDER BY 1', [cell.cellId]);
  const ties = await t.db.sql<{ tie: string }>(
    `SELECT l.kind || ' ' || e.url || ' ' || coalesce(r.name, o.name) AS tie FROM cell_links l JOIN cell_ext_cells e ON e.id = l.left_id
     LEFT JOIN cell_relations r ON r.id = l.right_id LEFT JOIN cell_roles o ON o.id = l.right_id WHERE l.cell_id = $1 ORDER BY 1`,
    [cell.cellId],
  );
  return {
    relations: (await names('cell_relations')).map(({ name }) => name),
    roles: (await names('cell_roles')).map(({ name }) => name),
    urls: urls.map(({ url }) => url),
    ties: ties.map(({ tie }) => tie),
  };
}
const NOTHING = { relations: [], roles: [], urls: [], ties: [] };

async function request(over: { schema?: string } = {}): Promise<{ cell: TestCell; wireId: string }> {
  const [from, cell] = [await t.cell(), await t.cell()];
  if (over.schema !== undefined) for (const one of [from, cell]) await t.boxIn(one, 'box', over.schema);
  const { wireId } = await t.sent(from, [cell], { type: 'req.relation.build' }, over.schema === undefined ? {} : { boundToApp: { schema: over.schema } });
  return { cell, wireId };
}

async function status(cell: TestCell, wireId: string): Promise<string> {
  return (await t.lists.one(cell.boxId, 'received', wireId)).status;
}

/** Brings a message of this type into this state. */
async function inState(type: string, state: string): Promise<{ cell: TestCell; wireId: string }> {
  const [from, cell] = [await t.cell(), await t.cell()];
  const { wireId } = await t.sent(from, [cell], { type });
  if (state !== 'unread' && state !== 'none') await answer(cell, wireId, state as CellAnswer, [change()]);
  return { cell, wireId };
}

describe('CELL-51 the state machine, cell by cell', () => {
  const ok: Record<string, readonly string[]> = {
    'message unread': ['read', 'unread'],
    'message read': ['read', 'unread'],
    'request none': ['approved', 'rejected'],
    'request approved': [],
    'request rejected': [],
  };
  const rows = Object.keys(ok).flatMap((from) => ['read', 'unread', 'approved', 'rejected'].map((word) => [from, word, ok[from]!.includes(word)] as const));
  test.each(rows)('CELL-51 %s, %s: taken %s', async (from, word, taken) => {
    const [type, state] = from.split(' ') as [string, string];
    const { cell, wireId } = await inState(type, state);
    const before = await t.lists.one(cell.boxId, 'received', wireId);
    const standingBefore = await standing(cell);
    t.clock.advance(5);
    const outcome = answer(cell, wireId, word as CellAnswer, [change({ name: 'other' })]);
    if (!taken) {
      await expect(outcome).rejects.toMatchObject({ reason: 'command' });
      expect(await t.lists.one(cell.boxId, 'received', wireId)).toEqual(before);
      expect(await standing(cell)).toEqual(standingBefore);
      return;
    }
    const { revision, updatedAt } = await outcome;
    const after = await t.lists.one(cell.boxId, 'received', wireId);
    expect(after).toEqual({ ...before, status: word, revision, updatedAt });
    expect(revision).toBe(before.revision + 1);
    expect(updatedAt.getTime()).toBe(before.updatedAt.getTime() + 5);
    const [delivery] = await t.db.sql('SELECT read_at, decision, decided_at FROM deliveries WHERE recipient_id = $1', [cell.boxId]);
    const decided = word === 'approved' || word === 'rejected';
    expect(delivery).toEqual({ read_at: word === 'read' ? updatedAt : null, decision: decided ? word : null, decided_at: decided ? updatedAt : null });
    const { kept, counted } = await t.totals(cell);
    expect(kept).toEqual(counted);
  });
});

test('CELL-50 what is not in the list is not found, and says nothing of other cells', async () => {
  const { cell, wireId } = await inState('message', 'unread');
  await expect(answer(await t.cell(), wireId, 'read')).rejects.toMatchObject({ code: 'message_not_found' });
  await expect(answer(cell, 'f'.repeat(32), 'read')).rejects.toMatchObject({ code: 'message_not_found' });
});

test('CELL-51 rejecting has no other effect', async () => {
  const { cell, wireId } = await request();
  await answer(cell, wireId, 'rejected', [change()], false);
  expect(await standing(cell)).toEqual(NOTHING);
});

test('CELL-14 who may not change relations may not approve, but reject', async () => {
  const { cell, wireId } = await request();
  await expect(answer(cell, wireId, 'approved', [change()], false)).rejects.toMatchObject({ code: 'forbidden' });
  expect(await status(cell, wireId)).toBe('none');
  await answer(cell, wireId, 'rejected', [], false);
});

/** What is there before an approval. */
type Given = 'nothing' | 'name' | 'target' | 'both' | 'tied';
async function given(cell: TestCell, kind: 'relation' | 'role', what: Given, boxId: Id): Promise<void> {
  await t.store.run(async ({ own }) => {
    const at = new Date(t.clock.now());
    const names = kind === 'relation' ? own.cell.relations : own.cell.roles;
    const row = what === 'nothing' || what === 'target' ? null : await names.ensure(cell.cellId, { id: t.ids.next(), name: 'friend', boxId }, at);
    const entry = what === 'nothing' || what === 'name' ? null : await own.cell.extCells.ensure(cell.cellId, { id: t.ids.next(), url: TARGET }, at);
    if (what === 'tied') await own.cell.links.add(cell.cellId, kind === 'relation' ? 'ext_cell_relation' : 'ext_cell_role', { leftId: entry!.id, rightId: row!.id }, at);
  });
}

describe('CELL-52 what approving does, cell by cell', () => {
  const kinds = ['relation', 'role'] as const;
  const state: readonly Given[] = ['nothing', 'name', 'target', 'both', 'tied'];
  const expected: Record<RequestedChange['act'], Record<Given, string>> = {
    tie: { nothing: 'ok', name: 'ok', target: 'ok', both: 'ok', tied: 'tied' },
    add: { nothing: 'relation_unknown', name: 'ok', target: 'relation_unknown', both: 'ok', tied: 'tied' },
    untie: { nothing: 'relation_unknown', name: 'target_unknown', target: 'relation_unknown', both: 'not_tied', tied: 'ok' },
  };
  const rows = kinds.flatMap((kind) =>
    (['tie', 'add', 'untie'] as const).flatMap((act) =>
      state.flatMap((before) => (['no Box', 'a Box'] as const).map((where) => [act, kind, before, where, expected[act][before]] as const)),
    ),
  );
  test.each(rows)('CELL-52 %s a %s where there is %s, in %s: %s', async (act, kind, before, where, outcome) => {
    const { cell, wireId } = await request(where === 'a Box' ? { schema: APP } : {});
    const boxId = where === 'a Box' ? (await t.store.read((tx) => tx.own.cell.boxes.bySchema(cell.cellId, APP)))!.id : '0';
    await given(cell, kind, before, boxId);
    const then = await standing(cell);
    const approving = answer(cell, wireId, 'approved', [change({ kind, act })]);
    if (outcome !== 'ok') {
      await expect(approving).rejects.toMatchObject({ reason: outcome });
      expect(await standing(cell)).toEqual(then);
      expect(await status(cell, wireId)).toBe('none');
      return;
    }
    await approving;
    expect(await status(cell, wireId)).toBe('approved');
    const name = where === 'a Box' ? 'friend@box' : 'friend';
    const tie = `ext_cell_${kind} ${TARGET} friend`;
    expect(await standing(cell)).toEqual({ relations: [], roles: [], [kind === 'relation' ? 'relations' : 'roles']: [name], urls: [TARGET], ties: act === 'untie' ? [] : [tie] });
  });
});

describe('CELL-52 names of classes', () => {
  test('CELL-52 a class means the Box of its app, whatever Box the message is in', async () => {
    const { cell, wireId } = await request();
    await t.boxIn(cell, 'apps', APP);
    await answer(cell, wireId, 'approved', [change({ schema: APP, classUrl: 'class' })]);
    expect((await standing(cell)).relations).toEqual(['friend@apps']);
  });

  test('CELL-52 a class of an app without a Box here is refused, quoting it', async () => {
    const { cell, wireId } = await request();
    await expect(answer(cell, wireId, 'approved', [change({ schema: APP, classUrl: 'class' })])).rejects.toMatchObject({ reason: 'box_of_class', subject: 'class' });
    expect(await standing(cell)).toEqual(NOTHING);
  });

  test('CELL-52 a class of the very cell means its name without a Box', async () => {
    const { cell, wireId } = await request({ schema: APP });
    await answer(cell, wireId, 'approved', [change({ schema: cell.url, classUrl: 'class' })]);
    expect((await standing(cell)).relations).toEqual(['friend']);
  });

  test('CELL-52 a name in a Box that is gone by now is granted nowhere', async () => {
    const { cell, wireId } = await request({ schema: APP });
    await t.db.sql('DELETE FROM cell_boxes WHERE cell_id = $1', [cell.cellId]);
    await expect(answer(cell, wireId, 'approved', [change()])).rejects.toMatchObject({ reason: 'box_of_class' });
    expect(await standing(cell)).toEqual(NOTHING);
    expect(await t.lists.one(cell.boxId, 'received', wireId)).toMatchObject({ status: 'none', boxName: null });
  });
});

test('CELL-52 several changes are made in order, all or none', async () => {
  const { cell, wireId } = await request();
  const first = change({ kind: 'role', name: 'reader' });
  await expect(answer(cell, wireId, 'approved', [first, change({ act: 'untie', name: 'absent' })])).rejects.toMatchObject({ reason: 'relation_unknown' });
  expect(await standing(cell)).toEqual(NOTHING);
  await answer(cell, wireId, 'approved', [first, change({ ...first, act: 'untie' }), change({ ...first, act: 'add' })]);
  expect((await standing(cell)).ties).toEqual([`ext_cell_role ${TARGET} reader`]);
});

test('CELL-52 of many that approve at once exactly one succeeds', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { cell, wireId } = await request();
    const outcomes = await Promise.allSettled([...Array.from({ length: 4 }, () => answer(cell, wireId, 'approved', [change()])), answer(cell, wireId, 'rejected')]);
    const taken = outcomes.flatMap((one, index) => (one.status === 'fulfilled' ? [index] : []));
    expect(taken).toHaveLength(1);
    for (const one of outcomes) if (one.status === 'rejected') expect(one.reason).toMatchObject({ reason: 'command' });
    expect((await standing(cell)).ties).toHaveLength(taken[0] === 4 ? 0 : 1);
    const { kept, counted } = await t.totals(cell);
    expect(kept).toEqual(counted);
  }
});

test('CELL-52 different requests for the same tie at once: one is tied, the others find it so; crossed ones end, too', async () => {
  const cell = await t.cell();
  const sends = await Promise.all(Array.from({ length: 6 }, async () => (await t.sent(await t.cell(), [cell], { type: 'req.role.grant' })).wireId));
  const same = change({ kind: 'role', name: 'reader' });
  const outcomes = await Promise.allSettled(sends.slice(0, 4).map((wireId) => answer(cell, wireId, 'approved', [same])));
  expect(outcomes.filter(({ status: how }) => how === 'fulfilled')).toHaveLength(1);
  const crossed = ['a', 'b'].map((name) => change({ name }));
  await Promise.allSettled([answer(cell, sends[4]!, 'approved', crossed), answer(cell, sends[5]!, 'approved', [...crossed].reverse())]);
  expect((await standing(cell)).ties).toEqual([`ext_cell_relation ${TARGET} a`, `ext_cell_relation ${TARGET} b`, `ext_cell_role ${TARGET} reader`]);
});
