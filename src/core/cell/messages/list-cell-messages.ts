import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../../../kernel/domain-error.js';
import { type Id } from '../../../kernel/id-source.js';
import { limits } from '../../../kernel/limits.js';
import { type Query } from '../../../kernel/query.js';
import { type CopyContentRow, type CopyRow, type CopySide } from '../../../storage/own/cell/copies.repository.js';
import { Store } from '../../../storage/store.js';
import { type Tx } from '../../../storage/tx.js';
import { CELL_SPACE, type CellDetails, cellMessage, type CellMessage, type DeliveryResult, NOT_REMOTE } from './cell-message.js';
import { countByLabels, isCountedByLabels } from './label-counts.js';
import { readsTexts, SearchLine } from './text-search.js';

const ACCEPTED = 201;
/** Messages whose texts are in memory at a time: each may have 64 KiB, and a list of a thousand addresses. */
const PIECE = 25;

export interface ListCellMessagesCommand {
  readonly boxId: Id;
  readonly side: CopySide;
  /** in the fields of receivedColumns or sentColumns */
  readonly query: Query;
}

export interface CellMessageList {
  /** null: not asked for */
  readonly total: number | null;
  /** may be walked once; a message that is removed meanwhile is left out */
  readonly pieces: AsyncIterable<readonly CellMessage[]>;
}

/** A Box as messages show it. */
export interface MessageBox {
  readonly name: string;
  readonly schema: string | null;
  readonly revision: number;
  readonly publishedAt: Date;
  readonly updatedAt: Date;
}

/** Reads messages of a cell: one, or those that fit a question. Reading changes nothing. */
@Injectable()
export class ListCellMessages {
  private readonly searches = new SearchLine();

  constructor(@Inject(Store) private readonly store: Store) {}

  /** @throws DomainError message_not_found */
  async one(boxId: Id, side: CopySide, wireId: string): Promise<CellMessage> {
    const copy = await this.store.read((tx) => tx.own.cell.copies.find(boxId, side, wireId));
    const [message] = copy ? await this.whole(side, [copy]) : [];
    if (!message) throw new DomainError('message_not_found');
    return message;
  }

  /**
   * Finds out which messages fit and hands out their texts piece by piece, so that memory does
   * not grow with what they say.
   */
  async execute({ boxId, side, query }: ListCellMessagesCommand): Promise<CellMessageList> {
    const [total, copies] = await Promise.all([
      query.count ? this.count(boxId, side, query) : null,
      query.top > 0 ? this.ask(query, (tx) => tx.own.cell.copies.page(boxId, side, query)) : [],
    ]);
    return { total, pieces: this.pieces(side, copies) };
  }

  /** @returns the Boxes that messages of a cell belong to, by id; those that are gone are left out */
  async boxesOf(cellId: Id, messages: readonly Pick<CellMessage, 'boundTo'>[]): Promise<Map<Id, MessageBox>> {
    const ids = [...new Set(messages.flatMap(({ boundTo }) => (boundTo === null ? [] : [boundTo])))];
    const rows = await this.store.read((tx) => tx.own.cell.boxes.ofIds(cellId, ids));
    return new Map(
      rows.map((row) => [row.id, { name: row.name, schema: row.schema, revision: row.revision, publishedAt: row.published_at, updatedAt: row.updated_at }]),
    );
  }

  /** @throws DomainError overloaded: a search through texts takes too long, or too many of them wait */
  private ask<T>(query: Query, work: (tx: Tx) => Promise<T>): Promise<T> {
    if (!readsTexts(query)) return this.store.read(work);
    return this.searches.run(() =>
      this.store.run(async (tx) => {
        await tx.own.cell.copies.limitTime(limits.text_search_ms_max);
        return work(tx);
      }),
    );
  }

  private count(boxId: Id, side: CopySide, query: Query): Promise<number> {
    return this.ask(query, async (tx) => {
      if (!isCountedByLabels(query)) return tx.own.cell.copies.count(boxId, side, query);
      return countByLabels(await tx.counts.totals(boxId, CELL_SPACE), side, query);
    });
  }

  private async *pieces(side: CopySide, copies: readonly CopyRow[]): AsyncGenerator<readonly CellMessage[]> {
    for (let start = 0; start < copies.length; start += PIECE) yield await this.whole(side, copies.slice(start, start + PIECE));
  }

  private async whole(side: CopySide, copies: readonly CopyRow[]): Promise<CellMessage[]> {
    const rows = await this.store.read((tx) => tx.own.cell.copies.contents(copies));
    const contents = new Map(rows.map((row) => [keyOf(row), row]));
    const remote = side === 'sent' ? await this.remoteResults(rows) : new Map<string, Map<string, DeliveryResult>>();
    return copies.flatMap((copy) => {
      const content = contents.get(keyOf(copy));
      return content ? [cellMessage(copy, content, side, remote.get(keyOf(copy)) ?? NOT_REMOTE)] : [];
    });
  }

  /** How deliveries to other servers stand, by message. */
  private async remoteResults(rows: readonly CopyContentRow[]): Promise<Map<string, Map<string, DeliveryResult>>> {
    const some = rows.filter(({ details }) => (details as CellDetails).remote);
    const results = new Map<string, Map<string, DeliveryResult>>();
    if (some.length === 0) return results;
    for (const { url, code, reason, ...place } of await this.store.read((tx) => tx.own.cell.copies.remoteOutcomes(some))) {
      const key = keyOf(place);
      const known = results.get(key) ?? new Map<string, DeliveryResult>();
      results.set(key, known.set(url, remoteResult(url, code, reason)));
    }
    return results;
  }
}

/** @param code of HTTP, null as long as nobody answered */
function remoteResult(to: string, code: number | null, reason: string | null): DeliveryResult {
  if (code === null) return { to, outcome: 'unreachable' };
  return code === ACCEPTED ? { to, outcome: 'delivered' } : { to, outcome: 'answered', code, reason: reason ?? '' };
}

function keyOf({ home_box, message_id }: Pick<CopyRow, 'home_box' | 'message_id'>): string {
  return `${home_box} ${message_id}`;
}
