import { Inject, Injectable } from '@nestjs/common';
import { type User } from '../../../../core/accounts/user.js';
import { Notices } from '../../../../core/conversations/notices.js';
import { Follows } from '../../../../core/relations/follows.js';
import { type PmCaller } from '../auth/caller.js';
import { MayWrite } from './may-write.js';
import { UserTargets } from './targets.js';
import { type PmUser, renderUser, type UserExtras } from './user.render.js';

/** Only the totals are wanted. */
const COUNT_ONLY = { skip: 0, take: 0 };

/** The caller as he sees himself. */
export interface PmMe extends PmUser {
  readonly email: string | null;
  readonly email_isvalid: boolean;
  readonly permission: Readonly<Record<string, never>>;
  readonly role: 'admin' | 'moderator' | null;
  readonly unseen_interactions_counter: number;
  readonly unseen_notification_banners_counter: number;
}

/** Users by themselves. */
@Injectable()
export class ProfileFlow {
  constructor(
    @Inject(UserTargets) private readonly targets: UserTargets,
    @Inject(MayWrite) private readonly mayWrite: MayWrite,
    @Inject(Follows) private readonly follows: Follows,
    @Inject(Notices) private readonly notices: Notices,
  ) {}

  async me({ user }: PmCaller): Promise<PmMe> {
    const [extras, unseen] = await Promise.all([this.counters(user), this.notices.countNew(user.id)]);
    return {
      ...renderUser(user, extras),
      email: user.email,
      email_isvalid: user.email !== null && user.validatedAt !== null,
      permission: {},
      role: user.role === 'user' ? null : user.role,
      unseen_interactions_counter: unseen,
      unseen_notification_banners_counter: 0,
    };
  }

  /**
   * @param caller null: somebody without a token; nothing is said of how he stands to the user
   * @throws PmFault 404
   */
  async user(caller: PmCaller | null, id: string): Promise<PmUser & { readonly can_send_pm_to?: boolean }> {
    const user = await this.targets.find(id);
    const counters = await this.counters(user);
    if (caller === null) return renderUser(user, counters);
    const [canSend, follows] = await Promise.all([
      this.mayWrite.to(caller, user),
      user.id === caller.userId ? false : this.follows.follows(caller.userId, user.id),
    ]);
    return { ...renderUser(user, { ...counters, connectionStatus: follows ? 'followed' : null }), can_send_pm_to: canSend };
  }

  private async counters(user: User): Promise<UserExtras> {
    const [followers, followings] = await Promise.all([
      this.follows.followers(user.id, COUNT_ONLY),
      this.follows.followings(user.id, COUNT_ONLY),
    ]);
    return { followers: followers.total, followings: followings.total };
  }
}
