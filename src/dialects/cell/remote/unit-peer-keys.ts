import { Inject, Injectable } from '@nestjs/common';
import { type KeyObject } from 'node:crypto';
import { RemoteUnits } from '../../../core/cell/remote/remote-units.js';
import { UnitKeys } from '../../../core/cell/remote/unit-keys.js';
import { ed25519PublicKey } from '../../../crypto/verification-key.js';
import { PeerKeys } from '../tokens/peer-keys.js';

/** Keys of the servers that CELL_REMOTE_UNITS names. Each speaks for the cells on it, and for no others. */
@Injectable()
export class UnitPeerKeys extends PeerKeys {
  constructor(
    @Inject(RemoteUnits) private readonly units: RemoteUnits,
    @Inject(UnitKeys) private readonly keys: UnitKeys,
  ) {
    super();
  }

  async find(issuerUrl: string, kid: string): Promise<KeyObject | null> {
    const unit = this.units.unitOf(issuerUrl);
    const key = unit ? await this.keys.find(unit, kid) : null;
    return key ? ed25519PublicKey(key.x) : null;
  }
}
