import { Controller, Inject } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { FullUserDto, SuccessDto, TrimmedUserDto } from '../dto/users.dto.js';
import { OssnDesk } from '../ossn.desk.js';
import { OssnDocs, Serves } from '../ossn.docs.js';
import { type Envelope } from '../ossn.envelope.js';
import { OPERATIONS } from '../ossn.operations.js';
import { AccountsFlow } from './accounts.flow.js';
import { AuthenticateFlow } from './authenticate.flow.js';

/** The calls around accounts. */
@OssnDocs()
@Controller('api')
export class OssnUsersController {
  constructor(
    @Inject(OssnDesk) private readonly desk: OssnDesk,
    @Inject(AccountsFlow) private readonly accounts: AccountsFlow,
    @Inject(AuthenticateFlow) private readonly login: AuthenticateFlow,
  ) {}

  @Serves(OPERATIONS.userAdd, {
    summary: 'Make an account',
    description: 'Needs a key of the site.',
    parameters: {
      username: { description: 'At least five letters and digits.', example: 'inesroth' },
      firstname: { description: 'Cut at 30 characters.', example: 'Ines' },
      lastname: { description: 'Cut at 30 characters.', example: 'Roth' },
      email: { description: 'Kept in lower case.', example: 'ines@harbour.example' },
      reemail: { description: 'The same again.', example: 'ines@harbour.example' },
      password: { description: 'At least six characters.', example: 'a long one, please' },
      gender: { description: 'male or female.', example: 'female' },
      birthdate: { description: 'dd/mm/yyyy.', example: '24/05/1990' },
    },
    payload: TrimmedUserDto,
  })
  add(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.userAdd, request, response, (call) => this.accounts.add(call));
  }

  @Serves(OPERATIONS.userAuthenticate, {
    summary: 'Check a password and start a session',
    description: 'The session is a cookie; it opens the files of its user and nothing else.',
    parameters: {
      username: { description: 'User name or e-mail address.', example: 'inesroth' },
      password: { description: 'The password. Send it in a body, not in the address.', example: 'a long one, please' },
    },
    payload: FullUserDto,
  })
  authenticate(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.userAuthenticate, request, response, (call) => this.login.authenticate(call));
  }

  @Serves(OPERATIONS.userDetails, {
    summary: 'Show a user',
    description: 'Of several names the last of guid, username, email counts.',
    parameters: {
      guid: { type: 'integer', description: 'The user.', example: 31, required: false },
      username: { description: 'His name.', example: 'inesroth', required: false },
      email: { description: 'His address.', example: 'ines@harbour.example', required: false },
    },
    payload: FullUserDto,
  })
  details(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.userDetails, request, response, (call) => this.accounts.details(call));
  }

  @Serves(OPERATIONS.userEdit, {
    summary: 'Change an account',
    description: 'Every refusal has code 103.',
    parameters: {
      guid: { type: 'integer', description: 'The user.', example: 31 },
      new_email: { description: 'His address.', example: 'ines.roth@harbour.example' },
      new_first_name: { description: 'Cut at 30 characters.', example: 'Ines' },
      new_last_name: { description: 'Cut at 30 characters.', example: 'Roth-Bank' },
      current_password: { description: 'The password as it is.', example: 'a long one, please' },
      new_password: { description: 'At least six characters.', example: 'an even longer one, please', required: false },
      new_gender: { description: 'male or female.', example: 'female', required: false },
    },
    payload: FullUserDto,
  })
  edit(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.userEdit, request, response, (call) => this.accounts.edit(call));
  }

  @Serves(OPERATIONS.userDelete, {
    summary: 'Delete an account with its messages on both sides',
    description: 'Needs a key of the site.',
    parameters: { guid: { type: 'integer', description: 'The user; not an administrator.', example: 31 } },
    payload: SuccessDto,
  })
  delete(request: Request, response: Response): Promise<Envelope> {
    return this.desk.answer(OPERATIONS.userDelete, request, response, (call) => this.accounts.delete(call));
  }
}
