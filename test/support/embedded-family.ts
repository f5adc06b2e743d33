import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** The processes of an embedded PostgreSQL, found from outside. */
export class EmbeddedFamily {
  private readonly cluster: string;

  constructor(dataDir: string) {
    this.cluster = join(dataDir, 'postgres');
  }

  /** process number of the living postmaster, or null */
  get postmaster(): number | null {
    const pid = Number(this.notes[0]);
    return pid > 0 && isAlive(pid) ? pid : null;
  }

  /** address of its database, as DATABASE_URL has it */
  get url(): string {
    return `postgres://polypost@/polypost?host=${encodeURIComponent(this.notes[4] ?? '')}&port=5432&sslmode=disable`;
  }

  /** kill -9 of the postmaster alone; its children find out by themselves */
  killPostmaster(): void {
    const pid = this.postmaster;
    if (pid === null) throw new Error('there is no postmaster to kill');
    kill(pid);
  }

  /** kill -9 of everybody who works in the cluster */
  killAll(): void {
    const pids = processesIn(this.cluster);
    if (pids.length === 0) throw new Error('there is nobody to kill');
    pids.forEach(kill);
  }

  /** lines of the postmaster's file: the first is its number, the fifth the folder of its socket */
  private get notes(): string[] {
    return textOf(join(this.cluster, 'postmaster.pid')).split('\n');
  }
}

/** @returns numbers of the living processes that work in a folder, or name it in their arguments */
export function processesIn(folder: string): number[] {
  if (process.platform !== 'linux') {
    const list = execFileSync('ps', ['-axwwo', 'pid=,args='], { encoding: 'utf8' });
    return list.split('\n').filter((line) => line.includes(folder)).map((line) => Number.parseInt(line, 10));
  }
  const pids = readdirSync('/proc').map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  return pids.filter((pid) => {
    const works = workingFolder(pid);
    return (works === folder || works.startsWith(`${folder}/`) || textOf(`/proc/${pid}/cmdline`).includes(folder)) && isAlive(pid);
  });
}

/** kill -9 */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}

/** A zombie is dead, whether its parent has taken note or not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !/^State:\s+[ZX]/m.test(textOf(`/proc/${pid}/status`));
}

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
