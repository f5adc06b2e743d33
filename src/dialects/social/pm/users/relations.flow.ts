import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../../../config/config.js';
import { type User } from '../../../../core/accounts/user.js';
import { Users } from '../../../../core/accounts/users.js';
import { Blocks } from '../../../../core/relations/blocks.js';
import { Follows } from '../../../../core/relations/follows.js';
import { type Id } from '../../../../kernel/id-source.js';
import { type PmCaller } from '../auth/caller.js';
import { denied, fieldFault } from '../pm.faults.js';
import { PmPace } from '../pm.pace.js';
import { type PmPage, pmPage, sliceOf } from '../pm.pages.js';
import { bodyOf, idOfValue, queryText } from '../pm.query.js';
import { UserTargets } from './targets.js';
import { type ConnectionStatus, type PmUser, renderGone, renderUser } from './user.render.js';

const STATUSES_MAX = 200;

/** Who wants to hear from whom, and who wants nothing to do with whom. */
@Injectable()
export class RelationsFlow {
  private readonly publicUrl: string;

  constructor(
    @Inject(Config) config: Config,
    @Inject(UserTargets) private readonly targets: UserTargets,
    @Inject(Users) private readonly users: Users,
    @Inject(Follows) private readonly follows: Follows,
    @Inject(Blocks) private readonly blocks: Blocks,
    @Inject(PmPace) private readonly pace: PmPace,
  ) {
    this.publicUrl = config.publicUrl;
  }

  /** Follows, or stops following. @throws PmFault 400 towards oneself, 403 where one has hidden the other, 404 */
  async follow(caller: PmCaller, id: string): Promise<void> {
    this.pace.admit('follow', caller);
    const user = await this.other(caller, id, 'You cannot follow yourself.');
    await this.follows.toggle(caller.userId, user.id);
  }

  /** Hides somebody, or shows him again. @throws PmFault 400 towards oneself, 404 */
  async hide(caller: PmCaller, id: string): Promise<void> {
    this.pace.admit('hide', caller);
    const user = await this.other(caller, id, 'You cannot hide yourself.');
    await this.blocks.toggle(caller.userId, user.id);
  }

  async isFollowed(caller: PmCaller, id: string): Promise<boolean> {
    return this.follows.follows(caller.userId, (await this.targets.find(id)).id);
  }

  async isFollower(caller: PmCaller, id: string): Promise<boolean> {
    return this.follows.follows((await this.targets.find(id)).id, caller.userId);
  }

  async isHidden(caller: PmCaller, id: string): Promise<boolean> {
    return this.blocks.stands(caller.userId, (await this.targets.find(id)).id);
  }

  async isHiddenBy(caller: PmCaller, id: string): Promise<boolean> {
    return this.blocks.stands((await this.targets.find(id)).id, caller.userId);
  }

  /** Those who follow a user, or whom he follows; mutual ones first. */
  async edges(caller: PmCaller, request: Request, id: string, side: 'followers' | 'followings'): Promise<PmPage<PmUser>> {
    const user = await this.targets.find(id);
    const slice = sliceOf(request);
    const mutual = mutualOf(queryText(request, 'mutual'));
    const { total, ids } = await this.follows[side](user.id, { skip: slice.offset, take: slice.limit, ...mutual });
    return pmPage(this.publicUrl, request, slice, total, await this.rendered(caller, ids));
  }

  async hiddenUsers(caller: PmCaller, request: Request): Promise<PmPage<PmUser>> {
    const { page, ids } = await this.hiddenPage(caller, request);
    return page(await this.rendered(caller, ids));
  }

  async hiddenIds(caller: PmCaller, request: Request): Promise<PmPage<number>> {
    const { page, ids } = await this.hiddenPage(caller, request);
    return page(ids.map(Number));
  }

  /** How the caller stands to many at once. @throws PmFault 400 */
  async statuses(caller: PmCaller, request: Request): Promise<Record<string, ConnectionStatus>> {
    const ids = listOfIds(bodyOf(request).users);
    const followed = await this.follows.followedOf(caller.userId, ids);
    return Object.fromEntries(ids.map((id) => [id, followed.has(id) ? 'followed' : null]));
  }

  /** Users who may be written to and whose name holds a text. */
  async search(caller: PmCaller, request: Request, all: boolean): Promise<PmPage<PmUser>> {
    this.pace.admit('search', caller);
    const slice = sliceOf(request);
    const text = (queryText(request, 'user') ?? '').trim();
    const found = await this.users.search({ by: caller.userId, text, followersOnly: !all, skip: slice.offset, take: slice.limit });
    return pmPage(this.publicUrl, request, slice, found.total, await this.withStatus(caller, found.users));
  }

  private async hiddenPage(caller: PmCaller, request: Request): Promise<{ page: <T>(results: readonly T[]) => PmPage<T>; ids: readonly Id[] }> {
    const slice = sliceOf(request);
    const all = await this.blocks.blockedBy(caller.userId);
    const ids = all.slice(slice.offset, slice.offset + slice.limit);
    return { page: (results) => pmPage(this.publicUrl, request, slice, all.length, results), ids };
  }

  private async rendered(caller: PmCaller, ids: readonly Id[]): Promise<PmUser[]> {
    const [users, followed] = await Promise.all([this.users.byIds(ids), this.follows.followedOf(caller.userId, ids)]);
    return ids.map((id) => {
      const user = users.get(id);
      return user ? renderUser(user, { connectionStatus: followed.has(id) ? 'followed' : null }) : renderGone(id);
    });
  }

  private async withStatus(caller: PmCaller, users: readonly User[]): Promise<PmUser[]> {
    const followed = await this.follows.followedOf(caller.userId, users.map((user) => user.id));
    return users.map((user) => renderUser(user, { connectionStatus: followed.has(user.id) ? 'followed' : null }));
  }

  private async other(caller: PmCaller, id: string, whenSelf: string): Promise<User> {
    const user = await this.targets.find(id);
    if (user.id === caller.userId) throw fieldFault('user', 'invalid', whenSelf);
    return user;
  }
}

function mutualOf(text: string | undefined): { readonly mutual?: boolean } {
  if (text === '1' || text === 'true') return { mutual: true };
  return text === '0' || text === 'false' ? { mutual: false } : {};
}

function listOfIds(value: unknown): Id[] {
  if (value === undefined || value === null) throw fieldFault('users', 'required', 'This field is required.');
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (given.length > STATUSES_MAX) throw fieldFault('users', 'max_length', `No more than ${STATUSES_MAX} users.`);
  const ids = given.map(idOfValue);
  if (ids.includes(null)) throw fieldFault('users', 'invalid', 'Ids are whole numbers.');
  return [...new Set(ids as Id[])];
}

/** @throws PmFault 403 unless the path names the caller himself */
export function requireSelf(caller: PmCaller, id: string): void {
  if (id !== caller.userId) throw denied();
}
