import { Inject, Injectable } from '@nestjs/common';
import { type CellAddresses } from '../../../core/cell/messages/destinations.js';
import { RemoteUnits } from '../../../core/cell/remote/remote-units.js';
import { CellUrls } from '../cell.urls.js';

/** Tells by the address of a cell where messages for it go. */
@Injectable()
export class MessageRoutes implements CellAddresses {
  constructor(
    @Inject(CellUrls) private readonly urls: CellUrls,
    @Inject(RemoteUnits) private readonly remote: RemoteUnits,
  ) {}

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
