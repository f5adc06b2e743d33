import { type RemoteUnit } from '../../../config/setting-types.js';

const CELL_PATH = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}\/$/;

/** The servers that messages may go to and come from, as the operator has named them. */
export class RemoteUnits {
  constructor(private readonly units: readonly RemoteUnit[]) {}

  /** whether there is any */
  get areNamed(): boolean {
    return this.units.length > 0;
  }

  /**
   * @param cellUrl normalised, with the slash at its end
   * @returns the server of a cell, null where it is on none of them
   */
  unitOf(cellUrl: string): RemoteUnit | null {
    return this.units.find(({ url }) => cellUrl.startsWith(url) && CELL_PATH.test(cellUrl.slice(url.length))) ?? null;
  }
}
