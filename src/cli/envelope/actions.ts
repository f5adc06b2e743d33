import { pino } from 'pino';
import { type InviteInfo, Invites } from '../../core/envelope/invites.js';
import { ServerKeyStore } from '../../core/envelope/server-key-store.js';
import { SecretBox } from '../../crypto/secret-box.js';
import { EnvelopeVariables } from '../../dialects/envelope/envelope.config.js';
import { AccessSecrets } from '../../dialects/envelope/envelope.secrets.js';
import { type LiveKey, ServerKeys } from '../../dialects/envelope/keys/server-keys.js';
import { CliError, exitCodes } from '../cli-error.js';
import { printableLine, type Terminal } from '../terminal.js';
import { type Core, withCore } from '../with-core.js';

export interface JsonOption {
  json?: true;
}

/** `envelope invite create` */
export interface InviteOptions extends JsonOption {
  uses: number;
  days: number;
  label: string;
}

const DAY_MS = 24 * 60 * 60_000;
const LABEL_CHARACTERS_MAX = 200;
const USES_MAX = 1_000_000;

/** `envelope invite create` */
export async function createInvite(terminal: Terminal, options: InviteOptions): Promise<void> {
  if (options.days === 0) throw new CliError('--days must be at least 1', exitCodes.usage);
  if (options.uses === 0 || options.uses > USES_MAX) throw new CliError(`--uses must be from 1 to ${USES_MAX}`, exitCodes.usage);
  if (options.label.length > LABEL_CHARACTERS_MAX) throw new CliError(`--label must have at most ${LABEL_CHARACTERS_MAX} characters`, exitCodes.usage);
  const made = await withCore(terminal, async ({ store, clock, ids, config }) => {
    const { secret, hash } = new AccessSecrets(config.section(EnvelopeVariables), ids).make('invite');
    return { id: await new Invites(store, clock, ids).create(hash, options.label, options.uses, options.days * DAY_MS), invite: secret };
  });
  terminal.out(options.json ? JSON.stringify(made, null, 2) : made.invite);
  terminal.err(`This is the invite with the id ${made.id}. It is shown once, and good for ${count(options.uses, 'person', 'people')} and ${count(options.days, 'day', 'days')}.`);
}

/** `envelope invite list` */
export async function listInvites(terminal: Terminal, options: JsonOption): Promise<void> {
  const invites = (await withCore(terminal, ({ store, clock, ids }) => new Invites(store, clock, ids).list())).map(shownInvite);
  if (options.json) terminal.out(JSON.stringify({ invites }, null, 2));
  else for (const one of invites) terminal.out(printableLine([one.id, one.revoked_at ? `revoked ${one.revoked_at}` : `until ${one.expires_at}`, `${one.uses} of ${one.uses_max} used`, one.label].join('  ')));
}

/** `envelope invite revoke` */
export async function revokeInvite(terminal: Terminal, id: string): Promise<void> {
  if (!/^\d{1,19}$/.test(id)) throw new CliError('the id of an invite has digits only', exitCodes.usage);
  if (!(await withCore(terminal, ({ store, clock, ids }) => new Invites(store, clock, ids).revoke(id)))) throw new CliError('there is no such invite, or it is revoked already');
  terminal.out('The invite is revoked.');
}

/** `envelope key list` */
export async function listKeys(terminal: Terminal, options: JsonOption): Promise<void> {
  await withCore(terminal, async (core) => showKeys(terminal, options, (await keysOf(core).refresh()).live));
}

/** `envelope key rotate`. A running server knows of it within seconds. */
export async function rotateKeys(terminal: Terminal, options: JsonOption): Promise<void> {
  await withCore(terminal, async (core) => {
    const keys = keysOf(core);
    // makes what is missing, so that there is something to replace
    await keys.refresh();
    await keys.rotate();
    showKeys(terminal, options, (await keys.refresh()).live);
  });
}

function keysOf({ store, clock, ids, config }: Core): ServerKeys {
  return new ServerKeys(config, new ServerKeyStore(store, clock), new SecretBox(ids), clock, ids, pino({ level: 'silent' }));
}

function showKeys(terminal: Terminal, options: JsonOption, live: readonly LiveKey[]): void {
  const keys = live.map(({ kid, kind, isCurrent, createdAt, notAfter }) => ({
    kid, type: kind, status: isCurrent ? 'current' : 'previous', created_at: createdAt.toISOString(), not_after: notAfter.toISOString(),
  }));
  if (options.json) terminal.out(JSON.stringify({ keys }, null, 2));
  else for (const key of keys) terminal.out([key.kid, key.type.padEnd(6), key.status.padEnd(8), `until ${key.not_after}`].join('  '));
}

function shownInvite({ id, label, uses, usesMax, createdAt, expiresAt, revokedAt }: InviteInfo) {
  return { id, label, uses, uses_max: usesMax, created_at: createdAt.toISOString(), expires_at: expiresAt?.toISOString() ?? null, revoked_at: revokedAt?.toISOString() ?? null };
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
