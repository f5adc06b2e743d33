import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { type CellMessage, type CopySide } from '../../../core/cell/messages/cell-message.js';
import { DeleteCellMessage } from '../../../core/cell/messages/delete-cell-message.js';
import { ListCellMessages } from '../../../core/cell/messages/list-cell-messages.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { CellFault } from '../cell.faults.js';
import { CellGate, type CellPlace } from '../cell.gate.js';
import { entityPathOf, queryStringOf } from '../cell.paths.js';
import { keyParts } from '../odata/entity-path.js';
import { parseListOptions, parseViewOptions, type ViewOptions } from '../odata/query-options.js';
import { etagOf, matchesEtag, type ODataEntity, selected } from '../odata/render.js';
import { isWireId } from './fields.js';
import { MessageBoxes } from './message.boxes.js';
import { renderMessage } from './message.render.js';
import { MESSAGE_SETS } from './message.sets.js';

/** One message, or that the caller has it already. */
export interface ReadAnswer {
  readonly entity: ODataEntity;
  readonly etag: string;
  readonly unchanged: boolean;
}

/** What fits a question, as it goes out. */
export interface ListAnswer {
  readonly total: number | null;
  readonly pieces: AsyncIterable<readonly ODataEntity[]>;
}

/** Reads and deletes messages of a cell. */
@Injectable()
export class ReadingFlow {
  constructor(
    @Inject(CellGate) private readonly gate: CellGate,
    @Inject(ListCellMessages) private readonly lists: ListCellMessages,
    @Inject(DeleteCellMessage) private readonly deleting: DeleteCellMessage,
    @Inject(MessageBoxes) private readonly boxes: MessageBoxes,
  ) {}

  /** @throws CellFault, ODataFault, DomainError overloaded */
  async list(request: Request, side: CopySide): Promise<ListAnswer> {
    const { cell } = await this.gate.admit(request, 'message-read');
    const options = parseListOptions(queryStringOf(request), MESSAGE_SETS[side]);
    const { total, pieces } = await this.lists.execute({ boxId: cell.boxId, side, query: options.query });
    return { total, pieces: this.shown(cell, pieces, options) };
  }

  /** @throws CellFault, ODataFault, DomainError message_not_found, overloaded */
  async one(request: Request, side: CopySide): Promise<ReadAnswer> {
    const { cell } = await this.gate.admit(request, 'message-read');
    const options = parseViewOptions(queryStringOf(request), MESSAGE_SETS[side]);
    const message = await this.lists.one(cell.boxId, side, wireIdOf(request));
    const etag = etagOf(message);
    const [entity = {}] = await this.view(cell, [message], options);
    return { entity, etag, unchanged: matchesEtag(request.headers['if-none-match'], etag) };
  }

  /** @returns the Box that a message belongs to. @throws as one, also when it belongs to none */
  async boxOf(request: Request, side: CopySide): Promise<ODataEntity> {
    const { cell } = await this.gate.admit(request, 'message-read', 'box-read');
    const message = await this.lists.one(cell.boxId, side, wireIdOf(request));
    const [box] = await this.boxes.of(cell, [message]);
    if (!box) throw new DomainError('message_not_found');
    return box;
  }

  /** Who has read it is not kept by account: nobody. @throws as one */
  async readers(request: Request): Promise<void> {
    const { cell } = await this.gate.admit(request, 'message-read', 'auth-read');
    await this.lists.one(cell.boxId, 'received', wireIdOf(request));
  }

  /** @throws CellFault, PR412-OD-0002 when another version is meant; DomainError message_not_found, overloaded */
  async remove(request: Request, side: CopySide): Promise<void> {
    const { cell } = await this.gate.admit(request, 'message');
    const wanted = request.headers['if-match'];
    await this.deleting.execute({
      boxId: cell.boxId,
      side,
      wireId: wireIdOf(request),
      allow: (current) => {
        if (wanted !== undefined && !matchesEtag(wanted, etagOf(current))) throw new CellFault('PR412-OD-0002');
      },
    });
  }

  private async *shown(cell: CellPlace, pieces: AsyncIterable<readonly CellMessage[]>, options: ViewOptions): AsyncGenerator<readonly ODataEntity[]> {
    for await (const piece of pieces) yield this.view(cell, piece, options);
  }

  private async view(cell: CellPlace, messages: readonly CellMessage[], { select, expand }: ViewOptions): Promise<ODataEntity[]> {
    const boxes = expand.has('_Box') ? await this.boxes.of(cell, messages) : null;
    return messages.map((message, index) => {
      const entity = renderMessage(message, cell.url);
      return selected(boxes ? { ...entity, _Box: boxes[index] ?? null } : entity, select);
    });
  }
}

/** @throws ODataFault PR400-OD-0004; DomainError message_not_found for what is the id of no message */
function wireIdOf(request: Request): string {
  const { key } = entityPathOf(request);
  const [wireId] = key ? keyParts(key, ['__id']) : [];
  if (!wireId || !isWireId(wireId)) throw new DomainError('message_not_found');
  return wireId;
}
