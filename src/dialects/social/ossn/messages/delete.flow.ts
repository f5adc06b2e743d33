import { Inject, Injectable } from '@nestjs/common';
import { WithdrawMessage } from '../../../../core/conversations/withdraw-message.js';
import { DomainError } from '../../../../kernel/domain-error.js';
import { type Call } from '../ossn.desk.js';
import { OssnFault } from '../ossn.faults.js';
import { idOrNull } from '../ossn.ids.js';

/** message_delete: for both sides, or with `type=me` from the caller's own view. */
@Injectable()
export class DeleteFlow {
  constructor(@Inject(WithdrawMessage) private readonly withdrawal: WithdrawMessage) {}

  /** @throws OssnFault not_deleted */
  async delete({ parameters }: Call): Promise<true> {
    const by = idOrNull(parameters.text('guid'));
    const id = idOrNull(parameters.text('id'));
    const type = parameters.text('type') ?? 'all';
    if (by === null || id === null || (type !== 'all' && type !== 'me')) throw new OssnFault('not_deleted');
    const named = { by, number: Number(id) };
    try {
      await (type === 'me' ? this.withdrawal.fromOwnView(named) : this.withdrawal.forBoth(named));
    } catch (error) {
      if (error instanceof DomainError && error.code === 'message_not_found') throw new OssnFault('not_deleted');
      throw error;
    }
    return true;
  }
}
