import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ServerProcess } from '../../../support/process.js';
import { type Trial } from './trial.js';

/** What the kills came to. */
export interface Kills {
  /** the server that runs in the end */
  readonly last: ServerProcess;
  /** milliseconds from each start to the first request accepted */
  readonly startsMs: number[];
  readonly kills: number;
}

const EARLY_EVERY = 4;

/**
 * Kills the server at a random moment, starts it again and sees that it serves, over and over.
 * Every fourth time the new one is killed too, while it starts.
 */
export async function killServer(trial: Trial, times: number, onStart: (run: ServerProcess) => void = () => undefined): Promise<Kills> {
  let server = trial.first;
  const startsMs: number[] = [];
  for (let kills = 1; kills <= times; kills += 1) {
    await trial.writers.untilServed();
    await sleep(randomInt(400));
    await trial.fault('server killed', () => server.signal('SIGKILL'));
    if (kills % EARLY_EVERY === 0 && kills < times) {
      const early = trial.site.launch();
      await sleep(randomInt(50, 700));
      await trial.fault('server killed while it starts', () => early.signal('SIGKILL'));
      kills += 1;
    }
    const begunMs = performance.now();
    server = await trial.site.start();
    startsMs.push(performance.now() - begunMs);
    onStart(server);
  }
  await trial.writers.untilServed();
  return { last: server, startsMs, kills: times };
}
