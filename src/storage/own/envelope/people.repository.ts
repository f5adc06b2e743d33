import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';
import { type OwnTables } from '../own-tables.js';

/** A public key as its owner gave it. */
export interface StoredKey {
  /** PEM */
  readonly key: string;
  readonly fingerprint: string;
  readonly type: 'rsa' | 'x25519' | 'ed25519';
}

/** What a person has instead of a password, and how mail is to be taken; the column `envelope_keys`. */
export interface KeyRing {
  readonly identity: StoredKey;
  readonly encryption: StoredKey;
  /** YYYY-MM-DDTHH:MM:SS.sssZ, so that texts compare like times; null where identity and encryption are one key */
  readonly keyCreated: string | null;
  readonly keySignature: string | null;
  /** encryption keys before this one, the latest first */
  readonly earlier: readonly (StoredKey & { readonly until: string })[];
  readonly discoverable: boolean;
  /** suites the inner part may be sealed with; null: all */
  readonly acceptAlgorithms: readonly string[] | null;
  /** null: kept until deleted */
  readonly retentionDays: number | null;
  readonly deleteOnAck: boolean;
}

export interface PersonRow {
  readonly id: Id;
  readonly envelope_user_id: string;
  readonly envelope_name: string;
  readonly envelope_keys: KeyRing;
  readonly username: string | null;
  readonly created_at: Date;
  readonly disabled_at: Date | null;
}

const COLUMNS = 'id, envelope_user_id, envelope_name, envelope_keys, username, created_at, disabled_at';
const ADD = statement<PersonRow>(
  'envelope-person-add',
  `INSERT INTO users (envelope_user_id, envelope_name, envelope_keys, created_at, validated_at) VALUES ($1, $2, $3, $4, $4) RETURNING ${COLUMNS}`,
);
const NAME_RESTS = statement<{ name: string }>('envelope-name-rests', 'SELECT name FROM envelope_resting_names WHERE name = $1 AND until > $2');
const BY_NAME = statement<PersonRow>('envelope-person-by-name', `SELECT ${COLUMNS} FROM users WHERE envelope_name = $1 AND deleted_at IS NULL`);
const BY_USER_ID = statement<PersonRow>('envelope-person-by-user-id', `SELECT ${COLUMNS} FROM users WHERE envelope_user_id = $1 AND deleted_at IS NULL`);
const BY_ID = statement<PersonRow>('envelope-person-by-id', `SELECT ${COLUMNS} FROM users WHERE id = $1 AND envelope_user_id IS NOT NULL AND deleted_at IS NULL`);
const CHANGE = statement<PersonRow>(
  'envelope-person-change',
  `UPDATE users SET envelope_keys = envelope_keys || $2::jsonb WHERE id = $1 AND envelope_user_id IS NOT NULL AND deleted_at IS NULL RETURNING ${COLUMNS}`,
);
const HOLD = statement<PersonRow>('envelope-person-hold', `SELECT ${COLUMNS} FROM users WHERE id = $1 AND envelope_user_id IS NOT NULL AND deleted_at IS NULL FOR UPDATE`);
const LEAVE = statement<{ id: Id }>(
  'envelope-person-leave',
  'UPDATE users SET envelope_user_id = NULL, envelope_name = NULL, envelope_keys = NULL WHERE id = $1 AND envelope_user_id IS NOT NULL RETURNING id',
);
const REST = statement(
  'envelope-name-rest',
  'INSERT INTO envelope_resting_names (name, until) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET until = excluded.until',
);
const REST_OF_BOX = statement(
  'envelope-name-rest-of-box',
  `INSERT INTO envelope_resting_names (name, until) SELECT u.envelope_name, $2 FROM mailboxes m JOIN users u ON u.id = m.user_id
   WHERE m.id = $1 AND u.envelope_name IS NOT NULL ON CONFLICT (name) DO UPDATE SET until = excluded.until`,
);
const WITH_RETENTION = statement<PersonRow & { box_id: Id }>(
  'envelope-person-retention',
  `SELECT u.id, u.envelope_user_id, u.envelope_name, u.envelope_keys, u.username, u.created_at, u.disabled_at, m.id AS box_id
   FROM users u JOIN mailboxes m ON m.user_id = u.id
   WHERE u.envelope_user_id IS NOT NULL AND u.deleted_at IS NULL AND u.envelope_keys->'retentionDays' <> 'null' AND u.id > $1
   ORDER BY u.id LIMIT $2`,
);
const WOKEN = statement<{ gone: string }>(
  'envelope-names-woken',
  `WITH gone AS (DELETE FROM envelope_resting_names WHERE name IN (SELECT name FROM envelope_resting_names WHERE until <= $1 LIMIT $2) RETURNING 1)
   SELECT count(*) AS gone FROM gone`,
);

/** A name is nobody's for so long after its owner left. */
export const NAME_RESTS_MS = 90 * 86_400_000;

/** People with keys. Those who left are not found. */
export class EnvelopePeopleRepository implements OwnTables {
  constructor(private readonly sql: Sql) {}

  /** @throws the driver's unique violation: constraint users_envelope_name_key */
  async add(person: { userId: string; name: string; keys: KeyRing; at: Date }): Promise<PersonRow> {
    return (await this.sql.one(ADD, [person.userId, person.name, JSON.stringify(person.keys), person.at]))!;
  }

  /** To be asked after the name was taken: whoever gives one up at the same time is waited for there. */
  async rests(name: string, now: Date): Promise<boolean> {
    return (await this.sql.one(NAME_RESTS, [name, now])) !== null;
  }

  byName(name: string): Promise<PersonRow | null> {
    return this.sql.one(BY_NAME, [name]);
  }

  byUserId(userId: string): Promise<PersonRow | null> {
    return this.sql.one(BY_USER_ID, [userId]);
  }

  byId(id: Id): Promise<PersonRow | null> {
    return this.sql.one(BY_ID, [id]);
  }

  /** Holds the row until the end of the transaction. */
  hold(id: Id): Promise<PersonRow | null> {
    return this.sql.one(HOLD, [id]);
  }

  /** Replaces the members that are given. @returns null when the person has left */
  change(id: Id, members: Partial<KeyRing>): Promise<PersonRow | null> {
    return this.sql.one(CHANGE, [id, JSON.stringify(members)]);
  }

  /** Takes keys and names from a person; a name rests for a while. */
  async leave(id: Id, name: string, at: Date): Promise<void> {
    await this.sql.all(LEAVE, [id]);
    await this.sql.all(REST, [name, restsUntil(at)]);
  }

  /** @returns people above an id who let their mail go after a while, with their mailboxes */
  withRetention(above: Id, limit: number): Promise<(PersonRow & { readonly box_id: Id })[]> {
    return this.sql.all(WITH_RETENTION, [above, limit]);
  }

  /** The account goes as a whole; called while it still has its name. */
  async removeAllOf(boxId: Id, at: Date): Promise<void> {
    await this.sql.all(REST_OF_BOX, [boxId, restsUntil(at)]);
  }

  async removeExpired(now: Date, limit: number): Promise<number> {
    return Number((await this.sql.one(WOKEN, [now, limit]))?.gone ?? 0);
  }
}

function restsUntil(at: Date): Date {
  return new Date(at.getTime() + NAME_RESTS_MS);
}
