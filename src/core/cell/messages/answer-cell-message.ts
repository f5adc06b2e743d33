import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { type Id, type IdSource } from '../../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../../kernel/tokens.js';
import { type CopyRow } from '../../../storage/own/cell/copies.repository.js';
import { Store } from '../../../storage/store.js';
import { type Tx } from '../../../storage/tx.js';
import { ChangeTies } from './change-ties.js';
import { CELL_SPACE, cellMessage, type CellMessage, countLabel, NOT_REMOTE } from './cell-message.js';
import { MessageRefusal } from './message-refusal.js';
import { type RequestedChange } from './requested-change.js';

export type CellAnswer = 'read' | 'unread' | 'approved' | 'rejected';

export interface AnswerCellMessageCommand {
  readonly cell: { readonly cellId: Id; readonly boxId: Id; readonly url: string };
  readonly wireId: string;
  readonly answer: CellAnswer;
  /** whether the caller may change relations and roles, which approving does */
  readonly mayTie: boolean;
  /** reads what a request asks for */
  readonly changesOf: (message: CellMessage) => readonly RequestedChange[];
}

/** From which states an answer may be given. A request that was decided takes none. */
const FROM: Readonly<Record<CellAnswer, readonly string[]>> = {
  read: ['unread', 'read'],
  unread: ['unread', 'read'],
  approved: ['none'],
  rejected: ['none'],
};

/** Answers a received message. What approving changes, and the new state, are one transaction. */
@Injectable()
export class AnswerCellMessage {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(ChangeTies) private readonly ties: ChangeTies,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /**
   * Of two that approve at once one succeeds: the message is held.
   *
   * @returns its new version
   * @throws DomainError message_not_found; forbidden: an approval by one who may not tie;
   *   MessageRefusal command, box_of_class, tied, relation_unknown, target_unknown, not_tied:
   *   nothing has changed
   */
  execute(command: AnswerCellMessageCommand): Promise<{ revision: number; updatedAt: Date }> {
    const { cell, wireId, answer } = command;
    const at = new Date(this.clock.now());
    return this.store.run(async (tx) => {
      const held = await tx.own.cell.copies.hold(cell.boxId, 'received', wireId);
      if (!held) throw new DomainError('message_not_found');
      if (!FROM[answer].includes(held.status)) throw new MessageRefusal('command');
      if (answer === 'approved') await this.approve(tx, command, held, at);
      await tx.own.cell.copies.setStatus(cell.boxId, held, answer, at);
      await this.count(tx, cell.boxId, held, answer);
      const { home_box: homeBox, message_id: messageId } = held;
      await tx.events.add({ boxId: cell.boxId, id: this.ids.next(), space: CELL_SPACE, kind: `message.${answer}`, homeBox, messageId, at });
      return { revision: held.revision + 1, updatedAt: at };
    });
  }

  private async approve(tx: Tx, { cell, mayTie, changesOf }: AnswerCellMessageCommand, held: CopyRow, at: Date): Promise<void> {
    if (!mayTie) throw new DomainError('forbidden');
    const [content] = await tx.own.cell.copies.contents([held]);
    if (!content) throw new DomainError('message_not_found');
    for (const change of changesOf(cellMessage(held, content, 'received', NOT_REMOTE))) await this.ties.apply(tx, cell, held.bound_to, change, at);
  }

  /** Totals are taken in the order of their labels, as sends take them. */
  private async count(tx: Tx, boxId: Id, held: CopyRow, answer: CellAnswer): Promise<void> {
    if (held.status === answer) return;
    const moves = [
      { label: countLabel('received', held.type, held.status), delta: -1 },
      { label: countLabel('received', held.type, answer), delta: 1 },
    ].sort((a, b) => (a.label < b.label ? -1 : 1));
    for (const { label, delta } of moves) await tx.counts.move(boxId, CELL_SPACE, label, delta);
  }
}
