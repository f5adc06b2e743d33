import { Inject, Injectable } from '@nestjs/common';
import { Conversations } from '../../../../core/conversations/conversations.js';
import { TakeBackMessage } from '../../../../core/pm/take-back-message.js';
import { type Id } from '../../../../kernel/id-source.js';
import { formFault, notFound } from '../pm.faults.js';
import { idOf } from '../pm.query.js';
import { type ThreadNames, Threads } from './threads.js';

/** Taking messages back for both, and threads out of one's own view. */
@Injectable()
export class DeleteFlow {
  constructor(
    @Inject(TakeBackMessage) private readonly takeBack: TakeBackMessage,
    @Inject(Conversations) private readonly conversations: Conversations,
    @Inject(Threads) private readonly threads: Threads,
  ) {}

  /** @throws PmFault 404; DomainError message_not_found, forbidden (received, not sent) */
  async message(by: Id, text: string): Promise<void> {
    const id = idOf(text);
    if (id === null) throw notFound();
    await this.takeBack.execute({ by, number: Number(id) });
  }

  /** The other side keeps everything. @throws PmFault 400 where nothing is named, 403, 404 */
  async thread(reader: Id, names: ThreadNames): Promise<void> {
    const thread = await this.threads.find(reader, names);
    if (thread === null) throw formFault('Name a thread or a user.', 'required');
    await this.clear(reader, thread.partner);
  }

  /** @throws PmFault 404 */
  async threadById(reader: Id, text: string): Promise<void> {
    await this.clear(reader, (await this.threads.byId(reader, text)).partner);
  }

  private async clear(reader: Id, partner: Id): Promise<void> {
    if (!(await this.conversations.clear({ reader, partner }))) throw notFound();
  }
}
