import { AnswerCellMessage } from '../../src/core/cell/messages/answer-cell-message.js';
import { type CellMessage, type CellMessageContent } from '../../src/core/cell/messages/cell-message.js';
import { ChangeTies } from '../../src/core/cell/messages/change-ties.js';
import { DeleteCellMessage } from '../../src/core/cell/messages/delete-cell-message.js';
import { type CellAddresses, Destinations } from '../../src/core/cell/messages/destinations.js';
import { ListCellMessages } from '../../src/core/cell/messages/list-cell-messages.js';
import { ReceiveCellMessage } from '../../src/core/cell/messages/receive-cell-message.js';
import { SendCellMessage, type SendCellMessageCommand } from '../../src/core/cell/messages/send-cell-message.js';
import { type Id } from '../../src/kernel/id-source.js';
import { type Query } from '../../src/kernel/query.js';
import { NO_BOX } from '../../src/storage/own/cell/bound-names.repository.js';
import { type CopySide } from '../../src/storage/own/cell/copies.repository.js';
import { openStore, type TestStore } from './store.js';

/** A cell as tests of the core use it. */
export interface TestCell {
  readonly name: string;
  readonly cellId: Id;
  readonly boxId: Id;
  readonly url: string;
}

export const UNIT = 'https://unit.example/';
const PEER = 'https://peer.example/';
export const ADDRESSES: CellAddresses = {
  localName: (url) => (url.startsWith(UNIT) ? (/^([^/]+)\/$/.exec(url.slice(UNIT.length))?.[1] ?? null) : null),
  isOwn: (url) => url.startsWith(UNIT),
  isPeer: (url) => url.startsWith(PEER),
};
const PLAIN: CellMessageContent = { type: 'message', title: '', body: '', priority: 3, inReplyTo: null, relation: null, target: null, objects: null };
const EVERYTHING: Query = { filter: null, words: [], order: [], top: 10_000, skip: 0, count: true };

/** The use cases of messages between cells on a store of their own. */
export interface TestCells extends TestStore {
  readonly send: SendCellMessage;
  readonly receive: ReceiveCellMessage;
  readonly answer: AnswerCellMessage;
  readonly lists: ListCellMessages;
  readonly remove: DeleteCellMessage;
  cell(): Promise<TestCell>;
  /** makes a Box of a cell. @returns its id */
  boxIn(cell: TestCell, name: string, schema: string | null): Promise<Id>;
  /** makes a relation of a cell, tied to others; in no Box unless said */
  tied(cell: TestCell, relation: string, to: readonly TestCell[], boxId?: Id): Promise<void>;
  /** a message that says nothing */
  readonly plain: CellMessageContent;
  /** sends and returns what the sender sees */
  sent(from: TestCell, to: readonly (TestCell | string)[], content?: Partial<CellMessageContent>, over?: Partial<SendCellMessageCommand>): Promise<CellMessage>;
  /** everything that fits, in order, and the count */
  list(cell: TestCell, side: CopySide, query?: Partial<Query>): Promise<{ total: number | null; messages: CellMessage[] }>;
  /** what the maintained totals say beside what counting says; both by label */
  totals(cell: TestCell): Promise<{ kept: Record<string, number>; counted: Record<string, number> }>;
}

export async function openCells(): Promise<TestCells> {
  const t = await openStore();
  const { store, clock, ids, db } = t;
  const send = new SendCellMessage(store, new Destinations(store), clock, ids);
  const lists = new ListCellMessages(store);
  let made = 0;
  return {
    ...t,
    send,
    receive: new ReceiveCellMessage(store, clock, ids),
    answer: new AnswerCellMessage(store, new ChangeTies(ids), clock, ids),
    lists,
    remove: new DeleteCellMessage(store, clock, ids),
    cell: async () => {
      const name = `cell${(made += 1)}`;
      const cellId = ids.next();
      await db.sql('INSERT INTO cells (id, name, created_at) VALUES ($1, $2, now())', [cellId, name]);
      return { name, cellId, boxId: await store.ensureMailbox({ kind: 'cell', cellId }), url: `${UNIT}${name}/` };
    },
    boxIn: async (cell, name, schema) => {
      const id = ids.next();
      await db.sql('INSERT INTO cell_boxes (id, cell_id, name, schema, published_at, updated_at) VALUES ($1, $2, $3, $4, now(), now())', [id, cell.cellId, name, schema]);
      return id;
    },
    plain: PLAIN,
    tied: (cell, name, to, boxId = NO_BOX) =>
      store.run(async ({ own }) => {
        const at = new Date(clock.now());
        const relation = await own.cell.relations.ensure(cell.cellId, { id: ids.next(), name, boxId }, at);
        for (const { url } of to) {
          const entry = await own.cell.extCells.ensure(cell.cellId, { id: ids.next(), url }, at);
          await own.cell.links.add(cell.cellId, 'ext_cell_relation', { leftId: entry!.id, rightId: relation!.id }, at);
        }
      }),
    sent: async (from, to, content = {}, over = {}) => {
      const outcome = await send.execute({
        sender: from,
        addresses: ADDRESSES,
        content: { ...PLAIN, ...content },
        status: (content.type ?? 'message') === 'message' ? 'unread' : 'none',
        to: to.map((one) => (typeof one === 'string' ? one : one.url)),
        toRelation: null,
        toText: to.map((one) => (typeof one === 'string' ? one : one.url)).join(','),
        ...over,
      });
      if (outcome.kind !== 'stored') throw new Error('replayed');
      return outcome.message;
    },
    list: async (cell, side, query = {}) => {
      const { total, pieces } = await lists.execute({ boxId: cell.boxId, side, query: { ...EVERYTHING, ...query } });
      const messages: CellMessage[] = [];
      for await (const piece of pieces) messages.push(...piece);
      return { total, messages };
    },
    totals: async (cell) => {
      const kept = await db.sql<{ label: string; total: string }>('SELECT label, total FROM box_counts WHERE box_id = $1 AND total <> 0', [cell.boxId]);
      const counted = await db.sql<{ label: string; total: string }>(
        `SELECT CASE side WHEN 'sent' THEN 'sent:' || type ELSE 'received:' || type || ':' || status END AS label, count(*) AS total
         FROM cell_copies WHERE box_id = $1 GROUP BY 1`,
        [cell.boxId],
      );
      const byLabel = (rows: { label: string; total: string }[]) => Object.fromEntries(rows.map(({ label, total }) => [label, Number(total)]));
      return { kept: byLabel(kept), counted: byLabel(counted) };
    },
  };
}
