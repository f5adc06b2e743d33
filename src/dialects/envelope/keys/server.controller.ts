import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { ServerDocumentDto, ServerKeyAnswerDto } from '../dto/server.dto.js';
import { Docs, EnvelopeDocs } from '../envelope.docs.js';
import { DiscoveryFlow } from './discovery.flow.js';

const CACHE = 'public, max-age=3600';

/** What anybody may know of this server. */
@EnvelopeDocs()
@Controller()
export class ServerController {
  constructor(@Inject(DiscoveryFlow) private readonly flow: DiscoveryFlow) {}

  @Get(['.well-known/polypost-envelope', 'api/v1/server'])
  @Docs({
    summary: 'Who this server is, and its keys',
    description: 'Signed by `identity_key` over `polypost-envelope/1`, `server` and the canonical JSON of the document without `signature`, joined by line feeds.',
    response: ServerDocumentDto,
  })
  async document(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { body, etag } = await this.flow.document();
    response.set({ 'Cache-Control': CACHE, ETag: etag });
    if (request.headers['if-none-match'] === etag) response.status(304).end();
    else response.type('application/json').send(body);
  }

  @Get('api/v1/server/key')
  @Docs({ summary: 'One key of this server', description: 'All that a simple client needs for sending.', query: [{ name: 'type', description: 'rsa or x25519', required: true, example: 'x25519' }], response: ServerKeyAnswerDto })
  async key(@Query('type') type: unknown, @Res() response: Response): Promise<void> {
    const key = await this.flow.key(type);
    response.set('Cache-Control', CACHE).json(key);
  }
}
