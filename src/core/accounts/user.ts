import { type Id } from '../../kernel/id-source.js';
import { type MailboxRef } from '../../kernel/mailbox-ref.js';
import { type UserRow } from '../../storage/repositories/users.repository.js';

/** A person with an account. The id is what the dialects show. */
export interface User {
  readonly id: Id;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string | null;
  /** YYYY-MM-DD */
  readonly birthdate: string | null;
  readonly gender: string | null;
  readonly role: 'user' | 'moderator' | 'admin';
  readonly createdAt: Date;
  /** null: may not log in yet */
  readonly validatedAt: Date | null;
  readonly lastActivityAt: Date | null;
  readonly disabledAt: Date | null;
}

export function userOf(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    firstName: row.first_name,
    lastName: row.last_name,
    email: row.email,
    birthdate: row.birthdate,
    gender: row.gender,
    role: row.role,
    createdAt: row.created_at,
    validatedAt: row.validated_at,
    lastActivityAt: row.last_activity_at,
    disabledAt: row.disabled_at,
  };
}

/** The mailbox of a user. */
export function userBox(userId: Id): MailboxRef {
  return { kind: 'user', userId };
}
