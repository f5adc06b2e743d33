import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { CellDocs, Docs } from '../cell.docs.js';
import { CellTokenDto, CellTokenRequestDto } from '../dto/control.dto.js';
import { TokenFlow } from './token.flow.js';

/** Tokens of a cell. */
@CellDocs()
@Controller(':cell')
export class TokenController {
  constructor(@Inject(TokenFlow) private readonly tokens: TokenFlow) {}

  @Post('__token')
  @HttpCode(200)
  @Docs({
    summary: 'Get a token',
    description: 'For a password or a refresh token. With `p_target` the token is for that cell; with `client_id` and `client_secret` it speaks for an app, too.',
    token: false,
    body: CellTokenRequestDto,
    consumes: 'application/x-www-form-urlencoded',
    response: CellTokenDto,
  })
  async give(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<Readonly<Record<string, unknown>>> {
    const { body, location } = await this.tokens.give(request);
    response.setHeader('Pragma', 'no-cache');
    if (location !== null) response.setHeader('Location', location);
    return body;
  }
}
