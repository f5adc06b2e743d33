import { Controller, Delete, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { type Request } from 'express';
import { BODY_EXAMPLES } from '../dto/examples.js';
import { PrivateKeyDto, SetIdentityDto } from '../dto/requests.dto.js';
import { AuthenticatedAnswerDto, EmptyDto, IdentityAnswerDto, KeyPairAnswerDto } from '../dto/responses.dto.js';
import { Docs, KeyInboxDocs } from '../keyinbox.docs.js';
import { type Envelope } from '../keyinbox.envelope.js';
import { Parameters } from '../keyinbox.parameters.js';
import { IdentityFlow } from './identity.flow.js';

/** Key pairs and public identities. */
@KeyInboxDocs()
@Controller()
export class IdentityController {
  constructor(@Inject(IdentityFlow) private readonly flow: IdentityFlow) {}

  @Get('generate-keypair')
  @Docs({ summary: 'Make a key pair', description: 'Nothing of it is kept.', response: KeyPairAnswerDto })
  generate(@Req() request: Request): Envelope {
    return this.flow.generate(request);
  }

  @Get('identity/generate-keypair')
  @Docs({ summary: 'Make a key pair (later name)', description: 'Nothing of it is kept.', response: KeyPairAnswerDto })
  generateLater(@Req() request: Request): Envelope {
    return this.flow.generate(request);
  }

  @Post('identity/auth')
  @HttpCode(200)
  @Docs({ summary: 'Check a private key', body: PrivateKeyDto, example: BODY_EXAMPLES.privateKeyOnly, privateKey: true, response: AuthenticatedAnswerDto })
  authenticate(@Req() request: Request): Envelope {
    return this.flow.authenticate(new Parameters(request), request);
  }

  @Post('identity')
  @HttpCode(200)
  @Docs({ summary: 'Set a public identity', description: 'Replaces what was there. Everybody can read it.', body: SetIdentityDto, example: BODY_EXAMPLES.identity, privateKey: true, response: IdentityAnswerDto })
  set(@Req() request: Request): Promise<Envelope> {
    return this.flow.set(new Parameters(request), request);
  }

  @Get('identity')
  @Docs({ summary: 'Read a public identity', bodyMembers: '{ "public_key" }', publicKey: true, response: IdentityAnswerDto })
  get(@Req() request: Request): Promise<Envelope> {
    return this.flow.get(new Parameters(request), request);
  }

  @Delete('identity')
  @Docs({ summary: 'Delete a public identity', bodyMembers: '{ "private_key" }', privateKey: true, response: EmptyDto })
  delete(@Req() request: Request): Promise<Envelope> {
    return this.flow.delete(new Parameters(request), request);
  }
}
