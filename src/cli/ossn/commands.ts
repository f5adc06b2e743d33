import { Command } from 'commander';
import { type Terminal } from '../terminal.js';
import { wholeNumber } from '../whole-number.js';
import { type CreateOptions, type ListOptions } from './actions.js';

/** @returns `polypost ossn`: keys of the OSSN API, straight in the database; the server may run or not */
export function ossnCommand(terminal: Terminal): Command {
  const group = new Command('ossn').description('administer the OSSN message API');
  const key = group.command('key').description('API keys');
  key
    .command('create')
    .description('make a key and show it, once')
    .option('--site', 'for the whole site: it may act for every user')
    .option('--user <user>', 'for one user alone: username, e-mail address or id')
    .option('--only <operations>', 'limit it to operations, comma-separated: v2.0/message/send,v2.0/message/list')
    .option('--label <text>', 'a note for the list of keys', '')
    .option('--days <count>', 'days it is good for (default: until it is revoked)', wholeNumber)
    .option('--json', 'as JSON')
    .action(async (options: CreateOptions) => (await actions()).createKey(terminal, options));
  key
    .command('list')
    .description('list keys, oldest first; the keys themselves are known to nobody')
    .option('--json', 'as JSON')
    .action(async (options: ListOptions) => (await actions()).listKeys(terminal, options));
  key
    .command('revoke')
    .description('make a key worthless, at once and for good')
    .argument('<id>', 'its id in the list')
    .action(async (id: string) => (await actions()).revokeKey(terminal, id));
  return group;
}

/** Loaded when one of them runs: they bring the whole server along. */
const actions = () => import('./actions.js');
