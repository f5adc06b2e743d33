import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { type Id, type IdSource } from '../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';

export interface InviteInfo {
  readonly id: Id;
  readonly label: string;
  readonly uses: number;
  readonly usesMax: number;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Invites: each lets so many people register. */
@Injectable()
export class Invites {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  /** @param lifetimeMs null: until revoked */
  async create(secretHash: Buffer, label: string, usesMax: number, lifetimeMs: number | null): Promise<Id> {
    const id = this.ids.next();
    const now = this.clock.now();
    await this.store.run((tx) =>
      tx.own.envelope.access.add({
        id, kind: 'invite', boxId: null, wireId: null, secretHash, label, scopes: [], details: {}, usesMax, perMinuteMax: null, perDayMax: null,
        bytesPerDayMax: null, createdAt: new Date(now), expiresAt: lifetimeMs === null ? null : new Date(now + lifetimeMs),
      }),
    );
    return id;
  }

  /** Oldest first, with those that ended within the last month. */
  async list(): Promise<InviteInfo[]> {
    const rows = await this.store.read((tx) => tx.own.envelope.access.invites());
    return rows.map((row) => ({
      id: row.id, label: row.label, uses: Number(row.uses), usesMax: Number(row.uses_max), createdAt: row.created_at,
      expiresAt: row.expires_at, revokedAt: row.revoked_at,
    }));
  }

  /** @returns false when there is none to revoke */
  revoke(id: Id): Promise<boolean> {
    return this.store.run((tx) => tx.own.envelope.access.revokeInvite(id, new Date(this.clock.now())));
  }
}
