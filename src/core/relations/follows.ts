import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Id } from '../../kernel/id-source.js';
import { CLOCK } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';
import { userBox } from '../accounts/user.js';
import { BLOCK, FOLLOW } from './kinds.js';

export interface FollowPage {
  readonly skip: number;
  readonly take: number;
  /** true: only those who follow back; false: only those who do not; absent: all, those who do first */
  readonly mutual?: boolean;
}

/** Who wants to hear from whom. One-sided, and nobody is asked. */
@Injectable()
export class Follows {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Follows, or stops following.
   * @returns whether `from` follows `to` now
   * @throws DomainError forbidden across a block; invalid_input towards oneself
   */
  async toggle(from: Id, to: Id): Promise<boolean> {
    if (from === to) throw new DomainError('invalid_input', { field: 'user' });
    const [fromId, toId] = await this.boxes(from, to);
    const at = new Date(this.clock.now());
    return this.store.run(async (tx) => {
      await tx.relations.holdPair(fromId, toId);
      const blocked =
        (await tx.relations.stands({ fromId, kind: BLOCK, toId })) || (await tx.relations.stands({ fromId: toId, kind: BLOCK, toId: fromId }));
      if (blocked) throw new DomainError('forbidden');
      if (await tx.relations.remove({ fromId, kind: FOLLOW, toId })) return false;
      return tx.relations.put({ fromId, kind: FOLLOW, toId }, at);
    });
  }

  async follows(from: Id, to: Id): Promise<boolean> {
    const [fromId, toId] = await this.boxes(from, to);
    return this.store.read((tx) => tx.relations.stands({ fromId, kind: FOLLOW, toId }));
  }

  /** @returns those of the given users whom `from` follows */
  async followedOf(from: Id, ids: readonly Id[]): Promise<Set<Id>> {
    const box = await this.store.ensureMailbox(userBox(from));
    return new Set(await this.store.read((tx) => tx.relations.targetsAmong(box, FOLLOW, ids)));
  }

  /** Who follows this user. */
  followers(id: Id, page: FollowPage): Promise<{ total: number; ids: Id[] }> {
    return this.page(id, 'sources', page);
  }

  /** Whom this user follows. */
  followings(id: Id, page: FollowPage): Promise<{ total: number; ids: Id[] }> {
    return this.page(id, 'targets', page);
  }

  private async page(id: Id, side: 'sources' | 'targets', page: FollowPage): Promise<{ total: number; ids: Id[] }> {
    const box = await this.store.ensureMailbox(userBox(id));
    return this.store.read((tx) => tx.relations.sides(box, FOLLOW, side, page));
  }

  private async boxes(a: Id, b: Id): Promise<[Id, Id]> {
    return [await this.store.ensureMailbox(userBox(a)), await this.store.ensureMailbox(userBox(b))];
  }
}
