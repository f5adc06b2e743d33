import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { type Request } from 'express';
import { clientKey } from '../../../../http/client-address.js';
import { RateLimiter } from '../../../../http/rate-limiter.js';
import { EmptyDto, TokenDto } from '../dto/auth.dto.js';
import { Docs, PmDocs } from '../pm.docs.js';
import { fieldFault, unauthenticated } from '../pm.faults.js';
import { bodyOf } from '../pm.query.js';
import { RATES } from '../pm.rates.js';
import { PmJwt } from './jwt.js';

/** Lets integrators try out what they signed. */
@PmDocs()
@Controller('api/v2/jwt/verify_token')
export class VerifyTokenController {
  constructor(
    @Inject(PmJwt) private readonly jwt: PmJwt,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  @Post()
  @HttpCode(200)
  @Docs({ summary: 'Check signature and time of a JWT', description: '401 where either is wrong, or where the server takes no such tokens.', token: false, body: TokenDto, response: EmptyDto })
  async verify(@Req() request: Request): Promise<Record<string, never>> {
    const { token } = bodyOf(request);
    if (typeof token !== 'string' || token === '') throw fieldFault('token', 'required', 'This field is required.');
    if (await this.jwt.isSigned(token)) return {};
    this.limiter.take('pm.bad_token', clientKey(request), RATES['pm.bad_token']);
    throw unauthenticated(true);
  }
}
