import { Command } from 'commander';
import { type Terminal } from '../terminal.js';
import { wholeNumber } from '../whole-number.js';
import { type AccountOptions, type DeleteOptions, type JsonOption, type ListOptions, type TokenOptions } from './actions.js';

const TOKEN_SECONDS = 3600;

/** @returns `polypost cell`: cells and their accounts, straight in the database; the server may run or not */
export function cellCommand(terminal: Terminal): Command {
  const group = new Command('cell').description('cells of the Cell message API');
  group
    .command('create')
    .description('make a cell and tell its address')
    .argument('<name>', 'letters, digits, hyphens and underscores')
    .option('--json', 'as JSON')
    .action(async (name: string, options: JsonOption) => (await actions()).createCell(terminal, name, options));
  group
    .command('list')
    .description('list cells, oldest first')
    .option('--skip <count>', 'cells to leave out at the beginning', wholeNumber, 0)
    .option('--take <count>', 'cells to list at most', wholeNumber, 50)
    .option('--json', 'as JSON')
    .action(async (options: ListOptions) => (await actions()).listCells(terminal, options));
  group
    .command('delete')
    .description('delete a cell with everything in it, for good; what others have received from it stays theirs')
    .argument('<name>', 'its name')
    .option('--yes', 'really')
    .action(async (name: string, options: DeleteOptions) => (await actions()).deleteCell(terminal, name, options));
  group
    .command('account')
    .description('who may log in to a cell')
    .command('create')
    .description('make an account; without --owner it may do nothing until it is given a role')
    .argument('<cell>', 'name of the cell')
    .argument('<name>', 'name of the account')
    .option('--password-file <file>', 'file with the password, - for the standard input (default: asked for)')
    .option('--owner', 'it may do everything in the cell: gets the role owner, which is granted root')
    .option('--json', 'as JSON')
    .action(async (cell: string, name: string, options: AccountOptions) => (await actions()).createAccount(terminal, cell, name, options));
  group
    .command('token')
    .description('make a token that a cell of this server gives out as itself, and show it')
    .argument('<issuer>', 'address of the cell that makes it')
    .argument('<target>', 'address of the cell it is for')
    .option('--seconds <count>', 'how long it is good for, at most 86400', wholeNumber, TOKEN_SECONDS)
    .option('--json', 'as JSON')
    .action(async (issuer: string, target: string, options: TokenOptions) => (await actions()).createToken(terminal, issuer, target, options));
  return group;
}

/** Loaded when one of them runs: they bring the whole server along. */
const actions = () => import('./actions.js');
