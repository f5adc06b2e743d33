import { Inject, Injectable } from '@nestjs/common';
import { type Id, type IdSource } from '../../../kernel/id-source.js';
import { ID_SOURCE } from '../../../kernel/tokens.js';
import { NO_BOX } from '../../../storage/own/cell/bound-names.repository.js';
import { type Tx } from '../../../storage/tx.js';
import { MessageRefusal } from './message-refusal.js';
import { type RequestedChange } from './requested-change.js';

/** Whose relations and roles are changed. */
export interface TyingCell {
  readonly cellId: Id;
  readonly url: string;
}

/** Does what an approved request asks for, in the transaction of the approval. */
@Injectable()
export class ChangeTies {
  constructor(@Inject(ID_SOURCE) private readonly ids: IdSource) {}

  /**
   * Holds relation or role first, then the entry of the address book.
   *
   * @param boundTo the Box of the message, where names without an app belong to
   * @throws MessageRefusal box_of_class, tied, relation_unknown, target_unknown, not_tied
   */
  async apply(tx: Tx, cell: TyingCell, boundTo: Id | null, change: RequestedChange, at: Date): Promise<void> {
    const boxId = await this.boxOf(tx, cell, boundTo, change);
    await (change.act === 'untie' ? this.untie(tx, cell, boxId, change) : this.tie(tx, cell, boxId, change, at));
  }

  private async tie(tx: Tx, { cellId }: TyingCell, boxId: Id, { kind, act, name, target }: RequestedChange, at: Date): Promise<void> {
    const { extCells, links } = tx.own.cell;
    const names = namesOf(tx, kind);
    const row = act === 'tie' ? await names.ensure(cellId, { id: this.ids.next(), name, boxId }, at) : await names.hold(cellId, name, boxId);
    if (!row) throw new MessageRefusal('relation_unknown', name);
    const entry = await extCells.ensure(cellId, { id: this.ids.next(), url: target }, at);
    if (!entry) throw new MessageRefusal('target_unknown', target);
    const isNew = await links.add(cellId, LINKS[kind], { leftId: entry.id, rightId: row.id }, at);
    if (!isNew) throw new MessageRefusal('tied', name);
  }

  private async untie(tx: Tx, { cellId }: TyingCell, boxId: Id, { kind, name, target }: RequestedChange): Promise<void> {
    const { extCells, links } = tx.own.cell;
    const row = await namesOf(tx, kind).hold(cellId, name, boxId);
    if (!row) throw new MessageRefusal('relation_unknown', name);
    const entry = await extCells.hold(cellId, target);
    if (!entry) throw new MessageRefusal('target_unknown', target);
    const was = await links.remove(cellId, LINKS[kind], { leftId: entry.id, rightId: row.id });
    if (!was) throw new MessageRefusal('not_tied', name);
  }

  /** The app of a class may be this very cell: its classes are the relations and roles without a Box. */
  private async boxOf(tx: Tx, cell: TyingCell, boundTo: Id | null, { schema, classUrl, name }: RequestedChange): Promise<Id> {
    const { boxes } = tx.own.cell;
    if (schema === cell.url) return NO_BOX;
    if (schema === null && boundTo === null) return NO_BOX;
    const box = schema === null ? await boxes.keepById(cell.cellId, boundTo ?? NO_BOX) : await boxes.keepBySchema(cell.cellId, schema);
    // a message may belong to a Box that is gone by now: what it asked for there must not be granted everywhere
    if (!box) throw new MessageRefusal('box_of_class', classUrl ?? name);
    return box.id;
  }
}

const LINKS = { relation: 'ext_cell_relation', role: 'ext_cell_role' } as const;

function namesOf(tx: Tx, kind: RequestedChange['kind']) {
  return kind === 'relation' ? tx.own.cell.relations : tx.own.cell.roles;
}
