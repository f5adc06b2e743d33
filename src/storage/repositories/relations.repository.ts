import { type Id } from '../../kernel/id-source.js';
import { type Sql, statement } from '../sql.js';

const PUT = statement<{ from_id: Id }>(
  'relation-put',
  `INSERT INTO relations (from_id, kind, name, box, to_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT DO NOTHING RETURNING from_id`,
);
const REMOVE = statement<{ from_id: Id }>(
  'relation-remove',
  `DELETE FROM relations WHERE from_id = $1 AND kind = $2 AND name = $3 AND box = $4 AND to_id = $5 RETURNING from_id`,
);
const STANDS = statement<{ one: number }>(
  'relation-stands',
  'SELECT 1 AS one FROM relations WHERE from_id = $1 AND kind = $2 AND name = $3 AND box = $4 AND to_id = $5',
);

// Both directions stand: a friendship of two who asked each other.
const MUTUAL = statement<{ user_id: Id }>(
  'relation-mutual',
  `SELECT m.user_id FROM relations r
   JOIN relations back ON back.from_id = r.to_id AND back.kind = r.kind AND back.to_id = r.from_id
   JOIN mailboxes m ON m.id = r.to_id
   WHERE r.from_id = $1 AND r.kind = $2 ORDER BY r.created_at, r.to_id OFFSET $3 LIMIT $4`,
);
const MUTUAL_COUNT = statement<{ total: string }>(
  'relation-mutual-count',
  `SELECT count(*) AS total FROM relations r
   JOIN relations back ON back.from_id = r.to_id AND back.kind = r.kind AND back.to_id = r.from_id
   WHERE r.from_id = $1 AND r.kind = $2`,
);
const UNANSWERED = statement<{ user_id: Id }>(
  'relation-unanswered',
  `SELECT m.user_id FROM relations r JOIN mailboxes m ON m.id = r.from_id
   WHERE r.to_id = $1 AND r.kind = $2 AND NOT EXISTS (
     SELECT FROM relations back WHERE back.from_id = $1 AND back.kind = $2 AND back.to_id = r.from_id)
   ORDER BY r.created_at, r.from_id LIMIT $3`,
);
const UNANSWERED_COUNT = statement<{ total: string }>(
  'relation-unanswered-count',
  `SELECT count(*) AS total FROM relations r
   WHERE r.to_id = $1 AND r.kind = $2 AND NOT EXISTS (
     SELECT FROM relations back WHERE back.from_id = $1 AND back.kind = $2 AND back.to_id = r.from_id)`,
);
const TARGETS = statement<{ user_id: Id }>(
  'relation-targets',
  `SELECT m.user_id FROM relations r JOIN mailboxes m ON m.id = r.to_id
   WHERE r.from_id = $1 AND r.kind = $2 ORDER BY r.created_at, r.to_id LIMIT $3`,
);
const TARGETS_AMONG = statement<{ user_id: Id }>(
  'relation-targets-among',
  `SELECT m.user_id FROM relations r JOIN mailboxes m ON m.id = r.to_id
   WHERE r.from_id = $1 AND r.kind = $2 AND m.user_id = ANY ($3::bigint[])`,
);
/** One side of a kind, those with the relation both ways first; `mutual` null for both sorts. */
const sideOf = (near: 'from_id' | 'to_id', far: 'from_id' | 'to_id') => {
  const rows = `FROM relations r
    LEFT JOIN relations back ON back.from_id = r.to_id AND back.kind = r.kind AND back.to_id = r.from_id
    JOIN mailboxes m ON m.id = r.${far}
    WHERE r.${near} = $1 AND r.kind = $2 AND ($3::boolean IS NULL OR (back.from_id IS NOT NULL) = $3)`;
  return {
    page: statement<{ user_id: Id }>(
      `relation-side-${far}`,
      `SELECT m.user_id ${rows} ORDER BY back.from_id IS NULL, r.created_at, r.${far} OFFSET $4 LIMIT $5`,
    ),
    count: statement<{ total: string }>(`relation-side-count-${far}`, `SELECT count(*) AS total ${rows}`),
  };
};
const SIDES = { targets: sideOf('from_id', 'to_id'), sources: sideOf('to_id', 'from_id') };
const HOLD_PAIR = statement(
  'relation-hold-pair',
  'SELECT 1 FROM mailboxes WHERE id IN ($1, $2) ORDER BY id FOR NO KEY UPDATE',
);
const REMOVE_ALL = statement('relation-remove-all', 'DELETE FROM relations WHERE from_id = $1 OR to_id = $1');

/** A one-sided fact from one mailbox to another. */
export interface RelationKey {
  readonly fromId: Id;
  readonly kind: string;
  readonly toId: Id;
  readonly name?: string;
  readonly box?: string;
}

/** Follows, blocks, friend requests, relations and roles. Uniqueness is the database's. */
export class RelationsRepository {
  constructor(private readonly sql: Sql) {}

  /** @returns false when it already stood */
  async put(relation: RelationKey, at: Date): Promise<boolean> {
    return (await this.sql.one(PUT, [...keyOf(relation), at])) !== null;
  }

  /** @returns false when it did not stand */
  async remove(relation: RelationKey): Promise<boolean> {
    return (await this.sql.one(REMOVE, keyOf(relation))) !== null;
  }

  async stands(relation: RelationKey): Promise<boolean> {
    return (await this.sql.one(STANDS, keyOf(relation))) !== null;
  }

  /** Users with whom the relation stands both ways, oldest first. */
  async mutual(boxId: Id, kind: string, page: { skip: number; take: number }): Promise<Id[]> {
    return (await this.sql.all(MUTUAL, [boxId, kind, page.skip, page.take])).map((row) => row.user_id);
  }

  async mutualCount(boxId: Id, kind: string): Promise<number> {
    return Number((await this.sql.one(MUTUAL_COUNT, [boxId, kind]))?.total ?? 0);
  }

  /** Users who hold the relation towards this mailbox without having it returned, oldest first. */
  async unanswered(boxId: Id, kind: string, limit: number): Promise<Id[]> {
    return (await this.sql.all(UNANSWERED, [boxId, kind, limit])).map((row) => row.user_id);
  }

  async unansweredCount(boxId: Id, kind: string): Promise<number> {
    return Number((await this.sql.one(UNANSWERED_COUNT, [boxId, kind]))?.total ?? 0);
  }

  /** Users this mailbox holds the relation towards, oldest first. */
  async targets(boxId: Id, kind: string, limit: number): Promise<Id[]> {
    return (await this.sql.all(TARGETS, [boxId, kind, limit])).map((row) => row.user_id);
  }

  /** @returns those of the given users towards whom the relation stands */
  async targetsAmong(boxId: Id, kind: string, userIds: readonly Id[]): Promise<Id[]> {
    return (await this.sql.all(TARGETS_AMONG, [boxId, kind, userIds])).map((row) => row.user_id);
  }

  /** Users on one side of a relation, mutual ones first, then oldest first. */
  async sides(
    boxId: Id,
    kind: string,
    side: 'targets' | 'sources',
    page: { skip: number; take: number; mutual?: boolean },
  ): Promise<{ total: number; ids: Id[] }> {
    const mutual = page.mutual ?? null;
    const [count, rows] = await Promise.all([
      this.sql.one(SIDES[side].count, [boxId, kind, mutual]),
      this.sql.all(SIDES[side].page, [boxId, kind, mutual, page.skip, page.take]),
    ]);
    return { total: Number(count?.total ?? 0), ids: rows.map((row) => row.user_id) };
  }

  /**
   * Holds both mailboxes until the end of the transaction, so that two who change what stands
   * between them at the same instant go one after the other.
   */
  async holdPair(aId: Id, bId: Id): Promise<void> {
    await this.sql.all(HOLD_PAIR, [aId, bId]);
  }

  /** Everything from or to a mailbox that goes away. */
  async removeAllOf(boxId: Id): Promise<void> {
    await this.sql.all(REMOVE_ALL, [boxId]);
  }
}

function keyOf(relation: RelationKey): unknown[] {
  return [relation.fromId, relation.kind, relation.name ?? '', relation.box ?? '', relation.toId];
}
