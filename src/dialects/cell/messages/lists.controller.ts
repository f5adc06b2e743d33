import { Controller, Delete, Get, HttpCode, Inject, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { CellDocs, Docs } from '../cell.docs.js';
import { CellObjectAnswerDto, CellObjectsAnswerDto } from '../dto/control.dto.js';
import { ReceivedMessageAnswerDto, ReceivedMessagesAnswerDto, SentMessageAnswerDto, SentMessagesAnswerDto } from '../dto/messages.dto.js';
import { sendEntity, sendList, sendNothing } from '../odata/render.js';
import { writeList } from './list.writer.js';
import { type ReadAnswer, ReadingFlow } from './reading.flow.js';

const KEY = { description: '`__id` of a message.', example: "'b5d008e9092f489c8d3c574a768afc33'" };
const READ = 'Privilege `message-read`.';
const VERSION = [{ name: 'If-Match', description: 'Delete this version only.' }];
const KNOWN = [{ name: 'If-None-Match', description: 'A version that the client has.' }];

/** What a cell has received. */
@CellDocs()
@Controller(':cell/__ctl')
export class ReceivedMessagesController {
  constructor(@Inject(ReadingFlow) private readonly reading: ReadingFlow) {}

  @Get('ReceivedMessage')
  @Docs({ summary: 'List received messages', description: READ, listed: true, response: ReceivedMessagesAnswerDto })
  async list(@Req() request: Request, @Res() response: Response): Promise<void> {
    await writeList(response, await this.reading.list(request, 'received'));
  }

  @Get('ReceivedMessage\\(:key\\)')
  @Docs({ summary: 'Read a received message', description: READ, key: KEY, headers: KNOWN, response: ReceivedMessageAnswerDto })
  async read(@Req() request: Request, @Res() response: Response): Promise<void> {
    answerRead(response, await this.reading.one(request, 'received'));
  }

  @Get('ReceivedMessage\\(:key\\)/_Box')
  @Docs({ summary: 'Read the Box of a received message', description: 'Privileges `message-read` and `box-read`.', key: KEY, response: CellObjectAnswerDto })
  async box(@Req() request: Request, @Res() response: Response): Promise<void> {
    sendEntity(response, 200, await this.reading.boxOf(request, 'received'));
  }

  @Get('ReceivedMessage\\(:key\\)/_AccountRead')
  @Docs({ summary: 'Accounts that have read a message', description: 'Always empty: whether a message was read is kept for the cell, not by account.', key: KEY, response: CellObjectsAnswerDto })
  async readers(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.reading.readers(request);
    sendList(response, []);
  }

  @Delete('ReceivedMessage\\(:key\\)')
  @HttpCode(204)
  @Docs({ summary: 'Delete a received message', description: 'Privilege `message`. The other side keeps its copy.', key: KEY, headers: VERSION, status: 204 })
  async remove(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.reading.remove(request, 'received');
    sendNothing(response);
  }
}

/** What a cell has sent. */
@CellDocs()
@Controller(':cell/__ctl')
export class SentMessagesController {
  constructor(@Inject(ReadingFlow) private readonly reading: ReadingFlow) {}

  @Get('SentMessage')
  @Docs({ summary: 'List sent messages', description: READ, listed: true, response: SentMessagesAnswerDto })
  async list(@Req() request: Request, @Res() response: Response): Promise<void> {
    await writeList(response, await this.reading.list(request, 'sent'));
  }

  @Get('SentMessage\\(:key\\)')
  @Docs({ summary: 'Read a sent message', description: READ, key: KEY, headers: KNOWN, response: SentMessageAnswerDto })
  async read(@Req() request: Request, @Res() response: Response): Promise<void> {
    answerRead(response, await this.reading.one(request, 'sent'));
  }

  @Get('SentMessage\\(:key\\)/_Box')
  @Docs({ summary: 'Read the Box of a sent message', description: 'Privileges `message-read` and `box-read`.', key: KEY, response: CellObjectAnswerDto })
  async box(@Req() request: Request, @Res() response: Response): Promise<void> {
    sendEntity(response, 200, await this.reading.boxOf(request, 'sent'));
  }

  @Delete('SentMessage\\(:key\\)')
  @HttpCode(204)
  @Docs({ summary: 'Delete a sent message', description: 'Privilege `message`. The other side keeps its copy.', key: KEY, headers: VERSION, status: 204 })
  async remove(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.reading.remove(request, 'sent');
    sendNothing(response);
  }
}

function answerRead(response: Response, { entity, etag, unchanged }: ReadAnswer): void {
  if (unchanged) sendNothing(response, 304, { etag });
  else sendEntity(response, 200, entity, { etag });
}
