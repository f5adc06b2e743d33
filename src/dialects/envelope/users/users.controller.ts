import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Put, Req } from '@nestjs/common';
import { type Request } from 'express';
import { ChangeUserDto, KeyObjectDto, OwnObjectDto, RegisteredDto, RegisterDto, RotateKeyDto } from '../dto/users.dto.js';
import { Docs, EnvelopeDocs } from '../envelope.docs.js';
import { EnvelopeGate } from '../envelope.gate.js';
import { ProfileFlow } from './profile.flow.js';
import { RegistrationFlow } from './registration.flow.js';
import { type KeyObject, type OwnObject } from './user.render.js';

/** People and their public keys. */
@EnvelopeDocs()
@Controller('api/v1')
export class UsersController {
  constructor(
    @Inject(RegistrationFlow) private readonly registration: RegistrationFlow,
    @Inject(ProfileFlow) private readonly profile: ProfileFlow,
    @Inject(EnvelopeGate) private readonly gate: EnvelopeGate,
  ) {}

  @Post('user')
  @Docs({ summary: 'Register', description: 'With a signature over a challenge for `register`, by the identity key.', body: RegisterDto, status: 201, response: RegisteredDto })
  register(@Req() request: Request): Promise<{ user_id: string; address: string }> {
    return this.registration.register(request);
  }

  @Get('user/me')
  @Docs({ summary: 'What is known of you', session: true, response: OwnObjectDto })
  async own(@Req() request: Request): Promise<OwnObject> {
    return this.profile.own(await this.gate.session(request));
  }

  @Patch('user/me')
  @Docs({ summary: 'Change how you are found and how mail is kept', session: true, body: ChangeUserDto, response: OwnObjectDto })
  async change(@Req() request: Request): Promise<OwnObject> {
    return this.profile.change(await this.gate.session(request), request.body);
  }

  @Delete('user/me')
  @HttpCode(204)
  @Docs({ summary: 'Leave', description: 'Removes messages, tokens, sessions and keys. The name is nobody’s for 90 days.', session: true, status: 204 })
  async leave(@Req() request: Request): Promise<void> {
    await this.profile.leave(await this.gate.session(request));
  }

  @Put('user/me/key')
  @Docs({ summary: 'Put another encryption key into the place of yours', session: true, body: RotateKeyDto, response: OwnObjectDto })
  async rotateKey(@Req() request: Request): Promise<OwnObject> {
    return this.profile.rotateKey(await this.gate.session(request), request.body);
  }

  @Get('user/:user_id/key')
  @Docs({ summary: 'The keys of somebody whose token you have', token: true, parameter: { name: 'user_id', description: 'As it stands beside the token.' }, response: KeyObjectDto })
  keyOf(@Param('user_id') userId: string, @Req() request: Request): Promise<KeyObject> {
    return this.profile.keyOf(userId, request);
  }

  @Get('directory/:name')
  @Docs({ summary: 'The keys of somebody who wants to be found', parameter: { name: 'name', description: 'The part of the address before the @.' }, response: KeyObjectDto })
  directory(@Param('name') name: string, @Req() request: Request): Promise<KeyObject> {
    return this.profile.directory(name, request);
  }
}
