import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../../config/config.js';
import { type CellAddresses } from '../../../core/cell/messages/destinations.js';
import { RemoteUnits } from '../../../core/cell/remote/remote-units.js';
import { CellVariables } from '../cell.config.js';
import { CellUrls } from '../cell.urls.js';

/** Tells by the address of a cell where messages for it go. */
@Injectable()
export class MessageRoutes implements CellAddresses {
  private readonly remote: RemoteUnits;

  constructor(
    @Inject(Config) config: Config,
    @Inject(CellUrls) private readonly urls: CellUrls,
  ) {
    this.remote = new RemoteUnits(config.section(CellVariables).CELL_REMOTE_UNITS);
  }

  localName(url: string): string | null {
    return this.urls.localName(url);
  }

  isOwn(url: string): boolean {
    return this.urls.isLocal(url);
  }

  isPeer(url: string): boolean {
    return this.remote.unitOf(url) !== null;
  }
}
