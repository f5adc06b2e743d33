import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { type MailboxRef } from '../../kernel/mailbox-ref.js';
import { CLOCK } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';

/** What the holder of a key says of himself in public. */
export interface PublicIdentity {
  readonly name: string;
  readonly biography: string;
}

/** One public card per key. */
@Injectable()
export class PublicIdentities {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Replaces the card. */
  async set(mailbox: MailboxRef, identity: PublicIdentity): Promise<void> {
    const box = await this.store.ensureMailbox(mailbox);
    const at = new Date(this.clock.now());
    await this.store.run((tx) => tx.own.keyinbox.identities.put(box, identity, at));
  }

  /** @returns null when there is none */
  async get(mailbox: MailboxRef): Promise<PublicIdentity | null> {
    const box = await this.store.findMailbox(mailbox);
    return box === null ? null : this.store.read((tx) => tx.own.keyinbox.identities.get(box));
  }

  /** @returns false when there was none */
  async delete(mailbox: MailboxRef): Promise<boolean> {
    const box = await this.store.findMailbox(mailbox);
    return box === null ? false : this.store.run((tx) => tx.own.keyinbox.identities.remove(box));
  }
}
