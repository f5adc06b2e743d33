import { type Id } from '../../kernel/id-source.js';

/** What the rest of the storage asks of the tables that one dialect keeps for itself. */
export interface OwnTables {
  /** @returns those of the given storage keys that a row refers to */
  referenced?(storageKeys: readonly string[]): Promise<readonly string[]>;
  /** Removes rows that have served their time. @returns how many, at most `limit` */
  removeExpired?(now: Date, limit: number): Promise<number>;
  /** Removes what was made of a password that is one no more. */
  removeSignInsOf?(boxId: Id): Promise<void>;
  /** Removes what is kept for a mailbox that goes away. */
  removeAllOf?(boxId: Id, at: Date): Promise<void>;
}
