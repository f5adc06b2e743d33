import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../../../config/config.js';
import { DeleteUser } from '../../../../core/accounts/delete-user.js';
import { Login } from '../../../../core/accounts/login.js';
import { type User } from '../../../../core/accounts/user.js';
import { type UpdateCommand, Users } from '../../../../core/accounts/users.js';
import { DomainError } from '../../../../kernel/domain-error.js';
import { OssnVariables } from '../ossn.config.js';
import { type Call } from '../ossn.desk.js';
import { baseUrl } from '../ossn.envelope.js';
import { fieldsMissing, OssnFault } from '../ossn.faults.js';
import { type Caller } from '../ossn.gate.js';
import { idOrNull, parseId } from '../ossn.ids.js';
import { type Parameters } from '../ossn.parameters.js';
import { type FullUser, fullUser, type TrimmedUser, trimmedUser } from '../ossn.users.js';
import { LoginGate } from './login-gate.js';
import { checkGender, checkPassword, cutName, isBlank, parseEmail, parseRegistration, registrationOf } from './registration.js';

const EDIT_FIELDS = ['guid', 'new_email', 'new_first_name', 'new_last_name', 'current_password'] as const;

/** Accounts: making, showing, changing and deleting them. */
@Injectable()
export class AccountsFlow {
  private readonly base: string;
  private readonly validates: boolean;

  constructor(
    @Inject(Config) config: Config,
    @Inject(Users) private readonly users: Users,
    @Inject(Login) private readonly login: Login,
    @Inject(DeleteUser) private readonly deletion: DeleteUser,
    @Inject(LoginGate) private readonly loginGate: LoginGate,
  ) {
    this.base = baseUrl(config);
    this.validates = config.section(OssnVariables).OSSN_AUTO_VALIDATE;
  }

  /** user_add. @throws OssnFault */
  async add({ parameters }: Call): Promise<TrimmedUser> {
    const form = parseRegistration(parameters);
    if ((await this.users.byUsername(form.username)) !== null) throw new OssnFault('username_taken');
    if ((await this.users.byEmail(form.email)) !== null) throw new OssnFault('email_taken');
    const user = await translateTaken(() => this.users.register(registrationOf(form, this.validates)));
    return trimmedUser(this.base, user);
  }

  /** user_details: of several names the last of guid, username, email counts. @throws OssnFault */
  async details({ parameters, caller }: Call): Promise<FullUser> {
    const user = await this.named(parameters);
    if (user === null) throw new OssnFault('user_unknown');
    return fullUser(this.base, user, isPrivateTo(caller, user));
  }

  /** user_edit: needs the current password. @throws OssnFault, every one with code 103 */
  async edit({ parameters, caller, request }: Call): Promise<FullUser> {
    const missing = EDIT_FIELDS.filter((name) => isBlank(parameters.text(name)));
    if (missing.length > 0) throw fieldsMissing(missing);
    const id = idOrNull(parameters.text('guid'));
    const user = id && (await this.users.byId(id));
    if (!user) throw new OssnFault('user_unknown');
    const change = changeOf(parameters);
    const password = parameters.text('current_password') ?? '';
    const { outcome } = await this.loginGate.guard(request, user.username, () => this.login.execute({ login: user.username, password }));
    if (outcome !== 'ok') throw new OssnFault('password_not_current');
    const changed = await translateTaken(() => this.users.update(user.id, change));
    return fullUser(this.base, changed, isPrivateTo(caller, changed));
  }

  /** user/delete. Messages on both sides, relations and files go with the account. @throws OssnFault */
  async delete({ parameters }: Call): Promise<{ success: true }> {
    const parsed = parseId(parameters.text('guid'));
    if (parsed === 'empty') throw new OssnFault('input_empty');
    const user = parsed === 'unknown' ? null : await this.users.byId(parsed.id);
    if (user === null || user.role === 'admin') throw new OssnFault('user_unknown');
    if (!(await this.deletion.execute(user.id))) throw new OssnFault('user_unknown');
    return { success: true };
  }

  private async named(parameters: Parameters): Promise<User | null> {
    const email = parameters.text('email') ?? '';
    if (email !== '') return this.users.byEmail(email);
    const username = parameters.text('username') ?? '';
    if (username !== '') return this.users.byUsername(username);
    const id = idOrNull(parameters.text('guid'));
    return id === null ? null : this.users.byId(id);
  }
}

/** E-mail address and birth date of others are not for a key of one user. */
export function isPrivateTo(caller: Caller, user: User): boolean {
  return caller.userId !== null && caller.userId !== user.id;
}

function changeOf(parameters: Parameters): UpdateCommand {
  const password = parameters.text('new_password') ?? '';
  const gender = parameters.text('new_gender') ?? '';
  if (password !== '') checkPassword(password, 'new_password_short');
  return {
    email: parseEmail(parameters.text('new_email') ?? ''),
    firstName: cutName(parameters.text('new_first_name') ?? ''),
    lastName: cutName(parameters.text('new_last_name') ?? ''),
    ...(password === '' ? {} : { password }),
    ...(gender === '' ? {} : { gender: checkGender(gender) }),
  };
}

/** Two may ask for one name at once: the store decides. */
async function translateTaken<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof DomainError && error.code === 'duplicate') {
      throw new OssnFault(error.facts.field === 'email' ? 'email_taken' : 'username_taken');
    }
    throw error;
  }
}
