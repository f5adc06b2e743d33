import { type NewCopies } from '../../../src/storage/own/cell/append-copies.js';
import { openStore, type TestStore } from '../../support/store.js';

let t: TestStore;
beforeAll(async () => (t = await openStore()));
afterAll(() => t.close());

function copiesFor(boxes: readonly string[], over: Partial<NewCopies> = {}): NewCopies {
  return {
    wireId: t.ids.bytes(16).toString('hex'),
    type: 'message',
    title: Buffer.from('ti\0tle'),
    fromUrl: 'https://unit.example/ada/',
    inReplyTo: null,
    priority: 3,
    rows: boxes.map((boxId, place) => ({ boxId, side: 'received', status: 'unread', boundTo: null, place })),
    ...over,
  };
}

test('CELL-40 copies are stored with their message, for each side that sees it', async () => {
  const [home, other] = [await t.box(), await t.box()];
  const copies = copiesFor([other], { inReplyTo: Buffer.from('an\0other') });
  const sent = { boxId: home, side: 'sent', status: '', boundTo: '7', place: null } as const;
  const message = t.message({ homeBox: home, copies: { ...copies, rows: [sent, ...copies.rows] } });
  expect(await t.store.append(message)).toMatchObject({ kind: 'stored' });
  const rows = await t.db.sql('SELECT * FROM cell_copies WHERE message_id = $1 ORDER BY side', [message.id]);
  const both = {
    wire_id: copies.wireId, home_box: home, message_id: message.id, type: 'message', title: Buffer.from('ti\0tle'), from_url: copies.fromUrl,
    in_reply_to: Buffer.from('an\0other'), priority: 3, published_at: message.createdAt, updated_at: message.createdAt, revision: 1,
  };
  expect(rows).toEqual([
    { ...both, box_id: other, side: 'received', status: 'unread', bound_to: null, place: 0 },
    { ...both, box_id: home, side: 'sent', status: '', bound_to: '7', place: null },
  ]);
});

test('CELL-40 a message that is refused leaves no copy, and harms none of its batch', async () => {
  const [home, other] = [await t.box(), await t.box()];
  const relation = { fromId: home, kind: 'follow', toId: other, stands: true };
  const refused = t.message({ homeBox: home, copies: copiesFor([other]), relations: [relation] });
  const plain = t.message({ homeBox: home });
  const stored = t.message({ homeBox: home, copies: copiesFor([other]) });
  const outcomes = await Promise.all([refused, plain, stored].map((message) => t.store.append(message)));
  expect(outcomes.map(({ kind }) => kind)).toEqual(['refused', 'stored', 'stored']);
  const rows = await t.db.sql<{ message_id: string }>('SELECT message_id FROM cell_copies WHERE box_id = $1', [other]);
  expect(rows.map((row) => row.message_id)).toEqual([stored.id]);
});

test('CELL-42 two copies of one wire id in one list are a conflict, whoever sends them', async () => {
  const [home, other] = [await t.box(), await t.box()];
  const copies = copiesFor([other]);
  const twice = [1, 2].map(() => t.store.append(t.message({ homeBox: home, copies })));
  const outcomes = await Promise.allSettled(twice);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
});
