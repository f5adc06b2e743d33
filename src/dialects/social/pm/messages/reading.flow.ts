import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../../../config/config.js';
import { Conversations } from '../../../../core/conversations/conversations.js';
import { type Id } from '../../../../kernel/id-source.js';
import { formFault, notFound } from '../pm.faults.js';
import { pmPage, type PmPage, type PmSlice, sliceOf } from '../pm.pages.js';
import { idOf, queryText } from '../pm.query.js';
import { type PmMessage, type PmSnippet, renderMessage, renderSnippet } from './message.render.js';
import { ShownMessages } from './shown.js';
import { type Thread, Threads } from './threads.js';

/** Message numbers between which to read. */
interface Range {
  /** exclusive */
  readonly before?: number;
  /** inclusive */
  readonly from?: number;
}

/** Snippets, threads and single messages. */
@Injectable()
export class ReadingFlow {
  private readonly publicUrl: string;

  constructor(
    @Inject(Config) config: Config,
    @Inject(Conversations) private readonly conversations: Conversations,
    @Inject(Threads) private readonly threads: Threads,
    @Inject(ShownMessages) private readonly shown: ShownMessages,
  ) {
    this.publicUrl = config.publicUrl;
  }

  /** One thread where the request names one, else the list of all. @throws PmFault 403, 404 */
  async list(reader: Id, request: Request): Promise<PmPage<PmMessage> | PmPage<PmSnippet>> {
    const names = { thread: queryText(request, 'thread'), user: queryText(request, 'user'), group: queryText(request, 'group') };
    const thread = await this.threads.find(reader, names);
    const slice = sliceOf(request);
    return thread === null ? this.snippets(reader, request, slice) : this.messages(reader, thread, request, slice);
  }

  /** @throws PmFault 404 */
  async one(reader: Id, text: string): Promise<PmMessage> {
    const id = idOf(text);
    const message = id === null ? null : await this.conversations.message(reader, Number(id));
    if (message === null) throw notFound();
    const partner = message.from === reader ? message.to : message.from;
    const [context, threadId] = await Promise.all([this.shown.contextFor(reader, [message]), this.conversations.idOf(reader, partner)]);
    if (threadId === null) throw notFound();
    return renderMessage(message, threadId, context);
  }

  /**
   * Marks a thread as seen.
   * @param members of the request: `thread` or `user`
   * @throws PmFault 400, 403, 404
   */
  async markSeen(reader: Id, members: Readonly<Record<string, unknown>>): Promise<void> {
    const thread = await this.threads.find(reader, { thread: given(members['thread']), user: given(members['user']), group: given(members['group']) });
    if (thread === null) throw formFault('Name a thread or a user.', 'required');
    await this.conversations.markRead({ reader, partner: thread.partner });
  }

  private async snippets(reader: Id, request: Request, slice: PmSlice): Promise<PmPage<PmSnippet>> {
    const { total, entries } = await this.conversations.recent({ reader, skip: slice.offset, take: slice.limit });
    const context = await this.shown.contextFor(reader, entries.map((entry) => entry.message));
    return pmPage(this.publicUrl, request, slice, total, entries.map((entry) => renderSnippet(entry, context)));
  }

  /** The newest messages of the range, oldest first within the page; further pages lead to older ones. */
  private async messages(reader: Id, { partner, id }: Thread, request: Request, slice: PmSlice): Promise<PmPage<PmMessage>> {
    if (id === null) return pmPage(this.publicUrl, request, slice, 0, []);
    const range = rangeOf(request);
    const { total, messages } = await this.conversations.page({ reader, partner, skip: slice.offset, take: slice.limit, ...range });
    const [count, context] = await Promise.all([this.count(reader, partner, range, total), this.shown.contextFor(reader, messages)]);
    const [newest] = messages;
    if (newest && range.before === undefined && slice.offset === 0) await this.conversations.markRead({ reader, partner, upTo: newest.number });
    const results = messages.map((message) => renderMessage(message, id, context)).reverse();
    return pmPage(this.publicUrl, request, slice, count, results);
  }

  /** Counts what lies outside of the range where that is the end a reader comes from: it costs what is counted. */
  private async count(reader: Id, partner: Id, { before, from }: Range, total: number): Promise<number> {
    if (before === undefined && from === undefined) return total;
    if (from === undefined) return total - (await this.conversations.countRange({ reader, partner, from: before! }));
    return this.conversations.countRange({ reader, partner, from, ...(before === undefined ? {} : { before }) });
  }
}

/** @returns a member as text; what is neither text nor number names nothing */
function given(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What is no number counts as not given. */
function rangeOf(request: Request): Range {
  const before = boundOf(queryText(request, 'before_message'));
  const from = boundOf(queryText(request, 'from_message'));
  return { ...(before !== null && { before }), ...(from !== null && { from }) };
}

/** @returns a bound of message ids; one beyond all of them stays beyond all of them */
function boundOf(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Math.min(Number(text), Number.MAX_SAFE_INTEGER) : null;
}
