import { Command } from 'commander';
import { type Environment } from '../../config/read-variables.js';
import { readEnvironment } from '../../config/environment.js';
import { CliError, exitCodes } from '../cli-error.js';
import { type Terminal } from '../terminal.js';
import { wholeNumber } from '../whole-number.js';
import { KeyInboxClient } from './client.js';
import { generateKey, listMessages, readMessage, sendMessage } from './actions.js';
import { type ActionContext } from './action-context.js';
import { type CommonOptions, type KeygenOptions, type ListOptions, type ReadOptions, type SendOptions } from './options.js';

/** @returns `polypost keyinbox`: a small client for KeyInbox servers */
export function keyInboxCommand(terminal: Terminal): Command {
  const group = new Command('keyinbox').description('send and read messages on a KeyInbox server');
  const add = (name: string, description: string): Command =>
    group
      .command(name)
      .description(description)
      .option('--url <url>', 'address of the server (default: PUBLIC_URL, else http://localhost:PORT)')
      .option('--json', 'print the answer of the server as JSON');
  const context = ({ url }: CommonOptions): ActionContext => {
    const env = readEnvironment();
    return { client: new KeyInboxClient(serverUrl(url, env)), env, terminal };
  };

  add('keygen', 'have the server make a pair of keys; it keeps neither')
    .option('--out <file>', 'write the pair to a new file that only you can read, and print the public key alone')
    .action((options: KeygenOptions) => generateKey(context(options), options));
  add('send', 'send a message')
    .requiredOption('--to <public key>', 'public key of the recipient')
    .option('--subject <text>', 'subject', '')
    .option('--content <text>', 'content; without it the standard input is read')
    .option('--content-file <file>', 'file with the content')
    .option('--anonymous', 'send without a private key')
    .option('--key-file <file>', KEY_FILE_HELP)
    .action((options: SendOptions) => sendMessage(context(options), options));
  add('list', 'list the messages of your inbox, newest first')
    .option('--sent', 'list the messages you sent instead')
    .option('--skip <count>', 'messages to leave out at the beginning', wholeNumber, 0)
    .option('--take <count>', 'messages to list at most', wholeNumber, 50)
    .option('--key-file <file>', KEY_FILE_HELP)
    .action((options: ListOptions) => listMessages(context(options), options));
  add('read', 'read a message you received')
    .argument('<id>', 'id of the message')
    .option('--sent-to <public key>', 'read a message you sent to this key instead')
    .option('--key-file <file>', KEY_FILE_HELP)
    .action((id: string, options: ReadOptions) => readMessage(context(options), id, options));
  return group;
}

const KEY_FILE_HELP = 'file with your private key, - for the standard input (default: KEYINBOX_PRIVATE_KEY, else asked for)';

function serverUrl(given: string | undefined, env: Environment): string {
  const url = given ?? (env['PUBLIC_URL'] || `http://localhost:${env['PORT'] || '3000'}`);
  if (!/^https?:\/\/[^/]/i.test(url) || !URL.canParse(url)) {
    throw new CliError('the address of the server must begin with http:// or https://', exitCodes.usage);
  }
  return url.replace(/\/+$/, '');
}
