import { type Id } from '../../kernel/id-source.js';
import { type KeyRing, type PersonRow } from '../../storage/own/envelope/people.repository.js';

export type { KeyRing, StoredKey } from '../../storage/own/envelope/people.repository.js';

/** The space of sealed mail. */
export const ENVELOPE = 'envelope';
/** Totals of a mailbox: messages that ever arrived, messages kept, bytes of messages and files. */
export const COUNTS = { arrived: 'arrived', kept: 'kept', bytes: 'bytes' } as const;

/** Somebody who has keys. */
export interface Person {
  readonly id: Id;
  /** what senders call him; opaque */
  readonly userId: string;
  readonly name: string;
  readonly keys: KeyRing;
  readonly createdAt: Date;
  /** set: may neither log in nor be written to */
  readonly disabledAt: Date | null;
}

export function personOf(row: PersonRow): Person {
  return {
    id: row.id,
    userId: row.envelope_user_id,
    name: row.envelope_name,
    keys: row.envelope_keys,
    createdAt: row.created_at,
    disabledAt: row.disabled_at,
  };
}
