import { chmod, readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type Command, run, tellingLine } from './command.js';
import { EmbeddedUnavailable } from './embedded-unavailable.js';
import { ownUid } from './folders.js';
import { type PlatformPackage, readyPrograms } from './platform-package.js';

/**
 * How PostgreSQL's programs, which refuse to run as root, come to run:
 * - `direct`: as ourselves;
 * - `namespace`: in a user namespace where we have the number of another user. Files stay ours and
 *   a checkout in a private home is readable. Forbidden in many containers;
 * - `capability`: as another user that keeps one right of root, to pass by file permissions.
 *   Needed for private homes where namespaces are forbidden;
 * - `account`: as another user without any rights, on a copy of the programs.
 */
export type RunAsWay = 'direct' | 'namespace' | 'capability' | 'account';

/** PostgreSQL's programs and the way to run them. */
export interface Programs {
  readonly way: RunAsWay;
  /** whom the cluster's files must belong to, as seen from outside a namespace */
  readonly owner: { readonly uid: number; readonly gid: number };
  /** a call of one of the programs: initdb, pg_ctl, postgres */
  call(program: string, args: readonly string[]): Command;
}

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Finds a way to run PostgreSQL's programs on this machine and proves it by running one.
 *
 * @param found the platform package
 * @param dataFolder absolute path of the data folder, which the way must be able to enter
 * @param ways ways to try, in this order; by default all that fit the user we are
 * @throws EmbeddedUnavailable when none works, with the reason of the last
 */
export async function findPrograms(
  found: PlatformPackage,
  dataFolder: string,
  ways: readonly RunAsWay[] = defaultWays(),
): Promise<Programs> {
  const account = (await otherAccounts())[0] ?? null;
  let reason = 'the system knows no user that PostgreSQL could run as';
  for (const way of ways) {
    if (way !== 'direct' && !account) continue;
    const bin = join(await readyPrograms(found, dataFolder, way === 'account'), 'bin');
    if (way === 'account') await letPass(dataFolder);
    const programs = programsOf(way, bin, account);
    // enters the data folder first: an account that cannot must not get any further
    const probe = programs.call('postgres', ['--version']);
    const { code, output } = await run(probed(probe, join(bin, 'postgres'), dataFolder), '/');
    if (code === 0) return programs;
    reason = `PostgreSQL's programs cannot run ${describe(way, account, dataFolder)} (${tellingLine(output)})`;
  }
  throw new EmbeddedUnavailable(reason);
}

/** Root may not run PostgreSQL at all, and its programs ask for the user's name. */
function defaultWays(): RunAsWay[] {
  if (ownUid() === 0) return ['namespace', 'capability', 'account'];
  try {
    userInfo();
    return ['direct'];
  } catch {
    return ['namespace'];
  }
}

function programsOf(way: RunAsWay, bin: string, account: Account | null): Programs {
  const own = { uid: ownUid(), gid: process.getegid?.() ?? 0 };
  if (way === 'direct' || !account) {
    return { way, owner: own, call: (program, args) => ({ file: join(bin, program), args }) };
  }
  const { uid, gid } = account;
  if (way === 'account') {
    return { way, owner: account, call: (program, args) => ({ file: join(bin, program), args, uid, gid }) };
  }
  const before =
    way === 'namespace'
      ? { file: 'unshare', args: ['--user', `--map-user=${uid}`, '--'] }
      : { file: 'setpriv', args: setprivArguments(account) };
  return {
    way,
    owner: way === 'namespace' ? own : account,
    call: (program, args) => ({ file: before.file, args: [...before.args, join(bin, program), ...args] }),
  };
}

/** Without the secure bit, access(2) would leave the right out of account, and initdb asks it. */
function setprivArguments({ uid, gid }: Account): string[] {
  const only = '-all,+dac_override';
  return [
    `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--securebits=+no_setuid_fixup',
    `--inh-caps=${only}`, `--ambient-caps=${only}`, `--bounding-set=${only}`, '--',
  ];
}

/** The same call through a shell that first enters a folder. */
function probed(command: Command, program: string, folder: string): Command {
  const before = command.file === program ? [] : [command.file, ...command.args.slice(0, command.args.indexOf(program))];
  const [file = '/bin/sh', ...args] = [...before, '/bin/sh', '-c', 'cd "$1" && exec "$2" --version', 'sh', folder, program];
  return { ...command, file, args };
}

/** Lets other users through the data folder, not into it; what is private inside is closed itself. */
export async function letPass(dataFolder: string): Promise<void> {
  const { mode, uid } = await stat(dataFolder);
  if (uid === ownUid() && (mode & 0o011) !== 0o011) await chmod(dataFolder, (mode & 0o7777) | 0o011);
}

/** @returns owners of a cluster that a start as root may have made, in one way or another */
export async function uidsRootMayUse(): Promise<number[]> {
  const accounts = await otherAccounts();
  return [0, ...accounts.filter(({ name }, rank) => rank === 0 || name === 'nobody').map(({ uid }) => uid)];
}

/** Existing users other than root: PostgreSQL's own first, then nobody, then the rest. None is ever made. */
async function otherAccounts(): Promise<Account[]> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  const accounts = lines.flatMap((line): Account[] => {
    const [name = '', , uid, gid] = line.split(':');
    return Number(uid) > 0 && Number(gid) > 0 ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
  const rank = ({ name }: Account): number => ['postgres', 'nobody'].indexOf(name) + 1 || 3;
  return accounts.sort((left, right) => rank(left) - rank(right));
}

function describe(way: RunAsWay, account: Account | null, dataFolder: string): string {
  if (way === 'direct') return 'on this system';
  const name = account?.name ?? 'another user';
  if (way === 'namespace') return `in a user namespace as ${name}`;
  return `as ${name}, because root may not run them and ${name} may have no way into ${dataFolder}`;
}
