import { Command } from 'commander';
import { type Terminal } from '../terminal.js';
import { wholeNumber } from '../whole-number.js';
import { type InviteOptions, type JsonOption } from './actions.js';

const INVITE_DAYS = 14;

/**
 * @returns `polypost envelope`: invites and the server's own keys, straight in the database; the server may run or
 *   not. The client for people is the command `envelope`.
 */
export function envelopeCommand(terminal: Terminal): Command {
  const group = new Command('envelope').description('administer the Envelope message API');
  const invite = group.command('invite').description('invites, which let people register where that is not open');
  invite
    .command('create')
    .description('make an invite and show it, once')
    .option('--uses <count>', 'how many people may use it', wholeNumber, 1)
    .option('--days <count>', 'days it is good for', wholeNumber, INVITE_DAYS)
    .option('--label <text>', 'a note', '')
    .option('--json', 'as JSON')
    .action(async (options: InviteOptions) => (await actions()).createInvite(terminal, options));
  invite
    .command('list')
    .description('list invites, oldest first')
    .option('--json', 'as JSON')
    .action(async (options: JsonOption) => (await actions()).listInvites(terminal, options));
  invite
    .command('revoke')
    .description('make an invite worthless')
    .argument('<id>', 'the id that was told with the invite')
    .action(async (id: string) => (await actions()).revokeInvite(terminal, id));
  const key = group.command('key').description('the keys that packets are sealed to');
  key
    .command('list')
    .description('list the keys of the server, the current ones first')
    .option('--json', 'as JSON')
    .action(async (options: JsonOption) => (await actions()).listKeys(terminal, options));
  key
    .command('rotate')
    .description('replace the current keys; the old ones open packets for their grace time still')
    .option('--json', 'as JSON')
    .action(async (options: JsonOption) => (await actions()).rotateKeys(terminal, options));
  return group;
}

/** Loaded when one of them runs: they bring the whole server along. */
const actions = () => import('./actions.js');
