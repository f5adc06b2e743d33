import { Inject, Injectable } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type Contract, Contracts } from '../../../core/keyinbox/contracts.js';
import { type MailboxRef } from '../../../kernel/mailbox-ref.js';
import { success, successMessages } from '../keyinbox.envelope.js';
import { KeyInboxGate } from '../keyinbox.gate.js';
import { listWarnings } from '../keyinbox.listing.js';
import { type Parameters } from '../keyinbox.parameters.js';
import { type ListRequest, parseList } from '../keyinbox.parse.js';
import { renderContractItem } from '../keyinbox.render.js';
import { KeyInboxSeal } from '../keyinbox.seal.js';
import { openInTurns, writeList } from '../keyinbox.stream.js';

/** Contracts are listed in full, so a page of them is short. */
const PAGE_MAX = 20;
const SAID = 'Contracts listed.';
/** One generation of clients looks for contracts, another for messages. */
const MEMBERS = ['contracts', 'messages'];

/** GET /sign with a folder: what is to be signed (inbox) or was issued (sent), newest first. */
@Injectable()
export class ContractListFlow {
  constructor(
    @Inject(KeyInboxGate) private readonly gate: KeyInboxGate,
    @Inject(KeyInboxSeal) private readonly seal: KeyInboxSeal,
    @Inject(Contracts) private readonly contracts: Contracts,
  ) {}

  /** Writes the answer itself: a long list is sent while it is made. @throws KeyInboxFault */
  async list(parameters: Parameters, request: Request, response: Response): Promise<void> {
    const asked = parseList(parameters, this.gate.checksFor(request), true);
    const party = asked.reader.publicKey.mailbox;
    const { total, contracts } = await this.page(party, asked, asked.skip, isShort(asked) ? asked.take : 0);
    const opener = this.seal.reader(asked.reader);
    const open = async (stored: Contract) => renderContractItem(stored, await opener.contract(stored));
    const warnings = listWarnings(asked, total);
    if (isShort(asked)) {
      const items = await Promise.all(contracts.map(open));
      const pagination = { total, query: items.length };
      response.json(success(SAID, { pagination_data: pagination, contracts: items, messages: items }, warnings));
      return;
    }
    const pages = () => openInTurns(this.pages(party, asked), open);
    await writeList(response, { messages: successMessages(SAID, warnings), total, take: asked.take, pages, members: MEMBERS });
  }

  private page(party: MailboxRef, { folder }: ListRequest, skip: number, take: number) {
    return this.contracts.list({ party, folder, skip, take });
  }

  /** A contract that arrives meanwhile moves the others down by one: what was sent before is left out. */
  private async *pages(party: MailboxRef, asked: ListRequest): AsyncGenerator<Contract[]> {
    let seen = new Set<string>();
    for (let skip = asked.skip; ; skip += PAGE_MAX) {
      const { contracts } = await this.page(party, asked, skip, PAGE_MAX);
      const before = seen;
      yield contracts.filter(({ wireId }) => !before.has(wireId));
      if (contracts.length < PAGE_MAX) return;
      seen = new Set(contracts.map(({ wireId }) => wireId));
    }
  }
}

function isShort({ take }: ListRequest): boolean {
  return take !== -1 && take <= PAGE_MAX;
}
