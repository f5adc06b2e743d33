import { type Id } from '../../../kernel/id-source.js';
import { type Query } from '../../../kernel/query.js';
import { type CellAccountRow } from '../../../storage/own/cell/accounts.repository.js';
import { type BoundNameRow, NO_BOX } from '../../../storage/own/cell/bound-names.repository.js';
import { type CellBoxRow } from '../../../storage/own/cell/boxes.repository.js';
import { type ControlRow } from '../../../storage/own/cell/control-table.js';
import { type ExtCellRow } from '../../../storage/own/cell/ext-cells.repository.js';
import { type Tx } from '../../../storage/tx.js';
import { type ControlKey, type ControlKind, type ControlObject, ControlRefusal, type ControlValues } from './control-object.js';

/** Values with what is never shown. */
export interface ControlInput extends ControlValues {
  /** of accounts; null: none, or as it was */
  readonly passwordHash: string | null;
}

/** What is done to objects of one kind, within a transaction. */
export interface KindStore {
  /** @param held nobody else changes, ties or removes it until the end of the transaction */
  find(tx: Tx, cellId: Id, key: ControlKey, held: boolean): Promise<ControlObject | null>;
  ofIds(tx: Tx, cellId: Id, ids: readonly Id[]): Promise<ControlObject[]>;
  page(tx: Tx, cellId: Id, query: Query): Promise<ControlObject[]>;
  count(tx: Tx, cellId: Id, query: Query): Promise<number>;
  /** @throws the driver's unique violation; ControlRefusal box_unknown */
  add(tx: Tx, cellId: Id, id: Id, values: ControlInput, at: Date): Promise<void>;
  /** @throws as add */
  change(tx: Tx, cellId: Id, id: Id, values: ControlInput, at: Date): Promise<void>;
  remove(tx: Tx, cellId: Id, id: Id): Promise<void>;
}

const NOTHING: ControlValues = { name: null, boxName: null, url: null, schema: null, status: null };

function objectOf(kind: ControlKind, row: ControlRow, values: Partial<ControlValues>): ControlObject {
  return { ...NOTHING, kind, id: row.id, publishedAt: row.published_at, updatedAt: row.updated_at, revision: row.revision, ...values };
}

/** The questions that repositories of all kinds answer alike. */
interface Rows<Row extends ControlRow> {
  ofIds(cellId: Id, ids: readonly Id[]): Promise<Row[]>;
  page(cellId: Id, query: Query): Promise<Row[]>;
  count(cellId: Id, query: Query): Promise<number>;
  remove(cellId: Id, id: Id): Promise<void>;
}

function common<Row extends ControlRow>(rowsOf: (tx: Tx) => Rows<Row>, read: (row: Row) => ControlObject): Pick<KindStore, 'ofIds' | 'page' | 'count' | 'remove'> {
  return {
    ofIds: async (tx, cellId, ids) => (await rowsOf(tx).ofIds(cellId, ids)).map(read),
    page: async (tx, cellId, query) => (await rowsOf(tx).page(cellId, query)).map(read),
    count: (tx, cellId, query) => rowsOf(tx).count(cellId, query),
    remove: (tx, cellId, id) => rowsOf(tx).remove(cellId, id),
  };
}

const readAccount = (row: CellAccountRow): ControlObject => objectOf('account', row, { name: row.name, status: row.status });
const readExtCell = (row: ExtCellRow): ControlObject => objectOf('extCell', row, { url: row.url });
const readBox = (row: CellBoxRow): ControlObject => objectOf('box', row, { name: row.name, schema: row.schema });

function readIf<Row>(read: (row: Row) => ControlObject, row: Row | null): ControlObject | null {
  return row && read(row);
}

const account: KindStore = {
  ...common((tx) => tx.own.cell.accounts, readAccount),
  find: async ({ own: { cell } }, cellId, { value }, held) =>
    readIf(readAccount, held ? await cell.accounts.hold(cellId, value) : await cell.accounts.byName(cellId, value)),
  add: (tx, cellId, id, { name, status, passwordHash }, at) =>
    tx.own.cell.accounts.add(cellId, { id, name: name ?? '', status: status ?? 'active', passwordHash }, at),
  change: (tx, cellId, id, { name, status, passwordHash }, at) =>
    tx.own.cell.accounts.change(cellId, id, { name: name ?? '', status: status ?? 'active', passwordHash }, at),
};

const extCell: KindStore = {
  ...common((tx) => tx.own.cell.extCells, readExtCell),
  find: async ({ own: { cell } }, cellId, { value }, held) =>
    readIf(readExtCell, held ? await cell.extCells.hold(cellId, value) : await cell.extCells.byUrl(cellId, value)),
  add: (tx, cellId, id, { url }, at) => tx.own.cell.extCells.add(cellId, { id, url: url ?? '' }, at),
  change: (tx, cellId, id, { url }, at) => tx.own.cell.extCells.change(cellId, id, { url: url ?? '' }, at),
};

const box: KindStore = {
  ...common((tx) => tx.own.cell.boxes, readBox),
  find: async ({ own: { cell } }, cellId, { value }, held) =>
    readIf(readBox, held ? await cell.boxes.hold(cellId, value) : await cell.boxes.byName(cellId, value)),
  add: (tx, cellId, id, { name, schema }, at) => tx.own.cell.boxes.add(cellId, { id, name: name ?? '', schema }, at),
  change: (tx, cellId, id, { name, schema }, at) => tx.own.cell.boxes.change(cellId, id, { name: name ?? '', schema }, at),
};

function boundName(kind: 'role' | 'relation', of: 'roles' | 'relations'): KindStore {
  const read = (row: BoundNameRow): ControlObject => objectOf(kind, row, { name: row.name, boxName: row.box_name });
  return {
    ...common((tx) => tx.own.cell[of], read),
    find: async ({ own: { cell } }, cellId, { value, boxName }, held) => {
      const boxId = boxName === null ? NO_BOX : (await cell.boxes.byName(cellId, boxName))?.id;
      if (boxId === undefined) return null;
      return readIf(read, held ? await cell[of].hold(cellId, value, boxId) : await cell[of].byName(cellId, value, boxId));
    },
    add: async (tx, cellId, id, { name, boxName }, at) =>
      tx.own.cell[of].add(cellId, { id, name: name ?? '', boxId: await keptBox(tx, cellId, boxName) }, at),
    change: async (tx, cellId, id, { name, boxName }, at) =>
      tx.own.cell[of].change(cellId, id, { name: name ?? '', boxId: await keptBox(tx, cellId, boxName) }, at),
  };
}

/** @returns the Box, which stays until the end of the transaction. @throws ControlRefusal box_unknown */
async function keptBox(tx: Tx, cellId: Id, name: string | null): Promise<Id> {
  if (name === null) return NO_BOX;
  const found = await tx.own.cell.boxes.keep(cellId, name);
  if (!found) throw new ControlRefusal('box_unknown', name);
  return found.id;
}

/** How each kind of objects is kept. */
export const kindStores: Readonly<Record<ControlKind, KindStore>> = {
  account,
  role: boundName('role', 'roles'),
  relation: boundName('relation', 'relations'),
  extCell,
  box,
};
