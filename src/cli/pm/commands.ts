import { Command } from 'commander';
import { type Terminal } from '../terminal.js';
import { wholeNumber } from '../whole-number.js';
import { type ClientOptions, type JsonOption, type TokenOptions } from './actions.js';

const TOKEN_DAYS = 30;

/** @returns `polypost pm`: tokens and clients of the PM API, straight in the database; the server may run or not */
export function pmCommand(terminal: Terminal): Command {
  const group = new Command('pm').description('administer the PM message API');
  group
    .command('token')
    .description('make an access token for a user and show it, once')
    .argument('<user>', 'username, e-mail address or id')
    .option('--days <count>', 'days it is good for', wholeNumber, TOKEN_DAYS)
    .option('--label <text>', 'a note', '')
    .option('--json', 'as JSON')
    .action(async (user: string, options: TokenOptions) => (await actions()).createToken(terminal, user, options));
  group
    .command('revoke')
    .description('make a token worthless, at once and for good')
    .argument('<id>', 'the id that was told with the token')
    .action(async (id: string) => (await actions()).revokeToken(terminal, id));
  const client = group.command('client').description('applications that may ask for tokens (OAuth 2.0)');
  client
    .command('create')
    .description('register an application')
    .requiredOption('--name <text>', 'what users are told it is called')
    .option('--redirect <address>', 'where authorization codes may be sent; may be given several times', collect, [])
    .option('--with-secret', 'it runs on a server and can keep a secret, which is shown once')
    .option('--no-password', 'it may not ask users for their password')
    .option('--json', 'as JSON')
    .action(async (options: ClientOptions) => (await actions()).createClient(terminal, options));
  client
    .command('list')
    .description('list applications, oldest first')
    .option('--json', 'as JSON')
    .action(async (options: JsonOption) => (await actions()).listClients(terminal, options));
  client
    .command('revoke')
    .description('end an application and every token it was given')
    .argument('<id>', 'its id')
    .action(async (id: string) => (await actions()).revokeClient(terminal, id));
  return group;
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** Loaded when one of them runs: they bring the whole server along. */
const actions = () => import('./actions.js');
