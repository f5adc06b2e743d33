import { Inject, Injectable } from '@nestjs/common';
import { type Id } from '../../kernel/id-source.js';
import { limits } from '../../kernel/limits.js';
import { type MailboxRef } from '../../kernel/mailbox-ref.js';
import { type HeadRow } from '../../storage/repositories/messages.repository.js';
import { Store } from '../../storage/store.js';
import { type MessageHead } from './message.js';

export interface ListCommand {
  readonly space: string;
  readonly mailbox: MailboxRef;
  readonly folder: 'inbox' | 'sent';
  /** messages to leave out from the newest on */
  readonly skip: number;
}

/** Lists a mailbox, newest first. The cost depends on what is taken, not on what is there. */
@Injectable()
export class ListMessages {
  constructor(@Inject(Store) private readonly store: Store) {}

  /** @returns the total of the folder and at most `take` messages; 0 asks for the total alone */
  async execute(command: ListCommand & { readonly take: number }): Promise<{ total: number; heads: MessageHead[] }> {
    const box = await this.store.findMailbox(command.mailbox);
    if (box === null) return { total: 0, heads: [] };
    return this.store.read(async (tx) => {
      const [total, rows] = await Promise.all([
        tx.counts.total(box, command.space, command.folder),
        command.take > 0 ? this.page(box, command, { skip: command.skip, take: command.take }) : [],
      ]);
      return { total, heads: rows.map(head) };
    });
  }

  /**
   * Everything from `skip` on, page after page, so that memory stays flat at any size. Messages
   * that arrive meanwhile are not part of it.
   */
  async stream(command: ListCommand): Promise<{ total: number; pages: AsyncIterable<MessageHead[]> }> {
    const box = await this.store.findMailbox(command.mailbox);
    if (box === null) return { total: 0, pages: nothing() };
    const total = await this.store.read((tx) => tx.counts.total(box, command.space, command.folder));
    return { total, pages: this.pages(box, command) };
  }

  private async *pages(box: Id, command: ListCommand): AsyncGenerator<MessageHead[]> {
    const take = limits.list_page_rows_max;
    let rows = await this.page(box, command, { skip: command.skip, take });
    while (rows.length > 0) {
      yield rows.map(head);
      if (rows.length < take) return;
      rows = await this.page(box, command, { before: rows[rows.length - 1]!.id, skip: 0, take });
    }
  }

  private page(box: Id, command: ListCommand, page: { before?: Id; skip: number; take: number }): Promise<HeadRow[]> {
    return this.store.read((tx) =>
      command.folder === 'inbox' ? tx.messages.inbox(box, command.space, page) : tx.messages.sentBy(box, command.space, page),
    );
  }
}

async function* nothing(): AsyncGenerator<MessageHead[]> {}

function head(row: HeadRow): MessageHead {
  return {
    id: row.id,
    wireId: row.wire_id,
    preview: row.preview,
    key: row.key,
    revision: row.revision,
    createdAt: row.created_at,
    editedAt: row.edited_at,
  };
}
