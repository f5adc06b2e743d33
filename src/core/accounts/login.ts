import { Inject, Injectable } from '@nestjs/common';
import { Passwords } from '../../crypto/passwords.js';
import { Store } from '../../storage/store.js';
import { type User, userOf } from './user.js';

export interface LoginOutcome {
  readonly outcome: 'ok' | 'unknown' | 'wrong_password' | 'not_validated';
  /** null exactly when unknown */
  readonly user: User | null;
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
    if (!found.row) return { outcome: 'unknown', user: null };
    const user = userOf(found.row);
    if (user.disabledAt) return { outcome: 'wrong_password', user };
    if (!user.validatedAt) return { outcome: 'not_validated', user };
    return { outcome: right ? 'ok' : 'wrong_password', user };
  }
}
