import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { AnswerCellMessage } from '../../../core/cell/messages/answer-cell-message.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { jsonBodyOf } from '../cell.bodies.js';
import { CellGate } from '../cell.gate.js';
import { CellUrls } from '../cell.urls.js';
import { parseAnswer } from './answer.parse.js';
import { isWireId } from './fields.js';
import { changesOf } from './requests.js';

/** POST /{cell}/__message/received/{id}: reads, approves or rejects. */
@Injectable()
export class AnswerFlow {
  constructor(
    @Inject(CellGate) private readonly gate: CellGate,
    @Inject(CellUrls) private readonly urls: CellUrls,
    @Inject(AnswerCellMessage) private readonly answering: AnswerCellMessage,
  ) {}

  /**
   * Approving needs a second privilege, which is looked at when it is known that the message is a request.
   * @returns the new version of the message
   * @throws CellFault, MessageRefusal; DomainError message_not_found, forbidden, malformed_body, overloaded
   */
  async answer(request: Request, wireId: string): Promise<{ revision: number; updatedAt: Date }> {
    const { cell, privileges } = await this.gate.admit(request, 'message');
    const answer = parseAnswer(jsonBodyOf(request));
    if (!isWireId(wireId)) throw new DomainError('message_not_found');
    return this.answering.execute({
      cell: { cellId: cell.id, boxId: cell.boxId, url: cell.url },
      wireId,
      answer,
      mayTie: privileges.has('social'),
      changesOf: (message) => changesOf(message, this.urls),
    });
  }
}
