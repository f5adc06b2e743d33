import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { Config } from '../../../../config/config.js';
import { Notices } from '../../../../core/conversations/notices.js';
import { type Id } from '../../../../kernel/id-source.js';
import { fieldFault } from '../pm.faults.js';
import { pageUrl, sliceOf } from '../pm.pages.js';
import { idOf, idOfValue, queryText } from '../pm.query.js';
import { type PmNotification, renderNotice } from './message.render.js';
import { ShownMessages } from './shown.js';

/** A list with cursors: nobody counts what he was told of. */
export interface NoticePage {
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly PmNotification[];
}

const SIDS_MAX = 1_000;

/** What a user was told of. */
@Injectable()
export class NoticesFlow {
  private readonly publicUrl: string;

  constructor(
    @Inject(Config) config: Config,
    @Inject(Notices) private readonly notices: Notices,
    @Inject(ShownMessages) private readonly shown: ShownMessages,
  ) {
    this.publicUrl = config.publicUrl;
  }

  async unseenCount(reader: Id): Promise<{ readonly count: number }> {
    return { count: await this.notices.countNew(reader) };
  }

  /** Newest first. What is listed is no longer new the next time. */
  async list(reader: Id, request: Request): Promise<NoticePage> {
    const { limit: take } = sliceOf(request);
    const before = cursor(request, 'next_id');
    const after = cursor(request, 'previous_id');
    const found = await this.notices.list({
      reader,
      take: take + 1,
      ...(after === null ? { ...(before !== null && { before }) } : { after }),
    });
    const more = found.length > take;
    // one too many was asked for, at the end that leads on
    const page = after === null ? found.slice(0, take) : found.slice(more ? 1 : 0);
    const context = await this.shown.contextFor(reader, page.map((notice) => notice.message));
    await this.notices.markNoticed(reader, page.filter((notice) => notice.isNew).map((notice) => notice.message.number));
    const [first] = page;
    const last = page.at(-1);
    if (!first || !last) return { next: null, previous: null, results: [] };
    const oldest = last.message.number;
    const newest = first.message.number;
    const older = after === null ? more : await this.exists({ reader, before: oldest, take: 1 });
    const newer = after === null ? before !== null && (await this.exists({ reader, after: newest, take: 1 })) : more;
    return {
      next: older ? this.link(request, { next_id: oldest, previous_id: null }) : null,
      previous: newer ? this.link(request, { next_id: null, previous_id: newest }) : null,
      results: page.map((notice) => renderNotice(notice, context)),
    };
  }

  /** @param sids as given by the client; others' and unknown ones change nothing. @throws PmFault 400 */
  async markRead(reader: Id, sids: unknown): Promise<void> {
    if (sids === undefined || sids === null) throw fieldFault('sids', 'required', 'This field is required.');
    if (!Array.isArray(sids)) throw fieldFault('sids', 'invalid', 'A list is required.');
    if (sids.length > SIDS_MAX) throw fieldFault('sids', 'max_length', `There are more than ${SIDS_MAX} of them.`);
    const numbers = sids.map(idOfValue).filter((id) => id !== null).map(Number);
    await this.notices.markNoticed(reader, numbers);
  }

  private async exists(question: { reader: Id; before?: number; after?: number; take: number }): Promise<boolean> {
    return (await this.notices.list(question)).length > 0;
  }

  private link(request: Request, changes: Readonly<Record<string, number | null>>): string {
    return pageUrl(this.publicUrl, request, changes);
  }
}

function cursor(request: Request, name: string): number | null {
  const id = idOf(queryText(request, name) ?? '');
  return id === null ? null : Number(id);
}
