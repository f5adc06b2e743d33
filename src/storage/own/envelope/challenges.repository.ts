import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';
import { type OwnTables } from '../own-tables.js';

export interface ChallengeRow {
  readonly id: string;
  readonly purpose: 'register' | 'login';
  /** who wants to log in; null for a name that nobody has, and for whoever registers */
  readonly user_id: Id | null;
  /** fingerprint of the key to be registered */
  readonly identity: string | null;
  /** 32 bytes */
  readonly nonce: Buffer;
  readonly expires_at: Date;
}

const ADD = statement(
  'envelope-challenge-add',
  'INSERT INTO envelope_challenges (id, purpose, user_id, identity, nonce, expires_at) VALUES ($1, $2, $3, $4, $5, $6)',
);
const TAKE = statement<ChallengeRow>('envelope-challenge-take', 'DELETE FROM envelope_challenges WHERE id = $1 RETURNING *');
const REMOVE_EXPIRED = statement<{ gone: string }>(
  'envelope-challenge-expired',
  `WITH gone AS (DELETE FROM envelope_challenges WHERE id IN (
     SELECT id FROM envelope_challenges WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1)
   SELECT count(*) AS gone FROM gone`,
);

/** Challenges: each is taken once. */
export class EnvelopeChallengesRepository implements OwnTables {
  constructor(private readonly sql: Sql) {}

  async add(challenge: ChallengeRow): Promise<void> {
    await this.sql.all(ADD, [challenge.id, challenge.purpose, challenge.user_id, challenge.identity, challenge.nonce, challenge.expires_at]);
  }

  /** Takes it away, expired or not. @returns null when there is none */
  take(id: string): Promise<ChallengeRow | null> {
    return this.sql.one(TAKE, [id]);
  }

  async removeExpired(now: Date, limit: number): Promise<number> {
    return Number((await this.sql.one(REMOVE_EXPIRED, [now, limit]))?.gone ?? 0);
  }
}
