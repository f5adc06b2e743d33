import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { type Id } from '../../kernel/id-source.js';
import { CLOCK } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';
import { userBox } from '../accounts/user.js';
import { BLOCK } from './kinds.js';

const BLOCKED_MAX = 1_000;

/** A block stops messages both ways. What was written before stays readable. */
@Injectable()
export class Blocks {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Repeating changes nothing. */
  async block(by: Id, whom: Id): Promise<void> {
    const [fromId, toId] = await this.boxes(by, whom);
    const at = new Date(this.clock.now());
    await this.store.run(async (tx) => {
      await tx.relations.holdPair(fromId, toId);
      await tx.relations.put({ fromId, kind: BLOCK, toId }, at);
    });
  }

  /** Lifting a block that does not stand changes nothing. */
  async unblock(by: Id, whom: Id): Promise<void> {
    const [fromId, toId] = await this.boxes(by, whom);
    await this.store.run((tx) => tx.relations.remove({ fromId, kind: BLOCK, toId }));
  }

  /** @returns whether `by` blocks `whom` */
  async stands(by: Id, whom: Id): Promise<boolean> {
    const [fromId, toId] = await this.boxes(by, whom);
    return this.store.read((tx) => tx.relations.stands({ fromId, kind: BLOCK, toId }));
  }

  /** Blocks, or lifts the block. @returns whether the block stands now */
  async toggle(by: Id, whom: Id): Promise<boolean> {
    const [fromId, toId] = await this.boxes(by, whom);
    const at = new Date(this.clock.now());
    return this.store.run(async (tx) => {
      await tx.relations.holdPair(fromId, toId);
      if (await tx.relations.remove({ fromId, kind: BLOCK, toId })) return false;
      return tx.relations.put({ fromId, kind: BLOCK, toId }, at);
    });
  }

  /** Whom this user blocks, oldest first, at most 1,000. */
  async blockedBy(id: Id): Promise<Id[]> {
    const box = await this.store.ensureMailbox(userBox(id));
    return this.store.read((tx) => tx.relations.targets(box, BLOCK, BLOCKED_MAX));
  }

  private async boxes(a: Id, b: Id): Promise<[Id, Id]> {
    return [await this.store.ensureMailbox(userBox(a)), await this.store.ensureMailbox(userBox(b))];
  }
}
