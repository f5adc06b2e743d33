import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { systemErrorCode } from '../../config/system-error.js';
import { CliError, exitCodes } from '../cli-error.js';
import { printable, printableLine } from '../terminal.js';
import { type ActionContext } from './action-context.js';
import { type KeygenOptions, type ListOptions, type ReadOptions, type SendOptions } from './options.js';
import { findPrivateKey, type KeyPair, writeKeyFile } from './private-key.js';

interface ListedMessage {
  readonly id: string;
  readonly created_at: number;
  readonly from: string | null;
  readonly to: string;
  readonly message: { readonly subject: string; readonly content: string };
}

interface MessageList {
  readonly pagination_data: { readonly total: number; readonly query: number };
  readonly messages: readonly ListedMessage[];
}

interface WholeMessage {
  readonly id: string;
  readonly manifest: { readonly created_at: number; readonly updated_at: number; readonly is_modified: boolean };
  readonly pair: { readonly from: string | null; readonly to: string };
  readonly message: { readonly subject: string; readonly content: string };
}

/** `keyinbox keygen` */
export async function generateKey({ client, terminal }: ActionContext, options: KeygenOptions): Promise<void> {
  const pair = await client.call<KeyPair>({ method: 'GET', path: '/generate-keypair', body: {} });
  if (options.out !== undefined) await writeKeyFile(options.out, pair);
  const shown = options.out === undefined ? pair : { public_key: pair.public_key };
  if (options.json) terminal.out(JSON.stringify(shown, null, 2));
  else if (options.out !== undefined) terminal.out(printableLine(pair.public_key));
  else terminal.out(`public_key   ${printableLine(pair.public_key)}\nprivate_key  ${printableLine(pair.private_key)}`);
}

/** `keyinbox send` */
export async function sendMessage(context: ActionContext, options: SendOptions): Promise<void> {
  const { client, env, terminal } = context;
  if (options.anonymous && options.keyFile !== undefined) {
    throw new CliError('--anonymous and --key-file exclude each other', exitCodes.usage);
  }
  if (options.keyFile === '-' && options.content === undefined && options.contentFile === undefined) {
    throw new CliError('key and content cannot both come from the standard input', exitCodes.usage);
  }
  const sender = options.anonymous ? {} : { private_key: await findPrivateKey(options.keyFile, env) };
  const sent = await client.call<{ id: string }>({
    method: 'POST',
    path: '/messages',
    body: { public_key: options.to, ...sender, message: { subject: options.subject, content: await contentOf(options) } },
    idempotencyKey: randomUUID(),
  });
  terminal.out(options.json ? JSON.stringify(sent, null, 2) : printableLine(sent.id));
}

/** `keyinbox list` */
export async function listMessages(
  { client, env, terminal }: ActionContext,
  options: ListOptions,
): Promise<void> {
  const list = await client.call<MessageList>({
    method: 'GET',
    path: '/messages',
    body: {
      private_key: await findPrivateKey(options.keyFile, env),
      pagination_data: { skip: options.skip, take: options.take },
      ...(options.sent && { folder: 'sent' }),
    },
  });
  if (options.json) {
    terminal.out(JSON.stringify(list, null, 2));
    return;
  }
  for (const { id, created_at: createdAt, from, to, message } of list.messages) {
    const other = options.sent ? `to ${to}` : `from ${from ?? 'anonymous'}`;
    terminal.out(`${timeOf(createdAt)}  ${printableLine(`${id}  ${other}`)}`);
    terminal.out(`    ${printableLine(message.subject)} | ${printableLine(message.content)}`);
  }
  terminal.err(`${list.messages.length} of ${list.pagination_data.total}`);
}

/** `keyinbox read` */
export async function readMessage(
  { client, env, terminal }: ActionContext,
  id: string,
  options: ReadOptions,
): Promise<void> {
  if (!/^[A-Za-z0-9]+$/.test(id)) throw new CliError('the id of a message has letters and digits only', exitCodes.usage);
  const key = { private_key: await findPrivateKey(options.keyFile, env) };
  const answer = await client.call<WholeMessage | readonly [WholeMessage]>(
    options.sentTo === undefined
      ? { method: 'GET', path: `/messages/receiver/${id}`, body: key }
      : { method: 'GET', path: `/messages/sender/${id}`, body: { ...key, public_key: options.sentTo } },
  );
  // some servers wrap the one message in a list
  const message = isList(answer) ? answer[0] : answer;
  if (options.json) {
    terminal.out(JSON.stringify(message, null, 2));
    return;
  }
  const { manifest, pair } = message;
  terminal.out(`From:    ${printableLine(pair.from ?? 'anonymous')}`);
  terminal.out(`To:      ${printableLine(pair.to)}`);
  terminal.out(`Date:    ${timeOf(manifest.created_at)}${manifest.is_modified ? ` (edited ${timeOf(manifest.updated_at)})` : ''}`);
  terminal.out(`Subject: ${printableLine(message.message.subject)}`);
  terminal.out('');
  terminal.out(printable(message.message.content));
}

async function contentOf({ content, contentFile }: SendOptions): Promise<string> {
  if (content !== undefined && contentFile !== undefined) {
    throw new CliError('--content and --content-file exclude each other', exitCodes.usage);
  }
  if (content !== undefined) return content;
  const bytes = contentFile === undefined ? await buffer(process.stdin) : await readContent(contentFile);
  if (!isUtf8(bytes)) throw new CliError('the content is not UTF-8 text', exitCodes.usage);
  return bytes.toString('utf8');
}

async function readContent(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CliError(`${path} cannot be read (${systemErrorCode(error) ?? 'unknown error'})`, exitCodes.usage);
  }
}

function isList<T extends object>(value: T | readonly [T]): value is readonly [T] {
  return Array.isArray(value);
}

function timeOf(unixSeconds: number): string {
  const time = new Date(unixSeconds * 1000);
  return Number.isNaN(time.getTime()) ? '?' : time.toISOString().replace('.000Z', 'Z');
}
