import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';
import { type OwnTables } from '../own-tables.js';

export interface PmGrantRow {
  readonly owner_id: Id;
  readonly id: Id;
  /** one sign-in */
  readonly family_id: Id;
  readonly kind: 'refresh' | 'code';
  readonly client_id: string;
  readonly secret_hash: Buffer;
  readonly access_id: Id | null;
  readonly redirect_uri: string | null;
  readonly challenge: string | null;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly spent_at: Date | null;
}

const ADD = statement(
  'pm-grant-add',
  `INSERT INTO pm_grants (owner_id, id, family_id, kind, client_id, secret_hash, access_id, redirect_uri, challenge, created_at, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
);
const FIND = statement<PmGrantRow & { user_id: Id }>(
  'pm-grant-find',
  `SELECT g.*, m.user_id FROM pm_grants g JOIN mailboxes m ON m.id = g.owner_id
   WHERE g.secret_hash = $1 AND g.kind = $2 AND g.expires_at > $3`,
);
const SPEND = statement<{ id: Id }>(
  'pm-grant-spend',
  'UPDATE pm_grants SET spent_at = $3 WHERE owner_id = $1 AND id = $2 AND spent_at IS NULL RETURNING id',
);
const HOLD = statement<{ id: Id }>('pm-grant-hold', 'SELECT id FROM pm_grants WHERE owner_id = $1 AND id = $2 FOR UPDATE');
const REMOVE_FAMILY = statement<{ access_id: Id | null }>(
  'pm-grant-remove-family',
  'DELETE FROM pm_grants WHERE owner_id = $1 AND family_id = $2 RETURNING access_id',
);
const REMOVE_OF = statement('pm-grant-remove-of', 'DELETE FROM pm_grants WHERE owner_id = $1');
const REMOVE_OF_CLIENT = statement<{ access_id: Id | null }>(
  'pm-grant-remove-of-client',
  'DELETE FROM pm_grants WHERE client_id = $1 RETURNING access_id',
);
const REMOVE_EXPIRED = statement<{ gone: string }>(
  'pm-grant-remove-expired',
  `WITH gone AS (
     DELETE FROM pm_grants WHERE (owner_id, id) IN (
       SELECT owner_id, id FROM pm_grants WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING 1)
   SELECT count(*) AS gone FROM gone`,
);

/** Refresh tokens and authorization codes, by the hash of their secret. */
export class PmGrantsRepository implements OwnTables {
  constructor(private readonly sql: Sql) {}

  async add(grant: Omit<PmGrantRow, 'spent_at'>): Promise<void> {
    await this.sql.all(ADD, [
      grant.owner_id, grant.id, grant.family_id, grant.kind, grant.client_id, grant.secret_hash, grant.access_id,
      grant.redirect_uri, grant.challenge, grant.created_at, grant.expires_at,
    ]);
  }

  /** One that has not expired; it may be spent. */
  find(kind: PmGrantRow['kind'], secretHash: Buffer, now: Date): Promise<(PmGrantRow & { readonly user_id: Id }) | null> {
    return this.sql.one(FIND, [secretHash, kind, now]);
  }

  /** @returns false when it was spent before, or is gone */
  async spend(ownerId: Id, id: Id, at: Date): Promise<boolean> {
    return (await this.sql.one(SPEND, [ownerId, id, at])) !== null;
  }

  /** Holds a row until the end of the transaction. @returns false when it is gone */
  async hold(ownerId: Id, id: Id): Promise<boolean> {
    return (await this.sql.one(HOLD, [ownerId, id])) !== null;
  }

  /** @returns ids of the access tokens that came with it */
  async removeFamily(ownerId: Id, familyId: Id): Promise<Id[]> {
    return this.removeAll(REMOVE_FAMILY, [ownerId, familyId]);
  }

  /** @returns ids of the access tokens that the client was given */
  async removeOfClient(clientId: string): Promise<Id[]> {
    return this.removeAll(REMOVE_OF_CLIENT, [clientId]);
  }

  async removeAllOf(boxId: Id): Promise<void> {
    await this.sql.all(REMOVE_OF, [boxId]);
  }

  /** All of them were: refresh tokens and codes begin with a password. */
  removeSignInsOf(boxId: Id): Promise<void> {
    return this.removeAllOf(boxId);
  }

  async removeExpired(now: Date, limit: number): Promise<number> {
    return Number((await this.sql.one(REMOVE_EXPIRED, [now, limit]))?.gone ?? 0);
  }

  /**
   * Again until nothing is left: a delete that had to wait for a transaction does not see the
   * row which that one added.
   */
  private async removeAll(what: typeof REMOVE_FAMILY, values: readonly unknown[]): Promise<Id[]> {
    const accessIds: Id[] = [];
    for (;;) {
      const rows = await this.sql.all(what, values);
      if (rows.length === 0) return accessIds;
      for (const { access_id: id } of rows) if (id !== null) accessIds.push(id);
    }
  }
}
