import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Id } from '../../kernel/id-source.js';
import { CLOCK } from '../../kernel/tokens.js';
import { Conversations } from '../conversations/conversations.js';
import { WithdrawMessage } from '../conversations/withdraw-message.js';

/** As long as this a message can vanish without a trace; the clock is the server's. */
const UNNOTICED_MS = 60_000;

/** Takes a message back for both: early ones vanish, later ones leave an empty place. */
@Injectable()
export class TakeBackMessage {
  constructor(
    @Inject(Conversations) private readonly conversations: Conversations,
    @Inject(WithdrawMessage) private readonly withdrawing: WithdrawMessage,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Repeating it on an empty place changes nothing.
   * @throws DomainError message_not_found unless `by` sees the message; forbidden unless he sent it
   */
  async execute(command: { readonly by: Id; readonly number: number }): Promise<void> {
    const message = await this.conversations.message(command.by, command.number);
    if (message === null) throw new DomainError('message_not_found');
    if (message.from !== command.by) throw new DomainError('forbidden');
    if (message.withdrawn) return;
    const ageMs = this.clock.now() - message.createdAt.getTime();
    if (ageMs < UNNOTICED_MS) await this.withdrawing.erase(command);
    else await this.withdrawing.forBoth(command);
  }
}
