import { Inject, Injectable } from '@nestjs/common';
import { Passwords } from '../../../crypto/passwords.js';
import { type Clock } from '../../../kernel/clock.js';
import { type Id } from '../../../kernel/id-source.js';
import { CLOCK } from '../../../kernel/tokens.js';
import { type CellLoginRow } from '../../../storage/own/cell/accounts.repository.js';
import { Store } from '../../../storage/store.js';

/** An account that may act. */
export interface CellAccountInfo {
  readonly id: Id;
  readonly name: string;
  /** goes up with each new password */
  readonly passwordRevision: number;
}

/** A login that succeeded. */
export interface CellLogin {
  readonly account: CellAccountInfo;
  /** the login before this one */
  readonly lastAuthenticatedAt: Date | null;
  /** wrong passwords since then */
  readonly failedCount: number;
}

/** Checks passwords of accounts of cells. */
@Injectable()
export class CellLogins {
  constructor(
    @Inject(Store) private readonly store: Store,
    private readonly passwords: Passwords,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The work is the same whether there is such an account or not.
   * @returns null whatever it was that did not fit
   * @throws DomainError overloaded when too many logins wait
   */
  async execute(cellId: Id, name: string, password: string): Promise<CellLogin | null> {
    const row = await this.store.read((tx) => tx.own.cell.accounts.login(cellId, name));
    const right = await this.passwords.verify(password, row?.password_hash ?? null);
    if (!row) return null;
    if (!right || row.status !== 'active') {
      await this.store.run((tx) => tx.own.cell.accounts.noteFailure(cellId, row.id));
      return null;
    }
    const at = new Date(this.clock.now());
    const before = await this.store.run((tx) => tx.own.cell.accounts.noteSuccess(cellId, row.id, at));
    return before && { account: infoOf(row), lastAuthenticatedAt: before.last_authenticated_at, failedCount: before.failed_count };
  }

  /** @returns an account that may still act, null when it is gone, switched off, or has another password since */
  async stillGood(cellId: Id, accountId: Id, passwordRevision: number): Promise<CellAccountInfo | null> {
    const row = await this.store.read((tx) => tx.own.cell.accounts.loginById(cellId, accountId));
    return row?.status === 'active' && row.password_revision === passwordRevision ? infoOf(row) : null;
  }
}

function infoOf(row: CellLoginRow): CellAccountInfo {
  return { id: row.id, name: row.name, passwordRevision: row.password_revision };
}
