import { type Id } from '../../kernel/id-source.js';
import { type Sql, statement } from '../sql.js';

export interface CredentialRow {
  readonly id: Id;
  readonly kind: string;
  readonly user_id: Id | null;
  readonly secret_hash: Buffer;
  readonly label: string;
  readonly scopes: string[];
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
}

export interface NewCredential {
  readonly id: Id;
  readonly dialect: string;
  readonly kind: string;
  readonly mailboxId: Id | null;
  readonly secretHash: Buffer;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

const COLUMNS = `c.id, c.kind, m.user_id, c.secret_hash, c.label, c.scopes, c.created_at, c.last_used_at, c.expires_at, c.revoked_at`;
const FROM = 'FROM credentials c LEFT JOIN mailboxes m ON m.id = c.mailbox_id';

const ADD = statement(
  'credentials-add',
  `INSERT INTO credentials (id, dialect, kind, mailbox_id, secret_hash, label, scopes, created_at, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);
const VALID = statement<CredentialRow>(
  'credentials-valid',
  `SELECT ${COLUMNS} ${FROM} WHERE c.dialect = $1 AND c.secret_hash = ANY ($2::bytea[]) AND c.revoked_at IS NULL
     AND (c.expires_at IS NULL OR c.expires_at > $3)`,
);
const LIST = statement<CredentialRow>(
  'credentials-list',
  `SELECT ${COLUMNS} ${FROM} WHERE c.dialect = $1 AND ($2::text IS NULL OR c.kind = $2) ORDER BY c.id LIMIT 1000`,
);
const REVOKE = statement<{ id: Id }>(
  'credentials-revoke',
  'UPDATE credentials SET revoked_at = $3 WHERE dialect = $1 AND id = $2 AND revoked_at IS NULL RETURNING id',
);
const REVOKE_SECRET = statement<{ id: Id }>(
  'credentials-revoke-secret',
  'UPDATE credentials SET revoked_at = $3 WHERE dialect = $1 AND secret_hash = $2 AND revoked_at IS NULL RETURNING id',
);
const USED = statement('credentials-used', 'UPDATE credentials SET last_used_at = $2 WHERE id = ANY ($1::bigint[])');
const REMOVE_OF = statement('credentials-remove-of', 'DELETE FROM credentials WHERE mailbox_id = $1');
const REMOVE_OF_KIND = statement('credentials-remove-of-kind', 'DELETE FROM credentials WHERE mailbox_id = $1 AND kind = $2');
// Those with a wire id stand in lists of their owner; their dialect removes them when its time has come.
const REMOVE_EXPIRED = statement<{ gone: string }>(
  'credentials-remove-expired',
  `WITH gone AS (
     DELETE FROM credentials WHERE id IN (
       SELECT id FROM credentials WHERE expires_at <= $1 AND wire_id IS NULL ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING 1)
   SELECT count(*) AS gone FROM gone`,
);

/** Keys and tokens, by the hash of their secret. */
export class CredentialsRepository {
  constructor(private readonly sql: Sql) {}

  async add(credential: NewCredential): Promise<void> {
    await this.sql.all(ADD, [
      credential.id, credential.dialect, credential.kind, credential.mailboxId, credential.secretHash, credential.label,
      credential.scopes, credential.createdAt, credential.expiresAt,
    ]);
  }

  /** Those of one dialect that may be used now. */
  valid(dialect: string, secretHashes: readonly Buffer[], now: Date): Promise<CredentialRow[]> {
    return this.sql.all(VALID, [dialect, secretHashes, now]);
  }

  list(dialect: string, kind: string | null): Promise<CredentialRow[]> {
    return this.sql.all(LIST, [dialect, kind]);
  }

  /** @returns false when there is none that could be revoked */
  async revoke(dialect: string, id: Id, at: Date): Promise<boolean> {
    return (await this.sql.one(REVOKE, [dialect, id, at])) !== null;
  }

  /** @returns false when there is none that could be revoked */
  async revokeSecret(dialect: string, secretHash: Buffer, at: Date): Promise<boolean> {
    return (await this.sql.one(REVOKE_SECRET, [dialect, secretHash, at])) !== null;
  }

  async noteUse(ids: readonly Id[], at: Date): Promise<void> {
    await this.sql.all(USED, [ids, at]);
  }

  async removeOf(mailboxId: Id): Promise<void> {
    await this.sql.all(REMOVE_OF, [mailboxId]);
  }

  async removeOfKind(mailboxId: Id, kind: string): Promise<void> {
    await this.sql.all(REMOVE_OF_KIND, [mailboxId, kind]);
  }

  /** @returns how many that could not be used any more were removed, at most `limit` */
  async removeExpired(now: Date, limit: number): Promise<number> {
    return Number((await this.sql.one(REMOVE_EXPIRED, [now, limit]))?.gone ?? 0);
  }
}
