import { Controller, Inject } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { AddedMessageDto, ListedMessageDto, MessagePageDto, MessagePageV1Dto, MessageV1Dto, NewMessagesDto, NewMessagesV1Dto, RecentMessagesDto, SentMessageDto, UnreadFromDto } from '../dto/messages.dto.js';
import { OssnDesk } from '../ossn.desk.js';
import { OssnDocs, type ParameterDocs, Serves } from '../ossn.docs.js';
import { type Envelope } from '../ossn.envelope.js';
import { OPERATIONS } from '../ossn.operations.js';
import { ApiExtraModels } from '@nestjs/swagger';
import { CountersFlow } from './counters.flow.js';
import { DeleteFlow } from './delete.flow.js';
import { renderAdded, renderSent } from './message.render.js';
import { ReadingFlow } from './reading.flow.js';
import { SendFlow } from './send.flow.js';

const SEND: Readonly<Record<string, ParameterDocs>> = {
  from: { type: 'integer', description: 'Who writes.', example: 31 },
  to: { type: 'integer', description: 'Who receives.', example: 44 },
  message: { description: 'The text.', example: 'Ship it' },
};
const MARK: ParameterDocs = { description: '1: what was received so far counts as viewed; this answer still shows it as it was.', example: '1', required: false };
const PAGED: Readonly<Record<string, ParameterDocs>> = {
  guid: { type: 'integer', description: 'Who reads.', example: 44 },
  to: { type: 'integer', description: 'The other side.', example: 31 },
  offset: { description: 'The page, from 1. Page 1 holds the ten newest messages, each page in the order they were written.', example: '1', required: false },
  markallread: MARK,
  before_id: { type: 'integer', description: 'Instead of offset: the messages before this id, a cursor that stays put while others arrive.', example: 100000, required: false },
  page_limit: { type: 'integer', description: 'With before_id: messages of a page, 1 to 100.', example: 10, required: false },
};
const NEW: Readonly<Record<string, ParameterDocs>> = {
  from: { type: 'integer', description: 'Who wrote.', example: 31 },
  to: { type: 'integer', description: 'Who reads.', example: 44 },
};

/** The calls around messages. */
@OssnDocs()
@ApiExtraModels(ListedMessageDto, MessageV1Dto)
@Controller('api')
export class OssnMessagesController {
  constructor(
    @Inject(OssnDesk) private readonly desk: OssnDesk,
    @Inject(SendFlow) private readonly sending: SendFlow,
    @Inject(ReadingFlow) private readonly reading: ReadingFlow,
    @Inject(DeleteFlow) private readonly deleting: DeleteFlow,
    @Inject(CountersFlow) private readonly counters: CountersFlow,
  ) {}

  @Serves(OPERATIONS.messageSend, { summary: 'Send a message, with a file if need be', parameters: SEND, payload: SentMessageDto })
  send(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.messageSend, request, response, (call) => this.sending.send(call, renderSent));
  }

  @Serves(OPERATIONS.messageList, { summary: 'Read a conversation page by page', parameters: PAGED, payload: MessagePageDto })
  list(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.messageList, request, response, (call) => this.reading.list(call));
  }

  @Serves(OPERATIONS.messageNew, { summary: 'Unread messages of one sender, newest first', parameters: NEW, payload: NewMessagesDto })
  unread(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.messageNew, request, response, (call) => this.reading.unread(call));
  }

  @Serves(OPERATIONS.messageAdd, { summary: 'Send a message (v1.0)', parameters: SEND, payload: AddedMessageDto })
  add(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.messageAdd, request, response, (call) => this.sending.send(call, renderAdded));
  }

  @Serves(OPERATIONS.messageListV1, { summary: 'Read a conversation page by page (v1.0)', parameters: PAGED, payload: MessagePageV1Dto })
  listV1(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.messageListV1, request, response, (call) => this.reading.listV1(call));
  }

  @Serves(OPERATIONS.messageNewV1, { summary: 'Unread messages of one sender, newest first (v1.0)', parameters: { ...NEW, markallread: MARK }, payload: NewMessagesV1Dto })
  unreadV1(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.messageNewV1, request, response, (call) => this.reading.unreadV1(call));
  }

  @Serves(OPERATIONS.messageRecent, {
    summary: 'The latest message of each conversation',
    parameters: {
      guid: { type: 'integer', description: 'Who reads.', example: 44 },
      offset: { description: 'The page, from 1.', example: '1', required: false },
    },
    payload: RecentMessagesDto,
  })
  recent(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.messageRecent, request, response, (call) => this.reading.recent(call));
  }

  @Serves(OPERATIONS.messageDelete, {
    summary: 'Delete a message for both sides, or from one view',
    parameters: {
      id: { type: 'integer', description: 'The message.', example: 907 },
      guid: { type: 'integer', description: 'Its sender; with type=me either side.', example: 31 },
      type: { description: 'all (usual): for both, the text is gone for good. me: from the own view.', example: 'all', required: false },
    },
    payload: { type: 'boolean', example: true },
  })
  delete(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.messageDelete, request, response, (call) => this.deleting.delete(call));
  }

  @Serves(OPERATIONS.unreadCounts, {
    summary: 'Unread messages by sender',
    parameters: { guid: { type: 'integer', description: 'Who reads.', example: 44 } },
    payload: [UnreadFromDto],
  })
  unreadCounts(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.unreadCounts, request, response, (call) => this.counters.unreadBySender(call));
  }
}
