import { keyinbox } from './keyinbox.js';
import { ossn } from './ossn.js';
import { pm } from './pm.js';

/** One driver for each dialect. All tools know dialects by these alone. */
export const drivers = [keyinbox, ossn, pm];

/** @returns the driver whose dialect words the answers at this path, null where it is the house */
export function driverOf(path) {
  return drivers.find((driver) => driver.owns(path)) ?? null;
}
