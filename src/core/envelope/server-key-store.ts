import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { CLOCK } from '../../kernel/tokens.js';
import { type ServerKeyKind, type ServerKeyRow } from '../../storage/own/envelope/server-keys.repository.js';
import { Store } from '../../storage/store.js';

export type { ServerKeyKind } from '../../storage/own/envelope/server-keys.repository.js';

/** A pair of the server's keys as it lies in the database. */
export interface SealedServerKey {
  /** fingerprint of the public half */
  readonly kid: string;
  readonly kind: ServerKeyKind;
  /** PEM */
  readonly publicKey: string;
  /** sealed by whoever made it */
  readonly privateKey: Buffer;
  readonly createdAt: Date;
  /** when it is to be replaced; null: never */
  readonly notAfter: Date | null;
  /** when it was replaced; null: it is the current one */
  readonly retiredAt: Date | null;
}

/** The server's pairs of keys: one current of each kind, and those it replaced, for a while. */
@Injectable()
export class ServerKeyStore {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns every pair that is not destroyed, the newest of a kind first */
  async all(): Promise<SealedServerKey[]> {
    return (await this.store.read((tx) => tx.own.envelope.serverKeys.all())).map(keyOf);
  }

  /** Adds the first of a kind. @returns false when another process was faster */
  addFirst(key: SealedServerKey): Promise<boolean> {
    return this.store.run((tx) => tx.own.envelope.serverKeys.add(rowOf(key)));
  }

  /** Puts a pair into the place of a current one. @returns false when that was replaced already */
  replace(kid: string, key: SealedServerKey): Promise<boolean> {
    return this.store.run(async (tx) => {
      const { serverKeys } = tx.own.envelope;
      if (!(await serverKeys.retire(kid, new Date(this.clock.now())))) return false;
      return serverKeys.add(rowOf(key));
    });
  }

  /** Seals a private half anew, under another secret. */
  async reseal(kid: string, privateKey: Buffer): Promise<void> {
    await this.store.run((tx) => tx.own.envelope.serverKeys.reseal(kid, privateKey));
  }

  /** Destroys those that were replaced at or before a time. @returns their ids */
  destroyRetired(before: Date): Promise<string[]> {
    return this.store.run((tx) => tx.own.envelope.serverKeys.removeRetired(before));
  }
}

function keyOf(row: ServerKeyRow): SealedServerKey {
  return {
    kid: row.kid, kind: row.kind, publicKey: row.public_key, privateKey: row.private_key, createdAt: row.created_at,
    notAfter: row.not_after, retiredAt: row.retired_at,
  };
}

function rowOf(key: SealedServerKey): Omit<ServerKeyRow, 'retired_at'> {
  return { kid: key.kid, kind: key.kind, public_key: key.publicKey, private_key: key.privateKey, created_at: key.createdAt, not_after: key.notAfter };
}
