import { Inject, Injectable } from '@nestjs/common';
import { Users } from '../../../../core/accounts/users.js';
import { Conversations } from '../../../../core/conversations/conversations.js';
import { type Id } from '../../../../kernel/id-source.js';
import { denied, notFound } from '../pm.faults.js';
import { idOf } from '../pm.query.js';

/** What names a thread in a request; undefined where it is not given. */
export interface ThreadNames {
  readonly thread: string | undefined;
  readonly user: string | undefined;
  readonly group: string | undefined;
}

/** The thread of the caller with somebody. */
export interface Thread {
  readonly partner: Id;
  /** null: nobody has written yet */
  readonly id: number | null;
}

/** Finds the threads that requests name. */
@Injectable()
export class Threads {
  constructor(
    @Inject(Users) private readonly users: Users,
    @Inject(Conversations) private readonly conversations: Conversations,
  ) {}

  /**
   * A user who is there decides over a thread.
   *
   * @returns null where neither is given
   * @throws PmFault 404 for a thread the caller is not part of and for a user who is not there; 403 for groups
   */
  async find(reader: Id, { thread, user, group }: ThreadNames): Promise<Thread | null> {
    if (group !== undefined) throw denied('Messages to groups are switched off.');
    const partner = user === undefined ? null : await this.partner(user);
    if (partner !== null) return { partner, id: await this.conversations.idOf(reader, partner) };
    if (thread !== undefined) return this.byId(reader, thread);
    if (user !== undefined) throw notFound();
    return null;
  }

  /** @throws PmFault 404 */
  async byId(reader: Id, text: string): Promise<Thread> {
    const id = idOf(text);
    const found = id === null ? null : await this.conversations.byId(reader, Number(id));
    if (id === null || found === null) throw notFound();
    return { partner: found.partner, id: Number(id) };
  }

  private async partner(text: string): Promise<Id | null> {
    const id = idOf(text);
    return id !== null && (await this.users.byId(id)) !== null ? id : null;
  }
}
