import { Inject, Injectable } from '@nestjs/common';
import { type User } from '../../../../core/accounts/user.js';
import { Users } from '../../../../core/accounts/users.js';
import { notFound } from '../pm.faults.js';
import { idOf } from '../pm.query.js';

/** The users that paths name. */
@Injectable()
export class UserTargets {
  constructor(@Inject(Users) private readonly users: Users) {}

  /**
   * @param text the id as it stands in the path
   * @throws PmFault 404 where it is nobody's
   */
  async find(text: string): Promise<User> {
    const id = idOf(text);
    const user = id === null ? null : await this.users.byId(id);
    if (user === null) throw notFound();
    return user;
  }
}
