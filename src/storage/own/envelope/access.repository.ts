import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';
import { type OwnTables } from '../own-tables.js';
import { type KeyRing } from './people.repository.js';

/** `token`: lets its holder deliver to the owner. `session`: its holder is the owner. `invite`: lets somebody register. */
export type AccessKind = 'token' | 'session' | 'invite';

export interface AccessRow {
  readonly id: Id;
  readonly wire_id: string;
  readonly label: string;
  readonly scopes: string[];
  readonly details: { readonly acceptAlgorithms?: readonly string[] | null };
  readonly uses: string;
  readonly uses_max: string | null;
  readonly per_minute_max: number | null;
  readonly per_day_max: number | null;
  readonly bytes_per_day_max: string | null;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
}

/** A token or session with its owner. */
export interface OpenedRow extends AccessRow {
  readonly secret_hash: Buffer;
  readonly box_id: Id;
  readonly user_id: Id;
  readonly envelope_user_id: string | null;
  readonly envelope_name: string | null;
  readonly envelope_keys: KeyRing | null;
  readonly disabled_at: Date | null;
}

export interface NewAccess {
  readonly id: Id;
  readonly kind: AccessKind;
  /** null for an invite */
  readonly boxId: Id | null;
  readonly wireId: string | null;
  readonly secretHash: Buffer;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly details: object;
  readonly usesMax: number | null;
  readonly perMinuteMax: number | null;
  readonly perDayMax: number | null;
  readonly bytesPerDayMax: number | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

/** What of a token may be changed; undefined leaves it as it is. */
export interface AccessChange {
  readonly label?: string | undefined;
  readonly usesMax?: number | null | undefined;
  readonly perMinuteMax?: number | undefined;
  readonly perDayMax?: number | undefined;
  readonly bytesPerDayMax?: number | undefined;
  readonly expiresAt?: Date | null | undefined;
  readonly acceptAlgorithms?: readonly string[] | null | undefined;
}

const DIALECT = `dialect = 'envelope'`;
const COLUMNS = `c.id, c.wire_id, c.label, c.scopes, c.details, c.uses, c.uses_max, c.per_minute_max, c.per_day_max, c.bytes_per_day_max,
  c.created_at, c.last_used_at, c.expires_at, c.revoked_at`;
const ADD = statement(
  'envelope-access-add',
  `INSERT INTO credentials (id, dialect, kind, mailbox_id, wire_id, secret_hash, label, scopes, details, uses_max, per_minute_max,
     per_day_max, bytes_per_day_max, created_at, expires_at)
   VALUES ($1, 'envelope', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
);
// One look into one index for each hash, whatever became of the token; what it opens is judged by whoever asked.
// For a hash that is not there its neighbour is read, so that an unknown token takes as long as one that has ended.
const OPEN = statement<OpenedRow & { readonly kind: string }>(
  'envelope-access-open',
  `SELECT ${COLUMNS}, c.kind, c.secret_hash, m.id AS box_id, u.id AS user_id, u.envelope_user_id, u.envelope_name, u.envelope_keys, u.disabled_at
   FROM unnest($1::bytea[]) AS asked(hash)
   CROSS JOIN LATERAL (SELECT * FROM credentials WHERE ${DIALECT} AND secret_hash >= asked.hash ORDER BY secret_hash LIMIT 1) c
   LEFT JOIN mailboxes m ON m.id = c.mailbox_id LEFT JOIN users u ON u.id = m.user_id`,
);
const LIST = statement<AccessRow>(
  'envelope-access-list',
  `SELECT ${COLUMNS} FROM credentials c WHERE c.mailbox_id = $1 AND c.${DIALECT} AND c.kind = $2
     AND ($3::timestamptz IS NULL OR c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > $3))
   ORDER BY c.id LIMIT $4`,
);
const COUNT_LIVE = statement<{ total: string }>(
  'envelope-access-count',
  `SELECT count(*) AS total FROM credentials WHERE mailbox_id = $1 AND ${DIALECT} AND kind = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)`,
);
// What has ended stays ended: its tombstones may be gone, so that it must never open again.
const CHANGE = statement<AccessRow>(
  'envelope-access-change',
  `UPDATE credentials c SET
     label = coalesce($4, label),
     uses_max = CASE WHEN $5 THEN $6 ELSE uses_max END,
     per_minute_max = coalesce($7, per_minute_max),
     per_day_max = coalesce($8, per_day_max),
     bytes_per_day_max = coalesce($9, bytes_per_day_max),
     expires_at = CASE WHEN $10 THEN $11 ELSE expires_at END,
     details = details || $12::jsonb
   WHERE mailbox_id = $1 AND wire_id = $2 AND ${DIALECT} AND kind = 'token' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)
   RETURNING ${COLUMNS}`,
);
const REVOKE = statement<{ id: Id }>(
  'envelope-access-revoke',
  `UPDATE credentials SET revoked_at = $4 WHERE mailbox_id = $1 AND wire_id = $2 AND ${DIALECT} AND kind = $3 AND revoked_at IS NULL RETURNING id`,
);
const USE_INVITE = statement<{ id: Id }>(
  'envelope-invite-use',
  `UPDATE credentials SET uses = uses + 1, last_used_at = $2 WHERE ${DIALECT} AND kind = 'invite' AND secret_hash = $1
     AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2) AND uses < uses_max RETURNING id`,
);
const INVITES = statement<AccessRow>('envelope-invites', `SELECT ${COLUMNS} FROM credentials c WHERE c.${DIALECT} AND c.kind = 'invite' ORDER BY c.id LIMIT 1000`);
const REVOKE_INVITE = statement<{ id: Id }>(
  'envelope-invite-revoke',
  `UPDATE credentials SET revoked_at = $2 WHERE id = $1 AND ${DIALECT} AND kind = 'invite' AND revoked_at IS NULL RETURNING id`,
);
const REMOVE_OF = statement('envelope-access-remove-of', `DELETE FROM credentials WHERE mailbox_id = $1 AND ${DIALECT}`);
// Not before the message is gone, too: as long as it lies there, a copy of it is a copy.
const REMOVE_TOMBSTONES = statement<{ gone: string }>(
  'envelope-tombstones-remove',
  `WITH gone AS (
     DELETE FROM idempotency_keys WHERE (box_id, scope, key) IN (
       SELECT k.box_id, k.scope, k.key FROM idempotency_keys k
       LEFT JOIN credentials c ON c.id = k.credential_id
       WHERE k.credential_id IS NOT NULL AND (c.id IS NULL OR c.revoked_at <= $1 OR c.expires_at <= $1)
         AND NOT EXISTS (SELECT FROM messages m WHERE m.home_box = k.box_id AND m.id = k.message_id)
       LIMIT $2 FOR UPDATE OF k SKIP LOCKED)
     RETURNING 1)
   SELECT count(*) AS gone FROM gone`,
);
const REMOVE_ENDED = statement<{ gone: string }>(
  'envelope-access-ended',
  `WITH gone AS (
     DELETE FROM credentials WHERE id IN (
       SELECT c.id FROM credentials c WHERE c.${DIALECT} AND (c.expires_at <= $1 OR c.revoked_at <= $1)
         AND NOT EXISTS (SELECT FROM idempotency_keys k WHERE k.credential_id = c.id) LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING 1)
   SELECT count(*) AS gone FROM gone`,
);

const DAY_MS = 86_400_000;
/** A clock that is set back must not make a token good again whose tombstones are gone. */
const TOMBSTONE_GRACE_MS = DAY_MS;
/** So long those that ended stand in lists. */
const SHOWN_MS = 30 * DAY_MS;

/** Tokens, sessions and invites: credentials with what this dialect keeps beside them. */
export class EnvelopeAccessRepository implements OwnTables {
  constructor(private readonly sql: Sql) {}

  async add(access: NewAccess): Promise<void> {
    await this.sql.all(ADD, [
      access.id, access.kind, access.boxId, access.wireId, access.secretHash, access.label, access.scopes, JSON.stringify(access.details),
      access.usesMax, access.perMinuteMax, access.perDayMax, access.bytesPerDayMax, access.createdAt, access.expiresAt,
    ]);
  }

  /** @returns those with these hashes, also such as have ended, with their owners */
  async open(kind: AccessKind, secretHashes: readonly Buffer[]): Promise<OpenedRow[]> {
    const asked = new Set(secretHashes.map((hash) => hash.toString('hex')));
    const nearest = await this.sql.all(OPEN, [secretHashes]);
    return nearest.filter((row) => row.kind === kind && asked.has(row.secret_hash.toString('hex')));
  }

  /** Oldest first. @param liveAt leaves out what has ended by then; null for all */
  list(boxId: Id, kind: AccessKind, liveAt: Date | null, limit: number): Promise<AccessRow[]> {
    return this.sql.all(LIST, [boxId, kind, liveAt, limit]);
  }

  async countLive(boxId: Id, kind: AccessKind, now: Date): Promise<number> {
    return Number((await this.sql.one(COUNT_LIVE, [boxId, kind, now]))?.total ?? 0);
  }

  /** @returns null when there is no such token that has not ended */
  change(boxId: Id, wireId: string, now: Date, to: AccessChange): Promise<AccessRow | null> {
    return this.sql.one(CHANGE, [
      boxId, wireId, now, to.label ?? null, to.usesMax !== undefined, to.usesMax ?? null, to.perMinuteMax ?? null, to.perDayMax ?? null,
      to.bytesPerDayMax ?? null, to.expiresAt !== undefined, to.expiresAt ?? null,
      JSON.stringify(to.acceptAlgorithms === undefined ? {} : { acceptAlgorithms: to.acceptAlgorithms }),
    ]);
  }

  /** @returns false when there is none to revoke */
  async revoke(boxId: Id, wireId: string, kind: AccessKind, at: Date): Promise<boolean> {
    return (await this.sql.one(REVOKE, [boxId, wireId, kind, at])) !== null;
  }

  /** Uses an invite up by one. @returns false when it is none, or none any more */
  async useInvite(secretHash: Buffer, now: Date): Promise<boolean> {
    return (await this.sql.one(USE_INVITE, [secretHash, now])) !== null;
  }

  invites(): Promise<AccessRow[]> {
    return this.sql.all(INVITES, []);
  }

  async revokeInvite(id: Id, at: Date): Promise<boolean> {
    return (await this.sql.one(REVOKE_INVITE, [id, at])) !== null;
  }

  async removeAllOf(boxId: Id): Promise<void> {
    await this.sql.all(REMOVE_OF, [boxId]);
  }

  async removeExpired(now: Date, limit: number): Promise<number> {
    const tombstones = await this.sql.one(REMOVE_TOMBSTONES, [new Date(now.getTime() - TOMBSTONE_GRACE_MS), limit]);
    const ended = await this.sql.one(REMOVE_ENDED, [new Date(now.getTime() - SHOWN_MS), limit]);
    return Math.max(Number(tombstones?.gone ?? 0), Number(ended?.gone ?? 0));
  }
}
