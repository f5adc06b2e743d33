import { type Id } from '../../../kernel/id-source.js';
import { type Sql, statement } from '../../sql.js';

const PUT = statement(
  'keyinbox-identity-put',
  `INSERT INTO keyinbox_identities (mailbox_id, name, biography, updated_at) VALUES ($1, $2, $3, $4)
   ON CONFLICT (mailbox_id) DO UPDATE SET name = excluded.name, biography = excluded.biography, updated_at = excluded.updated_at`,
);
const GET = statement<{ name: string; biography: string }>(
  'keyinbox-identity-get',
  'SELECT name, biography FROM keyinbox_identities WHERE mailbox_id = $1',
);
const REMOVE = statement<{ mailbox_id: Id }>(
  'keyinbox-identity-remove',
  'DELETE FROM keyinbox_identities WHERE mailbox_id = $1 RETURNING mailbox_id',
);

/** The public card of a key. */
export class KeyinboxIdentitiesRepository {
  constructor(private readonly sql: Sql) {}

  async put(mailboxId: Id, card: { name: string; biography: string }, at: Date): Promise<void> {
    await this.sql.all(PUT, [mailboxId, card.name, card.biography, at]);
  }

  get(mailboxId: Id): Promise<{ name: string; biography: string } | null> {
    return this.sql.one(GET, [mailboxId]);
  }

  /** @returns false when there was none */
  async remove(mailboxId: Id): Promise<boolean> {
    return (await this.sql.one(REMOVE, [mailboxId])) !== null;
  }
}
