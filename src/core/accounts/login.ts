import { Inject, Injectable } from '@nestjs/common';
import { Passwords } from '../../crypto/passwords.js';
import { type Id } from '../../kernel/id-source.js';
import { Store } from '../../storage/store.js';
import { type User, userOf } from './user.js';

/**
 * That somebody knew a user's password. Good as long as that password is: whoever makes something
 * out of it has the store look again, because the password may have been changed meanwhile.
 */
export interface PasswordProof {
  readonly userId: Id;
  /** the hash the password was checked against; never shown */
  readonly hash: string;
}

export interface LoginOutcome {
  readonly outcome: 'ok' | 'unknown' | 'wrong_password' | 'not_validated';
  /** null exactly when unknown */
  readonly user: User | null;
  /** null exactly when not ok */
  readonly proof: PasswordProof | null;
}

/** Checks a password. The work is the same whoever asks and whatever the outcome. */
@Injectable()
export class Login {
  constructor(
    @Inject(Store) private readonly store: Store,
    private readonly passwords: Passwords,
  ) {}

  /**
   * @param command.login username or e-mail address; letter case does not matter
   * @throws DomainError overloaded when too many logins wait
   */
  async execute(command: { readonly login: string; readonly password: string }): Promise<LoginOutcome> {
    const found = await this.store.read(async (tx) => {
      const row = (await tx.users.byUsername(command.login)) ?? (await tx.users.byEmail(command.login));
      return { row, hash: row && (await tx.users.passwordHashOf(row.id)) };
    });
    const right = await this.passwords.verify(command.password, found.hash);
    if (!found.row) return { outcome: 'unknown', user: null, proof: null };
    const user = userOf(found.row);
    if (user.disabledAt) return { outcome: 'wrong_password', user, proof: null };
    if (!user.validatedAt) return { outcome: 'not_validated', user, proof: null };
    if (!right || found.hash === null) return { outcome: 'wrong_password', user, proof: null };
    return { outcome: 'ok', user, proof: { userId: user.id, hash: found.hash } };
  }
}
