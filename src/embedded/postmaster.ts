import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, tellingLine } from './command.js';
import { boundLog, logSince, logSize, prepareCluster } from './cluster.js';
import { type Layout, socketPath } from './layout.js';
import { isFolderInUse, isPostgres, stateOf, worksIn } from './processes.js';
import { type Programs } from './run-as.js';

/** How long one call of pg_ctl waits; short, so that a stop need not wait long for it. In seconds. */
const PG_CTL_SECONDS_MAX = 2;
/** A fast stop ends sessions, writes a checkpoint and is done; in milliseconds. */
const STOP_MS_MAX = 8000;
const STOP_POLL_MS = 20;

const pidFile = ({ cluster }: Layout): string => join(cluster, 'postmaster.pid');

/** @returns the process number a lock file of PostgreSQL begins with, or null without such a file */
async function notedPid(file: string): Promise<number | null> {
  const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  return pid > 0 ? pid : null;
}

/** @returns the process number of the living postmaster of this cluster, or null */
export async function livePostmaster(layout: Layout): Promise<number | null> {
  const pid = await notedPid(pidFile(layout));
  if (pid === null || (await stateOf(pid)) !== 'alive') return null;
  const where = await worksIn(pid, layout.cluster);
  if (where === 'elsewhere') return null;
  return where === 'here' || (await isPostgres(pid)) ? pid : null;
}

/** @returns whether the server itself says that it takes connections (last line of postmaster.pid) */
export async function saysReady(layout: Layout): Promise<boolean> {
  const text = await readFile(pidFile(layout), 'utf8').catch(() => '');
  return text.trimEnd().endsWith('ready');
}

/**
 * Removes postmaster.pid, and the like file beside the socket, when its process number now belongs
 * to somebody else, or to a dead process nobody has taken note of: PostgreSQL would take either
 * for a running server. It deals with other dead numbers itself, and better: postmaster.pid also
 * leads it to memory that leftovers of the last server may still use. So nothing is removed while
 * any process works in the cluster.
 */
export async function removeForeignPidFiles(layout: Layout): Promise<void> {
  for (const file of [pidFile(layout), `${socketPath(layout.socketFolder)}.lock`]) {
    const pid = await notedPid(file);
    if (pid === null || !(await isForeign(pid, layout.cluster))) continue;
    if (!(await isFolderInUse(layout.cluster))) await rm(file, { force: true });
  }
}

/** A postgres may only be passed over when the system says that it works in another folder. */
async function isForeign(pid: number, cluster: string): Promise<boolean> {
  const state = await stateOf(pid);
  if (state !== 'alive') return state === 'zombie';
  return (await worksIn(pid, cluster)) === 'elsewhere' || !(await isPostgres(pid));
}

/**
 * Starts the server once and waits until it is ready, at most PG_CTL_SECONDS_MAX.
 *
 * @returns null, or the reason why it ended
 */
export async function startOnce(layout: Layout, programs: Programs): Promise<string | null> {
  await boundLog(layout);
  await prepareCluster(layout, programs);
  await removeForeignPidFiles(layout);
  const args = ['start', '-D', layout.cluster, '-l', layout.log, '-w', '-t', String(PG_CTL_SECONDS_MAX), '-s'];
  const before = await logSize(layout);
  const { code, output } = await run(programs.call('pg_ctl', args), '/');
  return code === 0 ? null : tellingLine(`${output}\n${await logSince(layout, before)}`);
}

/**
 * Stops the server of this cluster, if one runs: sessions are ended, everything is on disk.
 * Not through pg_ctl, which cannot tell a process nobody has taken note of from a living one.
 *
 * @returns false when it is still writing after STOP_MS_MAX; it then ends by itself
 */
export async function stopPostmaster(layout: Layout): Promise<boolean> {
  const pid = await livePostmaster(layout);
  if (pid === null) return true;
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    return true;
  }
  for (let waited = 0; waited < STOP_MS_MAX; waited += STOP_POLL_MS) {
    if ((await stateOf(pid)) !== 'alive') return true;
    await sleep(STOP_POLL_MS);
  }
  return false;
}
