import { type Sql, statement } from '../../sql.js';

export interface PmClientRow {
  readonly id: string;
  readonly name: string;
  /** null: a client that cannot keep a secret */
  readonly secret_hash: Buffer | null;
  readonly redirect_uris: string[];
  readonly grants: string[];
  readonly created_at: Date;
  readonly revoked_at: Date | null;
}

const ADD = statement(
  'pm-client-add',
  `INSERT INTO pm_clients (id, name, secret_hash, redirect_uris, grants, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
);
const GET = statement<PmClientRow>('pm-client-get', 'SELECT * FROM pm_clients WHERE id = $1 AND revoked_at IS NULL');
const LIST = statement<PmClientRow>('pm-client-list', 'SELECT * FROM pm_clients ORDER BY created_at, id LIMIT 1000');
const REVOKE = statement<{ id: string }>(
  'pm-client-revoke',
  'UPDATE pm_clients SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id',
);

/** Applications that may ask for tokens. */
export class PmClientsRepository {
  constructor(private readonly sql: Sql) {}

  async add(client: Omit<PmClientRow, 'revoked_at'>): Promise<void> {
    await this.sql.all(ADD, [client.id, client.name, client.secret_hash, client.redirect_uris, client.grants, client.created_at]);
  }

  /** @returns null when unknown or revoked */
  get(id: string): Promise<PmClientRow | null> {
    return this.sql.one(GET, [id]);
  }

  /** Oldest first, at most 1,000, revoked ones included. */
  list(): Promise<PmClientRow[]> {
    return this.sql.all(LIST, []);
  }

  /** @returns false when there is none to revoke */
  async revoke(id: string, at: Date): Promise<boolean> {
    return (await this.sql.one(REVOKE, [id, at])) !== null;
  }
}
