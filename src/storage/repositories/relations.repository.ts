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
}

function keyOf(relation: RelationKey): unknown[] {
  return [relation.fromId, relation.kind, relation.name ?? '', relation.box ?? '', relation.toId];
}
