import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { run } from './command.js';
import { isCode } from './errors.js';

/** What the system tells of a process number. */
export type ProcessState =
  /** no such process */
  | 'none'
  /** dead, but its parent has not taken note yet: for PostgreSQL's own check it still lives */
  | 'zombie'
  | 'alive';

const onLinux = process.platform === 'linux';

const LOOKS_AT_ONCE = 64;

/**
 * @param pid process number
 * @returns its state; 'alive' also for processes of other users
 */
export async function stateOf(pid: number): Promise<ProcessState> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!isCode(error, 'EPERM')) return 'none';
  }
  if (!onLinux) return 'alive';
  try {
    const line = await readFile(`/proc/${pid}/stat`, 'latin1');
    // the name in parentheses may itself hold parentheses and spaces: the state follows the last
    return 'ZX'.includes(line.charAt(line.lastIndexOf(')') + 2)) ? 'zombie' : 'alive';
  } catch (error) {
    return isCode(error, 'ENOENT', 'ESRCH') ? 'none' : 'alive';
  }
}

/** @returns whether the program of this process is called postgres */
export async function isPostgres(pid: number): Promise<boolean> {
  if (!onLinux) return /postgres/.test((await run({ file: 'ps', args: ['-p', String(pid), '-o', 'comm='] }, '/')).output);
  return (await readFile(`/proc/${pid}/comm`, 'latin1').catch(() => '')).trim() === 'postgres';
}

/**
 * Where a process works. A postmaster changes into its data folder before it writes
 * postmaster.pid, and all its children stay there.
 *
 * @returns 'here', 'elsewhere' or, when the system does not let us look, 'unknown'
 */
export async function worksIn(pid: number, folder: string): Promise<'here' | 'elsewhere' | 'unknown'> {
  if (!onLinux) {
    const { output } = await run({ file: 'ps', args: ['-ww', '-p', String(pid), '-o', 'args='] }, '/');
    if (output.includes(folder)) return 'here';
    return output.startsWith('postgres:') ? 'unknown' : 'elsewhere';
  }
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === folder ? 'here' : 'elsewhere';
  } catch (error) {
    return isCode(error, 'ENOENT', 'ESRCH') ? 'elsewhere' : 'unknown';
  }
}

/**
 * Whether any living process may be working in a PostgreSQL data folder. Where the system hides a
 * process's folder, a postgres of the folder's owner counts: better to wait than to start a second
 * server over the leftovers of the first.
 *
 * @param folder absolute path of the cluster, without symbolic links
 */
export async function isFolderInUse(folder: string): Promise<boolean> {
  const owner = (await stat(folder)).uid;
  const pids = await allPids();
  // many at once: one by one, each look would wait for a turn of a server that is busy saying no
  for (let i = 0; i < pids.length; i += LOOKS_AT_ONCE) {
    const looks = pids.slice(i, i + LOOKS_AT_ONCE).map((pid) => mayUse(pid, folder, owner));
    if ((await Promise.all(looks)).includes(true)) return true;
  }
  return false;
}

async function mayUse(pid: number, folder: string, owner: number): Promise<boolean> {
  const where = await worksIn(pid, folder);
  if (where !== 'unknown') return where === 'here';
  return (await isPostgres(pid)) && (await userOf(pid)) === owner;
}

async function allPids(): Promise<number[]> {
  const names = onLinux
    ? await readdir('/proc')
    : (await run({ file: 'ps', args: ['-axo', 'pid='] }, '/')).output.split('\n').map((line) => line.trim());
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

async function userOf(pid: number): Promise<number | null> {
  if (!onLinux) return Number((await run({ file: 'ps', args: ['-p', String(pid), '-o', 'uid='] }, '/')).output);
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  const effective = /^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1];
  return effective === undefined ? null : Number(effective);
}
