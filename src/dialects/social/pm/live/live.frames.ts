import { Inject, Injectable } from '@nestjs/common';
import { type FeedNews, type FeedStep } from '../../../../core/conversations/direct-feed.js';
import { Notices } from '../../../../core/conversations/notices.js';
import { type Id } from '../../../../kernel/id-source.js';
import { renderMessage, renderSnippet, type MessageContext } from '../messages/message.render.js';
import { ShownMessages } from '../messages/shown.js';

/** What clients know a private message by, and one that was taken back. */
const PRIVATE_MESSAGE = 37;
const TAKEN_BACK = 105;

/** What goes out for one step of a feed. */
export interface LiveFrame {
  readonly text: string;
  /** of the message it brings; 0 where it brings none */
  readonly number: number;
}

/** Words what happens as frames. */
@Injectable()
export class LiveFrames {
  constructor(
    @Inject(Notices) private readonly notices: Notices,
    @Inject(ShownMessages) private readonly shown: ShownMessages,
  ) {}

  /** @returns one for each step, null for what the user is not told of */
  async of(userId: Id, steps: readonly FeedStep[]): Promise<(LiveFrame | null)[]> {
    const messages = steps.flatMap(({ news }) => (news?.kind === 'received' ? [news.entry.message] : []));
    if (steps.every(({ news }) => news === null)) return steps.map(() => null);
    const [context, unseen] = await Promise.all([this.shown.contextFor(userId, messages), this.notices.countNew(userId)]);
    return steps.map(({ news }) => news && frame(news, context, unseen));
  }
}

function frame(news: FeedNews, context: MessageContext, unseen: number): LiveFrame {
  if (news.kind === 'taken_back') {
    return { number: 0, text: interaction({ activity_type: TAKEN_BACK, thread_id: news.conversationId, count_interactions: unseen }) };
  }
  const { entry, isNew } = news;
  const { message, conversationId } = entry;
  return {
    number: message.number,
    text: interaction({
      activity_type: PRIVATE_MESSAGE,
      thread_id: conversationId,
      count_interactions: unseen,
      notification_obj: {
        is_new: isNew,
        sid: String(message.number),
        type: 'private_message',
        active_at: message.createdAt.toISOString(),
        message: renderMessage(message, conversationId, context),
        snippet: renderSnippet(entry, context),
      },
    }),
  };
}

function interaction(data: object): string {
  return JSON.stringify({ type: 'interaction', data });
}
