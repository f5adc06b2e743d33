import { Inject, Injectable } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { Config } from '../../../config/config.js';
import { ListMessages } from '../../../core/messaging/list-messages.js';
import { type MessageHead } from '../../../core/messaging/message.js';
import { KeyInboxVariables } from '../keyinbox.config.js';
import { success, successMessages } from '../keyinbox.envelope.js';
import { KeyInboxGate } from '../keyinbox.gate.js';
import { isShort, listWarnings } from '../keyinbox.listing.js';
import { type Parameters } from '../keyinbox.parameters.js';
import { type ListRequest, parseList } from '../keyinbox.parse.js';
import { renderListItem } from '../keyinbox.render.js';
import { KeyInboxSeal } from '../keyinbox.seal.js';
import { SPACE } from '../keyinbox.space.js';
import { openInTurns, writeList } from '../keyinbox.stream.js';

const SAID = 'Messages listed.';

/** GET /messages: previews, newest first. Bodies are neither read nor opened. */
@Injectable()
export class ListFlow {
  private readonly withFolders: boolean;

  constructor(
    @Inject(Config) config: Config,
    @Inject(KeyInboxGate) private readonly gate: KeyInboxGate,
    @Inject(KeyInboxSeal) private readonly seal: KeyInboxSeal,
    @Inject(ListMessages) private readonly listMessages: ListMessages,
  ) {
    this.withFolders = config.section(KeyInboxVariables).KEYINBOX_COMPAT.includes('0.15');
  }

  /** Writes the answer itself: a long list is sent while it is made. @throws KeyInboxFault */
  async list(parameters: Parameters, request: Request, response: Response): Promise<void> {
    const asked = parseList(parameters, this.gate.checksFor(request), this.withFolders);
    const { publicKey } = asked.reader;
    const command = { space: SPACE, mailbox: publicKey.mailbox, folder: asked.folder, skip: asked.skip };
    const open = this.opener(asked);
    if (isShort(asked)) {
      const { total, heads } = await this.listMessages.execute({ ...command, take: asked.take });
      const messages = await Promise.all(heads.map(open));
      response.json(success(SAID, { pagination_data: { total, query: messages.length }, messages }, listWarnings(asked, total)));
      return;
    }
    const { total, pages } = await this.listMessages.stream(command);
    const said = successMessages(SAID, listWarnings(asked, total));
    await writeList(response, { messages: said, total, take: asked.take, pages: () => openInTurns(pages, open), members: ['messages'] });
  }

  private opener({ reader }: ListRequest): (head: MessageHead) => Promise<ReturnType<typeof renderListItem>> {
    const opener = this.seal.reader(reader);
    return async (head) => renderListItem(head, await opener.preview(head));
  }
}
