import { type User } from '../../core/accounts/user.js';
import { DomainError } from '../../kernel/domain-error.js';
import { findPassword } from '../ask-secret.js';
import { CliError, exitCodes } from '../cli-error.js';
import { findUser } from '../find-user.js';
import { printableLine, type Terminal } from '../terminal.js';
import { withCore } from '../with-core.js';

/** `user create` */
export interface CreateOptions {
  first: string;
  last: string;
  email?: string;
  birthdate?: string;
  gender?: string;
  passwordFile?: string;
  /** false: --no-password */
  password: boolean;
  json?: true;
}

/** `user list` */
export interface ListOptions {
  skip: number;
  take: number;
  json?: true;
}

/** `user passwd` */
export interface PasswdOptions {
  passwordFile?: string;
}

/** `user delete` */
export interface DeleteOptions {
  yes?: true;
}

const USERNAME = /^[A-Za-z0-9]{5,64}$/;
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,189}$/;
const GENDERS: readonly string[] = ['male', 'female'];
const ROLES = ['user', 'moderator', 'admin'] as const satisfies readonly User['role'][];
const PASSWORD_BYTES_MIN = 6;

/** `user create` */
export async function createUser(terminal: Terminal, username: string, options: CreateOptions): Promise<void> {
  check(USERNAME.test(username), 'the username needs five to 64 letters and digits');
  check(options.email === undefined || EMAIL.test(options.email), 'the e-mail address is none');
  check(options.gender === undefined || GENDERS.includes(options.gender), 'the gender is male or female');
  check(options.birthdate === undefined || isDate(options.birthdate), 'the birth date is a day as YYYY-MM-DD');
  const password = options.password ? checkedPassword(await findPassword(options.passwordFile)) : null;
  const user = await withCore(terminal, ({ users }) =>
    users
      .register({
        username,
        email: options.email?.toLowerCase() ?? null,
        password,
        firstName: options.first,
        lastName: options.last,
        birthdate: options.birthdate ?? null,
        gender: options.gender ?? null,
        validated: true,
      })
      .catch(taken),
  );
  terminal.out(options.json ? JSON.stringify(shown(user), null, 2) : user.id);
}

/** `user list` */
export async function listUsers(terminal: Terminal, { skip, take, json }: ListOptions): Promise<void> {
  const { total, users } = await withCore(terminal, (core) => core.users.list({ skip, take }));
  if (json) {
    terminal.out(JSON.stringify({ total, users: users.map(shown) }, null, 2));
    return;
  }
  for (const user of users) {
    const { id, username, email, role, name, state } = shown(user);
    terminal.out(printableLine([id, username, name, email ?? '-', role, ...(state === 'active' ? [] : [state])].join('  ')));
  }
  terminal.err(`${users.length} of ${total}`);
}

/** `user passwd` */
export async function setPassword(terminal: Terminal, name: string, options: PasswdOptions): Promise<void> {
  const password = checkedPassword(await findPassword(options.passwordFile));
  await withCore(terminal, async (core) => core.users.update((await findUser(core, name)).id, { password }));
  terminal.out('The password is set.');
}

/** `user validate` */
export async function validateUser(terminal: Terminal, name: string): Promise<void> {
  await withCore(terminal, async (core) => core.users.validate((await findUser(core, name)).id));
  terminal.out('The account may log in.');
}

/** `user role` */
export async function setRole(terminal: Terminal, name: string, role: string): Promise<void> {
  check(isRole(role), `the role is one of: ${ROLES.join(', ')}`);
  await withCore(terminal, async (core) => core.users.setRole((await findUser(core, name)).id, role));
  terminal.out(`The role is ${role}.`);
}

/** `user delete` */
export async function deleteUser(terminal: Terminal, name: string, { yes }: DeleteOptions): Promise<void> {
  check(yes === true, 'this deletes the account and its messages on both sides, for good: say --yes');
  await withCore(terminal, async (core) => {
    if (!(await core.deletion.execute((await findUser(core, name)).id))) throw new CliError('there is no such user');
  });
  terminal.out('The account is deleted.');
}

/** What is told of an account. */
function shown(user: User) {
  const { id, username, email, role } = user;
  const name = `${user.firstName} ${user.lastName}`.trim();
  const state = user.disabledAt ? 'disabled' : user.validatedAt ? 'active' : 'not validated';
  return { id, username, name, email, role, state, created_at: user.createdAt.toISOString(), last_activity_at: user.lastActivityAt?.toISOString() ?? null };
}

function checkedPassword(password: string): string {
  check(Buffer.byteLength(password) >= PASSWORD_BYTES_MIN, `the password needs ${PASSWORD_BYTES_MIN} characters`);
  return password;
}

function isRole(text: string): text is User['role'] {
  return (ROLES as readonly string[]).includes(text);
}

function isDate(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function taken(error: unknown): never {
  if (!(error instanceof DomainError) || error.code !== 'duplicate') throw error;
  throw new CliError(error.facts.field === 'email' ? 'somebody has this e-mail address already' : 'somebody has this username already');
}

/** @throws CliError for wrong use of the command line */
function check(condition: boolean, why: string): asserts condition {
  if (!condition) throw new CliError(why, exitCodes.usage);
}
