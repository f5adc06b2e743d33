import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../../../config/config.js';
import { Login } from '../../../../core/accounts/login.js';
import { type Call } from '../ossn.desk.js';
import { baseUrl } from '../ossn.envelope.js';
import { OssnFault } from '../ossn.faults.js';
import { OssnSessions } from '../ossn.sessions.js';
import { type FullUser, fullUser } from '../ossn.users.js';
import { isPrivateTo } from './accounts.flow.js';
import { LoginGate } from './login-gate.js';

/** user_authenticate: checks a password and starts a session. */
@Injectable()
export class AuthenticateFlow {
  private readonly base: string;

  constructor(
    @Inject(Config) config: Config,
    @Inject(Login) private readonly login: Login,
    @Inject(LoginGate) private readonly gate: LoginGate,
    @Inject(OssnSessions) private readonly sessions: OssnSessions,
  ) {
    this.base = baseUrl(config);
  }

  /** @throws OssnFault user_unknown, not_validated, wrong_password; DomainError rate_limited */
  async authenticate({ parameters, caller, request, response }: Call): Promise<FullUser> {
    const login = parameters.text('username') ?? '';
    const password = parameters.text('password') ?? '';
    const { outcome, user, proof } = await this.gate.guard(request, login, () => this.login.execute({ login, password }));
    if (outcome === 'unknown' || user === null) throw new OssnFault('user_unknown');
    if (outcome === 'not_validated') throw new OssnFault('not_validated');
    if (proof === null || !(await this.sessions.start(proof, response))) throw new OssnFault('wrong_password');
    return fullUser(this.base, user, isPrivateTo(caller, user));
  }
}
