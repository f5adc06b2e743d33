import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { type Id } from '../../kernel/id-source.js';
import { CLOCK } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';
import { userBox } from '../accounts/user.js';
import { BLOCK, FRIEND } from './kinds.js';

const REQUESTS_MAX = 500;

export interface FriendStatus {
  /** both have asked */
  readonly isFriend: boolean;
  /** the first has asked the second */
  readonly requestExists: boolean;
}

/** A friendship is two one-sided facts: who is asked accepts by asking back. */
@Injectable()
export class Friendships {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Repeating changes nothing. `done` is false towards oneself and across a block. */
  async ask(from: Id, to: Id): Promise<FriendStatus & { readonly done: boolean }> {
    if (from === to) return { isFriend: false, requestExists: false, done: false };
    const [fromId, toId] = await this.boxes(from, to);
    const at = new Date(this.clock.now());
    return this.store.run(async (tx) => {
      await tx.relations.holdPair(fromId, toId);
      const blocked =
        (await tx.relations.stands({ fromId, kind: BLOCK, toId })) || (await tx.relations.stands({ fromId: toId, kind: BLOCK, toId: fromId }));
      const back = await tx.relations.stands({ fromId: toId, kind: FRIEND, toId: fromId });
      if (blocked) {
        const asked = await tx.relations.stands({ fromId, kind: FRIEND, toId });
        return { isFriend: asked && back, requestExists: asked, done: false };
      }
      await tx.relations.put({ fromId, kind: FRIEND, toId }, at);
      return { isFriend: back, requestExists: true, done: true };
    });
  }

  /** Takes back both directions. */
  async remove(a: Id, b: Id): Promise<void> {
    const [aId, bId] = await this.boxes(a, b);
    await this.store.run(async (tx) => {
      await tx.relations.holdPair(aId, bId);
      await tx.relations.remove({ fromId: aId, kind: FRIEND, toId: bId });
      await tx.relations.remove({ fromId: bId, kind: FRIEND, toId: aId });
    });
  }

  async status(from: Id, to: Id): Promise<FriendStatus> {
    const [fromId, toId] = await this.boxes(from, to);
    return this.store.read(async (tx) => {
      const requestExists = await tx.relations.stands({ fromId, kind: FRIEND, toId });
      const back = await tx.relations.stands({ fromId: toId, kind: FRIEND, toId: fromId });
      return { isFriend: requestExists && back, requestExists };
    });
  }

  /** Oldest friendship first. */
  async friendsOf(id: Id, page: { skip: number; take: number }): Promise<{ total: number; ids: Id[] }> {
    const box = await this.store.ensureMailbox(userBox(id));
    return this.store.read(async (tx) => {
      const [total, ids] = await Promise.all([tx.relations.mutualCount(box, FRIEND), tx.relations.mutual(box, FRIEND, page)]);
      return { total, ids };
    });
  }

  /** Open requests, oldest first, at most 500. */
  async requestsTo(id: Id): Promise<Id[]> {
    const box = await this.store.ensureMailbox(userBox(id));
    return this.store.read((tx) => tx.relations.unanswered(box, FRIEND, REQUESTS_MAX));
  }

  async requestCount(id: Id): Promise<number> {
    const box = await this.store.ensureMailbox(userBox(id));
    return this.store.read((tx) => tx.relations.unansweredCount(box, FRIEND));
  }

  private async boxes(a: Id, b: Id): Promise<[Id, Id]> {
    return [await this.store.ensureMailbox(userBox(a)), await this.store.ensureMailbox(userBox(b))];
  }
}
