import { DeleteCell } from '../../../../src/core/cell/control/delete-cell.js';
import { openCells, type TestCells } from '../../../support/cells.js';

let t: TestCells;
let deleting: DeleteCell;
beforeAll(async () => {
  t = await openCells();
  deleting = new DeleteCell(t.store, t.clock);
});
afterAll(() => t.close());

/** How many rows each table still has of a mailbox. */
async function rowsOf(boxId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [table, column] of [['cell_copies', 'box_id'], ['box_counts', 'box_id'], ['idempotency_keys', 'box_id'], ['events', 'box_id']] as const) {
    const [row] = await t.db.sql<{ n: string }>(`SELECT count(*) AS n FROM ${table} WHERE ${column} = $1`, [boxId]);
    counts[table] = Number(row?.n);
  }
  return counts;
}
const NOTHING = { cell_copies: 0, box_counts: 0, idempotency_keys: 0, events: 0 };

test('CELL-70 a deleted cell leaves nothing of its own, and takes nothing from others', async () => {
  const [ada, ben] = [await t.cell(), await t.cell()];
  await t.sent(ada, [ada]);
  const alone = await t.sent(ada, ['https://elsewhere.example/x/', 'https://peer.example/zoe/']);
  const shared = await t.sent(ada, [ben], { title: 'kept' });
  await t.sent(ben, [ada], { title: 'sent by Ben' });
  const both = { recipient: ada, from: 'https://elsewhere.example/x/', others: null, content: t.plain, status: 'unread', schema: null } as const;
  await t.receive.execute({ ...both, wireId: 'x'.repeat(32) });
  const before = await t.list(ben, 'received');
  expect(await rowsOf(ada.boxId)).toMatchObject({ cell_copies: 6, idempotency_keys: 1 });
  expect(await deleting.execute(ada.cellId)).toBe(true);
  expect(await rowsOf(ada.boxId)).toEqual(NOTHING);
  expect(await t.list(ben, 'received')).toEqual(before);
  expect(before.messages).toMatchObject([{ wireId: shared.wireId, title: 'kept' }]);
  expect((await t.list(ben, 'sent')).total).toBe(1);
  const left = await t.db.sql<{ wire_id: string }>('SELECT wire_id FROM messages WHERE home_box = $1', [ada.boxId]);
  expect(left.map((row) => row.wire_id)).toEqual([shared.wireId]);
  expect(left.map((row) => row.wire_id)).not.toContain(alone.wireId);
  await t.remove.execute({ boxId: ben.boxId, side: 'received', wireId: shared.wireId });
  expect(await t.db.sql('SELECT id FROM messages WHERE home_box = $1', [ada.boxId])).toEqual([]);
});

test('CELL-70 a deleted cell gets nothing more, and what was under way goes with a later round', async () => {
  const [ada, ben] = [await t.cell(), await t.cell()];
  expect(await deleting.execute(ben.cellId)).toBe(true);
  expect(await deleting.execute(ben.cellId)).toBe(false);
  expect((await t.sent(ada, [ben])).results).toEqual([{ to: ben.url, outcome: 'cell_unknown' }]);
  const late = t.message({ homeBox: ada.boxId, senderId: ada.boxId, space: 'cell' });
  const delivery = { recipientId: ben.boxId, wireId: late.wireId, clientId: null, wrappedKey: null, outcomeCode: 201, dueAt: null };
  const copies = { wireId: late.wireId ?? '', type: 'message', title: Buffer.from('late'), fromUrl: ada.url, inReplyTo: null, priority: 3, rows: [{ boxId: ben.boxId, side: 'received', status: 'unread', boundTo: null, place: 0 }] } as const;
  await t.store.append({ ...late, deliveries: [delivery], copies, counts: [{ boxId: ben.boxId, label: 'received:message:unread', delta: 1 }] });
  await deleting.finish();
  expect(await rowsOf(ben.boxId)).toEqual(NOTHING);
  const purged = () => t.db.sql<{ purged: boolean }>('SELECT purged_at IS NOT NULL AS purged FROM cells WHERE id = $1', [ben.cellId]);
  expect(await purged()).toEqual([{ purged: false }]);
  t.clock.advance(61_000);
  await deleting.finish();
  expect(await purged()).toEqual([{ purged: true }]);
});
