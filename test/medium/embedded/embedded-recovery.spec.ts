import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Layout } from '../../../src/embedded/layout.js';
import { removeForeignPidFiles } from '../../../src/embedded/postmaster.js';
import { answers, killNow, Playground, processesBelow, query, waitUntil } from './support/playground.js';
import { Stage } from './support/stage.js';

const PID_FILE = 'postmaster.pid';
/** the promise of the house: service again within 5 seconds */
const SERVICE_AGAIN_MS = 5000;

describe('after a kill, the embedded database', () => {
  const ground = new Playground();
  const strangers: ChildProcess[] = [];
  let stage: Stage;
  let dataDir: string;
  let cluster: string;
  beforeAll(() => {
    stage = new Stage(ground.path('stage'));
    dataDir = ground.path('data');
    cluster = join(dataDir, 'postgres');
  });
  afterAll(async () => {
    for (const stranger of strangers) stranger.kill('SIGKILL');
    stage.close();
    await ground.close();
  });

  /** Kills the whole server. @returns what postmaster.pid says after the process number */
  const crash = async (): Promise<string> => {
    await ground.start(dataDir, { watch: false });
    killNow(...processesBelow(cluster));
    await waitUntil(() => processesBelow(cluster).length === 0);
    return readFileSync(join(cluster, PID_FILE), 'utf8').replace(/^\d+/, '');
  };
  const stranger = (cwd = '/'): number => {
    const child = spawn('sleep', ['300'], { cwd, stdio: 'ignore' });
    strangers.push(child);
    return child.pid ?? 0;
  };

  it('is adopted, not restarted, when only Node was killed', async () => {
    const run = stage.run({ dataDir });
    const { pid } = await run.until('started');
    await run.kill();
    expect(processesBelow(cluster)).toContain(pid);
    const database = await ground.start(dataDir);
    expect(database.pid).toBe(pid);
    expect(await answers(database.url)).toBe(true);
    await database.stop();
    expect(processesBelow(cluster)).toEqual([]);
  });

  it('makes its data anew when the first start was killed in the middle', async () => {
    const other = ground.path('killed-early');
    const run = stage.run({ dataDir: other });
    await waitUntil(() => existsSync(other) && readdirSync(other).some((name) => name.startsWith('postgres.init-')));
    await sleep(100);
    await run.kill();
    expect(existsSync(join(other, 'postgres'))).toBe(false);
    const database = await ground.start(other);
    expect(await answers(database.url)).toBe(true);
    expect(readdirSync(other).filter((name) => name.includes('init'))).toEqual([]);
    await database.stop();
  });

  it('starts with every committed row after all its processes were killed', async () => {
    const first = await ground.start(dataDir, { watch: false });
    await query(first.url, 'CREATE TABLE IF NOT EXISTS kept (number int)');
    for (let number = 0; number < 20; number += 1) await query(first.url, 'INSERT INTO kept VALUES ($1)', [number]);
    killNow(...processesBelow(cluster));
    const second = await ground.start(dataDir);
    expect(await query(second.url, 'SELECT count(*)::int AS rows FROM kept')).toEqual([{ rows: 20 }]);
    await second.stop();
  });

  it.each(['the postmaster', 'every process'])('serves again within 5 s when %s is killed', async (victim) => {
    ground.lines.length = 0;
    const database = await ground.start(dataDir);
    const before = database.pid;
    killNow(...(victim === 'the postmaster' ? [before] : processesBelow(cluster)));
    await waitUntil(() => ground.lines.includes('The embedded database is gone; starting it again.'), 1000);
    await waitUntil(() => answers(database.url), SERVICE_AGAIN_MS);
    await waitUntil(() => database.pid !== before, 1000);
    expect(processesBelow(cluster)).toContain(database.pid);
    await waitUntil(() => ground.lines.at(-1) === 'The embedded database is back.');
    await database.stop();
    expect(processesBelow(cluster)).toEqual([]);
  });

  it('comes back again and again, even when nobody can be told', async () => {
    const log = (): void => {
      throw new Error('the console is gone');
    };
    const database = await ground.start(dataDir, { log });
    for (let round = 0; round < 4; round += 1) {
      killNow(...processesBelow(cluster));
      await waitUntil(() => answers(database.url), SERVICE_AGAIN_MS);
    }
    await database.stop();
  });

  it('comes back when its socket was removed', async () => {
    const database = await ground.start(dataDir);
    rmSync(join(dataDir, 'run'), { recursive: true });
    mkdirSync(join(dataDir, 'run'), { mode: 0o700 });
    await waitUntil(() => answers(database.url), SERVICE_AGAIN_MS + 2000);
    await database.stop();
  });

  it('goes on trying while it cannot start, and comes back when it can', async () => {
    ground.lines.length = 0;
    const database = await ground.start(dataDir);
    const file = join(cluster, 'global', 'pg_control');
    const control = readFileSync(file);
    writeFileSync(file, 'damaged');
    killNow(...processesBelow(cluster));
    await waitUntil(() => ground.lines.some((line) => line.includes('Trying again in 1 s')));
    writeFileSync(file, control);
    await waitUntil(() => answers(database.url), SERVICE_AGAIN_MS);
    await database.stop();
  });

  it.each([0, 30, 60, 90, 150])('stays stopped when it is stopped %i ms into a restart', async (ms) => {
    ground.lines.length = 0;
    const database = await ground.start(dataDir);
    killNow(database.pid);
    await waitUntil(() => ground.lines.includes('The embedded database is gone; starting it again.'));
    await sleep(ms);
    await database.stop();
    await sleep(500);
    expect(processesBelow(cluster)).toEqual([]);
    expect(await answers(database.url)).toBe(false);
  });

  it('stays stopped when it is stopped right after a kill', async () => {
    const database = await ground.start(dataDir);
    killNow(database.pid);
    await database.stop();
    await waitUntil(() => processesBelow(cluster).length === 0);
    await sleep(500);
    expect(processesBelow(cluster)).toEqual([]);
  });

  it('starts when its process number now belongs to somebody else', async () => {
    const rest = await crash();
    const pid = stranger();
    writeFileSync(join(cluster, PID_FILE), `${pid}${rest}`);
    writeFileSync(join(dataDir, 'run', '.s.PGSQL.5432.lock'), `${pid}${rest}`);
    const database = await ground.start(dataDir);
    expect(database.pid).not.toBe(pid);
    expect(await answers(database.url)).toBe(true);
    expect(() => process.kill(pid, 0)).not.toThrow();
    await database.stop();
  });

  it('starts when its process number now belongs to the server of another folder', async () => {
    const other = await ground.start(ground.path('other'));
    const rest = await crash();
    writeFileSync(join(cluster, PID_FILE), `${other.pid}${rest}`);
    const database = await ground.start(dataDir);
    expect(database.pid).not.toBe(other.pid);
    expect(await answers(other.url)).toBe(true);
    await database.stop();
    expect(await answers(other.url)).toBe(true);
    await other.stop();
  });

  it('starts at once when its dead process was never taken note of', async () => {
    const rest = await crash();
    // the shell's child ends, and the program that takes the shell's place never asks for it
    const parent = spawn('/bin/sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 300'], { stdio: ['ignore', 'pipe', 'ignore'] });
    strangers.push(parent);
    const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
    const zombie = Number(printed.toString());
    await waitUntil(() => readFileSync(`/proc/${zombie}/stat`, 'latin1').includes(') Z '));
    writeFileSync(join(cluster, PID_FILE), `${zombie}${rest}`);
    const database = await ground.start(dataDir);
    expect(await answers(database.url)).toBe(true);
    await database.stop();
  });

  it('keeps the file of a foreign process number while anything works in the folder', async () => {
    const rest = await crash();
    const text = `${stranger()}${rest}`;
    writeFileSync(join(cluster, PID_FILE), text);
    const layout: Layout = { dataFolder: dataDir, cluster, socketFolder: join(dataDir, 'run'), logFolder: join(cluster, 'log'), log: join(cluster, 'log', 'postgres.log') };
    const leftover = stranger(cluster);
    await removeForeignPidFiles(layout);
    expect(readFileSync(join(cluster, PID_FILE), 'utf8')).toBe(text);
    killNow(leftover);
    await waitUntil(() => processesBelow(cluster).length === 0);
    await removeForeignPidFiles(layout);
    expect(existsSync(join(cluster, PID_FILE))).toBe(false);
  });

  it('outlives Ctrl-C, which reaches every process of the terminal\'s group', async () => {
    const run = stage.run({ dataDir });
    const { pid, url } = await run.until('started');
    process.kill(-(run.child.pid ?? 0), 'SIGINT');
    await waitUntil(() => run.said.some(({ line }) => line === 'SIGINT'));
    await sleep(200);
    expect(await answers(url)).toBe(true);
    expect(processesBelow(cluster)).toContain(pid);
    await run.stop();
    expect(processesBelow(cluster)).toEqual([]);
  });

  it('does not mind PostgreSQL variables in the environment', async () => {
    const run = stage.run(
      { dataDir },
      { env: { ...process.env, PGHOST: '/nowhere', PGPORT: '1', PGUSER: 'nobody', PGDATABASE: 'none', PGDATA: '/nowhere', PGSSLMODE: 'require', PGPASSWORD: 'x' } },
    );
    expect(await run.until('answer')).toEqual({ who: 'polypost', place: 'polypost' });
    await run.stop();
  });
});
