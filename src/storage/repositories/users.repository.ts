import { type Id } from '../../kernel/id-source.js';
import { type Sql, statement } from '../sql.js';

export interface UserRow {
  readonly id: Id;
  readonly username: string;
  readonly email: string | null;
  readonly first_name: string;
  readonly last_name: string;
  /** YYYY-MM-DD */
  readonly birthdate: string | null;
  readonly gender: string | null;
  readonly role: 'user' | 'moderator' | 'admin';
  readonly created_at: Date;
  readonly validated_at: Date | null;
  readonly last_activity_at: Date | null;
  readonly disabled_at: Date | null;
}

/** What a new account holds; the id is the database's. */
export interface NewUser {
  readonly username: string;
  readonly email: string | null;
  readonly passwordHash: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly birthdate: string | null;
  readonly gender: string | null;
  readonly createdAt: Date;
  readonly validatedAt: Date | null;
}

/** Fields that may be changed; undefined leaves a field as it is. */
export interface UserChange {
  readonly email?: string | null | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly gender?: string | null | undefined;
  readonly passwordHash?: string | undefined;
}

/** Those whom others find by name. Who has keys only has no username, and is nobody here. */
const NAMED = 'deleted_at IS NULL AND username IS NOT NULL';
// The password hash is read where a password is checked, and nowhere else.
const COLUMNS = `id, username, email, first_name, last_name, birthdate::text AS birthdate, gender, role, created_at,
  validated_at, last_activity_at, disabled_at`;

const BY_IDS = statement<UserRow>('users-by-ids', `SELECT ${COLUMNS} FROM users WHERE id = ANY ($1::bigint[]) AND ${NAMED}`);
const BY_USERNAME = statement<UserRow>(
  'users-by-username',
  `SELECT ${COLUMNS} FROM users WHERE lower(username) = lower($1) AND ${NAMED}`,
);
const BY_EMAIL = statement<UserRow>(
  'users-by-email',
  `SELECT ${COLUMNS} FROM users WHERE lower(email) = lower($1) AND email IS NOT NULL AND ${NAMED}`,
);
const PASSWORD = statement<{ password_hash: string | null }>(
  'users-password',
  `SELECT password_hash FROM users WHERE id = $1 AND ${NAMED}`,
);
const HOLD_PASSWORD = statement<{ id: Id }>(
  'users-hold-password',
  'SELECT id FROM users WHERE id = $1 AND password_hash = $2 AND deleted_at IS NULL FOR SHARE',
);
const ADD = statement<UserRow>(
  'users-add',
  `INSERT INTO users (username, email, password_hash, first_name, last_name, birthdate, gender, created_at, validated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${COLUMNS}`,
);
const CHANGE = statement<UserRow>(
  'users-change',
  `UPDATE users SET
     email = CASE WHEN $2 THEN $3 ELSE email END,
     first_name = coalesce($4, first_name),
     last_name = coalesce($5, last_name),
     gender = CASE WHEN $6 THEN $7 ELSE gender END,
     password_hash = coalesce($8, password_hash)
   WHERE id = $1 AND ${NAMED} RETURNING ${COLUMNS}`,
);
const STAND = statement<UserRow>(
  'users-stand',
  `UPDATE users SET
     validated_at = coalesce(validated_at, $2),
     role = coalesce($3, role)
   WHERE id = $1 AND ${NAMED} RETURNING ${COLUMNS}`,
);
const TOUCH = statement('users-touch', 'UPDATE users SET last_activity_at = $2 WHERE id = ANY ($1::bigint[]) AND deleted_at IS NULL');
const BURIED_AMONG = statement<{ id: Id }>('users-buried-among', 'SELECT id FROM users WHERE id = ANY ($1::bigint[]) AND deleted_at IS NOT NULL');
const PAGE = statement<UserRow>(
  'users-page',
  `SELECT ${COLUMNS} FROM users WHERE ${NAMED} ORDER BY id OFFSET $1 LIMIT $2`,
);
const COUNT = statement<{ total: string }>('users-count', `SELECT count(*) AS total FROM users WHERE ${NAMED}`);
// A tombstone keeps the id, so that nobody else is ever taken for this person.
const BURY = statement<{ id: Id }>(
  'users-bury',
  `UPDATE users SET deleted_at = $2, username = 'deleted-' || id, email = NULL, password_hash = NULL, first_name = '',
     last_name = '', birthdate = NULL, gender = NULL, role = 'user', envelope_user_id = NULL, envelope_name = NULL,
     envelope_keys = NULL, last_activity_at = NULL
   WHERE id = $1 AND deleted_at IS NULL RETURNING id`,
);
const UNPURGED = statement<{ id: Id; deletedAt: Date }>(
  'users-unpurged',
  'SELECT id, deleted_at AS "deletedAt" FROM users WHERE deleted_at IS NOT NULL AND purged_at IS NULL ORDER BY deleted_at LIMIT $1',
);
const PURGED = statement('users-purged', 'UPDATE users SET purged_at = $2 WHERE id = $1');

/** Those who may be written to, whose username or name holds a text; `followersOf` null for everybody. */
const searchRows = `FROM users u JOIN mailboxes m ON m.user_id = u.id
   WHERE u.deleted_at IS NULL AND u.username IS NOT NULL AND u.disabled_at IS NULL AND m.id <> $1
     AND (u.username ILIKE $3 OR concat_ws(' ', u.first_name, u.last_name) ILIKE $3)
     AND ($2::text IS NULL OR EXISTS (SELECT FROM relations r WHERE r.from_id = m.id AND r.kind = $2 AND r.to_id = $1))
     AND NOT EXISTS (SELECT FROM relations b WHERE b.kind = $4 AND (b.from_id, b.to_id) IN ((m.id, $1), ($1, m.id)))`;
const SEARCH = statement<UserRow>(
  'users-search',
  `SELECT ${COLUMNS} FROM users WHERE id IN (SELECT u.id ${searchRows}) ORDER BY lower(username) OFFSET $5 LIMIT $6`,
);
const SEARCH_COUNT = statement<{ total: string }>('users-search-count', `SELECT count(*) AS total ${searchRows}`);
const OF_BOX = statement<{ user_id: Id }>('users-of-box', 'SELECT user_id FROM mailboxes WHERE id = $1 AND user_id IS NOT NULL');

/** People. Deleted ones are not found. */
export class UsersRepository {
  constructor(private readonly sql: Sql) {}

  byIds(ids: readonly Id[]): Promise<UserRow[]> {
    return this.sql.all(BY_IDS, [ids]);
  }

  /** @returns those of the given ids whose account was deleted */
  async buriedAmong(ids: readonly Id[]): Promise<Id[]> {
    return (await this.sql.all(BURIED_AMONG, [ids])).map((row) => row.id);
  }

  /** Letter case does not matter. */
  byUsername(username: string): Promise<UserRow | null> {
    return this.sql.one(BY_USERNAME, [username]);
  }

  /** Letter case does not matter. */
  byEmail(email: string): Promise<UserRow | null> {
    return this.sql.one(BY_EMAIL, [email]);
  }

  async passwordHashOf(id: Id): Promise<string | null> {
    return (await this.sql.one(PASSWORD, [id]))?.password_hash ?? null;
  }

  /**
   * Keeps a password from being changed until the end of the transaction.
   * @returns false when it is not that one any more, or the account is gone
   */
  async holdPassword(id: Id, hash: string): Promise<boolean> {
    return (await this.sql.one(HOLD_PASSWORD, [id, hash])) !== null;
  }

  /** @throws the driver's unique violation: constraint users_username_key or users_email_key */
  async add(user: NewUser): Promise<UserRow> {
    const row = await this.sql.one(ADD, [
      user.username, user.email, user.passwordHash, user.firstName, user.lastName, user.birthdate, user.gender,
      user.createdAt, user.validatedAt,
    ]);
    return row!;
  }

  /** @returns null when there is no such user */
  change(id: Id, to: UserChange): Promise<UserRow | null> {
    return this.sql.one(CHANGE, [
      id, to.email !== undefined, to.email ?? null, to.firstName ?? null, to.lastName ?? null, to.gender !== undefined,
      to.gender ?? null, to.passwordHash ?? null,
    ]);
  }

  /**
   * @param validatedAt null: as it is; else from then on, unless it was validated before
   * @param role null: as it is
   */
  changeStanding(id: Id, validatedAt: Date | null, role: string | null): Promise<UserRow | null> {
    return this.sql.one(STAND, [id, validatedAt, role]);
  }

  async touch(ids: readonly Id[], at: Date): Promise<void> {
    await this.sql.all(TOUCH, [ids, at]);
  }

  page(skip: number, take: number): Promise<UserRow[]> {
    return this.sql.all(PAGE, [skip, take]);
  }

  async count(): Promise<number> {
    return Number((await this.sql.one(COUNT, []))?.total ?? 0);
  }

  /** Turns a user into a nameless tombstone. @returns false when there is no such user */
  async bury(id: Id, at: Date): Promise<boolean> {
    return (await this.sql.one(BURY, [id, at])) !== null;
  }

  /** Tombstones whose messages may still be there. */
  unpurged(limit: number): Promise<{ id: Id; deletedAt: Date }[]> {
    return this.sql.all(UNPURGED, [limit]);
  }

  async markPurged(id: Id, at: Date): Promise<void> {
    await this.sql.all(PURGED, [id, at]);
  }

  /** @returns whose mailbox this is */
  async idOfBox(boxId: Id): Promise<Id | null> {
    return (await this.sql.one(OF_BOX, [boxId]))?.user_id ?? null;
  }

  /**
   * People this mailbox could write to.
   * @param search.text taken literally
   * @param search.relation the relation they must hold towards the mailbox; null for none
   * @param search.unless a relation that must stand in neither direction
   */
  async search(
    boxId: Id,
    search: { text: string; relation: string | null; unless: string; skip: number; take: number },
  ): Promise<{ total: number; rows: UserRow[] }> {
    const pattern = `%${search.text.replace(/[\\%_]/g, '\\$&')}%`;
    const values = [boxId, search.relation, pattern, search.unless];
    const [count, rows] = await Promise.all([
      this.sql.one(SEARCH_COUNT, values),
      this.sql.all(SEARCH, [...values, search.skip, search.take]),
    ]);
    return { total: Number(count?.total ?? 0), rows };
  }
}
