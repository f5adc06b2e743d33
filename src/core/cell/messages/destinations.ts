import { Inject, Injectable } from '@nestjs/common';
import { type Id } from '../../../kernel/id-source.js';
import { NO_BOX } from '../../../storage/own/cell/bound-names.repository.js';
import { Store } from '../../../storage/store.js';
import { type Undelivered } from './cell-message.js';
import { MessageRefusal } from './message-refusal.js';

export const DESTINATIONS_MAX = 1000;

/** A cell that is to get a message. */
export type Destination = { readonly url: string } & (
  | { readonly kind: 'here'; readonly boxId: Id; readonly boundTo: Id | null }
  /** on another server that takes messages from this one */
  | { readonly kind: 'remote'; readonly boxId: Id }
  | { readonly kind: 'undelivered'; readonly why: Undelivered }
);

/** Tells by the address of a cell where it is. */
export interface CellAddresses {
  /** @returns the name of a cell of this server; null for every other address */
  localName(url: string): string | null;
  /** whether this server is meant, be there such a cell or not */
  isOwn(url: string): boolean;
  /** whether it is on a server that takes messages from this one */
  isPeer(url: string): boolean;
}

/** What is asked for. */
export interface DestinationsWanted {
  readonly sender: { readonly cellId: Id };
  readonly addresses: CellAddresses;
  /** addresses as cells write them, in the order of the sender */
  readonly to: readonly string[];
  /** all that are tied to this relation of the sender */
  readonly toRelation: string | null;
  readonly boundToApp?: { readonly schema: string | null };
}

/** Finds out where a message goes: one look-up for all destinations. */
@Injectable()
export class Destinations {
  constructor(@Inject(Store) private readonly store: Store) {}

  /**
   * @returns each destination once, in the order of the sender, those of the relation last
   * @throws MessageRefusal relation_of_sender, relation_empty, too_many_destinations
   */
  async of(wanted: DestinationsWanted): Promise<Destination[]> {
    const urls = [...new Set([...wanted.to, ...(await this.tied(wanted))])];
    if (urls.length > DESTINATIONS_MAX) throw new MessageRefusal('too_many_destinations');
    const names = new Map(urls.map((url) => [url, wanted.addresses.localName(url)]));
    const schema = wanted.boundToApp?.schema ?? null;
    const local = [...names.values()].filter((name) => name !== null);
    const found = await this.store.read((tx) => tx.own.cell.recipients.byName(local, schema));
    const here = new Map(found.map((row) => [row.name, row]));
    return Promise.all(
      urls.map(async (url): Promise<Destination> => {
        const name = names.get(url) ?? null;
        if (name === null) return this.elsewhere(url, wanted.addresses);
        const row = here.get(name);
        if (!row) return { url, kind: 'undelivered', why: 'cell_unknown' };
        if (schema !== null && row.bound_to === null) return { url, kind: 'undelivered', why: 'box_unknown' };
        const boxId = row.box_id ?? (await this.store.ensureMailbox({ kind: 'cell', cellId: row.cell_id }));
        return { url, kind: 'here', boxId, boundTo: row.bound_to };
      }),
    );
  }

  private async elsewhere(url: string, addresses: CellAddresses): Promise<Destination> {
    if (addresses.isOwn(url)) return { url, kind: 'undelivered', why: 'cell_unknown' };
    if (!addresses.isPeer(url)) return { url, kind: 'undelivered', why: 'unreachable' };
    return { url, kind: 'remote', boxId: await this.store.ensureMailbox({ kind: 'remote', url }) };
  }

  /** Relations without a Box only; names of those with one mean nothing without it. */
  private async tied({ sender, toRelation }: DestinationsWanted): Promise<readonly string[]> {
    if (toRelation === null) return [];
    const urls = await this.store.read(async ({ own: { cell } }) => {
      const relation = await cell.relations.byName(sender.cellId, toRelation, NO_BOX);
      return relation && cell.extCells.urlsOfRelation(sender.cellId, relation.id, DESTINATIONS_MAX + 1);
    });
    if (urls === null) throw new MessageRefusal('relation_of_sender', toRelation);
    if (urls.length === 0) throw new MessageRefusal('relation_empty', toRelation);
    return urls;
  }
}
