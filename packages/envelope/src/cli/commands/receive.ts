import { type Command } from 'commander';
import { openMessage, verifyMessage } from '../../index.js';
import { type Account, type MailItem } from '../../client/account.js';
import { type EnvelopeClient } from '../../client/client.js';
import { UsageError } from '../../client/errors.js';
import { type Received } from '../../client/receive.js';
import { EnvelopeError } from '../../base/errors.js';
import { isObject } from '../../base/json.js';
import { type Identity } from '../../identity/identity.js';
import { DATA_TYPES, isMessage } from '../../inner/message.js';
import { type InnerPart } from '../../inner/open.js';
import { findSuite } from '../../suites/registry.js';
import { type Desk, readInput, safe } from '../desk.js';

interface ReceiveOptions {
  readonly follow?: boolean;
  readonly ack?: boolean;
  readonly all?: boolean;
  readonly directory?: boolean;
  readonly max?: number;
}

const WAIT_SECONDS = 30;
const PAGE = 100;

/** receive, open, verify. */
export function addReceiveCommands(program: Command, desk: () => Desk): void {
  program
    .command('receive')
    .description('open and verify what came; what was acknowledged before is left out')
    .option('--follow', 'wait for more')
    .option('--ack', 'acknowledge what opened')
    .option('--all', 'acknowledged ones too')
    .option('--directory', 'ask the directories of unknown senders for their keys; they learn of it')
    .option('--max <n>', 'stop after that many', (text) => Number(text))
    .action((options: ReceiveOptions) => receiveAll(desk(), options));
  program
    .command('open [file]')
    .description('open one message of the mailbox or one Packet, as JSON')
    .action((file: string | undefined) => openOne(desk(), file ?? '-'));
  program
    .command('verify [file]')
    .description('verify again what receive or open wrote with --json')
    .action((file: string | undefined) => verifyOne(desk(), file ?? '-'));
}

async function receiveAll(desk: Desk, options: ReceiveOptions): Promise<void> {
  const client = desk.client();
  const [account, identity] = [await desk.account(client), await desk.identity()];
  const born = new Map((await account.tokens.list()).map(({ token_id, created_at }) => [String(token_id), String(created_at)]));
  const reader = { desk, client, account, identity, born, options };
  const max = options.max ?? Number.POSITIVE_INFINITY;
  let [after, count, failed] = [undefined as string | undefined, 0, 0];
  while (count < max) {
    const { messages, next } = await account.messages.list({ limit: PAGE, ...(options.follow === true && { wait: WAIT_SECONDS }), ...(after !== undefined && { after }) });
    for (const item of messages) {
      if (count >= max) break;
      if (options.all !== true && item.acked_at !== null) continue;
      count += 1;
      if (!(await showItem(reader, item))) failed += 1;
    }
    after = next ?? messages.at(-1)?.cursor ?? after;
    if (options.follow !== true && messages.length < PAGE) break;
  }
  if (failed > 0) throw new EnvelopeError('undecryptable');
}

interface Reader {
  readonly desk: Desk;
  readonly client: EnvelopeClient;
  readonly account: Account;
  readonly identity: Identity;
  /** when each token was made */
  readonly born: ReadonlyMap<string, string>;
  readonly options: ReceiveOptions;
}

/** @returns whether it opened */
async function showItem({ desk, client, account, identity, born, options }: Reader, item: MailItem): Promise<boolean> {
  try {
    const received = await client.open(item, identity, born.get(item.token_id ?? ''), options.directory === true);
    desk.print({ ...received, received_at: item.received_at, packet: addressOf(item) }, words(received));
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    desk.print({ message_id: item.message_id, error: error.code, message: null }, `${item.message_id} does not open: ${error.code}`);
    return false;
  }
  if (options.ack === true && item.acked_at === null) await account.messages.ack(item.message_id);
  return true;
}

async function openOne(desk: Desk, file: string): Promise<void> {
  const value = readJson(await readInput(file));
  const part = (isObject(value.packet) ? value.packet : value) as unknown as InnerPart;
  if ([part.id, part.user_id, part.data, part.algorithm, part.password].some((member) => typeof member !== 'string')) throw new UsageError('This is no Packet.');
  const { message, senderFingerprint } = await openMessage(part, ...(await desk.identity()).encryption);
  const contact = await desk.client().contacts.findByKey(senderFingerprint);
  const sender = { fingerprint: senderFingerprint, status: contact === undefined ? 'unverified' : 'verified', ...(contact && { contact: contact.address }) };
  const { id, user_id, algorithm } = part;
  desk.print({ message, sender, packet: { id, user_id, algorithm } }, safe(textOf(message.data_type, message.data)));
}

async function verifyOne(desk: Desk, file: string): Promise<void> {
  const { message, packet } = readJson(await readInput(file));
  if (!isObject(message) || !isMessage(message) || !isObject(packet)) throw new UsageError('This is no message that receive or open wrote with --json.');
  const [id, user_id, suite] = [String(packet.id), String(packet.user_id), findSuite(String(packet.algorithm))];
  if (suite === undefined) throw new EnvelopeError('unknown_algorithm', 'packet');
  for (const { publicKey } of (await desk.identity()).encryption) {
    try {
      await verifyMessage(message, { address: { id, user_id }, recipient: publicKey, algorithm: suite.id });
      return desk.print({ verified: true, from: message.from ?? null }, 'the signature is right');
    } catch (error) {
      if (!(error instanceof EnvelopeError) || error.code !== 'bad_signature') throw error;
    }
  }
  throw new EnvelopeError('bad_signature');
}

function addressOf({ packet }: MailItem): Record<string, string> | undefined {
  return packet && { id: packet.id, user_id: packet.user_id, algorithm: packet.algorithm };
}

function words({ message, sender, warnings }: Received): string {
  const who = sender.contact ?? message.from ?? 'somebody';
  const notes = [sender.status === 'verified' ? `verified by ${sender.by ?? ''}` : sender.status, ...warnings].join(', ');
  return safe(`${who} (${notes}), ${message.date}\n${textOf(message.data_type, message.data)}`);
}

function textOf(type: number, data: unknown): string {
  if (type === DATA_TYPES.text && typeof data === 'string') return data;
  const known = Object.entries(DATA_TYPES).find(([, value]) => value === type)?.[0];
  return `[${known ?? `unsupported, data_type ${type}`}] ${JSON.stringify(data)}`;
}

function readJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // said below
  }
  throw new UsageError('This is no JSON object.');
}
