import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { AckAllDto, DeliveredDto, DeliverDto, MessageItemDto, MessagePageDto } from '../dto/messages.dto.js';
import { Docs, EnvelopeDocs } from '../envelope.docs.js';
import { EnvelopeGate } from '../envelope.gate.js';
import { DeliverFlow } from './deliver.flow.js';
import { ListFlow } from './list.flow.js';
import { MailboxFlow } from './mailbox.flow.js';
import { type MessageItem, type MessagePage } from './message.render.js';

const LIST_QUERY = [
  { name: 'after', description: 'A cursor; only what arrived after it.' },
  { name: 'limit', description: 'Messages of a page, 1 to 200; 50 where it is not given.', type: 'integer' },
  { name: 'wait', description: 'Seconds to wait where there is nothing, 0 to 60.', type: 'integer' },
  { name: 'folder', description: 'inbox, or requests.' },
  { name: 'fields', description: 'meta leaves out the packets.' },
] as const;

/** Sealed messages: anybody delivers, owners read. */
@EnvelopeDocs()
@Controller('api/v1/message')
export class MessagesController {
  constructor(
    @Inject(EnvelopeGate) private readonly gate: EnvelopeGate,
    @Inject(DeliverFlow) private readonly deliverFlow: DeliverFlow,
    @Inject(ListFlow) private readonly listFlow: ListFlow,
    @Inject(MailboxFlow) private readonly mailboxFlow: MailboxFlow,
  ) {}

  @Post()
  @Docs({
    summary: 'Deliver a sealed packet',
    description: 'Needs no session: the token is inside. 201 for a message that was stored, 200 for a copy of one that was stored before. The example is sealed to a key of nobody, so it is answered with `undecryptable`.',
    body: DeliverDto,
    status: 201,
    response: DeliveredDto,
  })
  async deliver(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { messageId, replayed } = await this.deliverFlow.deliver(request, response);
    if (replayed) response.setHeader('Idempotent-Replayed', 'true');
    response.status(replayed ? 200 : 201).json({ message_id: messageId });
  }

  @Get()
  @Docs({ summary: 'List what came in, oldest first', session: true, query: LIST_QUERY, response: MessagePageDto })
  async list(@Req() request: Request, @Res() response: Response): Promise<void> {
    const page: MessagePage = await this.listFlow.list(await this.gate.session(request), request, response);
    response.json(page);
  }

  @Get('stream')
  @Docs({
    summary: 'Be told of what comes in',
    description: 'Server-Sent Events: `event: message`, `id:` a cursor, data as in the list without the packet. Goes on where `Last-Event-ID` says. A comment every 15 seconds.',
    session: true,
    query: [LIST_QUERY[0]],
    produces: 'text/event-stream',
  })
  async stream(@Req() request: Request, @Res() response: Response): Promise<void> {
    this.mailboxFlow.stream(await this.gate.session(request), request, response);
  }

  @Post('ack')
  @HttpCode(204)
  @Docs({ summary: 'Say of several messages that they are stored at the client', session: true, body: AckAllDto, status: 204 })
  async acknowledgeAll(@Req() request: Request): Promise<void> {
    await this.mailboxFlow.acknowledgeAll(await this.gate.session(request), request.body);
  }

  @Get(':id')
  @Docs({ summary: 'Read one message', session: true, id: 'message_id', response: MessageItemDto })
  async read(@Param('id') id: string, @Req() request: Request): Promise<MessageItem> {
    return this.mailboxFlow.read(await this.gate.session(request), id);
  }

  @Post(':id/ack')
  @HttpCode(204)
  @Docs({ summary: 'Say that a message is stored at the client', description: 'With `delete_on_ack` it is removed.', session: true, id: 'message_id', status: 204 })
  async acknowledge(@Param('id') id: string, @Req() request: Request): Promise<void> {
    await this.mailboxFlow.acknowledge(await this.gate.session(request), id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Docs({ summary: 'Delete a message', session: true, id: 'message_id', status: 204 })
  async remove(@Param('id') id: string, @Req() request: Request): Promise<void> {
    await this.mailboxFlow.remove(await this.gate.session(request), id);
  }
}
