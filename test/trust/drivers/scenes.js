import { drivers } from './index.js';
import { cellRoutes, cellScene } from './cell.scene.js';
import { envelopeRoutes, envelopeScene } from './envelope.scene.js';
import { keyinboxRoutes, keyinboxScene } from './keyinbox.scene.js';
import { ossnRoutes } from './ossn.scene.js';
import { pmRoutes } from './pm.scene.js';
import { socialScene } from './social.scene.js';

/**
 * For each dialect who is there, what belongs to whom, and how each of its routes takes it.
 *
 * An entry of a route says one of:
 * - `takes`: the kind of thing it names. Nobody but its people may learn that it is there: the answer
 *   must be the one for a thing that never was. `by` is who may (`from`, `to`; null: nobody here);
 * - `visible`: the thing may be seen to be there, nothing secret of it may show;
 * - `refused`: nobody but its people gets anything, and that it is there is no secret;
 * - `own`: it speaks of the caller alone; `open`: it speaks of nobody. With the reason.
 */
const all = [
  { name: 'keyinbox', scene: keyinboxScene, routes: keyinboxRoutes },
  { name: 'ossn', scene: socialScene, routes: ossnRoutes },
  { name: 'pm', scene: socialScene, routes: pmRoutes },
  { name: 'envelope', scene: envelopeScene, routes: envelopeRoutes },
  { name: 'cell', scene: cellScene, routes: cellRoutes },
];

/** @returns the scenes of those dialects that the server on trial has */
export const scenesOf = () => all.filter(({ name }) => drivers.some((driver) => driver.name === name));

/** Routes of the house itself. */
export const houseRoutes = {
  'GET /livez': { open: 'says that the process lives', ask: () => ({ method: 'GET', path: '/livez' }) },
  'GET /readyz': { open: 'says that messages can be kept', ask: () => ({ method: 'GET', path: '/readyz' }) },
};
