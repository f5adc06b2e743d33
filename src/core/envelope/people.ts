import { Inject, Injectable } from '@nestjs/common';
import { type Clock } from '../../kernel/clock.js';
import { databaseFault } from '../../kernel/database-fault.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Id, type IdSource } from '../../kernel/id-source.js';
import { limits } from '../../kernel/limits.js';
import { CLOCK, ID_SOURCE } from '../../kernel/tokens.js';
import { Store } from '../../storage/store.js';
import { DeleteUser } from '../accounts/delete-user.js';
import { userBox } from '../accounts/user.js';
import { ENVELOPE, type KeyRing, type Person, personOf, type StoredKey } from './person.js';
import { newWireId } from './wire-ids.js';

export interface RegisterPersonCommand {
  readonly name: string;
  readonly keys: KeyRing;
  /** what an invite is found by; null where none is asked for */
  readonly inviteHash: Buffer | null;
}

/** What of a person's settings may be changed; undefined leaves it as it is. */
export type PersonSettings = Partial<Pick<KeyRing, 'discoverable' | 'acceptAlgorithms' | 'retentionDays' | 'deleteOnAck'>>;

export interface RotateKeyCommand {
  readonly encryption: StoredKey;
  readonly keyCreated: string;
  readonly keySignature: string;
}

/** Old public keys that are listed to their owner. */
const EARLIER_KEYS_MAX = 50;

/** People with keys. Who has left is unknown to every question here. */
@Injectable()
export class People {
  constructor(
    @Inject(Store) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ID_SOURCE) private readonly ids: IdSource,
    private readonly deleteUser: DeleteUser,
  ) {}

  /** @throws DomainError feature_off: the invite is none, or none any more; duplicate: the name is taken, or rests */
  async register({ name, keys, inviteHash }: RegisterPersonCommand): Promise<Person> {
    const at = new Date(this.clock.now());
    const row = await this.nameTaken(() =>
      this.store.run(async (tx) => {
        const { access, people } = tx.own.envelope;
        if (inviteHash && !(await access.useInvite(inviteHash, at))) throw new DomainError('feature_off');
        const added = await people.add({ userId: newWireId(this.ids), name, keys, at });
        // after the row is there: whoever leaves with this name at the same time has been waited for
        if (await people.rests(name, at)) throw new DomainError('duplicate', { field: 'name' });
        return added;
      }),
    );
    return personOf(row);
  }

  async byName(name: string): Promise<Person | null> {
    const row = await this.store.read((tx) => tx.own.envelope.people.byName(name));
    return row && personOf(row);
  }

  async byUserId(userId: string): Promise<Person | null> {
    const row = await this.store.read((tx) => tx.own.envelope.people.byUserId(userId));
    return row && personOf(row);
  }

  async byId(id: Id): Promise<Person | null> {
    const row = await this.store.read((tx) => tx.own.envelope.people.byId(id));
    return row && personOf(row);
  }

  /** @throws DomainError unauthenticated: the person has left */
  async change(id: Id, settings: PersonSettings): Promise<Person> {
    const row = await this.store.run((tx) => tx.own.envelope.people.change(id, settings));
    if (!row) throw new DomainError('unauthenticated');
    return personOf(row);
  }

  /**
   * Puts another encryption key into the place of the current one, which stays listed.
   * @throws DomainError conflict: it was not made after the current one; unauthenticated: the person has left
   */
  async rotateKey(id: Id, command: RotateKeyCommand): Promise<Person> {
    const row = await this.store.run(async (tx) => {
      const held = await tx.own.envelope.people.hold(id);
      if (!held) throw new DomainError('unauthenticated');
      const { encryption, keyCreated, earlier } = held.envelope_keys;
      if (keyCreated !== null && Date.parse(command.keyCreated) <= Date.parse(keyCreated)) throw new DomainError('conflict', { field: 'key_created' });
      const retired = { ...encryption, until: command.keyCreated };
      return tx.own.envelope.people.change(id, { ...command, earlier: [retired, ...earlier].slice(0, EARLIER_KEYS_MAX) });
    });
    return personOf(row!);
  }

  /** Takes keys, tokens, sessions, files and mail from a person. One without any other side is gone altogether. */
  async leave(person: Person): Promise<void> {
    const box = await this.store.ensureMailbox(userBox(person.id));
    const at = new Date(this.clock.now());
    const isNobodyElse = await this.store.run(async (tx) => {
      const { access, files, mailbox, people } = tx.own.envelope;
      const held = await people.hold(person.id);
      if (!held) return false;
      // without tokens and counts nothing that is under way can be stored any more
      await access.removeAllOf(box);
      await mailbox.close(box);
      await files.removeAllOf(box);
      await people.leave(person.id, person.name, at);
      return held.username === null;
    });
    if (isNobodyElse) {
      await this.deleteUser.execute(person.id);
      return;
    }
    const step = limits.housekeeping_rows_max;
    while ((await this.store.run((tx) => tx.housekeeping.removeMessagesOf(box, ENVELOPE, step))) === step);
  }

  private async nameTaken<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (databaseFault(error) === 'taken') throw new DomainError('duplicate', { field: 'name' }, { cause: error });
      throw error;
    }
  }
}
