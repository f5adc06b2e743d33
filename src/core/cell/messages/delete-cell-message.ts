import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { type Id, type IdSource } from '../../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../../kernel/tokens.js';
import { type CopySide } from '../../../storage/own/cell/copies.repository.js';
import { Store } from '../../../storage/store.js';
import { CELL_SPACE, countLabel } from './cell-message.js';

export interface DeleteCellMessageCommand {
  readonly boxId: Id;
  readonly side: CopySide;
  readonly wireId: string;
  /** throws to leave the message as it is; called while it is held */
  readonly allow?: (current: { readonly revision: number; readonly updatedAt: Date }) => void;
}

/** Removes one side's copy of a message for good. The other sides keep theirs. */
@Injectable()
export class DeleteCellMessage {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /** @throws DomainError message_not_found, and whatever `allow` throws */
  async execute({ boxId, side, wireId, allow }: DeleteCellMessageCommand): Promise<void> {
    const at = new Date(this.clock.now());
    const id = this.ids.next();
    await this.store.run(async (tx) => {
      const copies = tx.own.cell.copies;
      const held = await copies.hold(boxId, side, wireId);
      if (!held) throw new DomainError('message_not_found');
      allow?.({ revision: held.revision, updatedAt: held.updated_at });
      await copies.remove(boxId, side, held, at);
      await tx.counts.move(boxId, CELL_SPACE, countLabel(side, held.type, held.status), -1);
      await tx.events.add({ boxId, id, space: CELL_SPACE, kind: 'message.deleted', homeBox: held.home_box, messageId: held.message_id, at });
    });
  }
}
