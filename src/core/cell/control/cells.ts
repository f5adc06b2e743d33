import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { type Id, type IdSource } from '../../../kernel/id-source.js';
import { type Query } from '../../../kernel/query.js';
import { CLOCK, ID_SOURCE } from '../../../kernel/tokens.js';
import { type CellRow } from '../../../storage/own/cell/cells.repository.js';
import { Store } from '../../../storage/store.js';
import { BatchLoader } from '../../batch-loader.js';
import { takenKey } from './taken-key.js';

/** A cell as the rest of the server knows it. */
export interface CellInfo {
  readonly id: Id;
  readonly name: string;
  readonly createdAt: Date;
}

/** The cells of this server. */
@Injectable()
export class Cells {
  private readonly names = new BatchLoader<CellRow>((names) => this.load(names));

  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /** @returns null when there is none of this name; letter case counts */
  async byName(name: string): Promise<CellInfo | null> {
    const row = await this.names.get(name);
    return row && infoOf(row);
  }

  /** @param accountId null: for nobody but the cell. @returns whether it is still the cell of this name, with this account in use */
  vouches(cell: Pick<CellInfo, 'id' | 'name'>, accountId: Id | null): Promise<boolean> {
    return this.store.read((tx) => tx.own.cell.cells.vouches(cell.id, cell.name, accountId));
  }

  /** @returns the mailbox of a cell, made on first use */
  mailboxOf(cellId: Id): Promise<Id> {
    return this.store.ensureMailbox({ kind: 'cell', cellId });
  }

  /** @param name already checked. @throws DomainError conflict when it is taken */
  async create(name: string): Promise<CellInfo> {
    const cell = { id: this.ids.next(), name, createdAt: new Date(this.clock.now()) };
    try {
      await this.store.run((tx) => tx.own.cell.cells.add(cell, cell.createdAt));
    } catch (error) {
      if (takenKey(error) === 'cells_name_key') throw new DomainError('conflict');
      throw error;
    }
    return cell;
  }

  /** @param query in the fields name, publishedAt, updatedAt. @returns a page, and how many there are in all where that is asked for */
  list(query: Query): Promise<{ cells: CellInfo[]; total: number | null }> {
    return this.store.read(async (tx) => {
      const rows = query.top > 0 ? await tx.own.cell.cells.page(query) : [];
      return { cells: rows.map(infoOf), total: query.count ? await tx.own.cell.cells.count(query) : null };
    });
  }

  private async load(names: readonly string[]): Promise<ReadonlyMap<string, CellRow>> {
    const rows = await this.store.read((tx) => tx.own.cell.cells.byNames(names));
    return new Map(rows.map((row) => [row.name, row]));
  }
}

function infoOf(row: CellRow): CellInfo {
  return { id: row.id, name: row.name, createdAt: row.created_at };
}
