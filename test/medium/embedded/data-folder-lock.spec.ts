import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DataFolderBusy, DataFolderLock } from '../../../src/embedded/data-folder-lock.js';
import { Playground } from './support/playground.js';
import { Stage, type StagedRun } from './support/stage.js';

const sockets = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.lock.sock'));

describe('the lock of a data folder', () => {
  const ground = new Playground();
  let stage: Stage;
  beforeAll(() => {
    stage = new Stage(ground.path('stage'));
  });
  afterAll(async () => {
    stage.close();
    await ground.close();
  });

  const outcome = (folder: string): Promise<string> =>
    DataFolderLock.acquire(folder).then(
      async (lock) => {
        await lock.release();
        return 'got it';
      },
      (error: Error) => error.name,
    );

  it('lets one server in and gives the next a clear sentence', async () => {
    const folder = ground.path('data');
    const lock = await DataFolderLock.acquire(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const error = await DataFolderLock.acquire(folder).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataFolderBusy);
    expect((error as Error).message).toBe(
      `Another server already uses the data folder ${folder}: stop it first, or set DATA_DIR to another folder.`,
    );
    await lock.release();
    await lock.release();
    expect(sockets(folder)).toEqual([]);
    expect(await outcome(folder)).toBe('got it');
  });

  it('keeps another process out, and is free the moment that process is killed', async () => {
    const folder = ground.path('killed');
    for (let round = 0; round < 3; round += 1) {
      const run = stage.run({ lock: true, dataDir: folder });
      await run.until('locked');
      expect(await outcome(folder)).toBe('DataFolderBusy');
      await run.kill();
      expect(sockets(folder)).toHaveLength(1);
      expect(await outcome(folder)).toBe('got it');
      expect(sockets(folder)).toEqual([]);
    }
  });

  it('counts a server that is alive but does not answer', async () => {
    const folder = ground.path('stopped');
    const run = stage.run({ lock: true, dataDir: folder });
    await run.until('locked');
    run.child.kill('SIGSTOP');
    expect(await outcome(folder)).toBe('DataFolderBusy');
    run.child.kill('SIGCONT');
    await run.kill();
    expect(await outcome(folder)).toBe('got it');
  });

  it('goes to exactly one of many that ask at the same moment, over a dead one\'s leftovers', async () => {
    const folder = ground.path('rush');
    for (let round = 0; round < 20; round += 1) {
      const dead = round % 5 === 0 ? stage.run({ lock: true, dataDir: folder }) : null;
      await dead?.until('locked');
      await dead?.kill();
      const held: DataFolderLock[] = [];
      const asked = await Promise.allSettled(
        Array.from({ length: 8 }, async () => held.push(await DataFolderLock.acquire(folder))),
      );
      expect(held).toHaveLength(1);
      const refusals = asked.flatMap((result) => (result.status === 'rejected' ? [(result.reason as Error).name] : []));
      expect(refusals).toEqual(Array.from({ length: 7 }, () => 'DataFolderBusy'));
      await held[0]?.release();
    }
    expect(sockets(folder)).toEqual([]);
  });

  it('goes to exactly one of several processes', async () => {
    const folder = ground.path('processes');
    for (let round = 0; round < 3; round += 1) {
      const runs = Array.from({ length: 5 }, () => stage.run({ lock: true, dataDir: folder }));
      const results = await Promise.all(runs.map((run) => lockResult(run)));
      expect(results.sort()).toEqual(['DataFolderBusy', 'DataFolderBusy', 'DataFolderBusy', 'DataFolderBusy', 'locked']);
      await Promise.all(runs.map((run) => run.kill()));
    }
  });

  it('works in a folder whose path is too long for a socket', async () => {
    const folder = ground.path('d'.repeat(120));
    const lock = await DataFolderLock.acquire(folder);
    expect(sockets(folder)).toHaveLength(1);
    expect(await outcome(folder)).toBe('DataFolderBusy');
    await lock.release();
    expect(await outcome(folder)).toBe('got it');
  });

  it('keeps two folders apart', async () => {
    const [one, two] = [ground.path('one'), ground.path('two')];
    mkdirSync(two);
    const lock = await DataFolderLock.acquire(one);
    expect(await outcome(two)).toBe('got it');
    await lock.release();
    expect(existsSync(join(one, 'postgres'))).toBe(false);
  });
});

async function lockResult(run: StagedRun): Promise<string> {
  const answers = [run.until('locked').then(() => 'locked'), run.until('error').then(() => run.said.at(-1)?.name ?? '')];
  return Promise.any(answers);
}
