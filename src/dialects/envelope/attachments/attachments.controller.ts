import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { AttachmentAnswerDto, AttachmentBodyDto } from '../dto/messages.dto.js';
import { Docs, EnvelopeDocs } from '../envelope.docs.js';
import { EnvelopeGate } from '../envelope.gate.js';
import { type AttachmentAnswer, AttachmentsFlow } from './attachments.flow.js';

/** Sealed files. */
@EnvelopeDocs()
@Controller('api/v1/attachment')
export class AttachmentsController {
  constructor(
    @Inject(AttachmentsFlow) private readonly flow: AttachmentsFlow,
    @Inject(EnvelopeGate) private readonly gate: EnvelopeGate,
  ) {}

  @Post()
  @Docs({
    summary: 'Bring a sealed file',
    description: 'With a token that has the scope `attach`, or a session. Kept for 30 days. Its key travels in a message.',
    session: true, token: true, body: AttachmentBodyDto, consumes: 'multipart/form-data', status: 201, response: AttachmentAnswerDto,
  })
  take(@Req() request: Request): Promise<AttachmentAnswer> {
    return this.flow.take(request);
  }

  @Get(':id')
  @Docs({ summary: 'Fetch a sealed file', description: 'Ranges are answered.', session: true, id: 'attachment_id', produces: 'application/octet-stream' })
  async serve(@Param('id') id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    await this.flow.serve(await this.gate.session(request), id, request, response);
  }

  @Delete(':id')
  @HttpCode(204)
  @Docs({ summary: 'Delete a sealed file', session: true, id: 'attachment_id', status: 204 })
  async remove(@Param('id') id: string, @Req() request: Request): Promise<void> {
    await this.flow.remove(await this.gate.session(request), id);
  }
}
