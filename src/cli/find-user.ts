import { type User } from '../core/accounts/user.js';
import { CliError } from './cli-error.js';
import { type Core } from './with-core.js';

/**
 * @param name username, e-mail address or id
 * @throws CliError when nobody is called so
 */
export async function findUser({ users }: Core, name: string): Promise<User> {
  const found = /^\d+$/.test(name) ? await users.byId(name) : name.includes('@') ? await users.byEmail(name) : await users.byUsername(name);
  const user = found ?? (await users.byUsername(name));
  if (user === null) throw new CliError('there is no such user');
  return user;
}
