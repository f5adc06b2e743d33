import { LRUCache } from 'lru-cache';
import { type Clock } from '../kernel/clock.js';
import { type Id, type IdSource } from '../kernel/id-source.js';
import { assert } from '../kernel/assert.js';
import { limits } from '../kernel/limits.js';
import { type MailboxRef, mailboxRefKey } from '../kernel/mailbox-ref.js';
import { type Sql, statement } from './sql.js';

/** Column of the mailboxes table that names a principal of each kind. */
const COLUMN_OF = { user: 'user_id', cell: 'cell_id', key: 'key_hash', remote: 'url' } as const;

type Kind = keyof typeof COLUMN_OF;

const kinds = Object.keys(COLUMN_OF) as Kind[];
const perKind = <T>(make: (kind: Kind) => T): Record<Kind, T> =>
  Object.fromEntries(kinds.map((kind) => [kind, make(kind)])) as Record<Kind, T>;

const FIND = perKind((kind) =>
  statement<{ id: Id }>(`mailbox-find-${kind}`, `SELECT id FROM mailboxes WHERE ${COLUMN_OF[kind]} = $1`),
);
const CREATE = perKind((kind) =>
  statement<{ id: Id }>(
    `mailbox-create-${kind}`,
    `INSERT INTO mailboxes (id, kind, ${COLUMN_OF[kind]}, created_at) VALUES ($1, '${kind}', $2, $3)
     ON CONFLICT (${COLUMN_OF[kind]}) WHERE ${COLUMN_OF[kind]} IS NOT NULL DO NOTHING RETURNING id`,
  ),
);

/**
 * Turns references into mailbox ids. A pair never changes once written, so it is remembered;
 * a mailbox is made on first use, in its own commit, because one that nobody writes to is harmless.
 */
export class MailboxDirectory {
  private readonly known = new LRUCache<string, Id>({ max: limits.mailbox_cache_entries_max });

  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  /** @returns the id, or null when nobody has used this mailbox yet */
  async find(ref: MailboxRef): Promise<Id | null> {
    const key = mailboxRefKey(ref);
    const cached = this.known.get(key);
    if (cached !== undefined) return cached;
    const row = await this.sql.one(FIND[ref.kind], [principalOf(ref)]);
    if (row) this.known.set(key, row.id);
    return row?.id ?? null;
  }

  /** @returns the id, made on first use */
  async ensure(ref: MailboxRef): Promise<Id> {
    return (await this.find(ref)) ?? (await this.create(ref));
  }

  /** Forgets a mailbox that was deleted with its owner. */
  forget(ref: MailboxRef): void {
    this.known.delete(mailboxRefKey(ref));
  }

  private async create(ref: MailboxRef): Promise<Id> {
    const made = await this.sql.one(CREATE[ref.kind], [this.ids.next(), principalOf(ref), new Date(this.clock.now())]);
    // Nothing returned: another request was faster, and its row is committed by now.
    const id = made?.id ?? (await this.find(ref));
    assert(id, 'a mailbox that could not be made exists');
    this.known.set(mailboxRefKey(ref), id);
    return id;
  }
}

function principalOf(ref: MailboxRef): string | Buffer {
  switch (ref.kind) {
    case 'user':
      return ref.userId;
    case 'cell':
      return ref.cellId;
    case 'key':
      return ref.hash;
    case 'remote':
      return ref.url;
  }
}
