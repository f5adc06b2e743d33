import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../../../config/config.js';
import { Users } from '../../../../core/accounts/users.js';
import { type DirectMessage } from '../../../../core/conversations/direct-message.js';
import { Follows } from '../../../../core/relations/follows.js';
import { type Id } from '../../../../kernel/id-source.js';
import { PmFileLinks } from '../files/links.js';
import { PmVariables } from '../pm.config.js';
import { type PmUser, renderUser } from '../users/user.render.js';
import { type MessageContext } from './message.render.js';

/** Gathers what messages are shown with: the people in them, and addresses for their files. */
@Injectable()
export class ShownMessages {
  private readonly withdrawnText: string;

  constructor(
    @Inject(Config) config: Config,
    @Inject(Users) private readonly users: Users,
    @Inject(Follows) private readonly follows: Follows,
    @Inject(PmFileLinks) private readonly links: PmFileLinks,
  ) {
    this.withdrawnText = config.section(PmVariables).PM_WITHDRAWN_TEXT;
  }

  /** @param reader how he stands to the people is shown, too */
  async contextFor(reader: Id, messages: readonly DirectMessage[]): Promise<MessageContext> {
    const ids = peopleOf(messages);
    const others = ids.filter((id) => id !== reader);
    const [users, followed] = await Promise.all([
      this.users.byIds(ids),
      others.length === 0 ? new Set<Id>() : this.follows.followedOf(reader, others),
    ]);
    const people = new Map<Id, PmUser>();
    for (const user of users.values()) people.set(user.id, renderUser(user, { connectionStatus: followed.has(user.id) ? 'followed' : null }));
    return this.context(people);
  }

  context(people: ReadonlyMap<Id, PmUser>): MessageContext {
    return { people, withdrawnText: this.withdrawnText, fileUrl: (uuid, role) => this.links.url(uuid, role) };
  }
}

function peopleOf(messages: readonly DirectMessage[]): Id[] {
  return [...new Set(messages.flatMap((message) => [message.from, message.to]))];
}
