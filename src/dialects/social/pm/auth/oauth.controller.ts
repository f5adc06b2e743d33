import { Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiProduces, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { OAuthErrorDto, RevokeDto, TokenAnswerDto, TokenRequestDto } from '../dto/oauth.dto.js';
import { PmDocs } from '../pm.docs.js';
import { type ConsentAnswer, ConsentFlow } from './consent.flow.js';
import { CODE_PARAMETERS } from './oauth-request.js';
import { OAuthServer, type TokenAnswer } from './oauth.server.js';

const FORM = 'application/x-www-form-urlencoded';
const PARAMETERS = Object.fromEntries(CODE_PARAMETERS.map((name) => [name, { type: 'string' }]));

/** OAuth 2.0. */
@PmDocs()
@Controller('oauth')
export class OAuthController {
  constructor(
    @Inject(OAuthServer) private readonly server: OAuthServer,
    @Inject(ConsentFlow) private readonly consent: ConsentFlow,
  ) {}

  @Post('token')
  @HttpCode(200)
  @ApiOperation({ summary: 'Get tokens', description: 'With a password, a refresh token or an authorization code. Each refresh token serves once; one that comes again ends every token of that sign-in.' })
  @ApiConsumes(FORM)
  @ApiBody({ type: TokenRequestDto })
  @ApiResponse({ status: 200, type: TokenAnswerDto, description: 'Done.' })
  @ApiResponse({ status: '4XX', type: OAuthErrorDto, description: 'Refused, in the words of RFC 6749.' })
  async token(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<TokenAnswer> {
    response.setHeader('Pragma', 'no-cache');
    return this.server.token(request);
  }

  @Post('revoke_token')
  @HttpCode(200)
  @ApiOperation({ summary: 'End a token', description: 'Of a refresh token also everything that came of the same sign-in. An unknown one is fine.' })
  @ApiConsumes(FORM)
  @ApiBody({ type: RevokeDto })
  @ApiResponse({ status: 200, description: 'Done.' })
  @ApiResponse({ status: '4XX', type: OAuthErrorDto, description: 'Refused, in the words of RFC 6749.' })
  revoke(@Req() request: Request): Promise<void> {
    return this.server.revoke(request);
  }

  @Get('authorize')
  @ApiOperation({ summary: 'Ask a person for an authorization code', description: 'A page to sign in and agree on. response_type is `code`; the implicit grant is not offered. Clients without a secret have to use PKCE (S256).' })
  @ApiQuery({ name: 'client_id', required: true, schema: { type: 'string' } })
  @ApiProduces('text/html')
  @ApiResponse({ status: 200, description: 'The page.' })
  async show(@Req() request: Request, @Res() response: Response): Promise<void> {
    answer(response, await this.consent.show(request));
  }

  @Post('authorize')
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign in and agree, or refuse', description: 'What the page sends.' })
  @ApiConsumes(FORM)
  @ApiProduces('text/html')
  @ApiBody({ schema: { type: 'object', properties: { ...PARAMETERS, username: { type: 'string' }, password: { type: 'string' }, decision: { type: 'string', enum: ['allow', 'deny'] } } } })
  @ApiResponse({ status: 303, description: 'On to the client, with `code` or `error`.' })
  async decide(@Req() request: Request, @Res() response: Response): Promise<void> {
    answer(response, await this.consent.decide(request));
  }
}

function answer(response: Response, what: ConsentAnswer): void {
  if (what.kind === 'redirect') {
    response.redirect(303, what.url);
    return;
  }
  response.status(what.status);
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.setHeader('Content-Security-Policy', what.policy);
  response.end(what.html);
}
