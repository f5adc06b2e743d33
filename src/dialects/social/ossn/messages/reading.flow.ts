import { Inject, Injectable } from '@nestjs/common';
import { type User } from '../../../../core/accounts/user.js';
import { Users } from '../../../../core/accounts/users.js';
import { Conversations } from '../../../../core/conversations/conversations.js';
import { type DirectMessage } from '../../../../core/conversations/direct-message.js';
import { type Clock } from '../../../../kernel/clock.js';
import { CLOCK } from '../../../../kernel/tokens.js';
import { type Call } from '../ossn.desk.js';
import { OssnFault } from '../ossn.faults.js';
import { idOrNull } from '../ossn.ids.js';
import { parseOffset, parsePageLimit } from '../ossn.paging.js';
import { type Parameters } from '../ossn.parameters.js';
import { isOnline, trimmedUser, type WithUser } from '../ossn.users.js';
import { OssnLinks } from '../files/links.js';
import { type MessageContext, renderListed, renderListedV1, renderNew, renderNewV1, renderRecent, type WireMessage } from './message.render.js';
import { MessagePages, PAGE_SIZE } from './pages.js';

const UNREAD_MAX = 500;
const LIMIT_MAX = 100;
const NUMBER = /^[0-9]{1,15}$/;
/** Conversations a list of them may leave out before it counts as empty. */
const RECENT_SKIP_MAX = 20_000;

/** A page of a conversation. */
export interface MessageList {
  readonly list: readonly WireMessage[] | false;
  readonly withuser: WithUser;
  readonly count: number;
  readonly offset: string | false;
}

/** What is unread in a conversation. */
export interface NewMessages {
  readonly list: readonly WireMessage[] | false;
  readonly withuser: WithUser;
}

/** The latest message of each conversation. */
export interface RecentList {
  readonly list: readonly WireMessage[] | false;
  readonly offset: string | 1;
  readonly count: number | false;
}

/** The two sides of a conversation. */
interface Sides {
  readonly reader: User;
  readonly partner: User;
}

/** The calls that read messages. Reading alone marks nothing as viewed. */
@Injectable()
export class ReadingFlow {
  constructor(
    @Inject(Users) private readonly users: Users,
    @Inject(Conversations) private readonly conversations: Conversations,
    @Inject(MessagePages) private readonly pages: MessagePages,
    @Inject(OssnLinks) private readonly links: OssnLinks,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** message/list. @throws OssnFault */
  async list(call: Call): Promise<MessageList> {
    const sides = await this.sidesOf(call.parameters, 'guid', 'to');
    const withuser = { ...trimmedUser(this.links.base, sides.partner, ['small', 'smaller']), is_online: this.isThere(sides.partner) };
    return this.page(call, sides, withuser, renderListed);
  }

  /** message_list. @throws OssnFault */
  async listV1(call: Call): Promise<MessageList> {
    const sides = await this.sidesOf(call.parameters, 'guid', 'to');
    return this.page(call, sides, trimmedUser(this.links.base, sides.partner), renderListedV1);
  }

  /** message/new; here `markallread` has no effect. @throws OssnFault */
  async unread(call: Call): Promise<NewMessages> {
    const sides = await this.sidesOf(call.parameters, 'to', 'from');
    const withuser = { ...trimmedUser(this.links.base, sides.partner), is_online: this.isThere(sides.partner) };
    return { list: await this.unreadOf(sides, renderNew), withuser };
  }

  /** message_new. @throws OssnFault */
  async unreadV1(call: Call): Promise<NewMessages> {
    const sides = await this.sidesOf(call.parameters, 'to', 'from');
    const marks = marksRead(call);
    const list = await this.unreadOf(sides, renderNewV1);
    if (marks) await this.markRead(sides);
    return { list, withuser: trimmedUser(this.links.base, sides.partner) };
  }

  /** message_recent. @throws OssnFault */
  async recent({ parameters }: Call): Promise<RecentList> {
    const readerId = idOrNull(parameters.text('guid'));
    const reader = readerId && (await this.users.byId(readerId));
    if (!reader) throw new OssnFault('list_user_unknown');
    const offset = parseOffset(parameters);
    const skip = ((offset?.page ?? 1) - 1) * PAGE_SIZE;
    const isFar = skip > RECENT_SKIP_MAX;
    const { total, entries } = await this.conversations.recent({ reader: reader.id, skip: isFar ? 0 : skip, take: isFar ? 0 : PAGE_SIZE });
    const people = await this.users.byIds([reader.id, ...entries.map(({ partner }) => partner)]);
    const context = this.links.context(people);
    const list = entries.filter(({ partner }) => people.has(partner)).map(({ message, answered }) => renderRecent(message, context, answered));
    return { list: orFalse(list), offset: offset?.sent ?? 1, count: total === 0 ? false : total };
  }

  private async page(call: Call, sides: Sides, withuser: WithUser, render: Render): Promise<MessageList> {
    const { parameters } = call;
    const marks = marksRead(call);
    const before = parseBefore(parameters);
    const offset = before === null ? parseOffset(parameters) : null;
    const { reader, partner } = sides;
    const found =
      reader.id === partner.id
        ? { total: 0, messages: [] }
        : before === null
          ? await this.pages.byNumber(reader.id, partner.id, offset?.page ?? 1)
          : await this.pages.before(reader.id, partner.id, before, parsePageLimit(parameters, PAGE_SIZE, LIMIT_MAX));
    if (marks) await this.markRead(sides);
    const list = [...found.messages].reverse().map((message) => render(message, this.contextOf(sides)));
    return { list: orFalse(list), withuser, count: found.total, offset: offset?.sent ?? false };
  }

  private async unreadOf(sides: Sides, render: Render): Promise<readonly WireMessage[] | false> {
    const messages = await this.conversations.unread({ reader: sides.reader.id, partner: sides.partner.id, take: UNREAD_MAX });
    const context = this.contextOf(sides);
    return orFalse(messages.map((message) => render(message, context)));
  }

  private markRead({ reader, partner }: Sides): Promise<void> {
    return this.conversations.markRead({ reader: reader.id, partner: partner.id });
  }

  private async sidesOf(parameters: Parameters, readerName: string, partnerName: string): Promise<Sides> {
    const readerId = idOrNull(parameters.text(readerName));
    const partnerId = idOrNull(parameters.text(partnerName));
    if (readerId === null || partnerId === null) throw new OssnFault('list_user_unknown');
    const found = await this.users.byIds([readerId, partnerId]);
    const reader = found.get(readerId);
    const partner = found.get(partnerId);
    if (reader === undefined || partner === undefined) throw new OssnFault('list_user_unknown');
    return { reader, partner };
  }

  private contextOf({ reader, partner }: Sides): MessageContext {
    return this.links.context(new Map([reader, partner].map((user) => [user.id, user])));
  }

  private isThere(user: User): boolean {
    return isOnline(user, this.clock.now());
  }
}

type Render = (message: DirectMessage, context: MessageContext) => WireMessage;

/** @throws DomainError method_not_allowed where the request may not change anything */
function marksRead(call: Call): boolean {
  const marks = call.parameters.text('markallread') === '1';
  if (marks) call.asWrite();
  return marks;
}

/** @returns the number below which messages are wanted, null where none was sent */
function parseBefore(parameters: Parameters): number | null {
  const sent = parameters.text('before_id') ?? '';
  return NUMBER.test(sent) ? Number(sent) : null;
}

function orFalse<T>(list: readonly T[]): readonly T[] | false {
  return list.length === 0 ? false : list;
}
