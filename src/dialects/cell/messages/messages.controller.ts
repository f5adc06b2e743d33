import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { etagOf, sendEntity, sendNothing } from '../odata/render.js';
import { AnswerFlow } from './answer.flow.js';
import { messageUri, renderMessage, renderSentAnswer } from './message.render.js';
import { PortFlow } from './port.flow.js';
import { SendFlow } from './send.flow.js';

/** Messages of a cell: sending, taking, answering. */
@Controller(':cell/__message')
export class MessagesController {
  constructor(
    @Inject(SendFlow) private readonly sending: SendFlow,
    @Inject(PortFlow) private readonly port: PortFlow,
    @Inject(AnswerFlow) private readonly answering: AnswerFlow,
  ) {}

  @Post('send')
  async send(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { cell, message, replayed } = await this.sending.send(request);
    if (replayed) response.setHeader('Idempotent-Replayed', 'true');
    sendEntity(response, 201, renderSentAnswer(message, cell.url), { etag: etagOf(message), location: messageUri(cell.url, message) });
  }

  @Post('port')
  async receive(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { cell, message } = await this.port.receive(request);
    sendEntity(response, 201, renderMessage(message, cell.url), { etag: etagOf(message), location: messageUri(cell.url, message) });
  }

  @Post('received/:id')
  async answer(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    sendNothing(response, 204, { etag: etagOf(await this.answering.answer(request, id)) });
  }
}
