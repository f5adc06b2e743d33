import { type PmClientInfo, PmClients, type PmGrantType } from '../../core/pm/pm-clients.js';
import { ACCESS_PREFIX, CREDENTIALS, TOKEN_KINDS } from '../../dialects/social/pm/auth/token-kinds.js';
import { CliError, exitCodes } from '../cli-error.js';
import { findUser } from '../find-user.js';
import { printableLine, type Terminal } from '../terminal.js';
import { type Core, withCore } from '../with-core.js';

export interface JsonOption {
  json?: true;
}

/** `pm token` */
export interface TokenOptions extends JsonOption {
  days: number;
  label: string;
}

/** `pm client create` */
export interface ClientOptions extends JsonOption {
  name: string;
  redirect: readonly string[];
  withSecret?: true;
  password: boolean;
}

const DAY_SECONDS = 24 * 60 * 60;
const NAME_CHARACTERS_MAX = 100;
/** An address of the web, or one of an application on a device: their schemes are names of domains, turned around. */
const REDIRECT = /^(?:https?:\/\/[^/#]|[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:)[^#\s]*$/i;

/** `pm token` */
export async function createToken(terminal: Terminal, name: string, options: TokenOptions): Promise<void> {
  if (options.days === 0) throw new CliError('--days must be at least 1', exitCodes.usage);
  const made = await withCore(terminal, async (core) =>
    core.credentials.issue({
      dialect: CREDENTIALS,
      kind: TOKEN_KINDS.access,
      userId: (await findUser(core, name)).id,
      prefix: ACCESS_PREFIX,
      label: options.label,
      lifetimeSeconds: options.days * DAY_SECONDS,
    }),
  );
  terminal.out(options.json ? JSON.stringify({ id: made.id, token: made.secret }, null, 2) : made.secret);
  terminal.err(`This is the token with the id ${made.id}. It is shown once, and good for ${options.days} ${options.days === 1 ? 'day' : 'days'}.`);
}

/** `pm revoke` */
export async function revokeToken(terminal: Terminal, id: string): Promise<void> {
  if (!/^\d{1,19}$/.test(id)) throw new CliError('the id of a token has digits only', exitCodes.usage);
  if (!(await withCore(terminal, ({ credentials }) => credentials.revoke(CREDENTIALS, id)))) throw new CliError('there is no such token, or it is revoked already');
  terminal.out('The token is revoked.');
}

/** `pm client create` */
export async function createClient(terminal: Terminal, options: ClientOptions): Promise<void> {
  const { name, redirect: redirectUris } = options;
  if (name.trim() === '' || name.length > NAME_CHARACTERS_MAX) throw new CliError(`--name must have 1 to ${NAME_CHARACTERS_MAX} characters`, exitCodes.usage);
  const wrong = redirectUris.find((uri) => !REDIRECT.test(uri) || !URL.canParse(uri));
  if (wrong !== undefined) throw new CliError(`--redirect must be a whole address such as https://app.example/back, without a fragment: ${printableLine(wrong)}`, exitCodes.usage);
  const grants: PmGrantType[] = ['refresh_token'];
  if (options.password) grants.push('password');
  if (redirectUris.length > 0) grants.push('authorization_code');
  if (grants.length === 1) throw new CliError('an application without --redirect and with --no-password could not get a token', exitCodes.usage);
  const made = await withCore(terminal, (core) => clientsOf(core).create({ name, redirectUris, grants, confidential: options.withSecret === true }));
  if (options.json) {
    terminal.out(JSON.stringify({ client_id: made.id, client_secret: made.secret, grants }, null, 2));
    return;
  }
  terminal.out(`client_id      ${made.id}`);
  if (made.secret === null) return;
  terminal.out(`client_secret  ${made.secret}`);
  terminal.err('The secret is shown once.');
}

/** `pm client list` */
export async function listClients(terminal: Terminal, options: JsonOption): Promise<void> {
  const clients = (await withCore(terminal, (core) => clientsOf(core).list())).map(shown);
  if (options.json) terminal.out(JSON.stringify({ clients }, null, 2));
  else for (const client of clients) terminal.out(printableLine(lineOf(client)));
}

/** `pm client revoke` */
export async function revokeClient(terminal: Terminal, id: string): Promise<void> {
  if (!(await withCore(terminal, (core) => clientsOf(core).revoke(CREDENTIALS, id)))) throw new CliError('there is no such application, or it is revoked already');
  terminal.out('The application and its tokens are revoked.');
}

function clientsOf({ store, clock, ids, credentials }: Core): PmClients {
  return new PmClients(store, clock, ids, credentials);
}

type ShownClient = ReturnType<typeof shown>;

/** What is told of an application. */
function shown(client: PmClientInfo) {
  return {
    client_id: client.id,
    name: client.name,
    has_secret: client.hasSecret,
    grants: client.grants,
    redirect_uris: client.redirectUris,
    created_at: client.createdAt.toISOString(),
    revoked_at: client.revokedAt?.toISOString() ?? null,
  };
}

function lineOf(client: ShownClient): string {
  const state = client.revoked_at ? `revoked ${client.revoked_at}` : 'in force';
  const kind = client.has_secret ? 'with secret' : 'public';
  return [client.client_id, state, kind, client.grants.join(','), client.name, ...client.redirect_uris].join('  ');
}
