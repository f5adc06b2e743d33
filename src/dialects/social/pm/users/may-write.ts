import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../../../config/config.js';
import { type User } from '../../../../core/accounts/user.js';
import { Blocks } from '../../../../core/relations/blocks.js';
import { Follows } from '../../../../core/relations/follows.js';
import { type PmCaller } from '../auth/caller.js';
import { PmVariables } from '../pm.config.js';

/** Who may write to whom, as far as it can be told beforehand; a send decides it again. */
@Injectable()
export class MayWrite {
  private readonly staffWritesAll: boolean;

  constructor(
    @Inject(Config) config: Config,
    @Inject(Follows) private readonly follows: Follows,
    @Inject(Blocks) private readonly blocks: Blocks,
  ) {
    this.staffWritesAll = config.section(PmVariables).PM_STAFF_WRITES_ALL;
  }

  /** @returns whether the recipient need not follow this sender */
  toAll(caller: PmCaller): boolean {
    return caller.isStaff && this.staffWritesAll;
  }

  /** @returns whether the caller may write to a user: he is followed by him, and neither has hidden the other */
  async to(caller: PmCaller, user: User): Promise<boolean> {
    if (user.id === caller.userId || user.disabledAt !== null) return false;
    const [followed, hidden, hiddenBy] = await Promise.all([
      this.toAll(caller) || this.follows.follows(user.id, caller.userId),
      this.blocks.stands(caller.userId, user.id),
      this.blocks.stands(user.id, caller.userId),
    ]);
    return followed && !hidden && !hiddenBy;
  }
}
