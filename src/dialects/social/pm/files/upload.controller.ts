import { Controller, HttpCode, Inject, Post, Req, UseGuards } from '@nestjs/common';
import { type Request } from 'express';
import { Caller, type PmCaller } from '../auth/caller.js';
import { PmGuard } from '../auth/pm.guard.js';
import { UploadDto, UploadFieldsDto } from '../dto/messages.dto.js';
import { Docs, PmDocs } from '../pm.docs.js';
import { PmPace } from '../pm.pace.js';
import { type UploadAnswer, UploadFlow } from './upload.flow.js';

/** The one address of all uploads. */
@PmDocs()
@Controller('api/v2/pm/upload')
@UseGuards(PmGuard)
export class UploadController {
  constructor(
    @Inject(UploadFlow) private readonly flow: UploadFlow,
    @Inject(PmPace) private readonly pace: PmPace,
  ) {}

  @Post()
  @HttpCode(200)
  @Docs({
    summary: 'Bring a file',
    description: 'Whole, or in parts: with `partindex`, and `?done` at the end. With `parentuuid` the small picture another file is shown by.',
    body: UploadFieldsDto,
    consumes: 'multipart/form-data',
    query: [{ name: 'done', description: 'Given: the parts of `uuid` are all there.' }],
    response: UploadDto,
  })
  upload(@Caller() caller: PmCaller, @Req() request: Request): Promise<UploadAnswer> {
    this.pace.admit('upload', caller);
    return isDone(request) ? this.flow.finish(caller.userId, request) : this.flow.take(caller.userId, request);
  }
}

/** `?done` and `?done/` are both written. */
function isDone(request: Request): boolean {
  return Object.keys(request.query).some((key) => key.startsWith('done'));
}
