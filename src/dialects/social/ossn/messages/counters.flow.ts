import { Inject, Injectable } from '@nestjs/common';
import { type User } from '../../../../core/accounts/user.js';
import { Users } from '../../../../core/accounts/users.js';
import { Conversations } from '../../../../core/conversations/conversations.js';
import { Friendships } from '../../../../core/relations/friendships.js';
import { type Call } from '../ossn.desk.js';
import { type FaultName, OssnFault } from '../ossn.faults.js';
import { idOrNull } from '../ossn.ids.js';
import { type Parameters } from '../ossn.parameters.js';

/** How much waits for a user. */
export interface Counters {
  readonly notifications: number;
  readonly messages: number;
  readonly friends: number;
}

/** Unread messages from one sender. */
export interface UnreadFrom {
  readonly total: number;
  readonly message_from: number;
}

/** Counters and the calls of notifications, of which there are none: messages never make one. */
@Injectable()
export class CountersFlow {
  constructor(
    @Inject(Users) private readonly users: Users,
    @Inject(Conversations) private readonly conversations: Conversations,
    @Inject(Friendships) private readonly friendships: Friendships,
  ) {}

  /** notifications_count. Its `types` narrows notifications alone, so that it changes nothing here. @throws OssnFault */
  async count({ parameters }: Call): Promise<Counters> {
    const user = await this.userOf(parameters, 'guid', 'list_user_unknown');
    const [unread, friends] = await Promise.all([this.conversations.unreadTotals(user.id), this.friendships.requestCount(user.id)]);
    return { notifications: 0, messages: unread.reduce((sum, { count }) => sum + count, 0), friends };
  }

  /** unread_mesages_count_custom. @throws OssnFault */
  async unreadBySender({ parameters }: Call): Promise<readonly UnreadFrom[]> {
    const user = await this.userOf(parameters, 'guid', 'list_user_unknown');
    const unread = await this.conversations.unreadTotals(user.id);
    if (unread.length === 0) throw new OssnFault('nothing_unread');
    return unread.map(({ partner, count }) => ({ total: count, message_from: Number(partner) }));
  }

  /** notifications_list_user. @throws OssnFault */
  async list({ parameters }: Call): Promise<{ list: false; count: 0; offset: 1 }> {
    await this.userOf(parameters, 'owner_guid', 'user_unknown');
    return { list: false, count: 0, offset: 1 };
  }

  /** notification/mark_all_read. @throws OssnFault */
  async markAllRead({ parameters }: Call): Promise<{ success: true }> {
    await this.userOf(parameters, 'guid', 'list_user_unknown');
    return { success: true };
  }

  /** notifications_mark_viewed: there is never one to mark. @throws OssnFault */
  async markViewed(): Promise<never> {
    throw new OssnFault('not_viewed');
  }

  private async userOf(parameters: Parameters, name: string, fault: FaultName): Promise<User> {
    const id = idOrNull(parameters.text(name));
    const user = id === null ? null : await this.users.byId(id);
    if (user === null) throw new OssnFault(fault);
    return user;
  }
}
