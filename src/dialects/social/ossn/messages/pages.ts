import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Conversations } from '../../../../core/conversations/conversations.js';
import { type DirectMessage } from '../../../../core/conversations/direct-message.js';
import { type Id } from '../../../../kernel/id-source.js';

/** Messages of a page. */
export const PAGE_SIZE = 10;

/** Up to here pages are counted off from the newest message. */
const SKIP_PLAIN_MAX = 1_000;
/** Up to here without an anchor; the cost of a page grows with what is skipped. */
const SKIP_MAX = 20_000;
const ANCHORS_MAX = 10_000;

/** Where a page begins, true while the conversation has this many messages. */
interface Anchor {
  readonly total: number;
  readonly before: number;
}

interface Page {
  /** all messages the reader sees */
  readonly total: number;
  /** newest first */
  readonly messages: readonly DirectMessage[];
}

/**
 * Pages of a conversation by number, bounded: whoever walks from page to page reads each one at
 * the cost of the first, because a page leaves an anchor for the next. A jump far behind the
 * newest messages without an anchor finds an empty page.
 */
@Injectable()
export class MessagePages {
  private readonly anchors = new LRUCache<string, Anchor>({ max: ANCHORS_MAX });

  constructor(@Inject(Conversations) private readonly conversations: Conversations) {}

  /** @param page from 1, the newest */
  async byNumber(reader: Id, partner: Id, page: number): Promise<Page> {
    const skip = (page - 1) * PAGE_SIZE;
    const found = skip <= SKIP_PLAIN_MAX ? await this.skipping(reader, partner, skip) : await this.deep(reader, partner, page, skip);
    const oldest = found.messages.at(-1);
    if (oldest !== undefined) this.anchors.set(anchorKey(reader, partner, page + 1), { total: found.total, before: oldest.number });
    return found;
  }

  /** The messages below a number, which stay the same while others arrive. */
  before(reader: Id, partner: Id, before: number, take: number): Promise<Page> {
    return this.conversations.page({ reader, partner, skip: 0, take, before });
  }

  private async deep(reader: Id, partner: Id, page: number, skip: number): Promise<Page> {
    const { total } = await this.conversations.page({ reader, partner, skip: 0, take: 0 });
    if (skip >= total) return { total, messages: [] };
    const anchor = this.anchors.get(anchorKey(reader, partner, page));
    if (anchor?.total === total) return this.before(reader, partner, anchor.before, PAGE_SIZE);
    return skip <= SKIP_MAX ? this.skipping(reader, partner, skip) : { total, messages: [] };
  }

  private skipping(reader: Id, partner: Id, skip: number): Promise<Page> {
    return this.conversations.page({ reader, partner, skip, take: PAGE_SIZE });
  }
}

function anchorKey(reader: Id, partner: Id, page: number): string {
  return `${reader}:${partner}:${page}`;
}
