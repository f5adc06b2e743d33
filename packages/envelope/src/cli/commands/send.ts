import { type Command } from 'commander';
import { existsSync } from 'node:fs';
import { parseAddress, writeAddress } from '../../client/address.js';
import { parseCard } from '../../client/card.js';
import { type EnvelopeClient } from '../../client/client.js';
import { type Contact } from '../../client/contacts.js';
import { UsageError } from '../../client/errors.js';
import { type Content } from '../../client/send.js';
import { type Desk, readInput } from '../desk.js';

interface SendOptions {
  readonly type: number;
  readonly data?: string;
  readonly anonymous?: boolean;
}

const TEXT = 1;

/** send, seal, server-key. */
export function addSendCommands(program: Command, desk: () => Desk): void {
  for (const [name, description, action] of [
    ['send', 'sign, seal and deliver a message', send],
    ['seal', 'make the body of a message and print it instead', seal],
  ] as const) {
    program
      .command(`${name} <to>`)
      .description(`${description}; to a contact's address, or to a card in a file`)
      .option('--type <n>', 'data_type; 1 is a text, everything else takes JSON', dataType, TEXT)
      .option('--data <data>', '@file, or the data itself; standard input by default')
      .option('--anonymous', 'do not say one\'s address in the message')
      .action((to: string, options: SendOptions) => action(desk(), to, options));
  }
  program.command('server-key <host>').description('what a server says of itself, checked').action((host: string) => serverKey(desk(), host));
}

async function send(desk: Desk, to: string, options: SendOptions): Promise<void> {
  const client = desk.client();
  const receipt = await client.send(await findContact(client, to), await content(options, to), await author(desk, options));
  desk.print(receipt, `${receipt.repeated ? 'was there already' : 'delivered'}: ${receipt.message_id}`);
}

async function seal(desk: Desk, to: string, options: SendOptions): Promise<void> {
  const client = desk.client();
  const body = await client.seal(await findContact(client, to), await content(options, to), await author(desk, options));
  desk.print(body, JSON.stringify(body));
}

async function serverKey(desk: Desk, host: string): Promise<void> {
  const { document, identity } = await desk.client().discover(host, undefined, true);
  const keys = document.keys.map(({ kid, algorithms, status, not_after }) => `${status.padEnd(8)} ${kid}  ${algorithms.join(', ')}  until ${not_after}`);
  desk.print({ ...document, identity_fp: identity }, [`identity ${identity}`, ...keys].join('\n'));
}

async function author(desk: Desk, { anonymous }: SendOptions): Promise<{ identity: Awaited<ReturnType<Desk['identity']>>['identity']; from?: string }> {
  const { identity } = await desk.identity();
  const account = anonymous === true ? undefined : await desk.home.findAccount();
  return account === undefined ? { identity } : { identity, from: account.address };
}

/** A file is a card; anything else an address: of a contact, or of somebody who lets himself be found. */
async function findContact(client: EnvelopeClient, to: string): Promise<Contact> {
  if (/^(?:envelope:|https?:|\s*\{)/.test(to)) throw new UsageError('A card is a secret and does not belong on the command line: give a file, or standard input.');
  if (to === '-' || existsSync(to)) return client.contacts.add(parseCard(await readInput(to)));
  const address = writeAddress(parseAddress(to));
  const contact = await client.contacts.find(address);
  if (contact !== undefined) return contact;
  const found = await client.lookUp(address);
  const token = process.env.ENVELOPE_TOKEN ?? found?.token;
  if (found === undefined || token === undefined) throw new UsageError(`${address} is no contact: add a card, or set ENVELOPE_TOKEN for somebody who is in the directory.`);
  const { identity } = await client.discover(parseAddress(address).host);
  return { address, user_id: found.user_id, identity_fp: found.identity, server_fp: identity, token, issued_at: '1970-01-01T00:00:00.000Z' };
}

async function content({ type, data }: SendOptions, to: string): Promise<Content> {
  if (data === undefined && to === '-') throw new UsageError('Standard input gives the card already: say --data.');
  const text = data === undefined ? (await readInput('-')).replace(/\r?\n$/, '') : data.startsWith('@') ? await readInput(data.slice(1)) : data;
  if (type === TEXT) return { data_type: type, data: text };
  try {
    return { data_type: type, data: text.trim() === '' ? null : (JSON.parse(text) as unknown) };
  } catch (error) {
    throw new UsageError('The data is no JSON. Texts have type 1.', { cause: error });
  }
}

function dataType(text: string): number {
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text) || value > 2_147_483_647) throw new UsageError('A data_type is a whole number from 0 to 2147483647.');
  return value;
}
