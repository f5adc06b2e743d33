import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { type Request } from 'express';
import { AskChallengeDto, ChallengeAnswerDto, OpenSessionDto, SessionAnswerDto, SessionListDto } from '../dto/auth.dto.js';
import { Docs, EnvelopeDocs } from '../envelope.docs.js';
import { EnvelopeGate } from '../envelope.gate.js';
import { AuthFlow, type ChallengeAnswer, type SessionAnswer, type SessionItem } from './auth.flow.js';

/** Proofs of possession, and the sessions they open. */
@EnvelopeDocs()
@Controller('api/v1/auth')
export class AuthController {
  constructor(
    @Inject(AuthFlow) private readonly flow: AuthFlow,
    @Inject(EnvelopeGate) private readonly gate: EnvelopeGate,
  ) {}

  @Post('challenge')
  @HttpCode(200)
  @Docs({ summary: 'Ask for a challenge', description: 'The answer looks the same for a name that nobody has.', body: AskChallengeDto, response: ChallengeAnswerDto })
  challenge(@Req() request: Request): Promise<ChallengeAnswer> {
    return this.flow.challenge(request);
  }

  @Post('session')
  @Docs({ summary: 'Log in', description: 'With a signature over the challenge, by the identity key.', body: OpenSessionDto, status: 201, response: SessionAnswerDto })
  open(@Req() request: Request): Promise<SessionAnswer> {
    return this.flow.open(request);
  }

  @Get('session')
  @Docs({ summary: 'List sessions', session: true, response: SessionListDto })
  async list(@Req() request: Request): Promise<{ sessions: SessionItem[] }> {
    return this.flow.list(await this.gate.session(request));
  }

  @Delete('session')
  @HttpCode(204)
  @Docs({ summary: 'End this session', session: true, status: 204 })
  async end(@Req() request: Request): Promise<void> {
    await this.flow.end(await this.gate.session(request));
  }

  @Delete('session/:id')
  @HttpCode(204)
  @Docs({ summary: 'End a session', session: true, id: 'session_id', status: 204 })
  async endOne(@Param('id') id: string, @Req() request: Request): Promise<void> {
    await this.flow.end(await this.gate.session(request), id);
  }
}
