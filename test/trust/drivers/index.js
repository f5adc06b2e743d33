import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cell } from './cell.js';
import { envelope } from './envelope.js';
import { keyinbox } from './keyinbox.js';
import { ossn } from './ossn.js';
import { pm } from './pm.js';

/** One driver for each dialect of the server on trial. All tools know dialects by these alone. */
export const drivers = [keyinbox, ossn, pm];

/** Takes up the drivers of those dialects that this build of the server has. */
export function useProgram(program) {
  for (const driver of [envelope, cell]) {
    if (existsSync(join(program, 'dist', 'src', 'dialects', driver.name)) && !drivers.includes(driver)) drivers.push(driver);
  }
}

/** @returns the driver whose dialect words the answers at this path, null where it is the house */
export function driverOf(path) {
  return drivers.find((driver) => driver.owns(path)) ?? null;
}
