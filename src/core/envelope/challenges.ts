import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { type Id, type IdSource } from '../../kernel/id-source.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';
import { newWireId } from './wire-ids.js';

const NONCE_BYTES = 32;
const LIFETIME_MS = 120_000;

export interface Challenge {
  readonly id: string;
  readonly purpose: 'register' | 'login';
  /** who wants to log in; null for a name that nobody has: such a challenge cannot be met */
  readonly userId: Id | null;
  /** fingerprint of the key that is to be registered */
  readonly identity: string | null;
  readonly nonce: Buffer;
  readonly expiresAt: Date;
}

/** Questions whose answer proves that one holds a key. Each counts once, and for two minutes. */
@Injectable()
export class Challenges {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
  ) {}

  async issue(asked: Pick<Challenge, 'purpose' | 'userId' | 'identity'>): Promise<Challenge> {
    const challenge = { ...asked, id: newWireId(this.ids), nonce: this.ids.bytes(NONCE_BYTES), expiresAt: new Date(this.clock.now() + LIFETIME_MS) };
    const { id, purpose, userId, identity, nonce, expiresAt } = challenge;
    await this.store.run((tx) => tx.own.envelope.challenges.add({ id, purpose, user_id: userId, identity, nonce, expires_at: expiresAt }));
    return challenge;
  }

  /** Takes it away, whether it fits or not. @returns null when there is none for this purpose, or its time is over */
  async take(id: string, purpose: Challenge['purpose']): Promise<Challenge | null> {
    const row = await this.store.run((tx) => tx.own.envelope.challenges.take(id));
    if (row?.purpose !== purpose || row.expires_at.getTime() <= this.clock.now()) return null;
    return { id: row.id, purpose: row.purpose, userId: row.user_id, identity: row.identity, nonce: row.nonce, expiresAt: row.expires_at };
  }
}
