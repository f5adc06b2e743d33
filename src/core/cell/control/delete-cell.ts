import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../../kernel/clock.js';
import { type Id } from '../../../kernel/id-source.js';
import { limits } from '../../../kernel/limits.js';
import { CLOCK } from '../../../kernel/tokens.js';
import { Store } from '../../../storage/store.js';

/** A send that was under way when the cell went may still land for this long. */
const LATE_SENDS_MS = 60_000;
const CELLS_PER_ROUND = 100;

/**
 * Deletes a cell: at once it is nameless, unreachable and without accounts, roles and grants; its
 * messages then go from its own view in bounded steps, and for good where nobody else sees them.
 * What a killed process leaves behind, and what was being sent at that very moment, the
 * housekeeper removes.
 */
@Injectable()
export class DeleteCell {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns false when there is no such cell */
  async execute(cellId: Id): Promise<boolean> {
    const boxId = await this.store.ensureMailbox({ kind: 'cell', cellId });
    const at = new Date(this.clock.now());
    const buried = await this.store.run(async (tx) => {
      if (!(await tx.own.cell.cells.bury(cellId, at))) return false;
      await tx.own.cell.cells.clear(cellId);
      return true;
    });
    if (buried) await this.removeMessages(boxId);
    return buried;
  }

  /** Finishes deletions that were cut short or overtaken by a late send. */
  async finish(): Promise<void> {
    const now = this.clock.now();
    const unpurged = await this.store.read((tx) => tx.own.cell.cells.unpurged(CELLS_PER_ROUND));
    for (const { id, deletedAt } of unpurged) {
      const boxId = await this.store.ensureMailbox({ kind: 'cell', cellId: id });
      await this.removeMessages(boxId);
      if (now - deletedAt.getTime() < LATE_SENDS_MS) continue;
      await this.store.run(async (tx) => {
        await tx.own.cell.cells.clear(id);
        await tx.own.cell.cells.markPurged(id, new Date(now));
      });
    }
  }

  private async removeMessages(boxId: Id): Promise<void> {
    const step = limits.housekeeping_rows_max;
    const at = new Date(this.clock.now());
    while ((await this.store.run((tx) => tx.own.cell.removals.messages(boxId, step, at))) === step);
    while ((await this.store.run((tx) => tx.own.cell.removals.traces(boxId, step))) === step);
  }
}
