import { Inject, Injectable } from '@nestjs/common';
import { type Request } from 'express';
import { type CellMessage } from '../../../core/cell/messages/cell-message.js';
import { ReceiveCellMessage } from '../../../core/cell/messages/receive-cell-message.js';
import { jsonBodyOf } from '../cell.bodies.js';
import { CellFault } from '../cell.faults.js';
import { CellGate, type CellPlace } from '../cell.gate.js';
import { CellUrls } from '../cell.urls.js';
import { parsePort } from './port.parse.js';

/** POST /{cell}/__message/port: a message that another cell hands over as itself. */
@Injectable()
export class PortFlow {
  constructor(
    @Inject(CellGate) private readonly gate: CellGate,
    @Inject(CellUrls) private readonly urls: CellUrls,
    @Inject(ReceiveCellMessage) private readonly receiving: ReceiveCellMessage,
  ) {}

  /** @throws CellFault, PR403-AU-0002 when the sender is not who calls; MessageRefusal; DomainError malformed_body, overloaded */
  async receive(request: Request): Promise<{ cell: CellPlace; message: CellMessage }> {
    const { cell, issuer } = await this.gate.admitPeer(request);
    const wanted = parsePort(jsonBodyOf(request), this.urls);
    if (wanted.from !== issuer) throw new CellFault('PR403-AU-0002');
    const message = await this.receiving.execute({ ...wanted, recipient: { cellId: cell.id, boxId: cell.boxId } });
    return { cell, message };
  }
}
