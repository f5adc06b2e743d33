import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { type Id } from '../../kernel/id-source.js';
import { CLOCK } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';
import { userBox } from '../accounts/user.js';

/** How users want to be told of things. What nobody chose is not in here. */
@Injectable()
export class PmSettingsStore {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async get(userId: Id): Promise<Readonly<Record<string, number>>> {
    const box = await this.store.findMailbox(userBox(userId));
    return box === null ? {} : this.store.read((tx) => tx.own.pm.settings.get(box));
  }

  /** Changes what is named and leaves the rest. @returns all that was ever chosen */
  async change(userId: Id, choices: Readonly<Record<string, number>>): Promise<Readonly<Record<string, number>>> {
    const box = await this.store.ensureMailbox(userBox(userId));
    const at = new Date(this.clock.now());
    return this.store.run((tx) => tx.own.pm.settings.merge(box, choices, at));
  }
}
