import { type CredentialInfo } from '../../core/accounts/credentials.js';
import { CREDENTIALS, KEY_KINDS, KEY_PREFIX } from '../../dialects/social/ossn/ossn.credentials.js';
import { operationsByKey } from '../../dialects/social/ossn/ossn.operations.js';
import { CliError, exitCodes } from '../cli-error.js';
import { findUser } from '../find-user.js';
import { printableLine, type Terminal } from '../terminal.js';
import { withCore } from '../with-core.js';

/** `ossn key create` */
export interface CreateOptions {
  site?: true;
  user?: string;
  only?: string;
  label: string;
  days?: number;
  json?: true;
}

/** `ossn key list` */
export interface ListOptions {
  json?: true;
}

const DAY_SECONDS = 24 * 60 * 60;

/** `ossn key create` */
export async function createKey(terminal: Terminal, options: CreateOptions): Promise<void> {
  const { site, user, label } = options;
  if ((site === undefined) === (user === undefined)) throw new CliError('say either --site or --user USER', exitCodes.usage);
  const scopes = operationsOf(options.only);
  const made = await withCore(terminal, async (core) =>
    core.credentials.issue({
      dialect: CREDENTIALS,
      kind: user === undefined ? KEY_KINDS.site : KEY_KINDS.user,
      userId: user === undefined ? null : (await findUser(core, user)).id,
      prefix: KEY_PREFIX,
      label,
      scopes,
      lifetimeSeconds: options.days === undefined ? null : options.days * DAY_SECONDS,
    }),
  );
  terminal.out(options.json ? JSON.stringify({ id: made.id, key: made.secret }, null, 2) : made.secret);
  terminal.err(`This is the key with the id ${made.id}. It is shown once.`);
}

/** `ossn key list` */
export async function listKeys(terminal: Terminal, options: ListOptions): Promise<void> {
  const all = await withCore(terminal, async ({ credentials }) => {
    const lists = await Promise.all([KEY_KINDS.site, KEY_KINDS.user].map((kind) => credentials.list({ dialect: CREDENTIALS, kind })));
    return lists.flat();
  });
  const keys = all.map(shown);
  if (options.json) terminal.out(JSON.stringify({ keys }, null, 2));
  else for (const key of keys) terminal.out(printableLine(lineOf(key)));
}

/** `ossn key revoke` */
export async function revokeKey(terminal: Terminal, id: string): Promise<void> {
  if (!/^\d{1,19}$/.test(id)) throw new CliError('the id of a key has digits only', exitCodes.usage);
  if (!(await withCore(terminal, ({ credentials }) => credentials.revoke(CREDENTIALS, id)))) throw new CliError('there is no such key, or it is revoked already');
  terminal.out('The key is revoked.');
}

function operationsOf(only: string | undefined): string[] {
  const wanted = (only ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
  const unknown = wanted.find((name) => !operationsByKey.has(name));
  if (unknown !== undefined) throw new CliError(`there is no such operation: ${printableLine(unknown)}`, exitCodes.usage);
  if (only !== undefined && wanted.length === 0) throw new CliError('--only names no operation', exitCodes.usage);
  return wanted;
}

type ShownKey = ReturnType<typeof shown>;

/** What is told of a key. */
function shown(key: CredentialInfo) {
  return {
    id: key.id,
    kind: key.kind,
    user: key.userId,
    label: key.label,
    operations: key.scopes,
    created_at: key.createdAt.toISOString(),
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
  };
}

function lineOf(key: ShownKey): string {
  const forWhom = key.user === null ? 'site' : `user ${key.user}`;
  const state = key.revoked_at ? `revoked ${key.revoked_at}` : key.expires_at ? `until ${key.expires_at}` : 'in force';
  const used = key.last_used_at ? `used ${key.last_used_at}` : 'never used';
  return [key.id, forWhom, state, used, key.operations.length > 0 ? key.operations.join(',') : 'everything', key.label].filter((part) => part !== '').join('  ');
}
