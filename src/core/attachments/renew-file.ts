import { stat, utimes } from 'node:fs/promises';
import { type Clock } from '../../kernel/clock.js';
import { unlessAbsent } from './disk-fault.js';

/**
 * Sets the time of a stored file to now and makes sure that it counted.
 *
 * The look afterwards is needed: a sweeper may have moved the file away between the two steps
 * inside utimes, finding the place and setting the time. If the file is still at its place after
 * its time was set, a sweeper that moves it later sees the new time.
 *
 * @param size what the file must hold in bytes, where the caller knows; a file of another size is
 *   damaged and does not count
 * @returns whether the file is there
 */
export async function renewFile(path: string, size: number | null, clock: Clock): Promise<boolean> {
  const now = new Date(clock.now());
  if ((await unlessAbsent(utimes(path, now, now).then(() => true))) === null) return false;
  const found = await unlessAbsent(stat(path));
  return found !== null && found.isFile() && (size === null || found.size === size);
}
