import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../../../config/config.js';
import { Users } from '../../../../core/accounts/users.js';
import { Blocks } from '../../../../core/relations/blocks.js';
import { type Id } from '../../../../kernel/id-source.js';
import { type Call } from '../ossn.desk.js';
import { baseUrl } from '../ossn.envelope.js';
import { OssnFault } from '../ossn.faults.js';
import { parseId, twoIds } from '../ossn.ids.js';
import { type Parameters } from '../ossn.parameters.js';
import { type FullUser, fullUser } from '../ossn.users.js';
import { isPrivateTo } from '../users/accounts.flow.js';

/** Blocks: they stop messages in both directions. What was written before stays readable. */
@Injectable()
export class BlocksFlow {
  private readonly base: string;

  constructor(
    @Inject(Config) config: Config,
    @Inject(Users) private readonly users: Users,
    @Inject(Blocks) private readonly blocks: Blocks,
  ) {
    this.base = baseUrl(config);
  }

  /** user/block. @throws OssnFault */
  async block({ parameters }: Call): Promise<{ success: true }> {
    const [by, whom] = await this.bothOf(parameters, 'to_block_guid');
    if (by === whom) throw new OssnFault('not_blocked');
    await this.blocks.block(by, whom);
    return { success: true };
  }

  /** user/unblock; there need not be a block. @throws OssnFault */
  async unblock({ parameters }: Call): Promise<{ success: true }> {
    const [by, whom] = await this.bothOf(parameters, 'to_unblock_guid');
    if (by !== whom) await this.blocks.unblock(by, whom);
    return { success: true };
  }

  /** user/blocklist. @throws OssnFault */
  async list({ parameters, caller }: Call): Promise<{ list: readonly FullUser[] | false }> {
    const parsed = parseId(parameters.text('guid'));
    if (parsed === 'empty') throw new OssnFault('input_empty');
    const user = parsed === 'unknown' ? null : await this.users.byId(parsed.id);
    if (user === null) throw new OssnFault('user_unknown');
    const ids = await this.blocks.blockedBy(user.id);
    const found = await this.users.byIds(ids);
    const list = ids.flatMap((id) => found.get(id) ?? []).map((blocked) => fullUser(this.base, blocked, isPrivateTo(caller, blocked)));
    return { list: list.length === 0 ? false : list };
  }

  private async bothOf(parameters: Parameters, other: string): Promise<readonly [Id, Id]> {
    const ids = twoIds(parameters, 'guid', other);
    const found = await this.users.byIds(ids);
    if (ids.some((id) => !found.has(id))) throw new OssnFault('user_unknown');
    return ids;
  }
}
