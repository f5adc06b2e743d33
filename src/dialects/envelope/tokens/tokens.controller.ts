import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Req } from '@nestjs/common';
import { type Request } from 'express';
import { ChangeTokenDto, IssuedTokenDto, IssueTokenDto, TokenDto, TokenListDto } from '../dto/tokens.dto.js';
import { Docs, EnvelopeDocs } from '../envelope.docs.js';
import { EnvelopeGate } from '../envelope.gate.js';
import { type TokenItem, TokensFlow } from './tokens.flow.js';

/** Tokens by which others may write to an owner. */
@EnvelopeDocs()
@Controller('api/v1/token')
export class TokensController {
  constructor(
    @Inject(TokensFlow) private readonly flow: TokensFlow,
    @Inject(EnvelopeGate) private readonly gate: EnvelopeGate,
  ) {}

  @Post()
  @Docs({ summary: 'Make a token for a sender', description: 'It is shown once. One for each contact can be taken back one by one.', session: true, body: IssueTokenDto, status: 201, response: IssuedTokenDto })
  async issue(@Req() request: Request): Promise<TokenItem & { readonly token: string }> {
    return this.flow.issue(await this.gate.session(request), request.body);
  }

  @Get()
  @Docs({ summary: 'List tokens', session: true, response: TokenListDto })
  async list(@Req() request: Request): Promise<{ tokens: TokenItem[] }> {
    return this.flow.list(await this.gate.session(request));
  }

  @Patch(':id')
  @Docs({ summary: 'Change label, limits or expiry', description: 'What has ended stays ended.', session: true, id: 'token_id', body: ChangeTokenDto, response: TokenDto })
  async change(@Param('id') id: string, @Req() request: Request): Promise<TokenItem> {
    return this.flow.change(await this.gate.session(request), id, request.body);
  }

  @Delete(':id')
  @HttpCode(204)
  @Docs({ summary: 'Revoke a token', description: 'Counts for the very next delivery.', session: true, id: 'token_id', status: 204 })
  async revoke(@Param('id') id: string, @Req() request: Request): Promise<void> {
    await this.flow.revoke(await this.gate.session(request), id);
  }
}
