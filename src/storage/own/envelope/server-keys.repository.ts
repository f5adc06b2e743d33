import { type Sql, statement } from '../../sql.js';

/** What a pair of the server is for. */
export type ServerKeyKind = 'identity' | 'x25519' | 'rsa';

export interface ServerKeyRow {
  /** the fingerprint of the public half */
  readonly kid: string;
  readonly kind: ServerKeyKind;
  /** PEM */
  readonly public_key: string;
  /** sealed */
  readonly private_key: Buffer;
  readonly created_at: Date;
  readonly not_after: Date | null;
  readonly retired_at: Date | null;
}

const ALL = statement<ServerKeyRow>('envelope-keys-all', 'SELECT * FROM envelope_server_keys ORDER BY kind, created_at DESC, kid');
// Two processes that start at the same time both make a pair; the index decides whose it is.
const ADD = statement<{ kid: string }>(
  'envelope-keys-add',
  `INSERT INTO envelope_server_keys (kid, kind, public_key, private_key, created_at, not_after) VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT (kind) WHERE retired_at IS NULL DO NOTHING RETURNING kid`,
);
const RETIRE = statement<{ kid: string }>(
  'envelope-keys-retire',
  `UPDATE envelope_server_keys SET retired_at = $2 WHERE kid = $1 AND retired_at IS NULL RETURNING kid`,
);
const RESEAL = statement('envelope-keys-reseal', 'UPDATE envelope_server_keys SET private_key = $2 WHERE kid = $1');
const REMOVE_RETIRED = statement<{ kid: string }>('envelope-keys-remove', 'DELETE FROM envelope_server_keys WHERE retired_at <= $1 RETURNING kid');

/** The pairs of keys this server opens packets and signs with. */
export class EnvelopeServerKeysRepository {
  constructor(private readonly sql: Sql) {}

  /** @returns every pair that is not destroyed, the newest of a kind first */
  all(): Promise<ServerKeyRow[]> {
    return this.sql.all(ALL, []);
  }

  /** @returns false when there is a current pair of that kind already */
  async add(key: Omit<ServerKeyRow, 'retired_at'>): Promise<boolean> {
    return (await this.sql.one(ADD, [key.kid, key.kind, key.public_key, key.private_key, key.created_at, key.not_after])) !== null;
  }

  /** @returns false when it was replaced before */
  async retire(kid: string, at: Date): Promise<boolean> {
    return (await this.sql.one(RETIRE, [kid, at])) !== null;
  }

  async reseal(kid: string, privateKey: Buffer): Promise<void> {
    await this.sql.all(RESEAL, [kid, privateKey]);
  }

  /** Destroys pairs that were replaced at or before that time. @returns their ids */
  async removeRetired(before: Date): Promise<string[]> {
    return (await this.sql.all(REMOVE_RETIRED, [before])).map(({ kid }) => kid);
  }
}
