import { Inject, Injectable } from '@nestjs/common';
import { type Id } from '../../../kernel/id-source.js';
import { EVERYBODY, type HeldRow } from '../../../storage/own/cell/grants.repository.js';
import { Store } from '../../../storage/store.js';
import { type CellPrivilege, withContained } from './privileges.js';

/** Who asks for something in a cell. */
export type CellCaller =
  | { readonly kind: 'anyone' }
  | { readonly kind: 'account'; readonly accountId: Id }
  /** url: normalised address of the cell that vouches */
  | { readonly kind: 'visitor'; readonly url: string };

/** What somebody holds in a cell. */
export interface CellHoldings {
  readonly roles: readonly Id[];
  readonly privileges: ReadonlySet<CellPrivilege>;
}

/** Finds out what somebody may do in a cell. Nothing is remembered: what is taken away is gone with the next request. */
@Injectable()
export class CellAccess {
  constructor(@Inject(Store) private readonly store: Store) {}

  /** @returns roles and privileges; those that everybody has are among the privileges */
  async holdingsOf(cellId: Id, caller: CellCaller): Promise<CellHoldings> {
    const rows = await this.store.read((tx) => heldBy(caller, cellId, tx.own.cell.grants));
    return {
      roles: rows.map((row) => row.role_id).filter((id) => id !== EVERYBODY),
      privileges: withContained(rows.flatMap((row) => row.privileges ?? [])),
    };
  }
}

interface Grants {
  heldByAnyone(cellId: Id): Promise<HeldRow[]>;
  heldByAccount(cellId: Id, accountId: Id): Promise<HeldRow[]>;
  heldByVisitor(cellId: Id, url: string): Promise<HeldRow[]>;
}

function heldBy(caller: CellCaller, cellId: Id, grants: Grants): Promise<HeldRow[]> {
  switch (caller.kind) {
    case 'anyone':
      return grants.heldByAnyone(cellId);
    case 'account':
      return grants.heldByAccount(cellId, caller.accountId);
    case 'visitor':
      return grants.heldByVisitor(cellId, caller.url);
  }
}
