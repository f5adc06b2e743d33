import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../../kernel/clock.js';
import { assert } from '../../../kernel/assert.js';
import { type Id } from '../../../kernel/id-source.js';
import { type Query } from '../../../kernel/query.js';
import { CLOCK } from '../../../kernel/tokens.js';
import { Store } from '../../../storage/store.js';
import { type Tx } from '../../../storage/tx.js';
import { type ControlKey, type ControlKind, type ControlObject, ControlRefusal, type Tie, tieBetween } from './control-object.js';
import { kindStores } from './kinds.js';

/** Objects that one list of ties shows at most. */
const LISTED_MAX = 10_000;
/** Whoever holds two objects takes them in this order, so that two of them do not wait for each other. */
const ORDER: readonly ControlKind[] = ['box', 'role', 'relation', 'extCell', 'account'];

/** Ties objects of a cell, takes ties away, and tells what is tied. */
@Injectable()
export class ControlTies {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws ControlRefusal unknown: there is no `from`; other_unknown: there is no `to`; tied */
  async tie(cellId: Id, from: ControlKey, to: ControlKey): Promise<void> {
    const at = new Date(this.clock.now());
    await this.store.run(async (tx) => {
      const { tie, fromId, toId } = await holdBoth(tx, cellId, from, to, 'other_unknown');
      if (!(await tx.own.cell.links.add(cellId, tie.link, endsOf(tie, fromId, toId), at))) throw new ControlRefusal('tied');
    });
  }

  /** @throws ControlRefusal unknown: there is no `from`; not_tied, also when there is no `to` */
  async untie(cellId: Id, from: ControlKey, to: ControlKey): Promise<void> {
    await this.store.run(async (tx) => {
      const { tie, fromId, toId } = await holdBoth(tx, cellId, from, to, 'not_tied');
      if (!(await tx.own.cell.links.remove(cellId, tie.link, endsOf(tie, fromId, toId)))) throw new ControlRefusal('not_tied');
    });
  }

  /**
   * @returns objects of one kind that belong to another one: those that are tied to it; for a Box
   *   what is bound to it, and the other way round
   * @throws ControlRefusal unknown
   */
  relatedTo(cellId: Id, key: ControlKey, kind: ControlKind): Promise<ControlObject[]> {
    return this.store.read(async (tx) => {
      const found = await kindStores[key.kind].find(tx, cellId, key, false);
      if (!found) throw new ControlRefusal('unknown');
      if (key.kind === 'box') return kindStores[kind].page(tx, cellId, boundTo(found.id));
      if (kind === 'box') return boxOf(tx, cellId, key.boxName);
      const tie = tieOf(key.kind, kind);
      const ids = await tx.own.cell.links.tiedTo(cellId, tie.link, tie.side, found.id, LISTED_MAX);
      return kindStores[kind].ofIds(tx, cellId, ids);
    });
  }
}

async function boxOf(tx: Tx, cellId: Id, boxName: string | null): Promise<ControlObject[]> {
  const found = boxName === null ? null : await kindStores.box.find(tx, cellId, { kind: 'box', value: boxName, boxName: null }, false);
  return found ? [found] : [];
}

function boundTo(boxId: Id): Query {
  const filter = { kind: 'compare', field: 'boxId', operator: 'eq', value: BigInt(boxId) } as const;
  return { filter, words: [], order: [], top: LISTED_MAX, skip: 0, count: false };
}

async function holdBoth(tx: Tx, cellId: Id, from: ControlKey, to: ControlKey, without: 'other_unknown' | 'not_tied'): Promise<{ tie: Tie; fromId: Id; toId: Id }> {
  const tie = tieOf(from.kind, to.kind);
  const inOrder = [from, to].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  const held = new Map<ControlKey, ControlObject | null>();
  for (const key of inOrder) held.set(key, await kindStores[key.kind].find(tx, cellId, key, true));
  const [source, target] = [held.get(from), held.get(to)];
  if (!source) throw new ControlRefusal('unknown');
  if (!target) throw new ControlRefusal(without);
  return { tie, fromId: source.id, toId: target.id };
}

function endsOf({ side }: Tie, fromId: Id, toId: Id): { leftId: Id; rightId: Id } {
  return side === 'left' ? { leftId: fromId, rightId: toId } : { leftId: toId, rightId: fromId };
}

function tieOf(from: ControlKind, to: ControlKind): Tie {
  const tie = tieBetween(from, to);
  assert(tie, 'only kinds that can be tied are asked for');
  return tie;
}
