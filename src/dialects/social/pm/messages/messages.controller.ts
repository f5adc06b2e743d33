import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res, UseGuards } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { Caller, type PmCaller } from '../auth/caller.js';
import { PmGuard } from '../auth/pm.guard.js';
import { MessageDto, NewMessageDto, SeenDto, SnippetPageDto } from '../dto/messages.dto.js';
import { Docs, PmDocs } from '../pm.docs.js';
import { PmPace } from '../pm.pace.js';
import { type PmPage } from '../pm.pages.js';
import { bodyOf, queryText } from '../pm.query.js';
import { DeleteFlow } from './delete.flow.js';
import { type PmMessage, type PmSnippet } from './message.render.js';
import { ReadingFlow } from './reading.flow.js';
import { SendFlow } from './send.flow.js';
import { type ThreadNames } from './threads.js';

const MESSAGE_ID = 'The message.';
const THREAD = { name: 'thread', description: 'A thread.', type: 'integer' } as const;
const USER = { name: 'user', description: 'In place of a thread: the other person.', type: 'integer' } as const;

/** Messages and threads. */
@PmDocs()
@Controller('api/v2/pm')
@UseGuards(PmGuard)
export class MessagesController {
  constructor(
    @Inject(SendFlow) private readonly sending: SendFlow,
    @Inject(ReadingFlow) private readonly reading: ReadingFlow,
    @Inject(DeleteFlow) private readonly deleting: DeleteFlow,
    @Inject(PmPace) private readonly pace: PmPace,
  ) {}

  @Post()
  @HttpCode(201)
  @Docs({
    summary: 'Send a message',
    description: 'Every recipient must follow the sender. The answer is one message for a request in the first form (one recipient, no `file_uuid`), else a list.',
    body: NewMessageDto,
    once: true,
    status: 201,
    response: MessageDto,
  })
  async send(
    @Caller() caller: PmCaller,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PmMessage | readonly PmMessage[]> {
    this.pace.admit('send', caller);
    const { body, replayed } = await this.sending.send(caller, bodyOf(request), onceHeader(request));
    if (replayed) response.setHeader('Idempotent-Replayed', 'true');
    return body;
  }

  @Get()
  @Docs({
    summary: 'List threads, or read one',
    description: 'Without a thread: snippets, last activity first. With one: the newest messages, oldest first within the page; this marks them as seen.',
    query: [
      THREAD,
      USER,
      { name: 'before_message', description: 'Only messages before this one.', type: 'integer' },
      { name: 'from_message', description: 'Only messages from this one on.', type: 'integer' },
    ],
    paged: true,
    response: SnippetPageDto,
  })
  list(@Caller() caller: PmCaller, @Req() request: Request): Promise<PmPage<PmMessage> | PmPage<PmSnippet>> {
    return this.reading.list(caller.userId, request);
  }

  @Delete()
  @HttpCode(204)
  @Docs({ summary: 'Delete a thread for oneself', description: 'The other side keeps everything.', query: [THREAD, USER], status: 204 })
  deleteThread(@Caller() caller: PmCaller, @Req() request: Request): Promise<void> {
    return this.deleting.thread(caller.userId, threadNames(request));
  }

  @Post('read')
  @HttpCode(204)
  @Docs({ summary: 'Mark a thread as seen', body: SeenDto, status: 204 })
  markSeen(@Caller() caller: PmCaller, @Req() request: Request): Promise<void> {
    return this.reading.markSeen(caller.userId, bodyOf(request));
  }

  @Get(':id')
  @Docs({ summary: 'Read one message', id: MESSAGE_ID, response: MessageDto })
  one(@Caller() caller: PmCaller, @Param('id') id: string): Promise<PmMessage> {
    return this.reading.one(caller.userId, id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Docs({
    summary: 'Take a message back, for both',
    description: 'Within 60 seconds it vanishes; later its place stays. With `hide` the id is that of a thread, which is deleted for oneself.',
    id: MESSAGE_ID,
    query: [{ name: 'hide', description: 'Given: the id names a thread.' }],
    status: 204,
  })
  deleteOne(@Caller() caller: PmCaller, @Param('id') id: string, @Req() request: Request): Promise<void> {
    return Object.hasOwn(request.query, 'hide') ? this.deleting.threadById(caller.userId, id) : this.deleting.message(caller.userId, id);
  }
}

function threadNames(request: Request): ThreadNames {
  return { thread: queryText(request, 'thread'), user: queryText(request, 'user'), group: queryText(request, 'group') };
}

function onceHeader(request: Request): string | undefined {
  const value = request.headers['idempotency-key'];
  return typeof value === 'string' ? value : undefined;
}
