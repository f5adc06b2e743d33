import { Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { CellDocs, Docs } from '../cell.docs.js';
import { AnswerDto, DeliveryDto, NewMessageDto, ReceivedMessageAnswerDto, SentMessageAnswerDto } from '../dto/messages.dto.js';
import { etagOf, sendEntity, sendNothing } from '../odata/render.js';
import { AnswerFlow } from './answer.flow.js';
import { messageUri, renderMessage, renderSentAnswer } from './message.render.js';
import { PortFlow } from './port.flow.js';
import { SendFlow } from './send.flow.js';

/** Messages of a cell: sending, taking, answering. */
@CellDocs()
@Controller(':cell/__message')
export class MessagesController {
  constructor(
    @Inject(SendFlow) private readonly sending: SendFlow,
    @Inject(PortFlow) private readonly port: PortFlow,
    @Inject(AnswerFlow) private readonly answering: AnswerFlow,
  ) {}

  @Post('send')
  @HttpCode(201)
  @Docs({
    summary: 'Send a message to cells',
    description: 'Privilege `message`. To `To`, to all that are tied to `ToRelation`, or both; at most 1,000 cells. It is sent although some cannot get it: `Result` tells of each.',
    body: NewMessageDto,
    once: true,
    status: 201,
    response: SentMessageAnswerDto,
  })
  async send(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { cell, message, replayed } = await this.sending.send(request);
    if (replayed) response.setHeader('Idempotent-Replayed', 'true');
    sendEntity(response, 201, renderSentAnswer(message, cell.url), { etag: etagOf(message), location: messageUri(cell.url, message) });
  }

  @Post('port')
  @HttpCode(201)
  @Docs({
    summary: 'Hand over a message, from one cell to another',
    description: 'With a token that the sending cell makes as itself for this one. Cells of one server need not call it.',
    body: DeliveryDto,
    status: 201,
    response: ReceivedMessageAnswerDto,
  })
  async receive(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { cell, message } = await this.port.receive(request);
    sendEntity(response, 201, renderMessage(message, cell.url), { etag: etagOf(message), location: messageUri(cell.url, message) });
  }

  @Post('received/:id')
  @HttpCode(204)
  @Docs({
    summary: 'Mark a message as read, approve or reject a request',
    description: 'Privilege `message`; `social` as well to approve.',
    params: [{ name: 'id', description: '`__id` of a received message.', example: 'b5d008e9092f489c8d3c574a768afc33' }],
    body: AnswerDto,
    status: 204,
  })
  async answer(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    sendNothing(response, 204, { etag: etagOf(await this.answering.answer(request, id)) });
  }
}
