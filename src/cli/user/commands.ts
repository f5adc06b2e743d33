import { Command } from 'commander';
import { type Terminal } from '../terminal.js';
import { wholeNumber } from '../whole-number.js';
import { type CreateOptions, type DeleteOptions, type ListOptions, type PasswdOptions } from './actions.js';

const PASSWORD_FILE_HELP = 'file with the password, - for the standard input (default: asked for)';
const NAME_HELP = 'username, e-mail address or id';

/** @returns `polypost user`: accounts, straight in the database; the server may run or not */
export function userCommand(terminal: Terminal): Command {
  const group = new Command('user').description('accounts of the social message APIs');
  group
    .command('create')
    .description('make an account that may log in at once')
    .argument('<username>', 'at least five letters and digits')
    .option('--first <name>', 'first name', '')
    .option('--last <name>', 'last name', '')
    .option('--email <address>', 'e-mail address')
    .option('--birthdate <date>', 'YYYY-MM-DD')
    .option('--gender <word>', 'male or female')
    .option('--password-file <file>', PASSWORD_FILE_HELP)
    .option('--no-password', 'an account that cannot log in')
    .option('--json', 'as JSON')
    .action(async (username: string, options: CreateOptions) => (await actions()).createUser(terminal, username, options));
  group
    .command('list')
    .description('list accounts, oldest first')
    .option('--skip <count>', 'accounts to leave out at the beginning', wholeNumber, 0)
    .option('--take <count>', 'accounts to list at most', wholeNumber, 50)
    .option('--json', 'as JSON')
    .action(async (options: ListOptions) => (await actions()).listUsers(terminal, options));
  group
    .command('passwd')
    .description('set the password of an account')
    .argument('<user>', NAME_HELP)
    .option('--password-file <file>', PASSWORD_FILE_HELP)
    .action(async (name: string, options: PasswdOptions) => (await actions()).setPassword(terminal, name, options));
  group
    .command('validate')
    .description('let an account log in that was made unvalidated')
    .argument('<user>', NAME_HELP)
    .action(async (name: string) => (await actions()).validateUser(terminal, name));
  group
    .command('role')
    .description('make an account one of a user, a moderator or an administrator')
    .argument('<user>', NAME_HELP)
    .argument('<role>', 'user, moderator or admin')
    .action(async (name: string, role: string) => (await actions()).setRole(terminal, name, role));
  group
    .command('delete')
    .description('delete an account with its messages on both sides, for good')
    .argument('<user>', NAME_HELP)
    .option('--yes', 'really')
    .action(async (name: string, options: DeleteOptions) => (await actions()).deleteUser(terminal, name, options));
  return group;
}

/** Loaded when one of them runs: they bring the whole server along. */
const actions = () => import('./actions.js');
