import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../../../config/config.js';
import { type User } from '../../../../core/accounts/user.js';
import { Users } from '../../../../core/accounts/users.js';
import { Friendships } from '../../../../core/relations/friendships.js';
import { type Id } from '../../../../kernel/id-source.js';
import { type Call } from '../ossn.desk.js';
import { baseUrl } from '../ossn.envelope.js';
import { OssnFault } from '../ossn.faults.js';
import { type Caller } from '../ossn.gate.js';
import { idOrNull, twoIds } from '../ossn.ids.js';
import { parseOffset, parsePageLimit } from '../ossn.paging.js';
import { type Parameters } from '../ossn.parameters.js';
import { type FullUser, fullUser } from '../ossn.users.js';
import { isPrivateTo } from '../users/accounts.flow.js';

const PAGE_SIZE = 10;
const PAGE_SIZE_MAX = 100;
/** Friends a page may leave out before it counts as empty. */
const SKIP_MAX = 20_000;

/** How two users stand to each other. */
export interface FriendState {
  readonly is_friend: boolean;
  /** the first has asked the second; also true between friends */
  readonly request_exists: boolean;
}

/** A page of friends. */
export interface FriendList {
  readonly total: number;
  readonly friends: readonly FullUser[] | null;
  readonly offset: string | 1;
}

/** Requests that wait for an answer. */
export interface RequestList {
  readonly count: number;
  /** the same, under the name of the published description */
  readonly total: number;
  readonly requests: readonly FullUser[] | null;
  readonly offset: string | false;
}

/** Friendships: one asks, the other accepts by asking back. */
@Injectable()
export class FriendsFlow {
  private readonly base: string;

  constructor(
    @Inject(Config) config: Config,
    @Inject(Users) private readonly users: Users,
    @Inject(Friendships) private readonly friendships: Friendships,
  ) {
    this.base = baseUrl(config);
  }

  /** user_add_friend. @throws OssnFault */
  async add({ parameters }: Call): Promise<FriendState & { success: boolean }> {
    const { isFriend, requestExists, done } = await this.friendships.ask(...(await this.bothOf(parameters)));
    return { is_friend: isFriend, request_exists: requestExists, success: done };
  }

  /** user_remove_friend. @throws OssnFault */
  async remove({ parameters }: Call): Promise<FriendState & { success: boolean }> {
    await this.friendships.remove(...(await this.bothOf(parameters)));
    return { is_friend: false, request_exists: false, success: true };
  }

  /** user_is_friend. @throws OssnFault */
  async status({ parameters }: Call): Promise<FriendState> {
    const { isFriend, requestExists } = await this.friendships.status(...(await this.bothOf(parameters)));
    return { is_friend: isFriend, request_exists: requestExists };
  }

  /** user_friends. @throws OssnFault */
  async list({ parameters, caller }: Call): Promise<FriendList> {
    const user = await this.userOf(parameters);
    const offset = parseOffset(parameters);
    const take = parsePageLimit(parameters, PAGE_SIZE, PAGE_SIZE_MAX);
    const skip = ((offset?.page ?? 1) - 1) * take;
    const page = skip > SKIP_MAX ? { skip: 0, take: 0 } : { skip, take };
    const { total, ids } = await this.friendships.friendsOf(user.id, page);
    return { total, friends: await this.people(ids, caller), offset: offset?.sent ?? 1 };
  }

  /** user_friend_requests. @throws OssnFault */
  async requests({ parameters, caller }: Call): Promise<RequestList> {
    const user = await this.userOf(parameters);
    const [ids, count] = await Promise.all([this.friendships.requestsTo(user.id), this.friendships.requestCount(user.id)]);
    return { count, total: count, requests: await this.people(ids, caller), offset: parseOffset(parameters)?.sent ?? false };
  }

  private async bothOf(parameters: Parameters): Promise<readonly [Id, Id]> {
    const ids = twoIds(parameters, 'user_a', 'user_b');
    const found = await this.users.byIds(ids);
    if (ids.some((id) => !found.has(id))) throw new OssnFault('user_unknown');
    return ids;
  }

  private async userOf(parameters: Parameters): Promise<User> {
    const id = idOrNull(parameters.text('guid'));
    const user = id === null ? null : await this.users.byId(id);
    if (user === null) throw new OssnFault('user_unknown');
    return user;
  }

  private async people(ids: readonly Id[], caller: Caller): Promise<readonly FullUser[] | null> {
    const found = await this.users.byIds(ids);
    const people = ids.flatMap((id) => found.get(id) ?? []).map((user) => fullUser(this.base, user, isPrivateTo(caller, user)));
    return people.length === 0 ? null : people;
  }
}
