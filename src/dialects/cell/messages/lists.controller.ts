import { Controller, Delete, Get, Inject, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { sendEntity, sendList, sendNothing } from '../odata/render.js';
import { writeList } from './list.writer.js';
import { type ReadAnswer, ReadingFlow } from './reading.flow.js';

/** What a cell has received. */
@Controller(':cell/__ctl')
export class ReceivedMessagesController {
  constructor(@Inject(ReadingFlow) private readonly reading: ReadingFlow) {}

  @Get('ReceivedMessage')
  async list(@Req() request: Request, @Res() response: Response): Promise<void> {
    await writeList(response, await this.reading.list(request, 'received'));
  }

  @Get('ReceivedMessage\\(:key\\)')
  async read(@Req() request: Request, @Res() response: Response): Promise<void> {
    answerRead(response, await this.reading.one(request, 'received'));
  }

  @Get('ReceivedMessage\\(:key\\)/_Box')
  async box(@Req() request: Request, @Res() response: Response): Promise<void> {
    sendEntity(response, 200, await this.reading.boxOf(request, 'received'));
  }

  @Get('ReceivedMessage\\(:key\\)/_AccountRead')
  async readers(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.reading.readers(request);
    sendList(response, []);
  }

  @Delete('ReceivedMessage\\(:key\\)')
  async remove(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.reading.remove(request, 'received');
    sendNothing(response);
  }
}

/** What a cell has sent. */
@Controller(':cell/__ctl')
export class SentMessagesController {
  constructor(@Inject(ReadingFlow) private readonly reading: ReadingFlow) {}

  @Get('SentMessage')
  async list(@Req() request: Request, @Res() response: Response): Promise<void> {
    await writeList(response, await this.reading.list(request, 'sent'));
  }

  @Get('SentMessage\\(:key\\)')
  async read(@Req() request: Request, @Res() response: Response): Promise<void> {
    answerRead(response, await this.reading.one(request, 'sent'));
  }

  @Get('SentMessage\\(:key\\)/_Box')
  async box(@Req() request: Request, @Res() response: Response): Promise<void> {
    sendEntity(response, 200, await this.reading.boxOf(request, 'sent'));
  }

  @Delete('SentMessage\\(:key\\)')
  async remove(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.reading.remove(request, 'sent');
    sendNothing(response);
  }
}

function answerRead(response: Response, { entity, etag, unchanged }: ReadAnswer): void {
  if (unchanged) sendNothing(response, 304, { etag });
  else sendEntity(response, 200, entity, { etag });
}
