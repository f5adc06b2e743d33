import { type Command } from 'commander';
import { parseAddress, writeAddress } from '../../client/address.js';
import { cardLink, cardUri, type ContactCard, parseCard } from '../../client/card.js';
import { UsageError } from '../../client/errors.js';
import { type TokenWish } from '../../client/account.js';
import { type OwnToken } from '../home.js';
import { type Desk, readInput, readSecret, safe } from '../desk.js';

interface TokenOptions {
  readonly label?: string;
  readonly expires?: string;
  readonly maxMessages?: number;
  readonly perMinute?: number;
  readonly scopes?: string;
}

interface CardOptions {
  readonly link?: boolean;
  readonly uri?: boolean;
}

/** register, login, token, card. */
export function addAccountCommands(program: Command, desk: () => Desk): void {
  program
    .command('register <address>')
    .description('register name@host[:port] with the keys of this folder')
    .option('--invite-file <file>', 'where the invite stands (or ENVELOPE_INVITE); - for standard input')
    .action((address: string, { inviteFile }: { inviteFile?: string }) => register(desk(), address, inviteFile));
  program
    .command('login')
    .description('open a session; other commands do it by themselves')
    .option('--device <name>', 'a note for the list of sessions')
    .action(({ device }: { device?: string }) => login(desk(), device));
  addTokenCommands(program, desk);
  addCardCommands(program, desk);
}

function addTokenCommands(program: Command, desk: () => Desk): void {
  const token = program.command('token').description('tokens that let others write to you');
  token
    .command('new')
    .description('make one; one for each contact')
    .option('--label <text>', 'a note; the server can read it')
    .option('--expires <date>', 'RFC 3339')
    .option('--max-messages <count>', 'how many it delivers in all', wholeNumber)
    .option('--per-minute <count>', 'how many it delivers in a minute', wholeNumber)
    .option('--scopes <list>', 'deliver, key, attach; separated by commas')
    .action((options: TokenOptions) => newToken(desk(), options));
  token.command('ls').description('list them').action(() => listTokens(desk()));
  token.command('rm <token_id>').description('revoke one').action((id: string) => removeToken(desk(), id));
}

function addCardCommands(program: Command, desk: () => Desk): void {
  const card = program.command('card').description('contact cards: address, token and pins together');
  card
    .command('show')
    .description('the card to give to somebody; as secret as its token')
    .option('--token-id <id>', 'with this token; with the newest by default')
    .option('--link', 'as https://host/c#...')
    .option('--uri', 'as envelope:...')
    .action((options: CardOptions & { tokenId?: string }) => showCard(desk(), options));
  card
    .command('new')
    .description('a card for one contact, with a token of its own')
    .option('--label <text>', 'a note; the server can read it')
    .option('--link', 'as https://host/c#...')
    .option('--uri', 'as envelope:...')
    .action((options: CardOptions & { label?: string }) => newCard(desk(), options));
  card
    .command('add [file]')
    .description('take a card from a file or standard input')
    .option('--replace-pin', 'even if another identity key is pinned for this contact')
    .action((file: string | undefined, { replacePin }: { replacePin?: boolean }) => addCard(desk(), file ?? '-', replacePin === true));
  card.command('ls').description('list contacts').action(() => listCards(desk()));
  card.command('rm <address>').description('forget a contact and its pin').action((address: string) => removeCard(desk(), address));
}

async function register(desk: Desk, text: string, inviteFile: string | undefined): Promise<void> {
  const address = parseAddress(text);
  const invite = inviteFile === undefined && process.env.ENVELOPE_INVITE === undefined ? undefined : await readSecret(inviteFile, 'ENVELOPE_INVITE', 'An invite');
  const registration = await desk.client().register(address, await desk.identity(), invite);
  await desk.home.saveAccount({ address: writeAddress(address), user_id: registration.user_id });
  desk.print(registration, `${registration.address} is yours (user_id ${registration.user_id})`);
}

async function login(desk: Desk, device: string | undefined): Promise<void> {
  const { session_token: _, ...grant } = await (await desk.account()).login(device);
  desk.print(grant, `logged in until ${grant.expires_at}`);
}

async function newToken(desk: Desk, { label, expires, maxMessages, perMinute, scopes }: TokenOptions): Promise<void> {
  const wish: TokenWish = {
    ...(label !== undefined && { label }),
    ...(expires !== undefined && { expires_at: expires }),
    ...(maxMessages !== undefined && { max_messages: maxMessages }),
    ...(perMinute !== undefined && { per_minute: perMinute }),
    ...(scopes !== undefined && { scopes: scopes.split(',') }),
  };
  const created = await (await desk.account()).tokens.create(wish);
  const own = await keepToken(desk, created, label);
  desk.print(created, `${own.token}\ntoken_id ${own.token_id}`);
}

async function keepToken(desk: Desk, created: Readonly<Record<string, unknown>>, label = ''): Promise<OwnToken> {
  const own = { token_id: String(created.token_id), token: String(created.token), label, created_at: String(created.created_at) };
  await desk.home.saveTokens([...(await desk.home.tokens()), own]);
  return own;
}

async function listTokens(desk: Desk): Promise<void> {
  const tokens = await (await desk.account()).tokens.list();
  if (desk.options.json === true) return desk.print({ tokens }, '');
  for (const { token_id, label, use_count, revoked_at, expires_at } of tokens) {
    const end = typeof revoked_at === 'string' ? 'revoked' : typeof expires_at === 'string' ? `until ${expires_at}` : '';
    desk.print(undefined, safe(`${String(token_id)}  ${String(use_count)} used  ${end}  ${String(label)}`));
  }
}

async function removeToken(desk: Desk, id: string): Promise<void> {
  await (await desk.account()).tokens.revoke(id);
  await desk.home.saveTokens((await desk.home.tokens()).filter(({ token_id }) => token_id !== id));
  desk.print({ token_id: id, revoked: true }, `${id} is revoked`);
}

async function newCard(desk: Desk, { label, ...form }: CardOptions & { label?: string }): Promise<void> {
  const { address, user_id } = await desk.home.account();
  const client = desk.client();
  const { card, token } = await client.newCard(await desk.account(client), parseAddress(address), user_id, await desk.identity(), label === undefined ? {} : { label });
  await keepToken(desk, token, label);
  printCard(desk, card, form);
}

async function showCard(desk: Desk, { tokenId, ...form }: CardOptions & { tokenId?: string }): Promise<void> {
  const { address, user_id } = await desk.home.account();
  const own = (await desk.home.tokens()).filter(({ token_id }) => tokenId === undefined || token_id === tokenId).at(-1);
  if (own === undefined) throw new UsageError('There is no such token here: run envelope token new.');
  printCard(desk, await desk.client().card(parseAddress(address), user_id, await desk.identity(), own.token), form);
}

function printCard(desk: Desk, card: ContactCard, { link, uri }: CardOptions): void {
  if (uri === true) return desk.print({ uri: cardUri(card) }, cardUri(card));
  if (link === true) return desk.print({ link: cardLink(card) }, cardLink(card));
  desk.print(card, JSON.stringify(card));
}

async function addCard(desk: Desk, file: string, replacePin: boolean): Promise<void> {
  // a card holds a token, which would be seen by everybody on the machine
  if (/^(?:envelope:|https?:|\s*\{)/.test(file)) throw new UsageError('A card is a secret and does not belong on the command line: give a file, or standard input.');
  const { token: _, ...contact } = await desk.client().contacts.add(parseCard(await readInput(file)), replacePin);
  desk.print(contact, `${contact.address} is a contact, identity key ${contact.identity_fp}`);
}

async function listCards(desk: Desk): Promise<void> {
  const contacts = (await desk.client().contacts.list()).map(({ token: _, ...contact }) => contact);
  if (desk.options.json === true) return desk.print({ contacts }, '');
  for (const { address, identity_fp } of contacts) desk.print(undefined, `${address}  ${identity_fp}`);
}

async function removeCard(desk: Desk, text: string): Promise<void> {
  const address = writeAddress(parseAddress(text));
  if (!(await desk.client().contacts.remove(address))) throw new UsageError('There is no contact with this address.');
  desk.print({ address, removed: true }, `${address} is forgotten`);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new UsageError('A count is a whole number.');
  return Number(text);
}
