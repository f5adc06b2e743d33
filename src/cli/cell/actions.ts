import { CellGrants } from '../../core/cell/control/cell-grants.js';
import { type CellInfo, Cells } from '../../core/cell/control/cells.js';
import { ControlRefusal } from '../../core/cell/control/control-object.js';
import { ControlObjects } from '../../core/cell/control/control-objects.js';
import { ControlTies } from '../../core/cell/control/control-ties.js';
import { DeleteCell } from '../../core/cell/control/delete-cell.js';
import { isCellName } from '../../dialects/cell/cell.routes.js';
import { CellUrls } from '../../dialects/cell/cell.urls.js';
import { ACCOUNT_NAME, PASSWORD } from '../../dialects/cell/control/names.js';
import { CellTokens } from '../../dialects/cell/tokens/cell-tokens.js';
import { type PeerKeys } from '../../dialects/cell/tokens/peer-keys.js';
import { DomainError } from '../../kernel/domain-error.js';
import { findPassword } from '../ask-secret.js';
import { CliError, exitCodes } from '../cli-error.js';
import { type Terminal } from '../terminal.js';
import { type Core, withCore } from '../with-core.js';

export interface JsonOption {
  json?: true;
}

/** `cell list` */
export interface ListOptions extends JsonOption {
  skip: number;
  take: number;
}

/** `cell delete` */
export interface DeleteOptions {
  yes?: true;
}

/** `cell account create` */
export interface AccountOptions extends JsonOption {
  passwordFile?: string;
  owner?: true;
}

/** `cell token` */
export interface TokenOptions extends JsonOption {
  seconds: number;
}

/** The role of whom --owner makes. */
const OWNER = 'owner';
const TOKEN_SECONDS_MAX = 86_400;
/** Tokens of other servers are not looked at here. */
const NOBODY: PeerKeys = { find: () => Promise.resolve(null) };

/** `cell create` */
export async function createCell(terminal: Terminal, name: string, options: JsonOption): Promise<void> {
  check(isCellName(name), 'the name needs 1 to 128 letters, digits, hyphens and underscores, the first a letter or digit, and must not be a path of the server');
  await withCore(terminal, async (core) => {
    await cellsOf(core).create(name).catch(taken('there is a cell of this name already'));
    const url = new CellUrls(core.config).cellUrl(name);
    terminal.out(options.json ? JSON.stringify({ name, url }, null, 2) : url);
  });
}

/** `cell list` */
export async function listCells(terminal: Terminal, { skip, take, json }: ListOptions): Promise<void> {
  await withCore(terminal, async (core) => {
    const { cells, total } = await cellsOf(core).list({ filter: null, words: [], order: [], top: take, skip, count: true });
    const urls = new CellUrls(core.config);
    const shown = cells.map(({ name, createdAt }) => ({ name, url: urls.cellUrl(name), created_at: createdAt.toISOString() }));
    if (json) {
      terminal.out(JSON.stringify({ total, cells: shown }, null, 2));
      return;
    }
    for (const { url, created_at: at } of shown) terminal.out(`${url}  ${at}`);
    terminal.err(`${cells.length} of ${total}`);
  });
}

/** `cell delete` */
export async function deleteCell(terminal: Terminal, name: string, { yes }: DeleteOptions): Promise<void> {
  check(yes === true, 'this deletes the cell with everything in it, for good: say --yes');
  await withCore(terminal, async (core) => {
    const cell = await findCell(core, name);
    if (!(await new DeleteCell(core.store, core.clock).execute(cell.id))) throw new CliError('there is no such cell');
  });
  terminal.out('The cell is deleted.');
}

/** `cell account create` */
export async function createAccount(terminal: Terminal, cellName: string, name: string, options: AccountOptions): Promise<void> {
  check(ACCOUNT_NAME.test(name), 'the name needs 1 to 128 letters, digits and signs, the first a letter or digit');
  const password = await findPassword(options.passwordFile);
  check(PASSWORD.test(password), 'the password needs 6 to 32 printable characters without blanks');
  await withCore(terminal, async (core) => {
    const cell = await findCell(core, cellName);
    const values = { name, boxName: null, url: null, schema: null, status: 'active', password } as const;
    await objectsOf(core).create(cell.id, 'account', values).catch(taken('there is an account of this name already'));
    if (options.owner) await makeOwner(core, cell, name);
    const url = new CellUrls(core.config).cellUrl(cell.name);
    terminal.out(options.json ? JSON.stringify({ name, cell: url, owner: options.owner === true }, null, 2) : name);
  });
}

/** `cell token` */
export async function createToken(terminal: Terminal, issuerText: string, targetText: string, options: TokenOptions): Promise<void> {
  check(options.seconds >= 1 && options.seconds <= TOKEN_SECONDS_MAX, `--seconds must be from 1 to ${TOKEN_SECONDS_MAX}`);
  await withCore(terminal, async (core) => {
    const urls = new CellUrls(core.config);
    const [issuer, target] = [urls.normalise(issuerText), urls.normalise(targetText)];
    check(issuer !== null && target !== null, 'both must be whole addresses such as https://post.example/ada/');
    const name = urls.localName(issuer);
    check(name !== null, `only cells of this server can make tokens here: their addresses begin with ${urls.unitUrl}`);
    const { id } = await findCell(core, name);
    const token = await new CellTokens(core.config, core.clock, core.ids, urls, NOBODY).issueAsCell(issuer, target, options.seconds, id);
    terminal.out(options.json ? JSON.stringify({ token, issuer, target, expires_in: options.seconds }, null, 2) : token);
  });
}

async function makeOwner(core: Core, cell: CellInfo, account: string): Promise<void> {
  const role = { kind: 'role', value: OWNER, boxName: null } as const;
  await objectsOf(core)
    .create(cell.id, 'role', { name: OWNER, boxName: null, url: null, schema: null, status: null, password: null })
    .catch((error: unknown) => {
      if (!(error instanceof ControlRefusal) || error.reason !== 'taken') throw error;
    });
  await new CellGrants(core.store).add(cell.id, { name: OWNER, boxName: null }, ['root']);
  await new ControlTies(core.store, core.clock).tie(cell.id, { kind: 'account', value: account, boxName: null }, role);
}

async function findCell(core: Core, name: string): Promise<CellInfo> {
  const cell = isCellName(name) ? await cellsOf(core).byName(name) : null;
  if (!cell) throw new CliError('there is no such cell');
  return cell;
}

function cellsOf({ store, clock, ids }: Core): Cells {
  return new Cells(store, clock, ids);
}

function objectsOf({ store, passwords, clock, ids }: Core): ControlObjects {
  return new ControlObjects(store, passwords, clock, ids);
}

/** @returns what turns a taken name into one line */
function taken(why: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof DomainError && error.code === 'conflict') throw new CliError(why);
    throw error;
  };
}

/** @throws CliError for wrong use of the command line */
function check(condition: boolean, why: string): asserts condition {
  if (!condition) throw new CliError(why, exitCodes.usage);
}
