import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { BODY_EXAMPLES } from '../dto/examples.js';
import { EditMessageDto, SendMessageDto } from '../dto/requests.dto.js';
import { MessageAnswerDto, MessageListAnswerDto, SentAnswerDto } from '../dto/message-responses.dto.js';
import { EmptyDto } from '../dto/responses.dto.js';
import { Docs, KeyInboxDocs } from '../keyinbox.docs.js';
import { type Envelope } from '../keyinbox.envelope.js';
import { KeyInboxGenerations } from '../keyinbox.generations.js';
import { Parameters } from '../keyinbox.parameters.js';
import { DeleteFlow } from './delete.flow.js';
import { EditFlow } from './edit.flow.js';
import { ListFlow } from './list.flow.js';
import { ReadFlow } from './read.flow.js';
import { SendFlow } from './send.flow.js';

const BOTH_KEYS = { bodyMembers: '{ "private_key", "public_key" }', privateKey: true, publicKey: true, id: true } as const;
const ONE_KEY = { bodyMembers: '{ "private_key" }', privateKey: true, id: true } as const;

/** The messages routes. */
@KeyInboxDocs()
@Controller('messages')
export class MessagesController {
  constructor(
    @Inject(SendFlow) private readonly sending: SendFlow,
    @Inject(ListFlow) private readonly listing: ListFlow,
    @Inject(ReadFlow) private readonly reading: ReadFlow,
    @Inject(EditFlow) private readonly editing: EditFlow,
    @Inject(DeleteFlow) private readonly deleting: DeleteFlow,
    @Inject(KeyInboxGenerations) private readonly generations: KeyInboxGenerations,
  ) {}

  @Post()
  @HttpCode(200)
  @Docs({
    summary: 'Send a message',
    description: 'Without a private key the sender stays unknown, if the network allows it.',
    body: SendMessageDto,
    example: BODY_EXAMPLES.send,
    privateKey: true,
    once: true,
    response: SentAnswerDto,
  })
  async send(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<Envelope> {
    const { envelope, replayed } = await this.sending.send(new Parameters(request), request);
    if (replayed) response.setHeader('Idempotent-Replayed', 'true');
    return envelope;
  }

  @Get()
  @Docs({
    summary: 'List messages',
    description: 'Newest first; subject and content are cut to their first 30 characters.',
    bodyMembers: '{ "private_key", "pagination_data": { "skip", "take" }, "folder"? }',
    privateKey: true,
    paged: true,
    response: MessageListAnswerDto,
  })
  list(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.listing.list(new Parameters(request), request, response);
  }

  @Get('receiver/:id')
  @Docs({ summary: 'Read as its receiver', ...ONE_KEY, response: MessageAnswerDto })
  readAsReceiver(@Param('id') id: string, @Req() request: Request): Promise<Envelope> {
    return this.reading.asReceiver(id, new Parameters(request), request);
  }

  @Get('sender/:id')
  @Docs({ summary: 'Read as its sender', ...BOTH_KEYS, response: MessageAnswerDto })
  readAsSender(@Param('id') id: string, @Req() request: Request): Promise<Envelope> {
    return this.reading.asSender(id, new Parameters(request), request);
  }

  @Get(':id')
  @Docs({ summary: 'Read as either side (0.15)', ...ONE_KEY, response: MessageAnswerDto })
  async readAsEither(@Param('id') id: string, @Req() request: Request): Promise<Envelope> {
    this.generations.require('0.15');
    return this.reading.asEither(id, new Parameters(request), request);
  }

  @Put(':id')
  @Docs({ summary: 'Edit as its sender', body: EditMessageDto, example: BODY_EXAMPLES.edit, privateKey: true, id: true, response: SentAnswerDto })
  edit(@Param('id') id: string, @Req() request: Request): Promise<Envelope> {
    return this.editing.edit(id, new Parameters(request), request);
  }

  @Delete('receiver/:id')
  @Docs({ summary: 'Delete as its receiver, for both', ...ONE_KEY, response: EmptyDto })
  deleteAsReceiver(@Param('id') id: string, @Req() request: Request): Promise<Envelope> {
    return this.deleting.asReceiver(id, new Parameters(request), request);
  }

  @Delete('sender/:id')
  @Docs({ summary: 'Delete as its sender, for both', ...BOTH_KEYS, response: EmptyDto })
  deleteAsSender(@Param('id') id: string, @Req() request: Request): Promise<Envelope> {
    return this.deleting.asSender(id, new Parameters(request), request);
  }

  @Delete(':id')
  @Docs({ summary: 'Delete as either side, for both (0.15)', ...ONE_KEY, response: EmptyDto })
  async deleteAsEither(@Param('id') id: string, @Req() request: Request): Promise<Envelope> {
    this.generations.require('0.15');
    return this.deleting.asEither(id, new Parameters(request), request);
  }
}
